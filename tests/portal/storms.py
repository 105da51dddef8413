"""Databases, brokers and runners of a storm's own: made, killed and removed by the tests alone."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from portal.actor import Actor
from portal.jobs import enqueue
from portal.models import Job, StoredFile
from portal.settings.base import database
from portal.settings.test import POSTGRES_URL
from tests import factories as f

LEASE = 2
#: Storms are small in CI; `make storm` makes them large.
JOBS = int(os.environ.get("STORM_JOBS", "10"))


def until(true: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until it is so; fail with what was waited for."""
    last = time.monotonic() + seconds
    while not true():
        if time.monotonic() > last:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.1)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass
class Started:
    """A process tree in a session of its own, with what it printed."""

    process: subprocess.Popen
    output: Path

    def kill(self) -> None:
        """kill -9 of the whole tree."""
        signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    def end(self, seconds: float = 30) -> int:
        """SIGTERM to the parent alone, as a service manager sends it; its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=seconds)

    def text(self) -> str:
        """All it has printed so far."""
        return self.output.read_text()

    def children(self) -> list[int]:
        """Its living child processes."""
        listing = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(line) for line in listing.stdout.split()]


def signal_group(pid: int, number: int) -> None:
    """Signal a whole tree; one that is gone already is no fault."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


@dataclass
class Storm:
    """One database of the test's own and everything that was started on it."""

    url: str
    folder: Path
    actor: Actor
    started: list[Started] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """Where jobs leave one line per start."""
        return self.folder / "starts"

    def starts(self, job: Job) -> int:
        """How many times a job was begun."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return sum(line.startswith(str(job.pk)) for line in lines)

    def ask(self, kind: str, *, key: str = "", **params) -> Job:
        """Enqueue a job of a storm kind."""
        params["log"] = str(self.log)
        return enqueue(
            f"storm.{kind}", actor=self.actor, params=params, organisation=self.actor.organisation, key=key
        )

    def environment(self, **more: object) -> dict[str, str]:
        """What processes of the storm are told."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings_storm",
            "DATABASE_URL": self.url,
            "PORTAL_DATA_DIR": str(self.folder),
            "JOB_LEASE_SECONDS": str(LEASE),
            "REDIS_URL": "",
            **{name: str(value) for name, value in more.items()},
        }

    def start(self, *command: str, **environment: object) -> Started:
        """Start a command in a session of its own."""
        output = self.folder / f"output-{len(self.started)}"
        with output.open("w") as sink:
            process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=self.environment(**environment),
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started.append(Started(process, output))
        return self.started[-1]

    def runner(self, *arguments: str, workers: int = 2, **environment: object) -> Started:
        """Start `manage.py run_jobs`."""
        arguments = ("--workers", str(workers), *arguments)
        return self.start(sys.executable, "manage.py", "run_jobs", *arguments, **environment)

    def python(self, code: str) -> int:
        """Run a script in a process of its own with Django set up; its exit code."""
        script = f"import django; django.setup()\n{code}"
        started = self.start(sys.executable, "-c", script)
        return started.process.wait(timeout=60)

    def states(self) -> dict[str, int]:
        """How many jobs are in which state."""
        found: dict[str, int] = {}
        for state in Job.objects.values_list("state", flat=True):
            found[state] = found.get(state, 0) + 1
        return found

    def effects(self, job: Job) -> list[StoredFile]:
        """What a job has left behind."""
        return list(StoredFile.objects.filter(name=str(job.pk)))

    def all_succeed(self, jobs: list[Job], seconds: float) -> None:
        """Wait for all jobs; each has exactly one effect, that of the attempt that finished it."""
        until(lambda: self.states() == {"succeeded": len(jobs)}, seconds, f"all done; now {self.states()}")
        for job in jobs:
            job.refresh_from_db()
            (effect,) = self.effects(job)
            assert job.result["file"] == str(effect.pk)
            content = (self.folder / "media" / effect.file.name).read_text()
            assert content == f"token {job.token}"

    def clear(self) -> None:
        """End whatever still runs, by its own process group."""
        for started in self.started:
            signal_group(started.process.pid, signal.SIGCONT)
            started.kill()


@contextmanager
def postgres_database() -> Iterator[str]:
    """A PostgreSQL database of the test's own on the server that answers on loopback."""
    name = f"storm_{os.getpid()}_{secrets.token_hex(3)}"
    try:
        server = psycopg.connect(POSTGRES_URL, autocommit=True, connect_timeout=2)
    except psycopg.OperationalError:
        pytest.skip("PostgreSQL does not answer on loopback: this storm runs on SQLite only.")
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield POSTGRES_URL.rpartition("/")[0] + f"/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def default_database(url: str) -> Iterator[None]:
    """This process, all its threads included, works on that database meanwhile."""
    before, kept = connections.settings["default"], connections["default"]
    config = database(url)
    config["CONN_MAX_AGE"] = 0
    connections.settings["default"] = connections.configure_settings({"default": config})["default"]
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = before
        connections["default"] = kept


def prepare(url: str) -> None:
    """Create the tables that jobs and their page need, once."""
    with default_database(url):
        for app in ("portal", "sessions", "usersessions", "mfa"):
            call_command("migrate", app, verbosity=0)


def forget_jobs() -> None:
    """Empty the tables of an earlier storm; only those of the portal itself are there."""
    with connections["default"].cursor() as cursor:
        for model in (Job, StoredFile):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')


def person() -> Actor:
    """Somebody of an organisation of her own."""
    membership = f.MembershipFactory()
    return Actor(user=membership.user, membership=membership)


@contextmanager
def redis_server(folder: Path, port: int) -> Iterator[Started]:
    """A Redis of the test's own that keeps nothing: whoever kills it has wiped it."""
    binary = shutil.which("redis-server")
    if not binary:
        pytest.skip("redis-server is not installed: the storm with Celery needs one of its own.")
    options = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": folder}
    command = [binary, *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
    output = folder / f"redis-{time.monotonic_ns()}"
    with output.open("w") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True)
    started = Started(process, output)
    try:
        until(lambda: listens(port), 10, "redis-server listens")
        yield started
    finally:
        started.kill()


def listens(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
