"""Comments on forms: tied to a section, open or resolved, within an organisation or shared."""

import pytest
from django.urls import reverse

from assessments.models import FormComment
from assessments.models.comments import COMMENT_LIMIT
from assessments.services import comments as service
from assessments.services import progress
from assessments.services.comment_threads import (
    comment_tasks,
    count_comment_tasks,
    open_counts,
    round_threads,
    threads,
)
from portal.audit import AuditCode
from portal.errors import MoveRefused
from portal.models import AuditEntry
from portal.permissions import PermissionRefused
from tests.conftest import actor_for
from tests.factories_assessments import full_report, submitted_report

pytestmark = pytest.mark.django_db
SAID = "人数の内訳を書いてください"


@pytest.fixture
def report(round_, town):
    """A form of town A1 that was handed in."""
    return submitted_report(round_, town)


def comment(report, actor, text=SAID, code="issues", visibility="shared"):
    return service.comment_on_form(report=report, code=code, text=text, visibility=visibility, actor=actor)


def texts(actor, report):
    return [row.text for row in FormComment.objects.for_user(actor).filter(report=report)]


# --- who reads what -------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "shared", "of_town", "of_prefecture"),
    [
        ("town_a1", True, True, False),
        ("approver_a1", True, True, False),
        ("prefecture_a", True, False, True),
        ("reader_a", True, False, True),
        ("secretariat", True, False, False),
        *((name, False, False, False) for name in ("town_a2", "prefecture_b", "vendor_a", "ministry")),
        *((name, False, False, False) for name in ("expert", "admin")),
    ],
)
def test_who_reads_what(report, town, prefecture, world, name, shared, of_town, of_prefecture):
    comment(report, prefecture, "共有")
    comment(report, town, "町の中", visibility="internal")
    comment(report, prefecture, "県の中", visibility="internal")
    read = texts(world.actors[name], report)
    assert ("共有" in read, "町の中" in read, "県の中" in read) == (shared, of_town, of_prefecture)


def test_an_answer_has_the_readers_of_its_comment(report, town, prefecture, world):
    inside = comment(report, prefecture, visibility="internal")
    answer = service.answer_comment(comment=inside, text="分かりました", actor=world.actors["prefecture_a"])
    assert (answer.visibility, answer.code, answer.parent) == ("internal", "issues", inside)
    assert texts(town, report) == []
    below = service.answer_comment(comment=answer, text="もう一つ", actor=prefecture)
    assert below.parent == inside


@pytest.mark.parametrize("act", [service.resolve_comment, service.reopen_comment, service.withdraw_comment])
def test_what_another_organisation_keeps_within_itself_is_nobody_elses(report, town, prefecture, act):
    inside = comment(report, prefecture, visibility="internal")
    with pytest.raises(PermissionRefused):
        act(comment=inside, actor=town)
    with pytest.raises(PermissionRefused):
        service.answer_comment(comment=inside, text="x", actor=town)


@pytest.mark.parametrize("name", ["vendor_a", "ministry", "town_a2", "prefecture_b", "admin", "reader_a"])
def test_who_may_not_write(report, world, name):
    with pytest.raises(PermissionRefused):
        comment(report, world.actors[name])


def test_a_draft_is_talked_about_within_its_office_only(round_, town, prefecture):
    draft = full_report(round_, town.organisation)
    with pytest.raises(MoveRefused, match="まだ提出されていない"):
        comment(draft, town)
    with pytest.raises(MoveRefused, match="提出されていない"):
        comment(draft, prefecture)
    with pytest.raises(MoveRefused):
        comment(draft, prefecture, visibility="internal")
    assert comment(draft, town, visibility="internal").pk


def test_of_a_withdrawn_form_the_prefecture_says_nothing_more(report, town, prefecture):
    progress.withdraw_progress(report=report, actor=town)
    report.refresh_from_db()
    with pytest.raises(MoveRefused):
        comment(report, prefecture)


# --- writing ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code"),
    [("", "issues"), ("  ", "issues"), ("あ" * (COMMENT_LIMIT + 1), ""), ("よい", "x")],
)
def test_what_is_not_taken(report, prefecture, text, code):
    with pytest.raises(MoveRefused):
        comment(report, prefecture, text, code)


def test_resolved_and_open_again_once_each(report, town, prefecture):
    said = comment(report, prefecture)
    for _ in range(2):
        service.resolve_comment(comment=said, actor=town)
    said.refresh_from_db()
    assert (said.resolved_by, said.is_open) == (town.user, False)
    assert open_counts(report=report, actor=town) == {}
    for _ in range(2):
        service.reopen_comment(comment=said, actor=prefecture)
    said.refresh_from_db()
    assert (said.resolved_at, said.resolved_by) == (None, None)
    for code in (AuditCode.COMMENT_MADE, AuditCode.COMMENT_RESOLVED, AuditCode.COMMENT_REOPENED):
        assert AuditEntry.objects.filter(code=code).count() == 1


def test_answers_are_not_resolved(report, town, prefecture):
    answer = service.answer_comment(comment=comment(report, prefecture), text="はい", actor=town)
    for act in (service.resolve_comment, service.reopen_comment):
        with pytest.raises(MoveRefused):
            act(comment=answer, actor=town)


def test_taken_back_by_its_writer_alone_and_the_row_stays(report, town, prefecture, client_of):
    said = comment(report, prefecture)
    colleague = actor_for(prefecture.organisation)
    for actor in (town, colleague):
        with pytest.raises(PermissionRefused, match="書いた本人"):
            service.withdraw_comment(comment=said, actor=actor)
    for _ in range(2):
        service.withdraw_comment(comment=said, actor=prefecture)
    said.refresh_from_db()
    assert (said.text, said.is_open) == (SAID, False)
    for actor in (town, prefecture):
        page = client_of(actor).get(reverse("progress_detail", args=[report.pk])).content.decode()
        assert SAID not in page
        assert "書いた人が取り下げました" in page
    assert AuditEntry.objects.filter(code=AuditCode.COMMENT_WITHDRAWN).count() == 1


def test_the_trail_does_not_hold_what_was_said(report, prefecture):
    comment(report, prefecture)
    assert SAID not in str(list(AuditEntry.objects.values()))


# --- what waits --------------------------------------------------------------------
def waits(actor):
    found = list(comment_tasks(actor))
    assert count_comment_tasks([actor]).get(actor.membership.pk, 0) == len(found)
    return [item.label for item in found]


def test_an_answer_waits_for_the_other_side(report, town, prefecture, world):
    said = comment(report, prefecture)
    comment(report, prefecture, "もう一つ")
    assert waits(town) == [f"{town.organisation.name}の取組状況へのコメント（2件）"]
    assert waits(prefecture) == []
    service.answer_comment(comment=said, text="書きました", actor=town)
    assert waits(town) == [f"{town.organisation.name}の取組状況へのコメント（1件）"]
    assert waits(prefecture) == [f"{town.organisation.name}の取組状況へのコメント（1件）"]
    service.resolve_comment(comment=said, actor=prefecture)
    assert waits(prefecture) == []
    for name in ("secretariat", "town_a2", "prefecture_b", "vendor_a", "reader_a"):
        assert waits(world.actors[name]) == []


def test_the_secretariat_answers_prefectures(round_, prefecture, world):
    report = submitted_report(round_, prefecture)
    comment(report, prefecture)
    assert len(waits(world.actors["secretariat"])) == 1


def test_internal_ones_wait_for_nobody(report, town, prefecture):
    comment(report, prefecture, visibility="internal")
    assert waits(town) == waits(prefecture) == []


def test_an_answer_that_was_taken_back_is_none(report, town, prefecture):
    said = comment(report, prefecture)
    answer = service.answer_comment(comment=said, text="はい", actor=town)
    service.withdraw_comment(comment=answer, actor=town)
    assert len(waits(town)) == 1


# --- the pages ---------------------------------------------------------------------
def test_the_whole_way_without_script(report, town, prefecture, client_of, round_):
    detail = reverse("progress_detail", args=[report.pk])
    browser, other = client_of(prefecture), client_of(town)
    url = reverse("progress_comment", args=[report.pk])
    assert f"{url}?section=issues" in browser.get(detail).content.decode()
    answer = browser.post(url, {"code": "issues", "visibility": "shared", "text": SAID})
    said = FormComment.objects.get()
    assert answer.url == f"{detail}#c{said.pk}"
    page = other.get(detail).content.decode()
    assert f'id="c{said.pk}"' in page
    assert f'href="#c{said.pk}">コメント1件' in page
    assert "未解決1件・解決済み0件" in page
    assert "取組状況へのコメント（1件）" in other.get("/").content.decode()
    answered = other.post(reverse("comment_answer", args=[said.pk]), {"text": "書き足しました"})
    assert answered.url.endswith(f"#c{FormComment.objects.last().pk}")
    resolved = other.post(reverse("comment_move", args=[said.pk, "resolve"]))
    assert resolved.url == f"{detail}#c{said.pk}"
    page = browser.get(detail).content.decode()
    assert "未解決0件・解決済み1件" in page
    assert "書き足しました" in page


def test_the_accept_page_says_what_is_open_and_accepts(report, town, prefecture, client_of):
    comment(report, prefecture)
    comment(report, town, code="")
    url = reverse("progress_move", args=[report.pk, "accept"])
    browser = client_of(prefecture)
    assert "未解決のコメントが2件あります" in browser.get(url).content.decode()
    browser.post(url)
    report.refresh_from_db()
    assert report.state == "accepted"


def test_open_ones_stand_above_the_field_and_are_counted_on_the_list(
    report, town, prefecture, client_of, round_
):
    comment(report, prefecture)
    comment(report, prefecture, "別の項目のこと", code="overview")
    progress.return_progress(report=report, reason="詳しく", sections=["issues"], actor=prefecture)
    browser = client_of(town)
    listed = browser.get(reverse("progress_edit", args=[round_.pk])).content.decode()
    assert "未解決のコメント1件" in listed
    page = browser.get(reverse("progress_section", args=[round_.pk, "issues"])).content.decode()
    assert SAID in page
    assert "別の項目のこと" not in page


def test_what_was_typed_is_kept_when_it_is_refused(report, prefecture, client_of):
    url = reverse("progress_comment", args=[report.pk])
    long = SAID * 100
    page = client_of(prefecture).post(url, {"code": "issues", "visibility": "shared", "text": long})
    assert (page.status_code, long in page.content.decode()) == (200, True)
    none = client_of(prefecture).post(url, {"code": "issues", "visibility": "", "text": SAID})
    assert SAID in none.content.decode()
    assert not FormComment.objects.exists()


def test_what_is_typed_is_kept_beside_and_dropped_when_sent(report, prefecture, client_of):
    browser = client_of(prefecture)
    url = reverse("progress_comment", args=[report.pk])
    browser.post(url, {"text": "書きかけのコメント"}, headers={"X-Autosave": "1"})
    assert "書きかけのコメント" in browser.get(url).content.decode()
    browser.post(url, {"code": "", "visibility": "shared", "text": SAID})
    assert "書きかけのコメント" not in browser.get(url).content.decode()


def test_sharing_is_not_offered_on_a_draft(round_, town, client_of):
    draft = full_report(round_, town.organisation)
    page = client_of(town).get(reverse("progress_comment", args=[draft.pk])).content.decode()
    assert "庁内だけ" in page
    assert "相手の団体と共有" not in page


@pytest.mark.parametrize("name", ["vendor_a", "ministry"])
def test_readers_without_a_part_see_no_comments(report, prefecture, world, client_of, name):
    comment(report, prefecture)
    page = client_of(world.actors[name]).get(reverse("progress_detail", args=[report.pk])).content.decode()
    assert SAID not in page
    assert "コメント" not in page


def test_the_list_of_a_round_and_its_file(report, town, prefecture, client_of, round_):
    said = comment(report, prefecture, "共有したこと")
    service.answer_comment(comment=said, text="返事の文", actor=town)
    comment(report, town, "町の中のこと", visibility="internal")
    done = comment(report, prefecture, "済んだこと", code="")
    service.resolve_comment(comment=done, actor=town)
    url = reverse("round_comments", args=[round_.pk])
    browser = client_of(prefecture)
    assert url in browser.get(reverse("round_detail", args=[round_.pk])).content.decode()
    page = browser.get(url).content.decode()
    assert ("共有したこと" in page, "済んだこと" in page, "町の中のこと" in page) == (True, True, False)
    assert "済んだこと" not in browser.get(url, {"state": "open"}).content.decode()
    file = b"".join(browser.get(url, {"export": "csv"})).decode()
    assert ("返事の文" in file, "町の中のこと" in file) == (True, False)
    assert AuditEntry.objects.filter(code=AuditCode.EXPORTED).count() == 1


def test_the_talk_about_a_form_is_one_question(report, prefecture, django_assert_num_queries, round_):
    for number in range(5):
        said = comment(report, prefecture, f"{number}")
        service.answer_comment(comment=said, text="はい", actor=prefecture)
    for read in (
        lambda: threads(report=report, actor=prefecture),
        lambda: round_threads(round_=round_, actor=prefecture),
    ):
        with django_assert_num_queries(1):
            found = read()
            assert [str(one.comment.by) + str(one.comment.organisation) for one in found]
        assert len(found) == 5
