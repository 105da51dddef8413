"""Bytes under random names, with their row."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import BinaryIO

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import models

from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import AuditResult
from portal.files.judging import Accepted, FileRefused, accept
from portal.files.names import clean_name
from portal.files.scanning import scan_later
from portal.models import Organisation, StoredFile, User


def store(
    content: bytes, *, name: str, content_type: str, organisation: Organisation, by: User | None
) -> StoredFile:
    """Keep bytes under a random path and return their row; call inside the owner's transaction."""
    stored = StoredFile(
        name=clean_name(name),
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        organisation=organisation,
        created_by=by,
    )
    stored.file.save("", File(BytesIO(content), name="content"), save=False)
    stored.save()
    return stored


def accept_from(
    upload: UploadedFile | BinaryIO, *, name: str = "", actor: Actor, obj: models.Model
) -> Accepted:
    """Judge what a person hands over for `obj`; a refusal is told to the audit trail and raised."""
    try:
        return accept(upload, name=name or str(getattr(upload, "name", "")))
    except FileRefused as refused:
        told = {"name": refused.name, "rule": refused.rule}
        record(AuditCode.FILE_REFUSED, actor=actor, obj=obj, details=told, result=AuditResult.REFUSED)
        raise


def keep(accepted: Accepted, *, organisation: Organisation, by: Actor) -> StoredFile:
    """Store what was accepted, ask for its virus scan and record it; call last in the owner's transaction."""
    stored = store(
        accepted.content(),
        name=accepted.name,
        content_type=accepted.kind.content_type,
        organisation=organisation,
        by=by.user,
    )
    scan_later(stored, by=by)
    about = {"name": stored.name, "size": stored.size, "sha256": stored.sha256}
    record(AuditCode.FILE_STORED, actor=by, obj=stored, concerns=organisation, after=about)
    return stored
