"""The pages of handing local issues in, of reading what was handed in, and of typing an issue."""

import csv
import io
import re

import pytest
from django.urls import reverse

from assessments.models import IssueReport, IssueReportSubmission, LocalIssue
from assessments.services.issues import content_of, save_issue
from portal.models import DraftBuffer
from tests.conftest import actor_for
from tests.downloads import body_of
from tests.factories_issues import asked_for_issues, hand_in, make_issue, posted, the_scale


@pytest.fixture
def asked(world, town):
    """An open round that asks town A1 for its issues."""
    return asked_for_issues(world.program, town.organisation)


@pytest.fixture
def page(client_of, town):
    return client_of(town)


def place(round_, name="round_issues"):
    return reverse(name, args=[round_.pk])


def said(response):
    return response.content.decode()


def seen_on(response):
    return re.search(r'name="seen" value="([^"]*)"', said(response)).group(1)


# --- handing in ---------------------------------------------------------------
def test_the_list_is_handed_in_and_the_receipt_shown(page, asked, town):
    make_issue(town, "避難所の受付", shared=True)
    shown = page.get(place(asked))
    assert "今の一覧にある1件を、この順位で提出します。" in said(shown)
    assert "ほかの団体と共有していない課題です" not in said(shown)
    done = page.post(place(asked), {"seen": seen_on(shown)}, follow=True)
    assert done.redirect_chain[-1][0] == place(asked, "round_issues_done")
    assert "R7-L-0001" in said(done)
    again = page.post(place(asked), {"seen": seen_on(shown)}, follow=True)
    assert "R7-L-0001" in said(again)
    assert IssueReportSubmission.objects.count() == 1
    report = IssueReport.objects.get()
    assert page.get(place(asked)).headers["Location"] == reverse("issue_report", args=[report.pk])


def test_unshared_issues_are_counted_and_must_be_agreed_to(page, asked, town):
    make_issue(town, "共有した課題", shared=True)
    make_issue(town, "秘密の課題")
    make_issue(town, "もう1つの秘密")
    shown = page.get(place(asked))
    parent = town.organisation.parent.name
    assert (
        f"3件のうち2件は、ほかの団体と共有していない課題です。提出すると、この2件も、{parent}と事務局に"
        in said(shown)
    )
    refused = page.post(place(asked), {"seen": seen_on(shown)})
    assert f"共有していない課題も{parent}と事務局に表示されることを確かめ" in said(refused)
    assert not IssueReport.objects.exists()
    page.post(place(asked), {"seen": seen_on(shown), "knowing": "on"})
    assert IssueReportSubmission.objects.get().content["unshared"] == 2


def test_what_is_missing_is_named_with_the_way_to_it(page, asked, town):
    issue = make_issue(town, "古い台帳", field="", urgency=None, shared=True)
    html = said(page.get(place(asked)))
    edit = f"{reverse('issue_edit', args=[issue.pk])}?round={asked.pk}"
    assert edit in html
    assert "<td>分野、緊急性</td>" in html
    refused = page.post(place(asked), {"seen": seen_on(page.get(place(asked)))})
    assert "「古い台帳」の分野、緊急性を入力してください。" in said(refused)
    assert f'href="#issue-{issue.pk}"' in said(refused)
    assert not IssueReport.objects.exists()
    data = posted(title="古い台帳", shared="yes", version=1)
    assert page.post(edit, data).headers["Location"] == place(asked)
    assert "分野、緊急性" not in said(page.get(place(asked)))


def test_a_list_that_changed_meanwhile_is_shown_again_first(page, asked, town):
    make_issue(town, "避難所の受付", shared=True)
    seen = seen_on(page.get(place(asked)))
    make_issue(town, "あとから加えた", shared=True)
    response = page.post(place(asked), {"seen": seen})
    assert response.status_code == 409
    assert "この画面を開いたあとに、地域課題の一覧が変わりました" in said(response)
    assert "あとから加えた" in said(response)
    assert not IssueReportSubmission.objects.exists()
    page.post(place(asked), {"seen": seen_on(response)})
    assert len(IssueReportSubmission.objects.get().content["issues"]) == 2


def test_an_empty_list_leads_to_adding_and_to_not_applicable(page, asked):
    the_scale()
    html = said(page.get(place(asked)))
    assert f"{reverse('issue_add')}?round={asked.pk}" in html
    assert reverse("not_applicable", args=[asked.pk, "issues"]) in html
    assert "「該当なし」を理由とともに登録してください" in said(page.post(place(asked), {"seen": ""}))
    assert not IssueReport.objects.exists()


def test_adding_and_ordering_lead_back_to_the_round(page, asked, town):
    first, second = make_issue(town, "1つ目"), make_issue(town, "2つ目")
    query = f"?round={asked.pk}"
    added = page.post(reverse("issue_add") + query, posted(state="todo"))
    assert added.headers["Location"] == place(asked)
    order = reverse("own_issue_order") + query
    assert "提出の画面に戻る" in said(page.get(order))
    moved = page.post(order, {"up": second.pk})
    assert moved.headers["Location"] == f"{order}#issue-{second.pk}"
    assert LocalIssue.objects.get(pk=first.pk).position == 2


@pytest.mark.parametrize("key", ["999999", "x", "1" * 20, "-1", "１"])
def test_a_round_that_does_not_ask_leads_nowhere(page, asked, town, key):
    the_scale()
    added = page.post(f"{reverse('issue_add')}?round={key}", posted(state="todo"))
    assert added.headers["Location"] == reverse("own_issue_list")


def test_a_round_that_asks_for_no_issues_has_no_such_page(page, round_):
    assert page.get(place(round_)).status_code == 404


# --- reading ------------------------------------------------------------------
def test_others_read_the_snapshot_and_nothing_later(world, page, asked, town, prefecture, client_of):
    secret = make_issue(town, "秘密の課題", description="提出したときの説明")
    report = hand_in(asked, town)
    values = content_of(secret) | {"title": "直したあとの題", "description": "あとの説明", "benefit": 1}
    save_issue(issue=secret, values=values, version=1, actor=town)
    make_issue(town, "あとから加えた課題")
    for reader in (prefecture, world.actors["secretariat"]):
        html = said(client_of(reader).get(reverse("issue_report", args=[report.pk])))
        assert "秘密の課題" in html
        assert "提出したときの説明" in html
        for later in ("直したあとの題", "あとの説明", "あとから加えた課題"):
            assert later not in html
    assert reverse("issue_detail", args=[secret.pk]) not in html
    assert "共有していなかった課題" not in html
    assert "このうち1件は" in said(page.get(reverse("issue_report", args=[report.pk])))


def test_the_chart_and_the_file_are_of_the_snapshot(asked, town, prefecture, client_of):
    issue = make_issue(town, "避難所の受付")
    report = hand_in(asked, town)
    LocalIssue.objects.filter(pk=issue.pk).update(benefit=1, title="別の題")
    where = reverse("issue_report", args=[report.pk])
    response = client_of(prefecture).get(where)
    figure = response.context["chart"].figure
    assert figure.rows == [["1　避難所の受付", "5", "2", "4"]]
    table = list(
        csv.reader(io.StringIO(body_of(client_of(prefecture).get(f"{where}?export=csv")).decode("utf-8-sig")))
    )
    assert table[1][:8] == ["1", "避難所の受付", "", "防災", "5", "2", "4", "2025"]


def test_confirming_and_giving_back(page, asked, town, prefecture, client_of):
    make_issue(town, shared=True)
    report = hand_in(asked, town)
    office, where = client_of(prefecture), reverse("issue_report", args=[report.pk])
    assert reverse("issue_report_confirm", args=[report.pk]) in said(office.get(where))
    confirmed = office.post(reverse("issue_report_confirm", args=[report.pk]), follow=True)
    assert "の地域課題を確定しました。" in said(confirmed)
    reopen = reverse("issue_report_reopen", args=[report.pk])
    assert "差し戻す理由と直してほしい点を入力してください" in said(office.post(reopen, {"reason": ""}))
    office.post(reopen, {"reason": "緊急性を確かめてください"})
    assert office.get(where).status_code == 404
    assert "緊急性を確かめてください" in said(page.get(place(asked)))
    assert "差し戻されています" in said(page.get(where))


def test_who_wrote_it_is_told_why_they_cannot_confirm(asked, town, prefecture, client_of):
    issue = make_issue(town, shared=True)
    LocalIssue.objects.filter(pk=issue.pk).update(updated_by=prefecture.user)
    report = hand_in(asked, town)
    html = said(client_of(prefecture).get(reverse("issue_report", args=[report.pk])))
    assert "あなたが入力または提出した地域課題の提出のため" in html
    assert reverse("issue_report_confirm", args=[report.pk]) not in html


def test_the_difference_to_the_round_before_is_a_table(world, asked, town, prefecture, client_of, settings):
    settings.PORTAL_TODAY = "2025-06-10"
    before = {"opens_on": "2025-06-01", "due_on": "2025-06-20", "closes_on": "2025-06-30"}
    earlier = asked_for_issues(world.program, town.organisation, title="前の回", **before)
    issue = make_issue(town, "避難所の受付")
    hand_in(earlier, town)
    settings.PORTAL_TODAY = "2025-09-16"
    save_issue(issue=issue, values=content_of(issue) | {"urgency": 5}, version=1, actor=town)
    make_issue(town, "新しい課題")
    report = hand_in(asked, town)
    html = said(client_of(prefecture).get(reverse("issue_report", args=[report.pk])))
    assert "前回は、前の回（令和7年度）で提出された内容です。" in html
    assert "緊急性　4から5" in html
    assert "新しい課題" in html


def test_a_reader_of_the_own_office_sees_that_nothing_was_handed_in_yet(world, asked, town, client_of):
    make_issue(town)
    report = hand_in(asked, town)
    IssueReport.objects.filter(pk=report.pk).update(state="draft")
    reopen_html = said(client_of(world.actors["approver_a1"]).get(reverse("issue_report", args=[report.pk])))
    assert "差し戻されています" in reopen_html
    assert place(asked) not in reopen_html


# --- typing an issue ----------------------------------------------------------
def autosave(client, where, data):
    return client.post(where, data, headers={"X-Autosave": "1"})


def test_what_was_typed_of_a_new_issue_is_offered_to_its_author_alone(page, town, client_of):
    the_scale()
    where = reverse("issue_add")
    typed = posted(title="書きかけの題", field="", benefit="4", urgency="", difficulty="", state="todo")
    assert "下書きを保存しました" in autosave(page, where, typed).json()["saved"]
    assert not LocalIssue.objects.exists()
    html = said(page.get(where))
    assert "保存していない入力を表示しています" in html
    assert 'value="書きかけの題"' in html
    assert re.search(r'name="benefit" value="4"[^>]*checked', html)
    colleague = client_of(actor_for(town.organisation))
    assert "書きかけの題" not in said(colleague.get(where))
    page.post(where, typed)
    assert LocalIssue.objects.get().title == "書きかけの題"
    assert not DraftBuffer.objects.exists()


def test_what_was_typed_into_an_issue_is_offered_until_it_is_saved_or_thrown_away(page, town):
    issue = make_issue(town, "避難所の受付")
    where = reverse("issue_edit", args=[issue.pk])
    typed = posted(title="直した題", version=1, seen="")
    autosave(page, where, typed)
    html = said(page.get(where))
    assert 'value="直した題"' in html
    assert "<p>地域課題：避難所の受付</p>" in html
    page.post(where, {"act": "discard-draft"})
    assert 'value="避難所の受付"' in said(page.get(where))
    autosave(page, where, typed)
    page.post(where, typed)
    assert not DraftBuffer.objects.exists()
    issue.refresh_from_db()
    assert issue.title == "直した題"


def test_typing_what_is_saved_keeps_nothing(page, town):
    issue = make_issue(town, "避難所の受付")
    where = reverse("issue_edit", args=[issue.pk])
    same = posted(title="避難所の受付", field="disaster", benefit=5, difficulty=2, urgency=4, version=1)
    same |= {"description": "", "department": "", "controllable": "", "start_now": ""}
    assert autosave(page, where, same).json()["saved"] == "保存されている内容と同じです"
    assert not DraftBuffer.objects.exists()


def test_nobody_keeps_texts_of_another_towns_issue(world, town, client_of):
    issue = make_issue(town, shared=True)
    where = reverse("issue_edit", args=[issue.pk])
    assert autosave(client_of(world.actors["town_a2"]), where, posted()).status_code == 404
    assert autosave(client_of(world.actors["prefecture_a"]), where, posted()).status_code == 403
    assert not DraftBuffer.objects.exists()


def test_the_list_of_unsaved_texts_shows_texts_not_codes(page, town):
    the_scale()
    autosave(page, reverse("issue_add"), posted(title="書きかけの題", state="todo"))
    html = said(page.get(reverse("draft_list")))
    assert "書きかけの題" in html
    assert "todo" not in html
