"""The processes the demo starts, and ends again however it is left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

STOP_SECONDS = 25


@contextmanager
def runner(today: str, *, quiet: bool) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py run_jobs` beside us."""
    with _process([sys.executable, "manage.py", "run_jobs", "--workers", "2"], today, quiet=quiet) as process:
        yield process


@contextmanager
def web(port: int, today: str) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn on both loopback addresses: two workers, one thread each."""
    binds = [f"127.0.0.1:{port}"] + ([f"[::1]:{port}"] if _has_ipv6() else [])
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--workers", "2", "--log-level", "warning"]
    for bind in binds:
        command += ["--bind", bind]
    with _process(command, today, quiet=False) as process:
        yield process


@contextmanager
def _process(command: list[str], today: str, *, quiet: bool) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "PORTAL_TODAY": today,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }
    output = subprocess.DEVNULL if quiet else sys.stderr
    # A session of its own: Ctrl-C reaches us alone, and we end it in order.
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdout=output, start_new_session=True
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and end it when it does not."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def port_is_free(port: int) -> bool:
    """Whether nothing listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
