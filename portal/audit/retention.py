"""Deleting entries whose time is over, in one way only: a signed checkpoint takes their place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Min

from portal import clock
from portal.audit.checkpoints import deleted_so_far, sign
from portal.audit.codes import AuditCode
from portal.audit.guards import permit
from portal.audit.trail import record
from portal.audit.verify import verify
from portal.errors import PortalError
from portal.models import AuditCheckpoint, AuditEntry, AuditHead

#: So many entries are deleted by one statement, so that none runs into the time limit of the database.
BATCH = 5000


@dataclass(frozen=True)
class Overdue:
    """The entries whose time is over: how many, up to which."""

    before: dt.datetime
    count: int
    last: int


def limit(now: dt.datetime | None = None) -> dt.datetime:
    """Entries from before this moment need not be kept."""
    moment = (now or clock.real_now()).astimezone(clock.JAPAN)
    year = moment.year - settings.AUDIT_RETENTION_YEARS
    try:
        return moment.replace(year=year)
    except ValueError:  # 29 February
        return moment.replace(year=year, day=28)


def overdue() -> Overdue:
    """The beginning of the chain up to the first entry that must still be kept."""
    before = limit()
    kept = AuditEntry.objects.filter(at__gte=before).aggregate(first=Min("seq"))["first"]
    old = AuditEntry.objects.filter(at__lt=before)
    old = old.filter(seq__lt=kept) if kept else old
    newest = old.order_by("-seq").first()
    return Overdue(before, old.count(), newest.seq if newest else 0)


def purge() -> Overdue:
    """Delete what is overdue and sign where the chain now begins; refused while the chain is not whole."""
    walked = verify()
    if not walked.ok:
        first = walked.faults[0]
        raise PortalError(
            f"操作記録に異常があるため、何も削除していません（{first.sentence}）。"
            "verify_audit の結果を確かめてください。"
        )
    with transaction.atomic():
        AuditHead.objects.select_for_update().first()
        found = overdue()
        if found.count:
            _delete(found)
    return found


def _delete(found: Overdue) -> None:
    last = AuditEntry.objects.get(seq=found.last)
    total = deleted_so_far() + found.count
    checkpoint = sign(AuditCheckpoint.PURGE, seq=last.seq, mark=last.hash, count=total)
    first = AuditEntry.objects.aggregate(first=Min("seq"))["first"]
    with permit():
        for upto in range(first + BATCH, last.seq + BATCH + 1, BATCH):
            AuditEntry.objects.filter(seq__lte=min(upto, last.seq)).delete()
    details = {"deleted": found.count, "last": found.last, "before": found.before}
    years = settings.AUDIT_RETENTION_YEARS
    record(AuditCode.AUDIT_PURGED, obj=checkpoint, details=details | {"years": years})
