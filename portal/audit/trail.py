"""Appending to the chain."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
import logging
import os
import uuid
from typing import Any

from django.db import models, transaction

from portal import clock
from portal.actor import Actor
from portal.audit.codes import AuditCode
from portal.audit.values import clean, clipped
from portal.choices import AuditResult
from portal.models import AuditEntry, AuditHead, Organisation, User
from portal.origin import NOWHERE, current

logger = logging.getLogger("portal.audit")

#: What the hash covers; the chain breaks when any of it changes.
FIELDS = (
    "seq",
    "at",
    "code",
    "result",
    "user_id",
    "user_name",
    "membership_id",
    "organisation_id",
    "organisation_name",
    "role",
    "duty",
    "concerns_id",
    "address",
    "request_id",
    "job_id",
    "object_type",
    "object_id",
    "object_label",
    "before",
    "after",
    "details",
    "prev_hash",
)


@transaction.atomic(savepoint=False)
def record(
    code: AuditCode,
    *,
    actor: Actor | None = None,
    user: User | None = None,
    obj: models.Model | None = None,
    concerns: Organisation | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    details: dict[str, Any] | None = None,
    result: AuditResult = AuditResult.DONE,
) -> AuditEntry:
    """Append one entry in the transaction of the act it tells of; call it last.

    `actor` is who acted for whom; `user` alone where nobody acts for an organisation yet (sign-in).
    `concerns` is the organisation whose thing was touched, when it is not the actor's own. Never pass
    passwords, codes, tokens or whole texts: of a long text, its length. Three queries.
    """
    person = actor.user if actor else user
    origin = current()
    more = dict(details or {})
    if person is None and origin == NOWHERE:
        more["account"] = _account()
    entry = AuditEntry(
        at=clock.real_now(),
        code=code,
        result=result,
        user=person,
        user_name=clipped(person.name, 150) if person else "",
        membership=actor.membership if actor else None,
        organisation=actor.organisation if actor else None,
        organisation_name=clipped(actor.organisation.full_name, 150) if actor else "",
        role=actor.membership.role if actor else "",
        duty=actor.membership.duty if actor else "",
        concerns=concerns,
        address=clipped(origin.address, 64),
        request_id=clipped(origin.request_id, 36),
        job_id=origin.job_id,
        object_type=obj._meta.label if obj is not None else "",
        object_id=clipped(str(obj.pk), 60) if obj is not None else "",
        object_label=clipped(str(obj), 200) if obj is not None else "",
        before=clean(before or {}),
        after=clean(after or {}),
        details=clean(more),
    )
    return _append(entry)


def _append(entry: AuditEntry) -> AuditEntry:
    """Lock the head until the commit, link the entry to it, move it on."""
    head = _locked_head()
    entry.seq, entry.prev_hash = head.seq + 1, head.hash
    entry.hash = fingerprint(entry)
    entry.save(force_insert=True)
    AuditHead.objects.filter(pk=1).update(seq=entry.seq, hash=entry.hash)
    transaction.on_commit(lambda: _log(entry))
    return entry


def _locked_head() -> AuditHead:
    """The head row, which a migration made; made anew only where a test has emptied all tables."""
    heads = AuditHead.objects.select_for_update()
    head = heads.first()
    if head is None:
        AuditHead.objects.get_or_create(pk=1)
        head = heads.get()
    return head


def fingerprint(entry: AuditEntry) -> str:
    """The SHA-256 of an entry's fields in canonical JSON; `prev_hash` among them makes the chain."""
    values = {name: _canonical(getattr(entry, name)) for name in FIELDS}
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """The same text before writing and after reading, on either database."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, uuid.UUID | models.TextChoices) else value


def _log(entry: AuditEntry) -> None:
    """One JSON line outside the database, without names: a second witness of the chain."""
    line = {
        "seq": entry.seq,
        "at": _canonical(entry.at),
        "code": str(entry.code),
        "result": str(entry.result),
        "user": entry.user_id,
        "organisation": entry.organisation_id,
        "object": f"{entry.object_type}:{entry.object_id}" if entry.object_type else "",
        "request": entry.request_id,
        "job": str(entry.job_id or ""),
        "hash": entry.hash,
    }
    logger.info(json.dumps(line))


def _account() -> str:
    """The account of the machine that runs a command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
