"""Everything a database needs before the portal starts on it."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Migrate and make the table of the shared cache; a second run changes nothing."""

    help = "Prepares the database: migrations and the cache table (rate limits live there)."

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do both, in this order."""
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        call_command("createcachetable", verbosity=options["verbosity"])
