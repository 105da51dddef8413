"""Encrypt the secrets of second factors anew with the first of `MFA_ENCRYPTION_KEYS` (docs/signin.md)."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.signin import keys


class Command(BaseCommand):
    """Run once after a new key was put first; then the old one can go."""

    help = "Encrypt the secrets of second factors anew with the first of MFA_ENCRYPTION_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Rotate all, or none."""
        self.stdout.write(f"{keys.rotate()} rows encrypted anew.")
