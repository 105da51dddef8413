"""Signing in and the own account: what the sign-in library tells, recorded.

An account page is outside the two gates, so the library's own events are the only place that hears of
all of them. A failure names the person when there is one of that name; what was typed is never kept:
people type passwords into the wrong field.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.models import EmailAddress
from django.contrib.auth import signals as auth
from django.db.models import Q
from django.http import HttpRequest

from portal.actor import Actor
from portal.audit.codes import AuditCode
from portal.audit.trail import record
from portal.choices import AuditResult
from portal.models import User


def _actor(request: HttpRequest | None, user: User) -> Actor | None:
    """For whom the person acts, as far as that is known at this moment."""
    from portal.services.memberships import current_actor

    session = getattr(request, "session", None)
    return current_actor(user, session) if session is not None else None


def _record(request: HttpRequest | None, code: AuditCode, user: User, **more: Any) -> None:
    record(code, actor=_actor(request, user), user=user, obj=user, **more)


def signed_in(*, request: HttpRequest, user: User, **_more: Any) -> None:
    """All stages of sign-in are behind the person."""
    _record(request, AuditCode.SIGNED_IN, user)


def sign_in_failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    """A wrong password, or nobody of that name: the same queries either way."""
    name = str(credentials.get("email") or credentials.get("username") or credentials.get("login") or "")
    user = User.objects.filter(Q(email__iexact=name) | Q(login_id__iexact=name)).first() if name else None
    actor = _actor(request, user or User(pk=0))
    details = {"known": user is not None}
    result = AuditResult.FAILED
    record(AuditCode.SIGN_IN_FAILED, actor=actor, user=user, obj=user, details=details, result=result)


def signed_out(*, request: HttpRequest | None, user: User | None, **_more: Any) -> None:
    """Signed out by the person, or by the portal."""
    if user is not None:
        actor = getattr(request, "actor", None)
        record(AuditCode.SIGNED_OUT, actor=actor, user=user, obj=user)


def password_changed(*, request: HttpRequest, user: User, **_more: Any) -> None:
    """The person changed the password, knowing the old one."""
    _record(request, AuditCode.PASSWORD_CHANGED, user)


def password_reset(*, request: HttpRequest, user: User, **_more: Any) -> None:
    """The person set a new password through a mailed link."""
    _record(request, AuditCode.PASSWORD_RESET, user)


def email_asked(*, request: HttpRequest, confirmation: Any, **_more: Any) -> None:
    """A mail with a link went to an address that waits to be confirmed; the link is not kept."""
    address = confirmation.email_address
    _record(request, AuditCode.EMAIL_ASKED, address.user, after={"email": address.email})


def email_confirmed(*, request: HttpRequest, email_address: EmailAddress, **_more: Any) -> None:
    """An address was confirmed by the link sent to it."""
    _record(request, AuditCode.EMAIL_CONFIRMED, email_address.user, after={"email": email_address.email})


def email_changed(
    *,
    request: HttpRequest,
    user: User,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **_more: Any,
) -> None:
    """Another address is the person's sign-in name now."""
    before = {"email": from_email_address.email if from_email_address else ""}
    _record(request, AuditCode.EMAIL_CHANGED, user, before=before, after={"email": to_email_address.email})


def email_removed(*, request: HttpRequest, user: User, email_address: EmailAddress, **_more: Any) -> None:
    """An address was taken away."""
    _record(request, AuditCode.EMAIL_REMOVED, user, before={"email": email_address.email})


def listen() -> None:
    """Hear of everything above; called once when the app is ready."""
    for signal, heard in (
        (account.user_logged_in, signed_in),
        (auth.user_login_failed, sign_in_failed),
        (auth.user_logged_out, signed_out),
        (account.password_changed, password_changed),
        (account.password_set, password_changed),
        (account.password_reset, password_reset),
        (account.email_confirmation_sent, email_asked),
        (account.email_confirmed, email_confirmed),
        (account.email_changed, email_changed),
        (account.email_removed, email_removed),
    ):
        signal.connect(heard, dispatch_uid=f"audit.{heard.__name__}")
