"""What follows when allauth says that something happened: the trail, other sessions, mails."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from portal.audit import AuditCode, record
from portal.choices import AuditResult
from portal.models import User
from portal.signin import policy, sessions


def connect() -> None:
    """Called once, when the app is ready."""
    user_logged_in.connect(on_logged_in, dispatch_uid="signin.begin")
    mfa.authenticator_added.connect(on_added, dispatch_uid="signin.added")
    mfa.authenticator_removed.connect(on_removed, dispatch_uid="signin.removed")
    mfa.authenticator_reset.connect(on_renewed, dispatch_uid="signin.renewed")
    mfa.authenticator_used.connect(on_used, dispatch_uid="signin.used")
    mfa.authentication_failed.connect(on_failed, dispatch_uid="signin.factor-failed")
    account.password_reset.connect(on_password_reset, dispatch_uid="signin.password-reset")


def _tell(code: AuditCode, request: HttpRequest, user: User, **more: Any) -> None:
    record(code, actor=getattr(request, "actor", None), user=user, **more)


def on_logged_in(request: HttpRequest, user: User, **_: Any) -> None:
    """A session begins."""
    sessions.begin(request, user)


def on_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A new factor: this session has shown it; all others, which have not, end."""
    if authenticator.type in policy.STRONG:
        request.session[policy.SHOWN] = user.pk
        _end_others(request, user)
    _tell(AuditCode.FACTOR_ADDED, request, user, details={"type": authenticator.type})


def on_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A factor is gone: whoever is signed in elsewhere signs in again."""
    if authenticator.type in policy.STRONG:
        _end_others(request, user)
    _tell(AuditCode.FACTOR_REMOVED, request, user, details={"type": authenticator.type})


def _end_others(request: HttpRequest, user: User) -> None:
    sessions.rotate(request)
    keep = request.session.session_key or ""
    sessions.end_sessions(user=user, keep=keep, reason="second factor changed")


def on_renewed(request: HttpRequest, user: User, **_: Any) -> None:
    """New recovery codes; the old ones are dead."""
    _tell(AuditCode.RECOVERY_RENEWED, request, user)


def on_used(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A recovery code was used: the person is told, for it may be somebody else."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        return
    authenticator.refresh_from_db()
    left = len(authenticator.wrap().get_unused_codes())
    get_adapter(request).send_notification_mail("signin/email/recovery_code_used", user, {"left": left})
    _tell(AuditCode.RECOVERY_USED, request, user, details={"left": left})


def on_failed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A wrong code."""
    details = {"type": authenticator.type}
    _tell(AuditCode.FACTOR_FAILED, request, user, details=details, result=AuditResult.FAILED)


def on_password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    """Set anew from the link; all sessions end by its fingerprint, and nobody is signed in."""
    sessions.end_sessions(user=user, reason="password reset")
