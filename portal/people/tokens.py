"""Links and sign-in IDs that are issued: made by the machine, the link kept as a hash only."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.urls import reverse

from portal.models import Invitation, User

#: No 0/O, 1/I, and of letters only those that sound unlike one another over a telephone.
LETTERS = "AHKMRWXY"
DIGITS = "23456789"


def new_token() -> str:
    """A token nobody can guess."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token; its 256 bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_login_id() -> str:
    """A free sign-in ID: two letters and six digits."""
    while True:
        made = "".join(secrets.choice(LETTERS) for _ in range(2))
        made += "".join(secrets.choice(DIGITS) for _ in range(6))
        taken = User.objects.filter(login_id=made).exists()
        if not taken and not Invitation.objects.filter(login_id=made).exists():
            return made


def absolute(path: str) -> str:
    """The whole address of a page, for mails and letters: jobs know no request."""
    scheme = "https" if settings.TLS else "http"
    host = next(iter(settings.ALLOWED_HOSTS), "localhost")
    return f"{settings.PORTAL_URL.rstrip('/') or f'{scheme}://{host}'}{path}"


def link_of(token: str) -> str:
    """The link a mail or a letter carries."""
    return absolute(reverse("invitation_open", args=[token]))
