"""Deletes stored files that no row knows."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.jobs.orphans import remove_orphans


class Command(BaseCommand):
    """Delete stored files that a crash left without a row; those younger than a day stay."""

    help = "Deletes stored files without a row that are older than a day."

    def add_arguments(self, parser: CommandParser) -> None:
        """Arguments of the command."""
        parser.add_argument("--dry-run", action="store_true", help="only list them")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Delete and list."""
        for path in remove_orphans(dry_run=options["dry_run"]):
            self.stdout.write(str(path))
