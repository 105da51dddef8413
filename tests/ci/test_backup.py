"""The SQLite backup told in docs/operations.md gives a database that the portal accepts."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

PAGE = (settings.BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
SNIPPET = re.search(r"<<'PY'\n(.*?)^PY$", PAGE, re.DOTALL | re.MULTILINE)[1]


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """One machine's installation of its own, with an empty SQLite file."""
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
        "PORTAL_DATA_DIR": str(tmp_path / "data"),
    }


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run a management command; it must succeed."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_the_backup_restores_to_the_same_rows(environment, tmp_path):
    manage(environment, "migrate", "--noinput")
    count = "from django.contrib.contenttypes.models import ContentType as C; print(C.objects.count())"
    before = manage(environment, "shell", "--no-imports", "-c", count)

    subprocess.run([sys.executable, "-c", SNIPPET], cwd=tmp_path, env=environment, check=True)
    for name in ("portal.sqlite3", "portal.sqlite3-wal", "portal.sqlite3-shm"):
        (tmp_path / "data" / name).unlink(missing_ok=True)
    (tmp_path / "portal-backup.sqlite3").rename(tmp_path / "data" / "portal.sqlite3")

    manage(environment, "migrate", "--check")
    assert manage(environment, "shell", "--no-imports", "-c", count) == before
    assert int(before) > 20
