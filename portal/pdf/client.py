"""The portal's side of PDF: render the template, ask the render server, read the answer."""

import atexit
import contextlib
import json
import logging
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from portal.pdf.errors import SIGNALS, RenderCrashed, RenderFailed
from portal.pdf.limits import LIMITS, Limits

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
#: All that the render server sees of our environment: what fontconfig and the loader need.
KEPT_VARIABLES = ("HOME", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH")
#: The server enforces the wall limit; this much later we stop believing that it lives.
GRACE_SECONDS = 15


@dataclass(frozen=True)
class RenderedPdf:
    """A finished PDF."""

    content: bytes
    pages: int


class ServerGone(Exception):
    """The render server ended before the document was made."""


class RenderServer:
    """The warm process that forks a child per document; it belongs to one process of ours."""

    def __init__(self, variables: dict[str, str] | None = None) -> None:
        self.variables = variables or {}
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None

    def render(self, html: str, *, created: datetime, limits: Limits) -> RenderedPdf:
        """The PDF of finished HTML; a server found dead is replaced once."""
        try:
            return self._render(html, created, limits)
        except ServerGone:
            logger.warning("pdf.server_gone")
        try:
            return self._render(html, created, limits)
        except ServerGone as gone:
            raise RenderFailed("stopped", limits) from gone

    def close(self) -> None:
        """End the server; it takes its children with it."""
        with self.lock:
            self._close()

    def forget(self) -> None:
        """In a forked process: leave the parent's server alone and start an own one when asked."""
        if self.process is not None:
            self.process.returncode = 0  # not our child; do not wait for it
        if self.control is not None:
            self.control.close()
        self.lock = threading.Lock()
        self.process = self.control = None

    def _render(self, html: str, created: datetime, limits: Limits) -> RenderedPdf:
        request = {"html": html, "created": created.isoformat(), "limits": limits.as_dict()}
        with memory_file("report.html") as source, memory_file("report.pdf") as target:
            write(source, json.dumps(request).encode())
            lines = self._ask(source, target, limits.wall_seconds)
            answer = {key: value for line in lines for key, value in line.items()}
            return read_answer(answer, target, limits)

    def _ask(self, source: int, target: int, wall_seconds: float) -> list[dict[str, Any]]:
        """Hand the files to the server and wait until its child and the server have both spoken."""
        reader, writer = os.pipe()
        try:
            try:
                process = self._send([source, target, writer], wall_seconds)
            finally:
                os.close(writer)
            lines = read_lines(reader, time.monotonic() + wall_seconds + GRACE_SECONDS)
            if not any("code" in line or "reason" in line for line in lines):
                self._discard(process)
                raise ServerGone
            return lines
        finally:
            os.close(reader)

    def _send(self, descriptors: list[int], wall_seconds: float) -> "subprocess.Popen[bytes]":
        message = json.dumps({"wall_seconds": wall_seconds}).encode()
        with self.lock:
            if self.process is None or self.control is None or self.process.poll() is not None:
                self._close()
                self.process, self.control = self._start()
            try:
                socket.send_fds(self.control, [message], descriptors)
            except OSError as error:
                self._close()
                raise ServerGone from error
            return self.process

    def _discard(self, process: "subprocess.Popen[bytes]") -> None:
        """Let go of a server that has died or fallen silent, unless another thread already has."""
        with self.lock:
            if self.process is process:
                self._close()

    def _start(self) -> "tuple[subprocess.Popen[bytes], socket.socket]":
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        environment |= {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
        environment |= self.variables
        command = [sys.executable, "-m", "portal.pdf.server", str(os.getpid()), str(theirs.fileno())]
        with theirs:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # ours may be a pipe somebody reads to its end
                start_new_session=True,
            )
        return process, ours

    def _close(self) -> None:
        if self.control is not None:
            self.control.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.process = self.control = None


def read_answer(answer: dict[str, Any], target: int, limits: Limits) -> RenderedPdf:
    """Turn what child and server said into a PDF or the user's sentence."""
    if "crash" in answer:
        raise RenderCrashed(answer["crash"])
    if "reason" in answer:
        raise RenderFailed(answer["reason"], limits)
    if "pages" not in answer:
        reason = "wall" if answer["late"] else SIGNALS.get(-answer["code"], "stopped")
        raise RenderFailed(reason, limits)
    for warning in answer["warnings"]:
        logger.warning("pdf.warning %s", warning)
    logger.info("pdf.rendered pages=%s cpu=%.2f", answer["pages"], answer["cpu"])
    with os.fdopen(target, "rb", closefd=False) as file:
        file.seek(0)
        return RenderedPdf(content=file.read(), pages=answer["pages"])


def read_lines(reader: int, deadline: float) -> list[dict[str, Any]]:
    """Every JSON line until the other side closes; none when it does not end in time."""
    received = b""
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([reader], [], [], left)[0]:
            break
        chunk = os.read(reader, 65536)
        if not chunk:
            return [json.loads(line) for line in received.splitlines()]
        received += chunk
    return []


@contextlib.contextmanager
def memory_file(name: str) -> Iterator[int]:
    """A file without a name on any disk: nothing to clean up, nothing half written."""
    descriptor = os.memfd_create(name)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def write(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(content)


#: This process's server; it starts with the first document.
SERVER = RenderServer()
atexit.register(SERVER.close)
os.register_at_fork(after_in_child=SERVER.forget)


def render_pdf(
    template: str, context: dict[str, Any], *, created: datetime, limits: Limits = LIMITS
) -> RenderedPdf:
    """Render a report template with Django and make a tagged PDF of it in a child with limits.

    The same template, context and `created` give the same bytes. Raises `RenderFailed` with a
    sentence for the user when a limit is met or the document asks for a foreign resource.
    """
    html = render_to_string(template, {**context, "created": created})
    return SERVER.render(html, created=created, limits=limits)
