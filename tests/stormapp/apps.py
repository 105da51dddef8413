"""The storm app."""

from django.apps import AppConfig


class StormConfig(AppConfig):
    """Registers the kinds of jobs that storms are made of."""

    name = "tests.stormapp"

    def ready(self) -> None:
        """Make the kinds known to this process."""
        from tests.stormapp import kinds

        kinds.register_all()
