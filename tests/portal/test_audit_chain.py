"""The chain on both databases: stable hashes, triggers, every way of tampering (AUD-02)."""

import datetime as dt
import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from portal.audit import AuditCode, Origin, about, record
from portal.audit.checkpoints import head_line, sign_head
from portal.audit.guards import (
    PERMIT,
    immutable_tables,
    missing_guards,
    permit,
    protect,
    unprotect,
)
from portal.audit.trail import FIELDS, fingerprint
from portal.audit.verify import verify
from portal.models import AuditCheckpoint, AuditEntry, AuditHead

pytestmark = pytest.mark.both_databases

ODD = {
    "text": "改行\nと\t𠮷野家と\u202e向きと\x00と\ud800",
    "float": 1e22,
    "small": 0.1 + 0.2,
    "minus_zero": -0.0,
    "decimal": Decimal("1.10"),
    "when": dt.datetime(2025, 9, 16, 1, 2, 3, 4, tzinfo=dt.UTC),
    "day": dt.date(2025, 9, 16),
    "id": uuid.UUID(int=7),
    "nested": {"b": [1, {"z": None, "a": True}], "a": "", 3: "key"},
    "large": 2**63,
    "long": "長" * 201,
}


@pytest.fixture
def chain(storm) -> list[AuditEntry]:
    """Nine entries of one person, with everything a value can be."""
    origin = Origin(address="192.0.2.1", request_id=str(uuid.uuid4()), job_id=uuid.uuid4())
    with about(origin):
        made = [
            record(AuditCode.FORM_SAVED, actor=storm.actor, obj=storm.actor.user, details={"n": n, **ODD})
            for n in range(9)
        ]
    assert verify().ok
    return made


def spoilt(change: Callable[[], object]) -> list[tuple[str, int]]:
    """The faults that a walk names after a change made behind the triggers; the change is undone."""
    with transaction.atomic():
        with permit():
            change()
        found = verify()
        transaction.set_rollback(True)
    return [(fault.kind, fault.seq) for fault in found.faults]


def entry(one: AuditEntry):
    return AuditEntry.objects.filter(pk=one.pk)


def test_the_hash_is_the_same_when_the_entry_is_read_back(chain):
    for made in chain:
        read = AuditEntry.objects.get(pk=made.pk)
        assert fingerprint(read) == read.hash == made.hash
        assert read.details == made.details
    assert chain[0].details["long"] == "（201文字）"
    assert chain[0].details["text"] == "改行\nと\t𠮷野家と\u202e向きと�と�"


def test_the_hash_covers_every_column_but_itself():
    assert set(FIELDS) == {field.attname for field in AuditEntry._meta.fields} - {"id", "hash"}


@pytest.mark.parametrize("act", ["update", "delete"])
@pytest.mark.parametrize("model", [AuditEntry, AuditCheckpoint])
def test_entries_and_checkpoints_cannot_be_changed(chain, model, act):
    sign_head()
    row = model.objects.order_by("-seq").first()
    rows = model.objects.filter(pk=row.pk)
    change = {"update": lambda: rows.update(hash="0"), "delete": rows.delete}[act]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change()
    assert model.objects.get(pk=row.pk).hash == row.hash


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM {t}",
        "UPDATE {t} SET seq = seq - 1",
        "UPDATE {t} SET seq = seq + 2",
        "UPDATE {t} SET hash = ''",
    ],
)
def test_the_head_moves_forward_by_one_only(chain, change):
    head = AuditHead.objects.get()
    with pytest.raises(IntegrityError, match=r"forward|append-only"), transaction.atomic():
        connection.cursor().execute(change.format(t="portal_audithead"))
    assert AuditHead.objects.get().seq == head.seq


@pytest.mark.parametrize("storm", ["postgres"], indirect=True)
def test_the_tables_cannot_be_truncated(chain):
    for table in ("portal_auditentry", "portal_auditcheckpoint", "portal_audithead"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(f"TRUNCATE {table}")


def test_a_permit_cannot_be_left_behind(chain):
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(f"INSERT INTO {PERMIT} (id, never) VALUES (1, 2)")
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(f"INSERT INTO {PERMIT} (id, never) VALUES (2, 2)")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_missing_triggers_are_named(chain):
    assert missing_guards() == []
    with connection.schema_editor() as editor:
        unprotect(editor, "portal_auditentry")
    try:
        assert missing_guards() == ["portal_auditentry"]
        assert [fault.kind for fault in verify().faults] == ["guard"]
    finally:
        with connection.schema_editor() as editor:
            protect(editor, "portal_auditentry")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("code", "other"),
        ("result", "failed"),
        ("user_name", "別人"),
        ("organisation_name", ""),
        ("at", dt.datetime(2025, 9, 16, tzinfo=dt.UTC)),
        ("address", "198.51.100.1"),
        ("job_id", None),
        ("object_id", "0"),
        ("details", {"n": 5}),
        ("user", None),
    ],
)
def test_an_edit_is_named(chain, name, value):
    assert spoilt(lambda: entry(chain[4]).update(**{name: value})) == [("edited", chain[4].seq)]


def test_a_microsecond_counts(chain):
    later = chain[4].at + dt.timedelta(microseconds=1)
    assert spoilt(lambda: entry(chain[4]).update(at=later)) == [("edited", chain[4].seq)]


def test_an_edit_with_its_hash_made_anew_is_named(chain):
    target = chain[4]

    def forge():
        row = AuditEntry.objects.get(pk=target.pk)
        row.user_name = "別人"
        entry(target).update(user_name="別人", hash=fingerprint(row))

    assert spoilt(forge) == [("link", target.seq + 1)]


def test_a_whole_tail_made_anew_is_named_by_the_signature(chain):
    with transaction.atomic():
        assert sign_head() is not None
        signed = AuditHead.objects.get().seq - 1
        with permit():
            _forge_from(chain[4].seq)
        found = [(fault.kind, fault.seq) for fault in verify().faults]
        transaction.set_rollback(True)
    assert found == [("rewritten", signed)]


def _forge_from(seq: int) -> None:
    """What somebody with the database but without the key can do: write all hashes anew."""
    mark = AuditEntry.objects.get(seq=seq).prev_hash
    for row in AuditEntry.objects.filter(seq__gte=seq).order_by("seq"):
        row.user_name, row.prev_hash = "別人", mark
        mark = fingerprint(row)
        AuditEntry.objects.filter(pk=row.pk).update(user_name="別人", prev_hash=row.prev_hash, hash=mark)
    AuditHead.objects.update(hash=mark)


def test_a_gap_is_named(chain):
    assert spoilt(lambda: entry(chain[4]).delete()) == [("gap", chain[4].seq)]
    cut = [row.pk for row in chain[2:5]]
    assert spoilt(lambda: AuditEntry.objects.filter(pk__in=cut).delete()) == [("gap", chain[2].seq)]


def test_a_cut_tail_is_named(chain):
    assert spoilt(lambda: AuditEntry.objects.filter(seq__gt=chain[6].seq).delete()) == [("cut", chain[7].seq)]


def _insert_copy(seq: int) -> None:
    """An entry that says what the one before it says, linked and hashed as it should be."""
    row = AuditEntry.objects.get(seq=seq - 1)
    row.prev_hash, row.pk, row.seq = row.hash, None, seq
    row.hash = fingerprint(row)
    row.save(force_insert=True)


def test_an_insertion_is_named(chain):
    last = AuditHead.objects.get().seq
    assert spoilt(lambda: _insert_copy(last + 1)) == [("inserted", last + 1)]
    place = chain[4]
    assert spoilt(lambda: (entry(place).delete(), _insert_copy(place.seq))) == [("link", place.seq + 1)]


def test_a_swap_is_named(chain):
    one, other = chain[3], chain[5]

    def swap():
        entry(one).update(seq=0)
        entry(other).update(seq=one.seq)
        AuditEntry.objects.filter(pk=one.pk).update(seq=other.seq)

    kinds = spoilt(swap)
    assert ("edited", one.seq) in kinds
    assert ("edited", other.seq) in kinds


def test_a_forged_checkpoint_is_named(chain):
    def forge():
        AuditEntry.objects.filter(seq__lte=chain[4].seq).delete()
        AuditCheckpoint.objects.create(
            kind="purge",
            seq=chain[4].seq,
            hash=chain[4].hash,
            count=5,
            at=chain[4].at,
            key_id="x",
            signature="y",
        )

    assert {kind for kind, _seq in spoilt(forge)} >= {"signature", "gap"}


def test_the_command_says_so_and_ends_with_1(chain):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue().startswith("異常はありません")
    call_command("verify_audit", "--json", stdout=(out := StringIO()))
    assert json.loads(out.getvalue())["ok"] is True
    with transaction.atomic():
        with permit():
            entry(chain[4]).update(code="other")
        for arguments in ([], ["--json"]):
            out, err = StringIO(), StringIO()
            with pytest.raises(SystemExit) as ended:
                call_command("verify_audit", *arguments, stdout=out, stderr=err)
            assert ended.value.code == 1
            assert str(chain[4].seq) in out.getvalue() + err.getvalue()
        transaction.set_rollback(True)


def test_a_quick_walk_begins_at_the_newest_signature(chain):
    sign_head()
    record(AuditCode.FORM_SAVED, details={"n": 1})
    quick = verify(quick=True)
    assert quick.ok
    assert quick.count < verify().count
    assert quick.last == AuditHead.objects.get().seq


def test_the_head_is_signed_once_while_nothing_happens(chain, settings):
    assert sign_head() is not None
    assert sign_head() is None
    record(AuditCode.FORM_SAVED, details={"n": 1})
    assert sign_head() is not None
    assert verify().ok
    settings.SECRET_KEY, settings.AUDIT_OLD_KEYS = "n" * 60, [settings.SECRET_KEY]
    assert verify().ok
    settings.AUDIT_OLD_KEYS = []
    assert {fault.kind for fault in verify().faults} == {"signature"}


def test_the_line_to_print_names_the_head(chain):
    out = StringIO()
    call_command("audit_head", "--sign", stdout=out)
    head = AuditHead.objects.get()
    assert f"seq={head.seq} hash={head.hash}" in out.getvalue()
    assert head_line().count("\n") == 0


@pytest.mark.django_db
def test_every_history_and_submission_is_protected_on_the_test_database():
    assert {name for name in immutable_tables() if name.startswith("assessments_")} == {
        "assessments_assessmentstatuschange",
        "assessments_assessmentsubmission",
        "assessments_issuereportstatuschange",
        "assessments_issuereportsubmission",
        "assessments_localissuechange",
        "assessments_progressstatuschange",
        "assessments_progresssubmission",
    }
    assert missing_guards() == []
