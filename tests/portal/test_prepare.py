"""`manage.py prepare` leaves a database on which rate limits work."""

import os
import subprocess
import sys

from django.conf import settings


def test_prepares_a_new_database_and_again_changes_nothing(tmp_path):
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite3'}",
        "PORTAL_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
    }
    ask = "from django.core.cache import cache; cache.set('a', 1); print(cache.get('a'))"
    for command in (["prepare"], ["prepare"], ["shell", "-v0", "-c", ask]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.strip() == "1"
