"""The furnished scene, made once for a file and rolled back at its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from tests.permissions.fingerprints import fingerprint
from tests.permissions.scene import Scene, build_scene


@pytest.fixture(scope="module")
def furnished(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple[Scene, str]]:
    """Both prefectures with objects behind every address, a session per persona, and the folder of files."""
    media = str(tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=media):
        yield build_scene(), media
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def untouched(furnished, django_db_blocker) -> dict[str, str]:
    """What the database holds before any request; every test begins there."""
    with django_db_blocker.unblock():
        return fingerprint()


@pytest.fixture
def scene(furnished, db, settings) -> Scene:
    """The scene; what a test changes is rolled back."""
    made, settings.MEDIA_ROOT = furnished
    return made
