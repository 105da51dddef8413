"""Handing local issues in: states, refusals, snapshots, who may, and what others read of them."""

import pytest

from assessments.choices import FormKind
from assessments.models import (
    IssueReport,
    IssueReportSubmission,
    IssueScale,
    LocalIssue,
    NotApplicable,
    RoundTarget,
)
from assessments.services import issue_reports as service
from assessments.services.issue_order import step_issue
from assessments.services.issue_snapshots import differences, issues_in, scale_of
from assessments.services.issues import add_issue, content_of, move_issue, save_issue, withdraw_issue
from assessments.services.not_applicable import declare_not_applicable, undo_not_applicable
from assessments.services.previous import previous_issues
from portal.errors import EditConflict, MoveRefused
from portal.models import AuditEntry
from portal.permissions import PermissionRefused
from tests import factories as f
from tests.conftest import actor_for
from tests.factories_issues import asked_for_issues, content, hand_in, make_issue, the_scale

#: A round that was over before the other opened.
BEFORE = {"title": "前の回", "opens_on": "2025-06-01", "due_on": "2025-06-20", "closes_on": "2025-06-30"}


@pytest.fixture
def asked(world, town):
    """An open round that asks town A1 and prefecture A for their issues."""
    return asked_for_issues(world.program, town.organisation, world.actors["prefecture_a"].organisation)


@pytest.fixture
def target(asked, town):
    return RoundTarget.objects.select_related("round__program", "organisation").get(
        round=asked, organisation=town.organisation
    )


@pytest.fixture
def listed(town):
    """Two issues of the town: the first is shared, the second is not."""
    return [make_issue(town, "避難所の受付", shared=True), make_issue(town, "窓口で待つ", field="counter")]


def codes():
    return list(AuditEntry.objects.order_by("seq").values_list("code", flat=True))


# --- handing in ---------------------------------------------------------------
def test_the_whole_list_is_kept_in_its_order_with_ratings_and_their_scale(asked, listed, town):
    report = hand_in(asked, town)
    submission = report.submissions.get()
    assert (report.state, report.version, submission.number, submission.receipt) == (
        "submitted",
        2,
        1,
        "R7-L-0001",
    )
    assert submission.content["unshared"] == 1
    first, second = issues_in(submission)
    assert (first.key, first.rank, first.title, first.scale) == (listed[0].pk, 1, "避難所の受付", "2025")
    assert (first.benefit, first.difficulty, first.urgency) == (5, 2, 4)
    assert (second.rank, second.field, second.field_label, second.state_label) == (
        2,
        "counter",
        "窓口",
        "取組中",
    )
    assert codes()[-2:] == ["form.started", "state.moved"]


def test_what_was_handed_in_stays_while_the_list_goes_on(asked, listed, town):
    before = hand_in(asked, town).submissions.get().content
    values = content_of(listed[1]) | {"title": "秘密の課題", "urgency": 1}
    save_issue(issue=listed[1], values=values, version=1, actor=town)
    step_issue(issue=listed[1], steps=-1, actor=town)
    withdraw_issue(issue=listed[0], actor=town)
    add_issue(values=content(title="新しい課題"), state="todo", actor=town)
    assert IssueReportSubmission.objects.get().content == before
    assert "秘密の課題" not in str(before)


def test_handing_in_twice_is_handing_in_once(asked, listed, town):
    report = hand_in(asked, town)
    again = service.submit_issue_report(report=report, seen="", actor=town)
    assert again == report.submissions.get()
    assert (codes().count("state.moved"), report.status_changes.count()) == (1, 1)


@pytest.mark.parametrize("name", ["field", "benefit", "difficulty", "urgency"])
def test_an_issue_must_say_its_field_and_three_ratings(asked, target, town, name):
    make_issue(town, **{name: "" if name == "field" else None})
    report = service.start_issue_report(target=target, actor=town)
    issues = service.list_of(town.organisation)
    assert [gap.missing for gap in service.gaps(issues)] == [[service.NEEDED[name]]]
    with pytest.raises(MoveRefused, match="足りない項目のある地域課題が1件"):
        service.submit_issue_report(report=report, seen=service.list_seen(issues), actor=town)
    assert not IssueReportSubmission.objects.exists()


def test_withdrawn_issues_are_not_handed_in(asked, listed, town):
    make_issue(town, "取り下げた", withdrawn=True, benefit=None)
    assert len(issues_in(hand_in(asked, town).submissions.get())) == 2


def test_only_the_list_that_was_shown_is_handed_in(asked, target, listed, town):
    seen = service.list_seen(service.list_of(town.organisation))
    report = service.start_issue_report(target=target, actor=town)
    LocalIssue.objects.filter(pk=listed[0].pk).update(shared=False)
    with pytest.raises(EditConflict, match="一覧が変わりました"):
        service.submit_issue_report(report=report, seen=seen, actor=town)
    assert IssueReport.objects.get().state == "draft"


def test_an_empty_list_is_handed_in_as_not_applicable_only(asked, target, town):
    report = service.start_issue_report(target=target, actor=town)
    with pytest.raises(MoveRefused, match="「該当なし」を理由とともに"):
        service.submit_issue_report(report=report, seen=service.list_seen([]), actor=town)
    declare_not_applicable(target=target, form=FormKind.ISSUES, reason="今は課題がない", actor=town)
    assert NotApplicable.objects.get().code == "issues"


def test_what_does_not_apply_is_not_handed_in_until_it_is_undone(asked, target, listed, town):
    declare_not_applicable(target=target, form=FormKind.ISSUES, reason="別の計画にまとめた", actor=town)
    with pytest.raises(MoveRefused, match="該当なし"):
        hand_in(asked, town)
    undo_not_applicable(target=target, form=FormKind.ISSUES, actor=town)
    assert hand_in(asked, town).state == "submitted"
    with pytest.raises(MoveRefused, match="提出済み"):
        declare_not_applicable(target=target, form=FormKind.ISSUES, reason="別の計画", actor=town)


def test_what_is_not_asked_for_is_not_handed_in(world, target, listed, town):
    other = f.RoundTargetFactory(round=f.RoundFactory(program=world.program), organisation=town.organisation)
    with pytest.raises(MoveRefused, match="求められていません"):
        service.start_issue_report(target=other, actor=town)
    report = service.start_issue_report(target=target, actor=town)
    RoundTarget.objects.filter(pk=target.pk).update(asks_issues=False, asks_progress=True)
    seen = service.list_seen(service.list_of(town.organisation))
    with pytest.raises(MoveRefused, match="求められていません"):
        service.submit_issue_report(report=report, seen=seen, actor=town)


@pytest.mark.parametrize(
    ("day", "possible"), [("2025-08-31", False), ("2025-10-10", True), ("2025-10-11", False)]
)
def test_handing_in_is_possible_while_the_round_is_open(asked, listed, town, settings, day, possible):
    settings.PORTAL_TODAY = day
    if possible:
        assert hand_in(asked, town).state == "submitted"
    else:
        with pytest.raises(MoveRefused, match="受付は"):
            hand_in(asked, town)


# --- who may ------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["approver_a1", "town_a2", "prefecture_a", "secretariat", "vendor_a", "ministry"]
)
def test_nobody_hands_in_for_the_town_but_its_officers(asked, target, listed, town, world, name):
    with pytest.raises(PermissionRefused):
        service.start_issue_report(target=target, actor=world.actors[name])
    report = service.start_issue_report(target=target, actor=town)
    with pytest.raises(PermissionRefused):
        service.submit_issue_report(report=report, seen="", actor=world.actors[name])


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("prefecture_a", True),
        ("secretariat", True),
        ("reader_a", False),
        ("prefecture_b", False),
        ("town_a1", False),
        ("vendor_a", False),
    ],
)
def test_who_confirms_and_gives_back(asked, listed, town, world, name, may):
    report, actor = hand_in(asked, town), world.actors[name]
    if not may:
        for act in (service.confirm_issue_report, service.reopen_issue_report):
            more = {} if act is service.confirm_issue_report else {"reason": "直してほしい"}
            with pytest.raises(PermissionRefused):
                act(report=report, actor=actor, **more)
        return
    assert service.confirm_issue_report(report=report, actor=actor).state == "confirmed"
    with pytest.raises(MoveRefused, match="理由を入力"):
        service.reopen_issue_report(report=report, reason=" ", actor=actor)
    assert service.reopen_issue_report(report=report, reason="直してほしい", actor=actor).state == "draft"


def test_the_prefectures_own_list_is_confirmed_by_the_secretariat(asked, world, prefecture):
    make_issue(prefecture)
    report = hand_in(asked, prefecture)
    with pytest.raises(PermissionRefused):
        service.confirm_issue_report(report=report, actor=prefecture)
    assert service.confirm_issue_report(report=report, actor=world.actors["secretariat"]).state == "confirmed"


def test_nobody_confirms_a_list_they_wrote_in_or_handed_in(asked, listed, town, prefecture):
    writer = f.MembershipFactory(user=town.user, organisation=prefecture.organisation, duty="manager")
    colleague = actor_for(town.organisation)
    report = hand_in(asked, colleague)
    for person in (town.user, colleague.user):
        membership = (
            writer
            if person == town.user
            else f.MembershipFactory(user=person, organisation=prefecture.organisation, duty="manager")
        )
        reviewer = type(town)(user=person, membership=membership)
        with pytest.raises(MoveRefused, match="ほかの担当者に依頼してください"):
            service.confirm_issue_report(report=report, actor=reviewer)
    assert service.confirm_issue_report(report=report, actor=prefecture).state == "confirmed"


def test_after_it_was_given_back_the_list_is_handed_in_again_even_late(
    asked, listed, town, prefecture, settings
):
    report = hand_in(asked, town)
    service.reopen_issue_report(report=report, reason="緊急性を確かめてください", actor=prefecture)
    settings.PORTAL_TODAY = "2025-10-20"
    save_issue(issue=listed[0], values=content_of(listed[0]) | {"urgency": 2}, version=1, actor=town)
    report = hand_in(asked, town)
    numbers = list(report.submissions.values_list("number", "receipt"))
    assert numbers == [(1, "R7-L-0001"), (2, "R7-L-0002")]
    first, second = report.submissions.all()
    assert [issues_in(one)[0].urgency for one in (first, second)] == [4, 2]


@pytest.mark.parametrize(
    ("name", "draft", "handed_in"),
    [
        ("town_a1", 1, 1),
        ("approver_a1", 1, 1),
        ("prefecture_a", 0, 1),
        ("secretariat", 0, 1),
        ("town_a2", 0, 0),
        ("prefecture_b", 0, 0),
        ("vendor_a", 0, 0),
        ("ministry", 0, 0),
        ("expert", 0, 0),
        ("admin", 0, 0),
    ],
)
def test_who_reads_it_before_and_after(asked, target, listed, town, world, name, draft, handed_in):
    service.start_issue_report(target=target, actor=town)
    assert IssueReport.objects.for_user(world.actors[name]).count() == draft
    hand_in(asked, town)
    assert IssueReport.objects.for_user(world.actors[name]).count() == handed_in


def test_handing_in_shares_nothing(asked, listed, town, prefecture):
    hand_in(asked, town)
    seen = LocalIssue.objects.for_user(prefecture)
    assert [issue.pk for issue in seen] == [listed[0].pk]


# --- the list is worked on ----------------------------------------------------
def test_work_on_the_list_begins_the_form_of_every_open_round(asked, listed, town, world):
    closed = asked_for_issues(world.program, town.organisation, **BEFORE)
    assert not IssueReport.objects.exists()
    add_issue(values=content(), state="todo", actor=town)
    report = IssueReport.objects.get()
    assert (report.round, report.state, list(report.writers.all())) == (asked, "draft", [town.user])
    assert codes()[-2:] == ["form.started", "local_issue.created"]
    move_issue(issue=listed[0], name="resolve", actor=town)
    assert codes().count("form.started") == 1
    assert not closed.issue_reports.exists()


def test_work_on_the_list_leaves_what_was_handed_in_alone(asked, listed, town):
    hand_in(asked, town)
    colleague = actor_for(town.organisation)
    add_issue(values=content(), state="todo", actor=colleague)
    report = IssueReport.objects.get()
    assert (report.state, report.version) == ("submitted", 2)
    assert colleague.user not in report.writers.all()


def test_an_issue_with_only_a_title_can_be_saved(town):
    the_scale()
    empty = dict.fromkeys(("field", "description", "department"), "")
    empty |= dict.fromkeys(("benefit", "difficulty", "urgency", "controllable", "start_now"))
    issue = add_issue(values=content(**empty), state="todo", actor=town)
    assert (issue.field, issue.get_field_display(), issue.is_rated) == ("", "", False)


# --- against the round before -------------------------------------------------
@pytest.fixture
def earlier(world, town):
    """A round that was over before the other opened."""
    return asked_for_issues(world.program, town.organisation, **BEFORE)


def test_what_is_different_since_the_round_before(asked, earlier, listed, town, settings):
    settings.PORTAL_TODAY = "2025-06-10"
    same, gone = make_issue(town, "変わらない"), make_issue(town, "なくなる")
    hand_in(earlier, town)
    settings.PORTAL_TODAY = "2025-09-16"
    withdraw_issue(issue=gone, actor=town)
    new = add_issue(values=content(title="新しい"), state="todo", actor=town)
    step_issue(issue=listed[1], steps=-1, actor=town)
    values = content_of(listed[0]) | {"urgency": 5}
    listed[0].refresh_from_db()
    save_issue(issue=listed[0], values=values, version=listed[0].version, actor=town)
    move_issue(issue=listed[0], name="resolve", actor=town)
    report = hand_in(asked, town)
    before = previous_issues(report)
    assert before.report.round == earlier
    found = differences(issues_in(before), issues_in(report.submissions.get()))
    assert [(one.kind, one.title, one.rank, one.rank_before) for one in found] == [
        ("changed", "窓口で待つ", 1, 2),
        ("changed", "避難所の受付", 2, 1),
        ("new", new.title, 4, None),
        ("gone", "なくなる", None, 4),
    ]
    assert same.title not in {one.title for one in found}
    assert list(found[0].details) == ["順位　2位から1位"]
    assert list(found[1].details) == ["順位　1位から2位", "緊急性　4から5", "状態　取組中から解決"]


def test_a_list_that_was_given_back_is_no_round_before(asked, earlier, listed, town, prefecture, settings):
    settings.PORTAL_TODAY = "2025-06-10"
    old = hand_in(earlier, town)
    service.reopen_issue_report(report=old, reason="直してほしい", actor=prefecture)
    settings.PORTAL_TODAY = "2025-09-16"
    assert previous_issues(hand_in(asked, town)) is None


def test_ratings_on_two_scales_are_not_compared(asked, listed, town):
    submission = hand_in(asked, town).submissions.get()
    before = issues_in(submission)
    changed = submission.content["issues"][0] | {"scale": "2026", "urgency": 1}
    submission.content["issues"][0] = changed
    (one,) = differences(before, issues_in(submission))
    assert list(one.details) == ["評価の目安　2025年版から2026年版（評価は比べられません）"]
    assert scale_of(before) == IssueScale.objects.get()
