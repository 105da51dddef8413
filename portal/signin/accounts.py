"""What the portal changes in allauth's ways: names, limits, addresses, and what is told."""

from __future__ import annotations

import logging
import smtplib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import EmailVerificationStage
from allauth.core import context
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from portal.audit import AuditCode, record
from portal.choices import AuditResult
from portal.signin import kept, limits
from portal.signin.backend import folded

logger = logging.getLogger(__name__)
#: Written where a request has no address at all (a shell, the test client's sign-in).
NO_ADDRESS = "0.0.0.0"  # noqa: S104  not a place to listen on
METHODS = {
    "reauthenticate": "パスワードで確かめる",
    "mfa_reauthenticate": "認証アプリか復旧コードで確かめる",
    "mfa_reauthenticate:webauthn": "パスキーで確かめる",
}


class AddressStage(EmailVerificationStage):
    """Asks for a confirmed address; a person who has none signs in by an issued ID."""

    def handle(self) -> Any:
        """Nothing to confirm without an address."""
        if self.login.user is not None and not getattr(self.login.user, "email", None):
            return None, True
        return super().handle()


class SignInRules(DefaultAccountAdapter):
    """Mixed into the account adapter."""

    def get_login_stages(self) -> list[str]:
        """The library's stages, ours in place of the confirmation of the address."""
        theirs = "allauth.account.stages.EmailVerificationStage"
        ours = f"{AddressStage.__module__}.{AddressStage.__qualname__}"
        return [ours if path == theirs else path for path in super().get_login_stages()]

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address the trusted proxy gives; a made-up one where there is no connection at all."""
        if not request.META.get("REMOTE_ADDR") and "HTTP_X_FORWARDED_FOR" not in request.META:
            return NO_ADDRESS
        return super().get_client_ip(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        name = credentials.get("email") or credentials.get("username") or ""
        return f"sign-in:{folded(name)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; when there were too many, say how long to wait, whether the name is known or not."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            key = self._get_login_attempts_cache_key(request, **credentials)
            seconds = limits.seconds_left(request, "login_failed", key)
            limits.tell(request, "login_failed", seconds)
            raise ValidationError(limits.sentence(seconds), code="too_many_login_attempts") from error

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """The password once more, for people with and without an address."""
        name = getattr(user, "email", None) or getattr(user, "login_id", None)
        found = self.authenticate(context.request, email=name, password=password)
        if found is not None and found.pk == user.pk:
            return True
        record(
            AuditCode.REAUTH_FAILED,
            actor=getattr(context.request, "actor", None),
            user=user,  # type: ignore[arg-type]
            result=AuditResult.FAILED,
        )
        return False

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict]:
        """The library's ways, told in our words."""
        found = super().get_reauthentication_methods(user)
        return [{**method, "description": METHODS[method["id"]]} for method in found]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Home; or what the person had typed when the session was over."""
        if kept.waiting(request.session, request.user.pk):
            return reverse("signin_kept")
        return super().get_login_redirect_url(request)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Whose account it is about stands in every mail; people without an address get none."""
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """A mail server that does not answer stops nobody, and tells nobody which names are known."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException):
            logger.exception("mail %s was not sent", template_prefix)
