"""The progress form in the browser's terms, without script: fill in, check, hand in, conflict, review."""

import pytest
from django.urls import reverse

from assessments.choices import FormState
from assessments.models import PrefectureSupport, ProgressReport
from assessments.models.progress import SECTION_LIMIT
from assessments.models.sections import OF_TOWN
from assessments.services.progress import return_progress
from tests import factories as f
from tests.assessments.pages import hidden, section_data
from tests.conftest import actor_for
from tests.factories_assessments import TEXT, full_report, submitted_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of, town):
    """The town's browser."""
    return client_of(town)


def section_url(round_, section):
    return reverse("progress_section", args=[round_.pk, section])


def test_the_whole_way_without_script(browser, round_):
    listed = browser.get(reverse("round_detail", args=[round_.pk]))
    assert reverse("progress_edit", args=[round_.pk]) in listed.content.decode()
    url = section_url(round_, OF_TOWN[0].code)
    for section in OF_TOWN:
        assert url == section_url(round_, section.code)
        page = browser.get(url)
        answer = browser.post(url, section_data(section) | {"act": "next", **hidden(page)})
        url = answer.url
    check = browser.get(url)
    for section in OF_TOWN:
        assert f"{section.code}の文" in check.content.decode()
        assert section_url(round_, section.code) in check.content.decode()
    done = browser.post(url, follow=True).content.decode()
    assert "R7-P-0001" in done
    assert "このあとの流れ" in done
    assert ProgressReport.objects.get().state == FormState.SUBMITTED


def test_looking_writes_nothing(browser, round_):
    for url in (reverse("progress_edit", args=[round_.pk]), section_url(round_, "issues")):
        assert browser.get(url).status_code == 200
    assert not ProgressReport.objects.exists()


def test_draft_may_be_empty_and_stays_on_its_page(browser, round_):
    url = section_url(round_, "overview")
    answer = browser.post(url, {"overview": "", "act": "draft", **hidden(browser.get(url))})
    assert (answer.status_code, answer.url) == (302, url)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "取組の概要を入力してください。"),
        ("あ" * (SECTION_LIMIT + 1), "取組の概要は、2000文字以内で入力してください（現在2001文字）。"),
    ],
)
def test_errors_stand_in_the_summary_and_nothing_typed_is_lost(browser, round_, typed, sentence):
    url = section_url(round_, "overview")
    page = browser.post(url, {"overview": typed, "act": "next", **hidden(browser.get(url))}).content.decode()
    assert page.count(sentence) == 2
    assert "エラー：" in page
    assert typed in page
    assert not ProgressReport.objects.exists()


def test_the_round_before_stands_beside_the_field(browser, round_, town, world):
    earlier = f.RoundFactory(
        program=world.program,
        title="前の回",
        opens_on="2025-06-01",
        due_on="2025-06-30",
        closes_on="2025-12-31",
    )
    earlier.refresh_from_db()
    submitted_report(earlier, town, issues="前回の課題")
    page = browser.get(section_url(round_, "issues")).content.decode()
    assert "前回（前の回）の記入内容を見る" in page
    assert "前回の課題" in page


def test_a_conflict_shows_both_texts_and_saves_the_chosen_one(browser, round_, town, client_of):
    full_report(round_, town.organisation, issues="はじめ")
    colleague = client_of(actor_for(town.organisation))
    url = section_url(round_, "issues")
    mine, theirs = hidden(browser.get(url)), hidden(colleague.get(url))
    colleague.post(url, {"issues": "同僚の文", "act": "draft", **theirs})
    answer = browser.post(url, {"issues": "自分の文", "act": "draft", **mine})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "同僚の文" in page
    assert "自分の文" in page
    assert ProgressReport.objects.get().issues == "同僚の文"
    choice = {"issues": "自分の文", "use_issues": "mine", "act": "draft", **hidden(answer)}
    assert browser.post(url, choice).status_code == 302
    assert ProgressReport.objects.get().issues == "自分の文"


def test_the_saved_text_can_be_kept_in_a_conflict(browser, round_, town):
    full_report(round_, town.organisation, issues="はじめ")
    url = section_url(round_, "issues")
    mine = hidden(browser.get(url))
    ProgressReport.objects.update(issues="先の文", version=2)
    answer = browser.post(url, {"issues": "自分の文", "act": "draft", **mine})
    choice = {"issues": "自分の文", "use_issues": "saved", "act": "draft", **hidden(answer)}
    assert browser.post(url, choice).status_code == 302
    assert ProgressReport.objects.get().issues == "先の文"


def test_text_typed_after_the_round_closed_is_shown_again(browser, round_, town, settings):
    full_report(round_, town.organisation)
    url = section_url(round_, "issues")
    mine = hidden(browser.get(url))
    settings.PORTAL_TODAY = "2025-10-11"
    page = browser.post(url, {"issues": "遅れた文", "act": "draft", **mine}).content.decode()
    assert "遅れた文" in page
    assert "受付は、2025年10月10日（金）に終わりました。" in page


def test_check_page_names_missing_sections(browser, round_, town):
    full_report(round_, town.organisation, issues="", overview="")
    url = reverse("progress_check", args=[round_.pk])
    assert "error-summary" not in browser.get(url).content.decode()
    page = browser.post(url).content.decode()
    assert 'href="#row-issues"' in page
    assert 'href="#row-overview"' in page
    assert ProgressReport.objects.get().state == FormState.DRAFT


def test_sign_off_through_the_pages(browser, client_of, round_, town, world):
    town.organisation.sign_off_required = True
    town.organisation.save()
    report = full_report(round_, town.organisation)
    asked = browser.post(reverse("progress_check", args=[round_.pk]), follow=True).content.decode()
    assert "決裁を依頼しました" in asked
    sign_off = reverse("progress_move", args=[report.pk, "sign-off"])
    refused = browser.post(sign_off, follow=True).content.decode()
    assert "「取組状況を決裁する」ことができる担当は、決裁者、管理です。" in refused
    approver = client_of(world.actors["approver_a1"])
    overview = approver.get(reverse("round_detail", args=[round_.pk])).content.decode()
    assert "決裁を待っている提出物があります" in overview
    signed = approver.post(sign_off, follow=True).content.decode()
    assert "R7-P-0001" in signed


def test_review_through_the_pages(browser, client_of, round_, town, prefecture):
    report = submitted_report(round_, town)
    office = client_of(prefecture)
    detail, give_back = (
        reverse("progress_detail", args=[report.pk]),
        reverse("progress_return", args=[report.pk]),
    )
    assert "確認結果の登録" in office.get(detail).content.decode()
    empty = office.post(give_back, {"reason": "人数を書いてください"}).content.decode()
    assert "直してほしい項目を選んでください。" in empty
    assert "人数を書いてください" in empty
    office.post(give_back, {"reason": "人数を書いてください", "sections": ["issues"]})
    tasks = browser.get(reverse("progress_edit", args=[round_.pk])).content.decode()
    assert "人数を書いてください" in tasks
    assert section_url(round_, "issues") in tasks
    assert section_url(round_, "overview") not in tasks
    page = hidden(browser.get(section_url(round_, "issues")))
    browser.post(section_url(round_, "issues"), {"issues": "直した文", "act": "next", **page})
    assert "直した文" not in office.get(detail).content.decode()
    browser.post(reverse("progress_check", args=[round_.pk]))
    assert "直した文" in office.get(detail).content.decode()
    differences = office.get(reverse("progress_changes", args=[report.pk])).content.decode()
    assert "直した文</ins>" in differences
    assert "5項目のうち1項目が変わりました" in differences
    accept = reverse("progress_move", args=[report.pk, "accept"])
    assert "受理すると" in office.get(accept).content.decode()
    office.post(accept)
    report.refresh_from_db()
    assert report.state == FormState.ACCEPTED


def test_withdrawing_is_offered_until_the_prefecture_looks(browser, client_of, round_, town, prefecture):
    report = submitted_report(round_, town)
    detail, withdraw = (
        reverse("progress_detail", args=[report.pk]),
        reverse("progress_move", args=[report.pk, "withdraw"]),
    )
    assert withdraw in browser.get(detail).content.decode()
    client_of(prefecture).get(detail)
    assert withdraw not in browser.get(detail).content.decode()
    assert "確認を始めた" in browser.post(withdraw, follow=True).content.decode()


def test_a_returned_draft_is_hidden_from_the_prefecture(client_of, round_, town, prefecture):
    report = submitted_report(round_, town)
    return_progress(report=report, reason="詳しく", sections=["issues"], actor=prefecture)
    ProgressReport.objects.update(issues="まだ見せない文")
    page = client_of(prefecture).get(reverse("progress_detail", args=[report.pk])).content.decode()
    assert TEXT in page
    assert "まだ見せない文" not in page


def test_the_prefectures_part_is_written_and_read(browser, client_of, round_, town, prefecture):
    office = client_of(prefecture)
    report = submitted_report(round_, town)
    url = reverse("support_edit", args=[round_.pk, town.organisation.pk])
    office.post(url, {"text": "研修を開きました。", **hidden(office.get(url))})
    assert PrefectureSupport.objects.get().text == "研修を開きました。"
    assert "研修を開きました。" in browser.get(reverse("progress_detail", args=[report.pk])).content.decode()
    stale = office.post(url, {"text": "別の文", "version": "1"})
    assert stale.status_code == 409
    assert "別の文" in stale.content.decode()
    assert "研修を開きました。" in stale.content.decode()


def test_a_form_handed_in_once_has_nothing_to_compare(client_of, round_, town, prefecture):
    report = submitted_report(round_, town)
    office = client_of(prefecture)
    assert (
        "前回の提出との違い" not in office.get(reverse("progress_detail", args=[report.pk])).content.decode()
    )
    assert office.get(reverse("progress_changes", args=[report.pk])).status_code == 404
