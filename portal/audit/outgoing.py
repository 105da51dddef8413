"""What leaves the portal as a file: lists written out, stored files handed over."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest

from portal.actor import Actor
from portal.audit.codes import AuditCode
from portal.audit.concerns import organisation_of
from portal.audit.trail import record
from portal.models import Organisation, StoredFile


def downloaded(
    stored: StoredFile,
    *,
    actor: Actor,
    obj: models.Model | None = None,
    concerns: Organisation | None = None,
) -> None:
    """A stored file is handed to somebody; `obj` is the row that uses it. Call it just before `serve`."""
    record(
        AuditCode.FILE_DOWNLOADED,
        actor=actor,
        obj=obj or stored,
        concerns=concerns or organisation_of(obj) or stored.organisation,
        details={"file": stored.name, "kind": stored.content_type, "bytes": stored.size, "id": stored.pk},
    )


def exported(
    request: HttpRequest, *, title: str, kind: str, name: str, rows: int, concerns: Organisation | None
) -> None:
    """A list is handed to somebody as a file, with so many rows; what is open to all is not recorded."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return
    match = request.resolver_match
    details: dict[str, Any] = {"title": title, "kind": kind, "file": name, "rows": rows}
    details["page"] = match.url_name if match else ""
    record(AuditCode.EXPORTED, actor=actor, concerns=concerns, details=details)
