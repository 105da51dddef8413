"""A form on paper: 案 until it is handed in, one's own in every state, another's as handed in."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from assessments.models import PrefectureSupport, ProgressPrint
from assessments.services import progress
from assessments.services.attachments import attach_file
from assessments.services.corrections import correct_progress
from assessments.services.printing import TEMPLATE, paper_of, pdf_context, request_pdf
from portal import clock
from portal.audit import AuditCode
from portal.jobs import run_job
from portal.models import AuditEntry, Job
from portal.pdf import render_pdf
from portal.permissions import PermissionRefused
from tests.factories_assessments import TEXT, full_report, submitted_report
from tests.pdf_checks import assert_pdf_ua, page_texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(round_, town):
    """A complete draft of town A1."""
    return full_report(round_, town.organisation)


def page(client, report):
    return client.get(reverse("progress_print", args=[report.pk]))


def test_one_s_own_is_marked_until_it_is_handed_in(draft, town, prefecture, client_of):
    browser = client_of(town)
    shown = page(browser, draft).content.decode()
    assert "data-draft>案<" in shown
    assert (TEXT in shown, "決裁欄" in shown, "課長" in shown) == (True, True, True)
    progress.submit_progress(report=draft, actor=town)
    shown = page(browser, draft).content.decode()
    assert "data-draft" not in shown
    assert "提出済み　R7-P-0001" in shown
    progress.return_progress(report=draft, reason="詳しく", sections=["issues"], actor=prefecture)
    assert "data-draft>案<" in page(browser, draft).content.decode()


def test_a_correction_is_a_draft_for_its_author_and_the_accepted_one_for_others(
    draft, town, prefecture, client_of
):
    progress.submit_progress(report=draft, actor=town)
    progress.accept_progress(report=draft, actor=prefecture)
    correct_progress(report=draft, reason="誤り", actor=town)
    assert "data-draft>案<" in page(client_of(town), draft).content.decode()
    assert "提出済み　R7-P-0001" in page(client_of(prefecture), draft).content.decode()


def test_others_print_what_was_handed_in_without_boxes_to_sign(draft, town, prefecture, client_of):
    browser = client_of(prefecture)
    assert page(browser, draft).status_code == 404
    progress.submit_progress(report=draft, actor=town)
    shown = page(browser, draft).content.decode()
    assert (TEXT in shown, "提出済み" in shown, "決裁欄" in shown) == (True, True, False)
    draft.refresh_from_db()
    progress.return_progress(report=draft, reason="詳しく", sections=["issues"], actor=prefecture)
    type(draft).objects.filter(pk=draft.pk).update(issues="まだ下書き")
    assert "まだ下書き" not in page(browser, draft).content.decode()


def test_a_withdrawn_form_is_nothing_to_print_for_others(draft, town, prefecture, client_of):
    progress.submit_progress(report=draft, actor=town)
    progress.withdraw_progress(report=draft, actor=town)
    assert page(client_of(prefecture), draft).status_code == 404
    answer = client_of(prefecture).post(reverse("progress_pdf", args=[draft.pk]), follow=True)
    assert "印刷できません" in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", ["vendor_a", "ministry", "town_a2", "prefecture_b", "admin"])
def test_who_has_no_part_gets_no_pdf(round_, town, world, name):
    report = submitted_report(round_, town)
    with pytest.raises(PermissionRefused):
        request_pdf(report=report, actor=world.actors[name])


def test_everything_stands_on_it(round_, town, draft, upload):
    target = round_.targets.get(organisation=town.organisation)
    attach_file(target=target, upload=upload, name="資料.txt", actor=town)
    PrefectureSupport.objects.create(
        round=round_, organisation=town.organisation, text="県の助言", updated_at=clock.now()
    )
    paper = paper_of(report=draft, actor=town)
    assert (paper.attachments, paper.support) == (["資料.txt"], "県の助言")
    assert dict(paper.facts)["提出期限"].startswith("2025年9月30日")
    assert [label for label, _text in paper.sections] == [one.label for one in draft.sections]
    submission = progress.submit_progress(report=draft, actor=town)
    draft.refresh_from_db()
    after = paper_of(report=draft, actor=town)
    assert (after.attachments, dict(after.facts)["受付番号"]) == (["資料.txt"], submission.receipt)


@pytest.fixture
def upload():
    """A small text file."""
    return ContentFile("資料\n".encode(), "資料.txt")


@pytest.mark.pdf
def test_the_mark_stands_on_every_page_of_a_tagged_pdf(draft, town):
    type(draft).objects.filter(pk=draft.pk).update(activities="長い文章です。\n" * 280)
    draft.refresh_from_db()
    paper = paper_of(report=draft, actor=town)
    made = render_pdf(TEMPLATE, pdf_context(paper), created=clock.now())
    assert_pdf_ua(made.content, title=f"{paper.title}（{paper.organisation}）", contents=False)
    pages = page_texts(made.content)
    assert len(pages) > 2
    assert all("案" in one.replace("起案", "") for one in pages)
    assert "起案" in pages[0]


@pytest.mark.pdf
def test_the_whole_way_to_the_file(draft, town, prefecture, client_of):
    browser = client_of(town)
    asked = browser.post(reverse("progress_pdf", args=[draft.pk]))
    again = browser.post(reverse("progress_pdf", args=[draft.pk]))
    job = Job.objects.get()
    assert asked.url == again.url == reverse("job_detail", args=[job.pk])
    run_job(job.pk)
    made = ProgressPrint.objects.get()
    url = reverse("progress_print_file", args=[made.stored_file_id])
    assert url in browser.get(asked.url).content.decode()
    content = b"".join(browser.get(url))
    assert content.startswith(b"%PDF")
    assert AuditEntry.objects.filter(code=AuditCode.FILE_DOWNLOADED).count() == 1
    assert AuditEntry.objects.filter(code=AuditCode.FORM_PRINTED).count() == 1
    assert client_of(prefecture).get(url).status_code == 404
