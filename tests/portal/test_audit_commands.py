"""Files taken in by commands, and the nightly signature."""

import pytest
from celery import Celery
from django.conf import settings
from django.core.management import call_command

from portal.audit import AuditCode
from portal.celery import SIGN_AUDIT, build
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


def test_beat_has_the_head_signed():
    schedule = settings.CELERY_BEAT_SCHEDULE["sign-audit"]
    assert schedule["task"] == SIGN_AUDIT
    application = build()
    assert isinstance(application, Celery)
    call_command("load_frameworks")
    application.tasks[SIGN_AUDIT]()
    assert AuditCheckpoint.objects.get().kind == "head"
    assert AuditEntry.objects.first().code == AuditCode.AUDIT_SIGNED
