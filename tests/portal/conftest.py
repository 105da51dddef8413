"""Fixtures of storms: a database of the test's own, on each engine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType

from portal.settings.test import answers
from tests.portal import storms
from tests.stormapp import kinds


@pytest.fixture(scope="session")
def storm_urls(tmp_path_factory, django_db_blocker) -> Iterator[Callable[[str], str]]:
    """The address of a migrated database per engine, made when first asked for."""
    made: dict[str, str] = {}
    with ExitStack() as stack:

        def url_of(engine: str) -> str:
            if engine not in made:
                url = f"sqlite:///{tmp_path_factory.mktemp('storm')}/storm.sqlite3"
                if engine == "postgres":
                    url = stack.enter_context(storms.postgres_database())
                with django_db_blocker.unblock():
                    storms.prepare(url)
                made[engine] = url
            return made[engine]

        yield url_of


@pytest.fixture(params=["sqlite", "postgres"])
def storm(request, storm_urls, tmp_path: Path, settings, django_db_blocker) -> Iterator[storms.Storm]:
    """A clean database and a person in it; whatever the test starts is ended by its process group.

    The engine "any" is PostgreSQL where it answers, else SQLite: for storms that are not about the database.
    """
    kinds.register_all()
    engine = request.param
    if engine == "any":
        engine = "postgres" if answers(5432) else "sqlite"
    url = storm_urls(engine)
    settings.JOB_LEASE_SECONDS = storms.LEASE
    settings.MEDIA_ROOT = tmp_path / "media"
    ContentType.objects.clear_cache()
    with django_db_blocker.unblock(), storms.default_database(url):
        storms.forget_jobs()
        storm = storms.Storm(url=url, folder=tmp_path, actor=storms.person())
        try:
            yield storm
        finally:
            storm.clear()
