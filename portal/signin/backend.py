"""Who somebody is: e-mail address or issued sign-in ID, and the password; the same time for unknown names."""

from __future__ import annotations

import unicodedata

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models.functions import Lower
from django.http import HttpRequest

from portal.models import User


def folded(name: str) -> str:
    """A name as it is compared: full-width letters and capitals make no difference."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def find_user(name: str) -> User | None:
    """The person with this address or sign-in ID; None for nobody."""
    name = folded(name)
    if not name or "\x00" in name:
        return None
    column = "email" if "@" in name else "login_id"
    return User.objects.alias(folded=Lower(column)).filter(folded=name).first()


class SignInBackend(AuthenticationBackend):
    """Finds the person by address or sign-in ID."""

    def _authenticate(self, request: HttpRequest | None, **credentials: str) -> AbstractBaseUser | None:
        name = credentials.get("email") or credentials.get("username") or ""
        return self._check_password(find_user(name), credentials.get("password") or "")
