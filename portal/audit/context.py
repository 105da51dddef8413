"""Where an act comes from: address and request id of the request, or the job that runs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """What every entry of one request or job has in common."""

    address: str = ""
    request_id: str = ""
    job_id: uuid.UUID | None = None


NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("audit_origin", default=NOWHERE)


def current() -> Origin:
    """The origin of what runs now; empty in a shell."""
    return _origin.get()


@contextmanager
def about(origin: Origin) -> Iterator[None]:
    """Entries written inside come from there."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)
