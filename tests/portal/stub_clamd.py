"""A clamd to talk to: a socket that takes INSTREAM and finds the EICAR test file, as the real one does."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: The harmless file every scanner knows, in two halves so that no scanner stops at this source.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """One command, its chunks, one answer."""
        command = self.rfile.read(len(b"zINSTREAM\0"))
        body = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            body += self.rfile.read(length)
        self.server.seen.append((command, body))
        self.wfile.write(self.server.answer or self.verdict(body))

    def verdict(self, body: bytes) -> bytes:
        """What clamd says."""
        return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in body else b"stream: OK\0"


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    answer: bytes = b""

    def __init__(self, path: str) -> None:
        self.seen: list[tuple[bytes, bytes]] = []
        super().__init__(path, _Handler)


@contextmanager
def clamd(folder: Path) -> Iterator[tuple[str, _Server]]:
    """A scanner behind a socket in this folder."""
    path = str(folder / "clamd.sock")
    with _Server(path) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield path, server
        finally:
            server.shutdown()
            thread.join()


def nobody_at(folder: Path) -> str:
    """A socket that nobody listens on."""
    path = str(folder / "nobody.sock")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path)
    return path
