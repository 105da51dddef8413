"""From the button to the PDF: one job, one frozen version, the words that were typed."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from assessments.models import ProgressReport
from portal.audit import AuditCode
from portal.errors import PortalError
from portal.jobs import run_job
from portal.models import AuditEntry, Job, StoredFile
from portal.permissions import PermissionRefused
from programs.core.choices import RegionStatus
from reports.choices import ReportKind
from reports.models import Report, Version
from reports.services.rendering import render_version, request_render
from tests.factories_assessments import snapshot
from tests.pdf_checks import assert_pdf_ua
from tests.reports.conftest import HARD_SIGNS

pytestmark = pytest.mark.pdf


def rendered(told, kind=ReportKind.MIDTERM, who="prefecture_a"):
    job = request_render(region=told.world.region_a, kind=kind, actor=told.world.actors[who])
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded", job.error
    return Version.objects.select_related("pdf", "report").get(job=job)


def pdf_text(version):
    with version.pdf.file.open("rb") as file:
        reader = PdfReader(io.BytesIO(file.read()))
    return "".join(page.extract_text() for page in reader.pages)


def test_the_pdf_says_what_was_typed(told_committed):
    version = rendered(told_committed)
    text = pdf_text(version).replace("\n", "")
    assert f"{HARD_SIGNS}と取り組んだ。" in text
    assert "住民説明会を開いた。" in text
    assert "まだ出していない下書き" not in text


@pytest.mark.parametrize("kind", list(ReportKind))
def test_every_kind_is_tagged_and_embedded(told_committed, kind):
    version = rendered(told_committed, kind)
    summary = kind == ReportKind.SUMMARY
    title = f"{told_committed.world.prefecture_a.name} {kind.label}"
    with version.pdf.file.open("rb") as file:
        assert_pdf_ua(file.read(), title=title, contents=not summary)


def test_a_version_keeps_its_data_and_gives_the_same_bytes_again(told_committed):
    version = rendered(told_committed)
    ProgressReport.objects.filter(state="submitted").update(overview="あとから変わった文章")
    again = render_version(
        kind=ReportKind(version.report.kind), data=version.data, number=version.number
    ).content
    with version.pdf.file.open("rb") as file:
        assert file.read() == again


def test_versions_count_up(told_committed):
    assert [rendered(told_committed).number, rendered(told_committed).number] == [1, 2]


def test_sample_programs_are_marked_on_every_page(told_committed):
    told_committed.world.program.is_sample = True
    told_committed.world.program.save()
    version = rendered(told_committed)
    with version.pdf.file.open("rb") as file:
        pages = PdfReader(io.BytesIO(file.read())).pages
    assert all("見本データ（値は架空）" in page.extract_text() for page in pages)


def test_asking_twice_gives_one_job(told):
    asked = {
        request_render(
            region=told.world.region_a, kind=ReportKind.MIDTERM, actor=told.world.actors["prefecture_a"]
        ).pk
        for _ in range(3)
    }
    assert len(asked) == 1


@pytest.mark.parametrize("who", ["town_a1", "vendor_a", "ministry", "expert", "admin", "prefecture_b"])
def test_who_may_not_ask(told, who):
    with pytest.raises(PermissionRefused):
        request_render(region=told.world.region_a, kind=ReportKind.MIDTERM, actor=told.world.actors[who])
    assert not Job.objects.exists()
    assert not Report.objects.exists()


def test_only_adopted_regions_have_reports(told):
    region = told.world.region_a
    region.status = RegionStatus.CANDIDATE
    region.save()
    with pytest.raises(PortalError, match="採択"):
        request_render(region=region, kind=ReportKind.MIDTERM, actor=told.world.actors["prefecture_a"])


@pytest.mark.parametrize("length", [20_000, 20_001])
def test_too_long_a_text_fails_with_a_sentence_and_leaves_nothing(told_committed, length):
    report = ProgressReport.objects.get(state="submitted")
    report.overview = "長" * length
    snapshot(report, told_committed.world.actors["town_a1"])
    job = request_render(
        region=told_committed.world.region_a,
        kind=ReportKind.SUMMARY,
        actor=told_committed.world.actors["prefecture_a"],
    )
    run_job(job.pk)
    job.refresh_from_db()
    refused = length > 20_000
    assert job.state == ("failed" if refused else "succeeded")
    assert ("20,001文字" in job.error) == refused
    assert told_committed.world.town_a1.name in job.error or not refused
    assert Version.objects.exists() != refused
    assert StoredFile.objects.exists() != refused


@pytest.mark.parametrize(("times", "pages"), [(1, 1), (36, 1), (200, None)])
def test_the_summary_is_one_page_or_says_what_to_shorten(told_committed, times, pages):
    region = told_committed.world.region_a
    region.summary = "県と市町村が一緒に取り組みます。" * times
    region.save()
    job = request_render(
        region=region, kind=ReportKind.SUMMARY, actor=told_committed.world.actors["secretariat"]
    )
    run_job(job.pk)
    job.refresh_from_db()
    assert job.result.get("pages") == pages
    assert ("短くして" in job.error) == (pages is None)


def test_the_version_and_its_download_stand_in_the_trail(told_committed, client_of):
    version = rendered(told_committed)
    region, actor = told_committed.world.region_a, told_committed.world.actors["prefecture_a"]
    made = AuditEntry.objects.get(code=AuditCode.REPORT_MADE)
    assert (made.user, made.object_id, made.job_id) == (actor.user, str(version.pk), version.job_id)
    address = [region.program.slug, region.prefecture.code, ReportKind.MIDTERM, version.number]
    b"".join(client_of(actor).get(reverse("version_pdf", args=address)))
    left = AuditEntry.objects.first()
    assert (left.code, left.details["file"]) == (AuditCode.FILE_DOWNLOADED, version.pdf.name)
    assert left.concerns == region.prefecture.organisation
