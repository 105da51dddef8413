"""Entries whose time is over: purged by the service alone, a signed checkpoint in their place."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from portal import clock
from portal.audit import AuditCode, record
from portal.audit.guards import permit
from portal.audit.retention import limit, overdue, purge
from portal.audit.verify import verify
from portal.models import AuditCheckpoint, AuditEntry, AuditHead

pytestmark = pytest.mark.both_databases
YEARS = 4


@pytest.fixture
def old(storm, monkeypatch):
    """Six entries of four years ago, then three of today; everything is undone at the end."""
    with transaction.atomic():
        with permit():
            AuditEntry.objects.all().delete()
            AuditCheckpoint.objects.all().delete()
            AuditHead.objects.update(seq=0, hash="")
        real = clock.real_now
        monkeypatch.setattr(clock, "real_now", lambda: real() - dt.timedelta(days=YEARS * 366))
        for number in range(6):
            record(AuditCode.FORM_SAVED, actor=storm.actor, details={"n": number})
        monkeypatch.setattr(clock, "real_now", real)
        for number in range(3):
            record(AuditCode.FORM_OPENED, actor=storm.actor, details={"n": number})
        assert verify().ok
        yield
        transaction.set_rollback(True)


def test_what_is_over_goes_and_the_chain_stays_whole(old):
    out = StringIO()
    call_command("purge_audit", "--dry-run", stdout=out)
    assert "6件" in out.getvalue()
    assert AuditEntry.objects.count() == 9
    out = StringIO()
    call_command("purge_audit", stdout=out)
    assert "6件（番号6まで）を削除しました" in out.getvalue()
    assert list(AuditEntry.objects.order_by("seq").values_list("seq", flat=True)) == [7, 8, 9, 10]
    entry = AuditEntry.objects.first()
    assert (entry.code, entry.details["deleted"], entry.details["years"]) == (AuditCode.AUDIT_PURGED, 6, 3)
    checkpoint = AuditCheckpoint.objects.get()
    assert (checkpoint.kind, checkpoint.seq, checkpoint.count) == ("purge", 6, 6)
    found = verify()
    assert found.ok
    assert (found.first, found.last, found.count) == (7, 10, 4)
    assert purge().count == 0


def test_purged_in_batches(old, monkeypatch):
    monkeypatch.setattr("portal.audit.retention.BATCH", 2)
    assert purge().count == 6
    assert AuditEntry.objects.order_by("seq").first().seq == 7
    assert verify().ok


def test_the_years_are_a_setting(old, settings):
    settings.AUDIT_RETENTION_YEARS = 5
    assert overdue().count == 0
    settings.AUDIT_RETENTION_YEARS = 1
    assert overdue().count == 6


def test_a_leap_day_has_a_limit(settings):
    assert limit(dt.datetime(2028, 2, 29, 12, tzinfo=clock.JAPAN)).date() == dt.date(2025, 2, 28)


def test_a_broken_chain_is_not_purged(old):
    with permit():
        AuditEntry.objects.filter(seq=3).update(user_name="別人")
    with pytest.raises(CommandError, match="異常があるため、何も削除していません"):
        call_command("purge_audit")
    assert AuditEntry.objects.count() == 9


def test_after_a_purge_a_cut_at_the_beginning_is_named(old):
    purge()
    with permit():
        AuditEntry.objects.filter(seq=7).delete()
    assert [(fault.kind, fault.seq) for fault in verify().faults] == [("gap", 7)]


def test_what_is_newer_stays_even_when_an_older_one_stands_behind_it(old, storm, monkeypatch):
    """The moment of an entry is taken before its turn in the chain: the order may differ by a little."""
    real = clock.real_now
    monkeypatch.setattr(clock, "real_now", lambda: real() - dt.timedelta(days=YEARS * 366))
    record(AuditCode.FORM_SAVED, actor=storm.actor)
    monkeypatch.setattr(clock, "real_now", real)
    assert overdue().last == 6
