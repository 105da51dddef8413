"""AUT-03 and AUT-07 across processes: limits and used codes are shared, as they are in production."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from portal.signin import keys
from tests.portal.signin.people import PASSWORD, fresh_half_minute, person, totp

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def database_url() -> str:
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    secret = f":{told['PASSWORD']}" if told["PASSWORD"] else ""
    return f"postgres://{told['USER']}{secret}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


class Process:
    """A web process of its own, spoken to by lines."""

    def __init__(self) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings_signin",
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
        }
        self.run = subprocess.Popen(
            [sys.executable, "-m", "tests.portal.signin.process"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, *line: str) -> None:
        self.run.stdin.write(json.dumps(line) + "\n")
        self.run.stdin.flush()

    def answer(self) -> str:
        return self.run.stdout.readline().strip()

    def end(self) -> None:
        self.run.stdin.close()
        self.run.wait(timeout=20)
        self.run.stdout.close()


@contextmanager
def processes(count: int) -> Iterator[list[Process]]:
    with ExitStack() as stack:
        started = [Process() for _ in range(count)]
        for process in started:
            stack.callback(process.end)
        assert [process.answer() for process in started] == ["ready 200"] * count
        yield started


@pytest.fixture
def cache_table() -> Iterator[None]:
    """Production's cache in the test database."""
    with pytest.MonkeyPatch.context() as patch:
        from portal.settings import base

        patch.setattr(settings, "CACHES", base.CACHES)
        call_command("createcachetable", "django_cache", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_cache")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_cache")


@pytest.mark.usefixtures("cache_table")
def test_four_processes_let_five_guesses_through_together() -> None:
    user = person()
    with processes(4) as four:
        tries = []
        for _ in range(5):
            for process in four:
                process.send(user.email, "wrong password here")
            tries += [process.answer() for process in four]
        assert sorted(tries) == ["limited"] * 15 + ["wrong"] * 5
        four[0].send(user.email, PASSWORD)
        assert four[0].answer() == "limited"
        four[1].send(person().email, PASSWORD)
        assert four[1].answer() == "in"


@pytest.mark.usefixtures("cache_table")
def test_a_code_works_once_in_two_processes() -> None:
    user = person()
    Authenticator.objects.create(user=user, type="totp", data={"secret": keys.encrypt(SECRET)})
    with processes(2) as both:
        fresh_half_minute(12)
        code = totp(SECRET)
        for process in both:
            process.send(user.email, PASSWORD, code)
        assert sorted(process.answer() for process in both) == ["in", "wrong"]
