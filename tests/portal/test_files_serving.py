"""FIL-07: how a stored file is kept and handed out, and that an infected one never is."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import pytest
from django.conf import settings as project

from portal.choices import JobState, ScanState
from portal.files import FileWithheld, accept, keep, serve, store
from portal.files.scanning import SCAN, ScanFailed, found_in
from portal.jobs import run_job
from portal.models import AuditEntry, Job, StoredFile
from tests import factories as f
from tests.conftest import actor_for
from tests.portal.samples import pdf
from tests.portal.stub_clamd import EICAR, clamd, nobody_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    """Somebody who hands files over."""
    return actor_for(f.OrganisationFactory())


@pytest.fixture
def scanner(settings, tmp_path):
    """A clamd that answers."""
    with clamd(tmp_path) as (path, server):
        settings.CLAMD_SOCKET = path
        yield server


def read(response) -> bytes:
    """The bytes, and the file closed; `close` of the answer itself would close the database too."""
    body = b"".join(response)
    response.file_to_stream.close()
    return body


def handed_over(officer, body: bytes = b"text", name: str = "資料.txt") -> StoredFile:
    return keep(accept(io.BytesIO(body), name=name), organisation=officer.organisation, by=officer)


@pytest.mark.parametrize(
    "name", ["..\\..\\x.pdf", "a\0.pdf", "あ" * 300 + ".pdf", "a\r\nX-Evil: 1.pdf", "a.pdf"]
)
def test_a_file_lies_under_its_own_random_name(officer, name):
    stored = handed_over(officer, pdf(), name)
    path = Path(stored.file.path)
    assert path.name == str(stored.pk)
    assert uuid.UUID(path.name).version == 4
    assert path.is_relative_to(Path(project.MEDIA_ROOT) / "files")
    assert path.stat().st_mode & 0o777 == 0o600
    response = serve(stored)
    assert response["Content-Disposition"].startswith("attachment; filename")
    read(response)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("application/pdf", "application/pdf"),
        ("image/png", "image/png"),
        ("image/jpeg", "image/jpeg"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("text/csv", "application/octet-stream"),
        ("text/plain", "application/octet-stream"),
    ],
)
@pytest.mark.parametrize("location", ["", "/stored/"])
def test_headers_keep_hostile_content_harmless(officer, settings, kind, told, location):
    settings.PORTAL_ACCEL_LOCATION = location
    stored = store(
        b"<script>", name="資料\r\n.html", content_type=kind, organisation=officer.organisation, by=None
    )
    response = serve(stored)
    assert response["Content-Type"] == told
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E8%B3%87%E6%96%99.html"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    read(response)


def test_django_sends_the_bytes_when_no_proxy_does(officer):
    response = serve(handed_over(officer))
    assert read(response) == b"text"
    assert "X-Accel-Redirect" not in response


@pytest.mark.parametrize("location", ["/stored", "/stored/"])
def test_the_proxy_sends_the_bytes_when_it_is_told_where(officer, settings, location):
    settings.PORTAL_ACCEL_LOCATION = location
    stored = handed_over(officer)
    response = serve(stored)
    assert response["X-Accel-Redirect"] == f"/stored/files/{str(stored.pk)[:2]}/{stored.pk}"
    assert read(response) == b""
    assert "Content-Length" not in response


def test_without_a_scanner_a_file_is_served_unscanned(officer):
    stored = handed_over(officer, EICAR)
    assert (stored.scan_state, Job.objects.count()) == (ScanState.UNSCANNED, 0)
    assert read(serve(stored)) == EICAR


def test_a_file_waits_for_its_scan_and_is_served_when_clean(officer, scanner):
    stored = handed_over(officer)
    with pytest.raises(FileWithheld, match="検査が終わっていません"):
        serve(stored)
    run_job(Job.objects.get(kind=SCAN).pk)
    stored.refresh_from_db()
    assert stored.scan_state == ScanState.CLEAN
    assert scanner.seen == [(b"zINSTREAM\0", b"text")]
    assert read(serve(stored)) == b"text"


def test_an_infected_file_is_never_served_and_is_recorded(officer, scanner):
    stored = handed_over(officer, EICAR)
    run_job(Job.objects.get(kind=SCAN).pk)
    stored.refresh_from_db()
    assert (stored.scan_state, stored.scan_note) == (ScanState.INFECTED, "Eicar-Test-Signature")
    with pytest.raises(FileWithheld, match="ウイルスが見つかったため"):
        serve(stored)
    entry = AuditEntry.objects.get(code="file.infected")
    assert (entry.result, entry.object_id) == ("refused", str(stored.pk))
    assert entry.details["virus"] == "Eicar-Test-Signature"


def test_a_large_file_goes_over_in_pieces(scanner):
    body = bytes(range(256)) * 1024
    assert found_in(io.BytesIO(body)) == ""
    assert scanner.seen[0][1] == body


@pytest.mark.parametrize(
    "answer", [b"stream: INSTREAM size limit exceeded. ERROR\0", b"hello\0", b"x" * 5000]
)
def test_a_scanner_that_cannot_say_clears_nothing(officer, scanner, answer):
    stored = handed_over(officer)
    scanner.answer = answer
    job = Job.objects.get(kind=SCAN)
    run_job(job.pk)
    job.refresh_from_db()
    stored.refresh_from_db()
    assert (job.state, stored.scan_state) == (JobState.QUEUED, ScanState.SCANNING)


def test_a_scanner_that_is_away_clears_nothing(officer, settings, tmp_path):
    settings.CLAMD_SOCKET = nobody_at(tmp_path)
    with pytest.raises(ScanFailed, match="cannot be reached"):
        found_in(io.BytesIO(b"x"))


def test_a_scanner_may_stand_on_another_machine(settings, tmp_path):
    settings.CLAMD_SOCKET = "127.0.0.1:1"
    with pytest.raises(ScanFailed, match="cannot be reached"):
        found_in(io.BytesIO(b"x"))


def test_what_is_kept_is_recorded(officer):
    stored = handed_over(officer)
    entry = AuditEntry.objects.get(code="file.stored")
    assert entry.after == {"name": "資料.txt", "size": 4, "sha256": stored.sha256}
    assert entry.organisation == officer.organisation
