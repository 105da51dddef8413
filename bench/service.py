"""The whole service on loopback for a while: a database of its own, production settings, gunicorn."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
HOST = "portal.example.jp"
#: As docker-compose.yml starts it.
WORKERS = 4
SERVER = os.environ.get("PORTAL_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")


@contextmanager
def postgres() -> Iterator[str]:
    """A new PostgreSQL database on the server that answers on loopback, removed at the end."""
    import psycopg

    name = f"bench_{os.getpid()}_{secrets.token_hex(3)}"
    with psycopg.connect(SERVER, autocommit=True, connect_timeout=2) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield SERVER.rpartition("/")[0] + f"/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def environment(url: str, folder: Path, today: str) -> dict[str, str]:
    """Production on that database, told by nothing but its environment."""
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "MFA_ENCRYPTION_KEYS": secrets.token_hex(32),
        "ALLOWED_HOSTS": HOST,
        "TRUSTED_PROXY_COUNT": "1",
        "DATABASE_URL": url,
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "PORTAL_DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "PORTAL_TODAY": today,
        "BENCH_FOLDER": str(folder),
        "BENCH_PEOPLE": os.environ.get("BENCH_PEOPLE", "300"),
    }


def prepare(env: dict[str, str]) -> None:
    """Migrations, cache table and static files, by the commands an operator uses."""
    for command in (["prepare"], ["collectstatic", "--noinput"]):
        subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity", "0"], cwd=HERE, env=env, check=True
        )


@contextmanager
def gunicorn(folder: Path) -> Iterator[int]:
    """The web server as the image starts it, on a free port; ended by its pid."""
    image = (HERE / "Dockerfile").read_text(encoding="utf-8")
    wanted = re.search(r'^CMD \["gunicorn", (.*)\]$', image, re.MULTILINE)
    assert wanted, "the Dockerfile tells no longer how gunicorn is started"
    options = re.findall(r'"([^"]*)"', wanted[1])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options[options.index("--bind") + 1] = f"127.0.0.1:{port}"
    with (folder / "web.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, "--workers", str(WORKERS)],
            cwd=HERE, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            _until_it_listens(port, process)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _until_it_listens(port: int, process: subprocess.Popen) -> None:
    last = time.monotonic() + 30
    while time.monotonic() < last and process.poll() is None:
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("gunicorn did not start")
