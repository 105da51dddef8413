"""The portal as people meet it: the sample in the database, a web server, and a runner of jobs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from pytest_django.live_server_helper import LiveServer

from portal.audit.guards import permit
from portal.models import User
from reports.demo.processes import end
from reports.sample.loader import load_sample

PASSWORD = "for-tests-only-2025"


@dataclass
class Site:
    """Where it answers, where it keeps its files, and who has signed in already."""

    url: str
    media: Path
    sessions: dict[str, str] = field(default_factory=dict)

    def session(self, person: str) -> str:
        """A session of one of the sample's people, made once."""
        if person not in self.sessions:
            client = Client()
            client.force_login(User.objects.get(email=f"{person}@example.jp"))
            self.sessions[person] = client.cookies["session"].value
        return self.sessions[person]


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """The sample, loaded and served until the end; then the database is as empty as before."""
    media = folder / "media"
    with override_settings(MEDIA_ROOT=media):
        ContentType.objects.clear_cache()
        load_sample(password=PASSWORD)
        server = LiveServer("localhost")
        try:
            with runner(folder):
                yield Site(server.url, media)
        finally:
            server.stop()
            with permit():  # the audit trail and histories are append-only
                call_command("flush", interactive=False, verbosity=0)
            # Opened beside Playwright's event loop: nobody else will find this connection to close it.
            connection.close()


@contextmanager
def runner(folder: Path) -> Iterator[None]:
    """`manage.py run_jobs` on the same database and files."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "DATABASE_URL": _database_url(),
        "PORTAL_DATA_DIR": str(folder),
    }
    command = [sys.executable, "manage.py", "run_jobs", "--workers", "1"]
    with (folder / "runner.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            end(process)


def _database_url() -> str:
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    secret = f":{told['PASSWORD']}" if told["PASSWORD"] else ""
    return f"postgres://{told['USER']}{secret}@{told['HOST']}:{told['PORT']}/{told['NAME']}"
