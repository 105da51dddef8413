"""Where an act comes from: address and request id of the request, or the job that runs."""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings


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


def client_address(meta: Mapping[str, Any]) -> str:
    """The address of the client as the proxies we trust tell it; what the client itself writes is ignored.

    The same rule as the rate limits of sign-in (`ALLAUTH_TRUSTED_PROXY_COUNT`): each trusted proxy adds
    one address at the end of X-Forwarded-For. A shorter chain did not come through them.
    """
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    told = [part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    if trusted and len(told) >= trusted:
        return _plain(told[-trusted]) or _plain(str(meta.get("REMOTE_ADDR", "")))
    return _plain(str(meta.get("REMOTE_ADDR", "")))


def _plain(address: str) -> str:
    """The address without port or brackets; empty when it is none."""
    text = address.partition("]")[0].removeprefix("[") if address.startswith("[") else address
    if text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
