"""The render server: a warm process that forks one child per document.

Started by `portal.pdf.client` with an emptied environment: no Django, no settings, no
database, no secrets. It listens on the socket it was given, watches its children and its
owner, and dies with the owner. It never reads a document itself.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from datetime import UTC, datetime

from weasyprint.text.fonts import FontConfiguration

from portal.pdf import child, environment, lookalikes
from portal.pdf.document import make_pdf

FIRST_RENDER = """<!doctype html><html lang="ja"><title>準備</title>
<body style="font-family: 'Noto Sans CJK JP'"><h1>準備</h1><p>日本語の文章<b>Aa1</b></p>
<table><thead><tr><th>見出し</th></tr></thead><tr><td>1</td></tr></table>
<svg width="9" height="9"><title>図</title><text font-family="Noto Sans CJK JP">図</text></svg>"""
POLL_SECONDS = 1.0


class Child:
    """A running child: its process, the pipe its caller waits on, and when it must have ended."""

    def __init__(self, pid: int, report: int, wall_seconds: float) -> None:
        self.pid = pid
        self.report = report
        self.handle = os.pidfd_open(pid)
        self.deadline = time.monotonic() + wall_seconds
        self.late = False

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Take its return code, tell the caller, and let go of everything it held."""
        _, status, usage = os.wait4(self.pid, 0)
        line = {
            "code": os.waitstatus_to_exitcode(status),
            "late": self.late,
            "cpu": usage.ru_utime + usage.ru_stime,
        }
        with contextlib.suppress(BrokenPipeError):  # the caller may have gone
            os.write(self.report, json.dumps(line).encode() + b"\n")
        os.close(self.report)
        os.close(self.handle)


class Server:
    """The loop: one request in, one child out."""

    def __init__(self, control: socket.socket, owner: int) -> None:
        self.control = control
        self.owner = os.pidfd_open(owner)
        self.children: dict[int, Child] = {}
        self.poll = select.poll()
        self.poll.register(control, select.POLLIN)
        self.poll.register(self.owner, select.POLLIN)
        self.font = environment.find_font()
        self.fonts = FontConfiguration()
        if self.font:
            lookalikes.learn(*self.font)
            make_pdf(FIRST_RENDER, created=datetime.now(UTC), pages=2, fonts=self.fonts)
        gc.collect()
        gc.freeze()

    def serve(self) -> None:
        """Until the owner goes or closes the socket; unfinished children go with it."""
        while True:
            for descriptor, _ in self.poll.poll(POLL_SECONDS * 1000):
                if descriptor == self.owner:
                    return
                if descriptor == self.control.fileno():
                    if not self.accept():
                        return
                else:
                    self.watch(descriptor)
            self.stop_late_children()

    def accept(self) -> bool:
        """Fork for one request; False when the owner has closed the socket."""
        message, descriptors, _, _ = socket.recv_fds(self.control, 4096, 3)
        if not message:
            return False
        source, target, report = descriptors
        if self.font:
            self.fork(source, target, report, json.loads(message)["wall_seconds"])
        else:
            os.write(report, b'{"reason": "fonts"}\n')
            os.close(report)
        os.close(source)
        os.close(target)
        return True

    def fork(self, source: int, target: int, report: int, wall_seconds: float) -> None:
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            child.run(source, target, report, server=server, fonts=self.fonts)
        started = Child(pid, report, wall_seconds)
        for descriptor in (started.handle, report):
            self.children[descriptor] = started
        self.poll.register(started.handle, select.POLLIN)
        self.poll.register(report, 0)  # only to hear that the caller has stopped waiting

    def watch(self, descriptor: int) -> None:
        """A child has ended, or its caller has stopped waiting for it."""
        running = self.children.get(descriptor)
        if running is None:
            return
        if descriptor == running.report:
            self.poll.unregister(descriptor)
            running.kill()
            return
        for known in (running.handle, running.report):
            del self.children[known]
            with contextlib.suppress(KeyError):  # the report was let go when its caller went
                self.poll.unregister(known)
        running.end()

    def stop_late_children(self) -> None:
        for running in set(self.children.values()):
            if time.monotonic() > running.deadline and not running.late:
                running.late = True
                running.kill()


def main() -> None:
    """`python -m portal.pdf.server OWNER_PID SOCKET_DESCRIPTOR`."""
    owner, descriptor = int(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the owner; we follow it.
    control = socket.socket(fileno=descriptor)
    server = Server(control, owner)
    if os.getppid() == owner:  # else it died before we could watch it
        server.serve()
    for running in set(server.children.values()):
        running.kill()


if __name__ == "__main__":
    main()
