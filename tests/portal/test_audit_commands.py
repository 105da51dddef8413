"""Files taken in by commands, and the nightly signature."""

import pytest
from django.core.management import call_command

from portal import clock
from portal.audit import AuditCode
from portal.daily import daily_work
from portal.models import AuditCheckpoint, AuditEntry
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_an_application_taken_in_is_recorded_with_file_and_account(source_data):
    call_command("load_master")
    f.ProgramFactory(slug="r7")
    file = source_data / "applications" / "miyagi.yaml"
    call_command("import_applications", str(file), program="r7")
    entry = AuditEntry.objects.first()
    assert entry.code == AuditCode.DATA_LOADED
    assert (entry.details["file"], entry.concerns.name) == ("miyagi.yaml", "宮城県")
    assert entry.details["account"]
    count = AuditEntry.objects.count()
    call_command("import_applications", str(file), program="r7", dry_run=True)
    call_command("import_applications", str(file), program="r7")
    assert AuditEntry.objects.count() == count, "nothing changed, nothing is told"


def test_the_days_work_signs_the_head_last():
    works = sorted(daily_work.all(), key=lambda work: work.order)
    assert works[-1].name == "portal.trail"
    call_command("load_frameworks")
    works[-1].run(clock.today())
    assert AuditCheckpoint.objects.get().kind == "head"
    assert AuditEntry.objects.first().code == AuditCode.AUDIT_SIGNED
