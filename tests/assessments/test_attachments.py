"""Files on a progress report: hung on and taken off by its author, frozen by each submission."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.models import ProgressAttachment, ProgressReport
from assessments.services import attachments as service
from assessments.services.progress import return_progress, submit_progress, withdraw_progress
from portal.files import MAX_FILES, FileRefused
from portal.models import AuditEntry, StoredFile
from tests.downloads import body_of
from tests.factories_assessments import full_report, full_values, submitted_report
from tests.portal.stub_clamd import EICAR, clamd

pytestmark = pytest.mark.django_db


def upload(name: str = "資料.txt", body: bytes = b"text") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def status_of(client, url: str) -> int:
    """The status of a download that is read to its end."""
    response = client.get(url)
    body_of(response)
    return response.status_code


@pytest.fixture
def browser(client_of, town):
    """The town's browser."""
    return client_of(town)


@pytest.fixture
def target(round_, town):
    """What the round asks of the town."""
    return round_.targets.get(organisation=town.organisation)


@pytest.fixture
def attach(target, town):
    """Hangs a file on the town's form."""

    def hang(name: str = "資料.txt", body: bytes = b"text") -> ProgressAttachment:
        return service.attach_file(target=target, upload=upload(name, body), name=name, actor=town)

    return hang


def address(attachment: ProgressAttachment, act: str = "") -> str:
    return reverse(f"progress_attachment{act}", args=[attachment.stored_file_id])


def test_the_whole_way_without_script(browser, round_, town):
    edit = reverse("progress_edit", args=[round_.pk])
    box = reverse("progress_attach", args=[round_.pk])
    assert f'action="{box}" enctype="multipart/form-data"' in browser.get(edit).content.decode()
    answer = browser.post(box, {"file": upload()}, follow=True)
    assert answer.redirect_chain == [(edit, 302)]
    attachment = ProgressAttachment.objects.get()
    page = answer.content.decode()
    assert address(attachment) in page
    assert "ファイルを添付しました。" in page
    assert status_of(browser, address(attachment)) == 200
    assert "資料.txt" in browser.get(reverse("progress_check", args=[round_.pk])).content.decode()
    assert "「資料.txt」の添付を取り消します" in browser.get(address(attachment, "_remove")).content.decode()
    after = browser.post(address(attachment, "_remove"), follow=True).content.decode()
    assert address(attachment) not in after
    codes = ["file.stored", "file.downloaded", "file.removed"]
    assert (
        list(
            AuditEntry.objects.filter(code__startswith="file.").values_list("code", flat=True).order_by("seq")
        )
        == codes
    )


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (upload("a.exe", b"MZ\x90"), "「a.exe」は、添付できない種類のファイルです。"),
        (upload("a.pdf", b""), "「a.pdf」は、中身がありません（0バイト）。"),
        (
            upload("<img src=x onerror=alert(1)>.pdf", b"x"),
            "「&lt;img src=x onerror=alert(1)&gt;.pdf」は、中身と",
        ),
        ("", "添付するファイルは、中身のあるファイルを選んでください。"),
    ],
)
def test_a_refusal_names_the_file_on_the_page_of_the_form(browser, round_, file, sentence):
    answer = browser.post(reverse("progress_attach", args=[round_.pk]), {"file": file})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert sentence in page
    assert "<title>エラー：" in page
    assert not StoredFile.objects.exists()


def test_what_was_typed_in_the_form_is_kept_when_a_file_is_refused(browser, round_, town):
    full_report(round_, town.organisation, overview="先に保存した文")
    browser.post(reverse("progress_attach", args=[round_.pk]), {"file": upload("a.exe")})
    assert ProgressReport.objects.get().overview == "先に保存した文"


def test_a_refused_file_is_recorded(attach):
    with pytest.raises(FileRefused):
        attach("a.exe", b"MZ")
    entry = AuditEntry.objects.get(code="file.refused")
    assert (entry.result, entry.details) == ("refused", {"name": "a.exe", "rule": "kind"})


def test_twenty_files_and_not_one_more(browser, round_, attach):
    for number in range(MAX_FILES):
        attach(f"資料{number}.txt")
    answer = browser.post(reverse("progress_attach", args=[round_.pk]), {"file": upload()})
    assert "添付できるファイルは、20件までです。" in answer.content.decode()
    assert ProgressAttachment.objects.count() == MAX_FILES


def test_a_submission_keeps_names_and_fingerprints(round_, town, attach):
    attachment = attach()
    report = submitted_report_of(round_, town)
    stored = attachment.stored_file
    kept = report.submissions.get()
    assert kept.content["attachments"] == [{"name": "資料.txt", "sha256": stored.sha256, "size": 4}]
    assert list(kept.attachments.all()) == [attachment]


def submitted_report_of(round_, actor) -> ProgressReport:
    """Hands in the report that the file hangs on."""
    ProgressReport.objects.filter(round=round_, organisation=actor.organisation).update(
        **full_values(actor.organisation)
    )
    report = ProgressReport.objects.get(round=round_, organisation=actor.organisation)
    submit_progress(report=report, actor=actor)
    report.refresh_from_db()
    return report


@pytest.mark.parametrize("reader", ["prefecture_a", "vendor_a", "secretariat", "ministry"])
def test_readers_get_a_file_once_it_is_handed_in(world, client_of, round_, town, attach, reader):
    attachment = attach()
    client = client_of(world.actors[reader])
    assert status_of(client, address(attachment)) == 404
    report = submitted_report_of(round_, town)
    assert status_of(client, address(attachment)) == 200
    assert address(attachment) in client.get(reverse("progress_detail", args=[report.pk])).content.decode()
    assert status_of(client, address(attachment, "_remove")) == 403
    assert client.post(address(attachment, "_remove")).status_code == 403


def test_a_file_that_was_handed_in_stays_before_the_reviewer(
    world, client_of, round_, town, prefecture, attach
):
    old = attach("提出した資料.txt")
    report = submitted_report_of(round_, town)
    return_progress(report=report, reason="直してください", sections=["issues"], actor=prefecture)
    service.remove_attachment(attachment=old, actor=town)
    new = attach("直した資料.txt")
    reviewer = client_of(prefecture)
    page = reviewer.get(reverse("progress_detail", args=[report.pk])).content.decode()
    assert ("提出した資料.txt" in page, "直した資料.txt" in page) == (True, False)
    assert status_of(reviewer, address(old)) == 200
    assert status_of(reviewer, address(new)) == 404
    submit_progress(report=report, actor=town)
    assert status_of(reviewer, address(new)) == 200
    assert status_of(reviewer, address(old)) == 404
    assert report.submissions.get(number=1).content["attachments"][0]["name"] == "提出した資料.txt"


def test_a_withdrawn_form_takes_its_files_with_it(client_of, round_, town, prefecture, attach):
    attachment = attach()
    report = submitted_report_of(round_, town)
    withdraw_progress(report=report, actor=town)
    assert status_of(client_of(prefecture), address(attachment)) == 404


def test_a_form_that_is_handed_in_takes_no_file_and_loses_none(browser, round_, town, attach):
    attachment = attach()
    report = submitted_report_of(round_, town)
    detail = reverse("progress_detail", args=[report.pk])
    answer = browser.post(reverse("progress_attach", args=[round_.pk]), {"file": upload()})
    assert (answer.status_code, answer.url) == (302, detail)
    page = browser.post(address(attachment, "_remove"), follow=True).content.decode()
    assert "添付を変更できません。" in page
    assert ProgressAttachment.objects.current().get() == attachment


def test_a_town_of_another_prefecture_cannot_even_guess(world, client_of, round_, town, attach):
    attachment = attach()
    submitted_report_of(round_, town)
    stranger = client_of(world.actors["town_b"])
    assert status_of(stranger, address(attachment)) == 404
    assert stranger.post(address(attachment, "_remove")).status_code == 404


def test_one_file_hangs_on_one_thing_only(round_, town, world, attach):
    """TEN-04: the database refuses a second owner of the same bytes."""
    from django.db import IntegrityError

    attachment = attach()
    other = submitted_report(round_, world.actors["town_a2"])
    with pytest.raises(IntegrityError):
        ProgressAttachment.objects.create(
            report=other,
            stored_file=attachment.stored_file,
            uploaded_by=town.user,
            uploaded_at=attachment.uploaded_at,
        )


def test_an_infected_file_is_shown_and_not_served(settings, tmp_path, browser, round_, attach):
    with clamd(tmp_path) as (path, _server):
        settings.CLAMD_SOCKET = path
        attachment = attach("資料.txt", EICAR)
        from portal.jobs import run_job
        from portal.models import Job

        edit = reverse("progress_edit", args=[round_.pk])
        assert "ウイルスの検査をしています。" in browser.get(edit).content.decode()
        waiting = browser.get(address(attachment))
        assert waiting.status_code == 409
        assert "検査が終わっていません" in waiting.content.decode()
        run_job(Job.objects.get().pk)
    assert (
        "ウイルスが見つかったため、開けません。添付を取り消してください。"
        in browser.get(edit).content.decode()
    )
    refused = browser.get(address(attachment))
    assert refused.status_code == 409
    assert EICAR not in refused.content
