"""Signed words on the chain: whoever can write to the database but has not the key cannot rewrite it."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from portal import clock
from portal.audit.codes import AuditCode
from portal.audit.trail import record
from portal.models import AuditCheckpoint, AuditEntry, AuditHead

_SALT = "portal.audit.checkpoint"


def key_id(secret: str) -> str:
    """A name for a key that tells nothing of it."""
    return salted_hmac(f"{_SALT}.name", "name", secret=secret, algorithm="sha256").hexdigest()[:16]


def signature_of(checkpoint: AuditCheckpoint, secret: str) -> str:
    """The HMAC over everything a checkpoint says."""
    at = checkpoint.at.astimezone(clock.JAPAN).isoformat(timespec="microseconds")
    said = f"{checkpoint.kind}|{checkpoint.seq}|{checkpoint.hash}|{checkpoint.count}|{at}|{checkpoint.key_id}"
    return salted_hmac(_SALT, said, secret=secret, algorithm="sha256").hexdigest()


def is_genuine(checkpoint: AuditCheckpoint) -> bool:
    """Whether one of our keys, the present one or an earlier one, made the signature."""
    keys = {key_id(secret): secret for secret in (settings.SECRET_KEY, *settings.AUDIT_OLD_KEYS)}
    secret = keys.get(checkpoint.key_id)
    return bool(secret) and hmac.compare_digest(signature_of(checkpoint, str(secret)), checkpoint.signature)


def sign(kind: str, *, seq: int, mark: str, count: int) -> AuditCheckpoint:
    """Write a checkpoint; call inside a transaction."""
    checkpoint = AuditCheckpoint(
        kind=kind,
        seq=seq,
        hash=mark,
        count=count,
        at=clock.real_now(),
        key_id=key_id(settings.SECRET_KEY),
    )
    checkpoint.signature = signature_of(checkpoint, settings.SECRET_KEY)
    checkpoint.save(force_insert=True)
    return checkpoint


def last_purge() -> AuditCheckpoint | None:
    """Where the entries that are still there begin."""
    return AuditCheckpoint.objects.filter(kind=AuditCheckpoint.PURGE).order_by("-seq", "-id").first()


def deleted_so_far() -> int:
    """How many entries were deleted when their time was over."""
    last = last_purge()
    return last.count if last else 0


@transaction.atomic
def sign_head(since: dt.datetime | None = None) -> AuditCheckpoint | None:
    """Sign how the chain ends now; None when nothing was recorded since the last time.

    None also when it was signed at or after `since` already: whoever holds the head knows.
    """
    head = AuditHead.objects.select_for_update().first()
    if since and AuditCheckpoint.objects.filter(kind=AuditCheckpoint.HEAD, at__gte=since).exists():
        return None
    last = AuditCheckpoint.objects.order_by("-seq", "-id").first()
    if head is None or not head.seq or (last and _only_signed_since(last, head)):
        return None
    checkpoint = sign(AuditCheckpoint.HEAD, seq=head.seq, mark=head.hash, count=deleted_so_far())
    record(AuditCode.AUDIT_SIGNED, obj=checkpoint, details={"seq": head.seq, "hash": head.hash})
    return checkpoint


def _only_signed_since(last: AuditCheckpoint, head: AuditHead) -> bool:
    """Whether the signing itself is all that was recorded since."""
    later = AuditEntry.objects.filter(seq__gt=last.seq).exclude(code=AuditCode.AUDIT_SIGNED)
    return last.seq >= head.seq - 1 and not later.exists()


def head_line() -> str:
    """How the chain ends now, in one line that can be printed, mailed or read over a telephone."""
    head = AuditHead.objects.first() or AuditHead()
    short = hashlib.sha256(head.hash.encode()).hexdigest()[:8] if head.hash else "-"
    now = clock.real_now().astimezone(clock.JAPAN)
    return f"{now:%Y-%m-%d %H:%M:%S%z} seq={head.seq} hash={head.hash or '-'} check={short}"
