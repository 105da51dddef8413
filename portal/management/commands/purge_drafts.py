"""Removes what was typed, not saved, and never asked for again."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.services.drafts import purge_drafts


class Command(BaseCommand):
    """Remove unsaved texts older than DRAFT_DAYS."""

    help = "Removes unsaved texts that nobody came back to for DRAFT_DAYS days."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Remove them and say how many."""
        self.stdout.write(f"drafts: removed {purge_drafts()}")
