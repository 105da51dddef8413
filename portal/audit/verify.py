"""Walking the chain: every entry is hashed again from what the database says and compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.audit.checkpoints import is_genuine, last_purge
from portal.audit.guards import missing_guards
from portal.audit.trail import fingerprint
from portal.models import AuditCheckpoint, AuditEntry, AuditHead

#: So many entries are in memory at once.
BATCH = 1000
#: After so many faults the walk says no more of them: one cut may break every later entry.
MOST_FAULTS = 100


@dataclass(frozen=True)
class Fault:
    """What is wrong, at which entry."""

    kind: str
    seq: int
    sentence: str


@dataclass
class Verified:
    """What a walk came to."""

    first: int = 0
    last: int = 0
    count: int = 0
    hash: str = ""
    checkpoints: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the chain is whole."""
        return not self.faults

    def fault(self, kind: str, seq: int, sentence: str) -> None:
        """Note a fault."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(kind, seq, sentence))


def verify(*, quick: bool = False) -> Verified:
    """Walk from where the entries begin (`quick`: from the newest signed checkpoint) to the head.

    Memory stays constant and nothing is locked: what is appended meanwhile stands behind the head that
    was read first. A purge meanwhile moves the beginning; the walk then begins again.
    """
    while True:
        begun = last_purge()
        found = _walk(quick=quick)
        if last_purge() == begun:
            return found


def _walk(*, quick: bool) -> Verified:
    found = Verified()
    for table in missing_guards():
        found.fault("guard", 0, f"{table} stands without its triggers")
    head = AuditHead.objects.first()
    signed = _signed(found)
    start = max(signed, key=lambda one: (one.seq, one.pk), default=None) if quick else _beginning(signed)
    found.first = start.seq + 1 if start else 1
    found.last, found.hash = (start.seq, start.hash) if start else (0, "")
    marks: dict[int, list[AuditCheckpoint]] = defaultdict(list)
    for checkpoint in signed:
        marks[checkpoint.seq].append(checkpoint)
    for entry in _entries(found.last):
        _look(found, entry)
        _compare(found, marks.pop(entry.seq, []))
    _end(found, head, marks)
    return found


def _signed(found: Verified) -> list[AuditCheckpoint]:
    """The checkpoints whose signature is ours; the others are faults."""
    genuine = []
    for checkpoint in AuditCheckpoint.objects.order_by("seq", "id"):
        found.checkpoints += 1
        if is_genuine(checkpoint):
            genuine.append(checkpoint)
        else:
            found.fault("signature", checkpoint.seq, f"checkpoint {checkpoint.pk} is not signed by our keys")
    return genuine


def _beginning(signed: list[AuditCheckpoint]) -> AuditCheckpoint | None:
    purges = [one for one in signed if one.kind == AuditCheckpoint.PURGE]
    return max(purges, key=lambda one: (one.seq, one.pk), default=None)


def _entries(after: int) -> Iterator[AuditEntry]:
    """All entries behind that number, a batch at a time."""
    while True:
        batch = list(AuditEntry.objects.filter(seq__gt=after).order_by("seq")[:BATCH])
        yield from batch
        if not batch:
            return
        after = batch[-1].seq


def _look(found: Verified, entry: AuditEntry) -> None:
    """One entry: the next number, linked to the one before, and saying what it said when it was written."""
    expected = found.last + 1
    if entry.seq != expected:
        missing = str(expected) if entry.seq == expected + 1 else f"{expected}-{entry.seq - 1}"
        found.fault("gap", expected, f"entry {missing} is missing")
    elif entry.prev_hash != found.hash:
        found.fault("link", entry.seq, f"entry {entry.seq} does not follow entry {found.last} as it stands")
    if fingerprint(entry) != entry.hash:
        found.fault("edited", entry.seq, f"entry {entry.seq} was changed after it was written")
    found.count += 1
    found.last, found.hash = entry.seq, entry.hash


def _compare(found: Verified, marks: list[AuditCheckpoint]) -> None:
    for checkpoint in marks:
        if checkpoint.hash != found.hash:
            found.fault("rewritten", found.last, f"entry {found.last} is not the one that was signed")


def _end(found: Verified, head: AuditHead | None, marks: dict[int, list[AuditCheckpoint]]) -> None:
    """The chain must reach the head, and every signed entry that is not purged must have been met."""
    now = AuditHead.objects.first()
    if head is None or now is None:
        if found.count or found.checkpoints:
            found.fault("head", found.last, "the head of the chain is missing")
        return
    if found.last < head.seq:
        found.fault("cut", found.last + 1, f"entries {found.last + 1}-{head.seq} are missing at the end")
    elif found.last > now.seq:
        found.fault("inserted", now.seq + 1, f"entry {now.seq + 1} stands behind the head {now.seq}")
    elif found.last == head.seq and found.hash != head.hash:
        found.fault("cut", head.seq, f"entry {head.seq} is not the one the head names")
    for seq in sorted(seq for seq in marks if seq > found.last):
        found.fault("cut", seq, f"entry {seq} was signed and is missing")
