"""Appending to the chain."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from portal import clock
from portal.actor import Actor
from portal.audit.codes import AuditCode
from portal.audit.context import current
from portal.choices import AuditResult
from portal.models import AuditEntry, AuditHead, Organisation, User

#: What the hash covers, in this order; the chain breaks when any of it changes.
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


@transaction.atomic
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
    passwords, codes, tokens or whole texts: of a long text, its length.
    """
    person = actor.user if actor else user
    origin = current()
    entry = AuditEntry(
        at=clock.real_now(),
        code=code,
        result=result,
        user=person,
        user_name=person.name if person else "",
        membership=actor.membership if actor else None,
        organisation=actor.organisation if actor else None,
        organisation_name=actor.organisation.full_name[:150] if actor else "",
        role=actor.membership.role if actor else "",
        duty=actor.membership.duty if actor else "",
        concerns=concerns,
        address=origin.address,
        request_id=origin.request_id,
        job_id=origin.job_id,
        object_type=obj._meta.label if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_label=str(obj)[:200] if obj is not None else "",
        before=before or {},
        after=after or {},
        details=details or {},
    )
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update().get(pk=1)
    entry.seq, entry.prev_hash = head.seq + 1, head.hash
    entry.hash = fingerprint(entry)
    entry.save(force_insert=True)
    head.seq, head.hash = entry.seq, entry.hash
    head.save(update_fields=["seq", "hash"])
    return entry


def fingerprint(entry: AuditEntry) -> str:
    """The SHA-256 of an entry's fields in canonical JSON; `prev_hash` among them makes the chain."""
    values = {name: getattr(entry, name) for name in FIELDS}
    text = json.dumps(
        values, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()
