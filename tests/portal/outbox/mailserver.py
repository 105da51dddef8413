"""A real mail server on loopback, as small as SMTP allows: the outside world of the outbox."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class MailServer:
    """What it was given, and how it answers."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    #: Address → the answer to RCPT TO.
    refusals: dict[str, str] = field(default_factory=dict)
    #: While set, DATA is taken and never answered.
    silent: threading.Event = field(default_factory=threading.Event)
    #: Set when a mail was taken whole.
    taken: threading.Event = field(default_factory=threading.Event)

    def ids(self) -> list[str]:
        """The Message-IDs in the order of arrival."""
        return [str(mail["Message-ID"]) for mail in self.received]


class _Session(socketserver.StreamRequestHandler):
    world: MailServer

    def handle(self) -> None:
        """One SMTP session, until QUIT or the other end is gone."""
        self._say("220 stub")
        while line := self.rfile.readline():
            command, _space, rest = line.decode().strip().partition(" ")
            if command.upper() == "QUIT":
                self._say("221 bye")
                return
            self._answer(command.upper(), rest)

    def _answer(self, command: str, rest: str) -> None:
        if command == "RCPT":
            address = rest.partition(":")[2].strip().strip("<>")
            self._say(self.world.refusals.get(address, "250 ok"))
        elif command == "DATA":
            self._say("354 go on")
            self._take()
        else:
            self._say("250 ok")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) and line != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        self.world.taken.set()
        if self.world.silent.is_set():
            self.rfile.readline()  # until the other end is gone
            return
        self.world.received.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
        self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def listening(world: MailServer) -> Iterator[MailServer]:
    """The server on its port (a free one the first time) as long as the block lasts."""
    handler = type("Session", (_Session,), {"world": world})
    with _Server(("127.0.0.1", world.port), handler) as server:
        world.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield world
        finally:
            server.shutdown()
            thread.join()
