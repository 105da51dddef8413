"""Local issues: what the services take and refuse, their order, their history, and what is recorded."""

import pytest
from django.db import IntegrityError, transaction

from assessments.models import IssueLevel, IssueScale, LocalIssue
from assessments.services.forms import digest
from assessments.services.issue_order import order_seen, save_order, step_issue
from assessments.services.issue_scales import ScaleMissing, load_issue_scales, scale_in_use
from assessments.services.issues import (
    CONTENT,
    add_issue,
    content_of,
    move_issue,
    restore_issue,
    save_issue,
    withdraw_issue,
)
from portal.audit import AuditCode
from portal.errors import EditConflict, MoveRefused
from portal.models import AuditEntry
from portal.permissions import PermissionRefused
from tests.conftest import actor_for
from tests.factories_issues import content, make_issue, the_scale

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(town):
    return make_issue(town)


@pytest.fixture
def five(town):
    """Five issues, A to E, in this order."""
    return [make_issue(town, title) for title in "ABCDE"]


def order(town):
    rows = LocalIssue.objects.filter(organisation=town.organisation).active().order_by("position")
    return [(row.position, row.title) for row in rows]


def titles(town):
    return "".join(title for _position, title in order(town))


def codes():
    rows = AuditEntry.objects.exclude(code=AuditCode.DATA_LOADED).order_by("seq")
    return list(rows.values_list("code", flat=True))


# --- the scale ----------------------------------------------------------------


def test_the_scale_is_data_loaded_twice_is_once(db):
    first = load_issue_scales()
    assert (first.scales, first.steps) == (1, 4)
    assert first.created == 1 + 4 + 3 + 15
    again = load_issue_scales()
    assert (again.created, again.updated) == (0, 0)
    anchored = IssueLevel.objects.exclude(anchor="").values_list("level", flat=True)
    assert sorted(anchored) == [1, 1, 1, 3, 3, 3, 5, 5, 5]


def test_without_a_scale_nothing_can_be_added_and_it_says_whom_to_call(town):
    with pytest.raises(ScaleMissing, match="システム管理者に連絡"):
        add_issue(values=content(), state="todo", actor=town)


def test_a_newer_scale_is_used_from_its_day_on_and_old_ratings_keep_theirs(town, issue, settings):
    newer = IssueScale.objects.create(
        version="2026", name="新しい目安", in_use_from="2026-04-01", high_from=3, low_to=1, source="試験"
    )
    assert scale_in_use().version == "2025"
    settings.PORTAL_TODAY = "2026-04-01"
    assert scale_in_use() == newer
    with pytest.raises(MoveRefused, match="裨益性を選んでください"):  # it has no levels yet
        save_issue(issue=issue, values=content(), version=issue.version, actor=town)
    issue.refresh_from_db()
    assert issue.scale.version == "2025"


# --- adding and changing ------------------------------------------------------


def test_an_issue_goes_to_the_end_and_leaves_history_and_record(town):
    make_issue(town)
    issue = add_issue(values=content(), state="considering", actor=town)
    assert (issue.position, issue.state, issue.shared) == (2, "considering", False)
    assert issue.organisation == town.organisation
    assert [row.action for row in issue.status_changes.all()] == ["create"]
    entry = AuditEntry.objects.get(code="local_issue.created")
    assert entry.after["title"] == "窓口で待つ"
    assert entry.after["description"] == "6文字"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": " "}, "地域課題を入力してください。"),
        ({"title": "長" * 61}, "地域課題は、60文字以内で入力してください（現在61文字）。"),
        ({"description": "長" * 1001}, "説明は、1000文字以内"),
        ({"field": "space"}, "分野を選んでください。"),
        ({"benefit": 6}, "裨益性を選んでください。"),
        ({"urgency": 0}, "緊急性を選んでください。"),
        ({"step_id": 999_999}, "STEPを選んでください。"),
    ],
)
def test_what_its_form_would_not_take_the_service_does_not_take(town, wrong, sentence):
    the_scale()
    with pytest.raises(MoveRefused, match=sentence):
        add_issue(values=content(**wrong), state="todo", actor=town)
    assert not LocalIssue.objects.exists()


def test_ratings_may_come_later(town):
    the_scale()
    issue = add_issue(
        values=content(benefit=None, difficulty=None, urgency=None, controllable=None),
        state="todo",
        actor=town,
    )
    assert not issue.is_rated


def test_saving_changes_what_was_typed_and_records_what_differs(town, issue):
    save_issue(issue=issue, values=content(shared=True), version=1, actor=town)
    issue.refresh_from_db()
    assert {name: getattr(issue, name) for name in CONTENT} == content(shared=True)
    assert issue.version == 2
    assert [row.action for row in issue.status_changes.all()] == ["create", "share"]
    entry = AuditEntry.objects.get(code="local_issue.changed")
    assert entry.before["benefit"] == 5
    assert entry.after["benefit"] == 4


def test_saving_the_same_again_changes_nothing(town, issue):
    save_issue(issue=issue, values=content(), version=1, actor=town)
    save_issue(issue=issue, values=content(), version=1, actor=town)
    issue.refresh_from_db()
    assert issue.version == 2
    assert codes() == ["local_issue.changed"]


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(world, town, issue):
    colleague = actor_for(town.organisation)
    save_issue(issue=issue, values=content(title="先に保存した"), version=1, actor=colleague)
    with pytest.raises(EditConflict) as caught:
        save_issue(issue=issue, values=content(title="あとから保存した"), version=1, actor=town)
    assert caught.value.current.title == "先に保存した"
    issue.refresh_from_db()
    assert issue.title == "先に保存した"


def test_a_change_of_state_in_between_is_no_conflict(world, town, issue):
    seen = digest(content_of(issue))
    move_issue(issue=issue, name="resolve", actor=actor_for(town.organisation))
    save_issue(issue=issue, values=content(), version=1, seen=seen, actor=town)
    issue.refresh_from_db()
    assert (issue.state, issue.title) == ("solved", "窓口で待つ")


# --- states -------------------------------------------------------------------


def test_a_move_is_kept_with_its_reason_and_made_once(town, issue):
    with pytest.raises(MoveRefused, match="見送る理由を入力してください"):
        move_issue(issue=issue, name="shelve", actor=town)
    for _ in range(2):
        move_issue(issue=issue, name="shelve", actor=town, reason="来年度にする")
    issue.refresh_from_db()
    assert issue.state == "shelved"
    assert [row.reason for row in issue.status_changes.all()] == ["訓練で分かった", "来年度にする"]
    assert codes() == ["state.moved"]


def test_a_move_from_another_state_is_refused(town, issue):
    with pytest.raises(MoveRefused, match="「取組中」のため"):
        move_issue(issue=issue, name="consider", actor=town)


def test_every_state_can_be_left_again(town):
    from assessments.choices import IssueState
    from assessments.states import ISSUE

    assert all(ISSUE.available(state) for state in IssueState)


# --- withdrawing --------------------------------------------------------------


def test_withdrawing_closes_the_gap_keeps_everything_and_can_be_undone(town, five):
    LocalIssue.objects.filter(pk=five[1].pk).update(shared=True)
    for _ in range(2):
        withdraw_issue(issue=five[1], actor=town, reason="Aと合わせた")
    assert order(town) == [(1, "A"), (2, "C"), (3, "D"), (4, "E")]
    gone = LocalIssue.objects.get(pk=five[1].pk)
    assert gone.is_withdrawn
    assert (gone.position, gone.state) == (None, "working")
    for _ in range(2):
        restore_issue(issue=gone, actor=town)
    assert titles(town) == "ACDEB"
    back = LocalIssue.objects.get(pk=gone.pk)
    assert (back.shared, back.state, back.position) == (False, "working", 5)
    assert codes() == ["local_issue.withdrawn", "local_issue.restored"]


def test_a_withdrawn_issue_is_neither_changed_nor_moved(town, issue):
    withdraw_issue(issue=issue, actor=town)
    with pytest.raises(MoveRefused, match="取り下げられています"):
        save_issue(issue=issue, values=content(), version=2, actor=town)
    with pytest.raises(MoveRefused, match="取り下げられています"):
        move_issue(issue=issue, name="resolve", actor=town)


def test_the_database_keeps_rank_and_withdrawal_together(town, issue):
    with pytest.raises(IntegrityError), transaction.atomic():
        LocalIssue.objects.filter(pk=issue.pk).update(position=None)


# --- the order ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "steps", "wanted"),
    [("C", -1, "ACBDE"), ("C", 1, "ABDCE"), ("A", -1, "ABCDE"), ("E", 1, "ABCDE")],
)
def test_one_step_up_or_down(town, five, title, steps, wanted):
    issue = next(row for row in five if row.title == title)
    rank = step_issue(issue=issue, steps=steps, actor=town)
    assert titles(town) == wanted
    assert wanted.index(title) + 1 == rank
    assert [position for position, _title in order(town)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("ranks", "wanted"),
    [
        ({"D": 2}, "ADBCE"),
        ({"A": 4}, "BCDAE"),
        ({"A": 5, "E": 1}, "EBCDA"),
        ({}, "ABCDE"),
        ({"A": 3, "B": 1}, "BCADE"),
    ],
)
def test_ranks_typed_are_the_ranks_given(town, five, ranks, wanted):
    typed = {row.pk: ranks.get(row.title, row.position) for row in five}
    changed = save_order(ranks=typed, seen=order_seen([row.pk for row in five]), actor=town)
    assert titles(town) == wanted
    assert changed is (wanted != "ABCDE")
    assert codes() == ["local_issue.ordered"] * changed


def test_an_order_that_others_changed_meanwhile_is_not_overwritten(town, five):
    seen = order_seen([row.pk for row in five])
    step_issue(issue=five[4], steps=-1, actor=actor_for(town.organisation))
    with pytest.raises(EditConflict, match="順位が先に変わりました"):
        save_order(ranks={row.pk: row.position for row in five}, seen=seen, actor=town)
    assert titles(town) == "ABCED"


def test_the_order_of_another_town_is_nobodys_business(world, town, five):
    other = world.actors["town_a2"]
    make_issue(other, "甲")
    with pytest.raises(PermissionRefused):
        step_issue(issue=five[0], steps=1, actor=other)
    assert titles(town) == "ABCDE"


# --- who may ------------------------------------------------------------------


@pytest.mark.parametrize(
    "persona", ["town_a2", "prefecture_a", "vendor_a", "secretariat", "approver_a1", "reader_a", "admin"]
)
def test_nobody_else_changes_an_issue(world, town, persona):
    issue = make_issue(town, shared=True)
    stranger = world.actors[persona]
    for act in (
        lambda: save_issue(issue=issue, values=content(), version=1, actor=stranger),
        lambda: move_issue(issue=issue, name="resolve", actor=stranger),
        lambda: withdraw_issue(issue=issue, actor=stranger),
        lambda: restore_issue(issue=issue, actor=stranger),
        lambda: step_issue(issue=issue, steps=1, actor=stranger),
    ):
        with pytest.raises(PermissionRefused):
            act()
    issue.refresh_from_db()
    assert (issue.version, issue.position) == (1, 1)


@pytest.mark.parametrize("persona", ["vendor_a", "secretariat", "ministry", "expert", "admin", "approver_a1"])
def test_nobody_but_town_and_prefecture_keeps_a_list(world, persona):
    the_scale()
    with pytest.raises(PermissionRefused):
        add_issue(values=content(), state="todo", actor=world.actors[persona])
    assert not LocalIssue.objects.exists()


READERS = {"town_a1", "approver_a1", "prefecture_a", "reader_a", "vendor_a", "secretariat"}


def readers(world):
    return {name for name, actor in world.actors.items() if LocalIssue.objects.for_user(actor).exists()}


def test_a_shared_issue_is_read_by_those_in_charge_and_nobody_else(world, town):
    make_issue(town, shared=True)
    assert readers(world) == READERS


def test_an_issue_that_is_not_shared_is_its_towns_alone(world, town):
    make_issue(town)
    assert readers(world) == {"town_a1", "approver_a1"}


def test_a_withdrawn_issue_is_its_towns_alone_even_if_it_was_shared(world, town):
    make_issue(town, shared=True, withdrawn=True)
    assert readers(world) == {"town_a1", "approver_a1"}


def test_what_a_prefecture_shares_is_read_by_its_vendor_and_the_secretariat(world, prefecture):
    make_issue(prefecture, shared=True)
    assert readers(world) == {"prefecture_a", "reader_a", "vendor_a", "secretariat"}


def test_a_vendor_reads_no_more_once_its_contract_is_over(world, town, settings):
    make_issue(town, shared=True)
    settings.PORTAL_TODAY = "2026-03-14"
    assert "vendor_a" not in readers(world)
