"""Secrets of second factors at rest: encrypted with the first key of `MFA_ENCRYPTION_KEYS`, read with any."""

from __future__ import annotations

import base64
import functools

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from portal.audit import AuditCode, record

#: What stands encrypted in an authenticator's data: the TOTP secret, the seed of recovery codes.
ENCRYPTED = ("secret", "seed")


@functools.lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """A key of the right form from any long random text; bound to this one use."""
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"portal.signin.second-factor")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))


def fernet() -> MultiFernet:
    """The keys in force. Without any (one machine, tests) one is derived from SECRET_KEY."""
    return _fernet(tuple(settings.MFA_ENCRYPTION_KEYS) or (settings.SECRET_KEY,))


def encrypt(text: str) -> str:
    """For the database."""
    return fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """From the database; InvalidToken when no key in force has made it."""
    return fernet().decrypt(token.encode()).decode()


@transaction.atomic
def rotate() -> int:
    """Encrypt everything anew with the first key; afterwards the older keys can be taken away."""
    from allauth.mfa.models import Authenticator

    count = 0
    for row in Authenticator.objects.select_for_update(no_key=True).order_by("pk"):
        held = [name for name in ENCRYPTED if name in row.data]
        for name in held:
            row.data[name] = fernet().rotate(row.data[name].encode()).decode()
        if held:
            row.save(update_fields=["data"])
            count += 1
    record(AuditCode.KEYS_ROTATED, details={"count": count})
    return count
