"""Virus scan by clamd (INSTREAM) where one is configured; a file waits for it before anybody gets it."""

from __future__ import annotations

import socket
import struct
from typing import IO

from django.conf import settings

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import AuditResult, ScanState
from portal.jobs import enqueue
from portal.models import Job, StoredFile

SCAN = "portal.scan_file"
CHUNK = 64 * 1024
TIMEOUT_SECONDS = 60
#: An answer is one line; more than this is no clamd.
MAX_ANSWER = 4096


class ScanFailed(Exception):
    """The scanner could not be reached or could not say; the job tries again."""


def scan_later(stored: StoredFile, *, by: Actor) -> None:
    """Ask for the scan of a file in the transaction that stores it; without a scanner it stays 未検査."""
    if not settings.CLAMD_SOCKET:
        return
    StoredFile.objects.filter(pk=stored.pk).update(scan_state=ScanState.SCANNING)
    stored.scan_state = ScanState.SCANNING
    organisation = by.organisation
    enqueue(SCAN, actor=by, params={"file": str(stored.pk)}, organisation=organisation, key=str(stored.pk))


def found_in(file: IO[bytes]) -> str:
    """The name of the virus clamd finds in these bytes; empty when it finds none. Raises ScanFailed."""
    try:
        with _connected() as clamd:
            clamd.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                clamd.sendall(struct.pack("!I", len(chunk)) + chunk)
            clamd.sendall(struct.pack("!I", 0))
            answer = _answer(clamd)
    except OSError as error:
        raise ScanFailed(f"clamd cannot be reached: {error}") from error
    verdict = answer.removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    raise ScanFailed(f"clamd said: {answer[:200]!r}")


def _connected() -> socket.socket:
    """A socket in the file system when the setting begins with a slash, else host:port."""
    target: str = settings.CLAMD_SOCKET
    if target.startswith("/"):
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(TIMEOUT_SECONDS)
        try:
            clamd.connect(target)
        except OSError:
            clamd.close()
            raise
        return clamd
    host, _colon, port = target.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=TIMEOUT_SECONDS)


def _answer(clamd: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < MAX_ANSWER:
        part = clamd.recv(MAX_ANSWER)
        if not part:
            break
        said += part
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()


def keep_verdict(*, file_id: str, virus: str, job: Job) -> dict[str, str]:
    """Write what the scan found, in the job's finishing transaction; a find goes to the audit trail."""
    state = ScanState.INFECTED if virus else ScanState.CLEAN
    StoredFile.objects.filter(pk=file_id).update(
        scan_state=state, scan_note=virus[:200], scanned_at=clock.now()
    )
    if virus:
        stored = StoredFile.objects.select_related("organisation").get(pk=file_id)
        actor = Actor(user=job.requested_by, membership=job.membership)
        told = {"name": stored.name, "sha256": stored.sha256, "virus": virus[:200]}
        record(
            AuditCode.FILE_INFECTED,
            actor=actor,
            obj=stored,
            concerns=stored.organisation,
            details=told,
            result=AuditResult.REFUSED,
        )
    return {"state": str(state)}
