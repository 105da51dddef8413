"""A later due day for one town, and forms that do not apply: both sides of each rule."""

import datetime as dt

import pytest

from assessments.choices import FormKind
from assessments.models import DueExtension, NotApplicable, ProgressReport, RoundTarget
from assessments.services.counts import round_counts
from assessments.services.extensions import can_extend, can_withdraw, extend_due, withdraw_extension
from assessments.services.forms import start_progress
from assessments.services.not_applicable import declare_not_applicable, undo_not_applicable
from assessments.services.own import own_forms, waiting_tasks
from assessments.services.progress import submit_progress
from assessments.services.progress_saving import save_progress
from assessments.services.status import round_status
from portal import clock
from portal.audit import AuditCode
from portal.errors import MoveRefused
from portal.models import AuditEntry
from portal.permissions import PermissionRefused
from reports.services.data.progress import progress_data
from tests.factories_assessments import full_report, submitted_report

pytestmark = pytest.mark.django_db

LATER = dt.date(2025, 10, 6)


@pytest.fixture
def target(round_, town):
    return RoundTarget.objects.get(round=round_, organisation=town.organisation)


def extend(target, actor, due_on=LATER, reason="災害対応のため"):
    return extend_due(target=target, due_on=due_on, reason=reason, actor=actor)


def state_of(round_, actor, organisation, form="progress"):
    rows = [row for row in round_status(round_, actor) if row.form == form]
    return next(row for row in rows if row.organisation_id == organisation.pk)


# --- extensions -------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("prefecture_a", True),
        ("secretariat", True),
        ("reader_a", False),
        ("prefecture_b", False),
        ("town_a1", False),
        ("vendor_a", False),
        ("ministry", False),
        ("admin", False),
    ],
)
def test_who_extends(target, world, name, may):
    actor = world.actors[name]
    assert can_extend(target, actor) is may
    if may:
        assert extend(target, actor).due_on == LATER
        entry = AuditEntry.objects.get(code=AuditCode.EXTENSION_GRANTED)
        assert (entry.before, entry.after) == ({"due_on": "2025-09-30"}, {"due_on": "2025-10-06"})
        assert entry.concerns == target.organisation
    else:
        with pytest.raises(PermissionRefused):
            extend(target, actor)
        assert not DueExtension.objects.exists()


@pytest.mark.parametrize(
    ("day", "state", "words"),
    [
        ("2025-09-30", "todo", "残り6日"),
        ("2025-10-01", "todo", "残り5日"),
        ("2025-10-06", "todo", "今日まで"),
        ("2025-10-07", "overdue", "1日超過"),
    ],
)
def test_an_extended_town_is_overdue_by_its_own_day(
    round_, target, prefecture, town, world, settings, day, state, words
):
    extend(target, prefecture)
    settings.PORTAL_TODAY = day
    row = state_of(round_, prefecture, town.organisation)
    assert (row.state, row.days_in_words, row.is_extended) == (state, words, True)
    own = own_forms(town)[0]
    assert (own.state, own.due, own.is_extended) == (state, LATER, True)
    assert waiting_tasks(town)[0].due == LATER
    other = state_of(round_, prefecture, world.actors["town_a2"].organisation)
    assert other.state == ("todo" if day == "2025-09-30" else "overdue")


@pytest.mark.parametrize(
    ("utc", "state"),
    [
        (dt.datetime(2025, 10, 6, 14, 59, 59, tzinfo=dt.UTC), "todo"),
        (dt.datetime(2025, 10, 6, 15, tzinfo=dt.UTC), "overdue"),
    ],
)
def test_the_extended_day_ends_at_24_in_japan(
    round_, target, prefecture, town, settings, monkeypatch, utc, state
):
    extend(target, prefecture)
    settings.PORTAL_TODAY = ""
    monkeypatch.setattr(clock, "real_now", lambda: utc)
    assert state_of(round_, prefecture, town.organisation).state == state


@pytest.mark.parametrize(
    ("due_on", "word"),
    [
        (dt.date(2025, 9, 30), "より後の日付"),
        (dt.date(2025, 10, 11), "受付終了日（2025年10月10日）以前"),
    ],
)
def test_the_new_day_lies_between_due_day_and_closing(target, prefecture, due_on, word):
    with pytest.raises(MoveRefused, match=word):
        extend(target, prefecture, due_on)
    for good in (dt.date(2025, 10, 1), dt.date(2025, 10, 10)):
        assert extend(target, prefecture, good).due_on == good


def test_a_reason_is_needed(target, prefecture):
    with pytest.raises(MoveRefused, match="理由を入力"):
        extend(target, prefecture, reason=" ")
    target.refresh_from_db()
    assert target.extended_to is None


def test_no_extension_into_the_past_or_after_the_closing(target, prefecture, settings):
    settings.PORTAL_TODAY = "2025-10-05"
    with pytest.raises(MoveRefused, match="今日"):
        extend(target, prefecture, dt.date(2025, 10, 4))
    settings.PORTAL_TODAY = "2025-10-11"
    assert not can_extend(target, prefecture)
    with pytest.raises(MoveRefused, match="終わったため"):
        extend(target, prefecture)


def test_it_is_changed_and_withdrawn_until_it_has_passed(target, prefecture, settings):
    extend(target, prefecture)
    extend(target, prefecture, dt.date(2025, 10, 8))
    extend(target, prefecture, dt.date(2025, 10, 8))
    kinds = list(DueExtension.objects.values_list("kind", flat=True))
    assert kinds == ["granted", "changed"]
    target.refresh_from_db()
    settings.PORTAL_TODAY = "2025-10-08"
    assert can_withdraw(target, prefecture)
    settings.PORTAL_TODAY = "2025-10-09"
    assert not can_withdraw(target, prefecture)
    with pytest.raises(MoveRefused, match="過ぎたため"):
        withdraw_extension(target=target, reason="不要", actor=prefecture)
    settings.PORTAL_TODAY = "2025-10-08"
    back = withdraw_extension(target=target, reason="提出できるため", actor=prefecture)
    withdraw_extension(target=target, reason="もう一度", actor=prefecture)
    assert back.due_on == dt.date(2025, 9, 30)
    assert AuditEntry.objects.filter(code=AuditCode.EXTENSION_WITHDRAWN).count() == 1
    assert list(DueExtension.objects.values_list("kind", flat=True)) == ["granted", "changed", "withdrawn"]


def test_a_round_prolonged_beyond_it_is_the_later_of_both(round_, target, prefecture):
    extend(target, prefecture)
    type(round_).objects.filter(pk=round_.pk).update(due_on=dt.date(2025, 10, 8))
    fresh = RoundTarget.objects.select_related("round").get(pk=target.pk)
    assert (fresh.due_on, fresh.is_extended) == (dt.date(2025, 10, 8), False)


# --- 該当なし ---------------------------------------------------------------
def declare(target, actor, form=FormKind.PROGRESS, reason="対象となる取組がないため"):
    return declare_not_applicable(target=target, form=form, reason=reason, actor=actor)


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("town_a1", True),
        ("approver_a1", False),
        ("prefecture_a", False),
        ("town_a2", False),
        ("secretariat", False),
    ],
)
def test_who_says_that_a_form_does_not_apply(target, world, name, may):
    if may:
        assert declare(target, world.actors[name]).by == world.actors[name].user
        assert AuditEntry.objects.filter(code=AuditCode.NOT_APPLICABLE_DECLARED).count() == 1
    else:
        with pytest.raises(PermissionRefused):
            declare(target, world.actors[name])
        assert not NotApplicable.objects.exists()


def test_it_shows_as_such_and_counts_as_not_asked(round_, framework, target, town, prefecture, world):
    before = round_counts([round_], prefecture)[round_.pk]
    declare(target, town)
    declare(target, town)
    assert NotApplicable.objects.count() == 1
    row = state_of(round_, prefecture, town.organisation)
    assert (row.state, row.state_label, row.is_asked, row.days_in_words) == (
        "not_applicable",
        "該当なし",
        False,
        "",
    )
    assert state_of(round_, prefecture, town.organisation, str(framework.pk)).state == "todo"
    after = round_counts([round_], prefecture)[round_.pk]
    assert (before.asked, after.asked) == (6, 5)
    assert round_counts([round_], world.actors["vendor_a"])[round_.pk].asked == 1
    assert [task.label for task in waiting_tasks(town)] == [f"{framework.name}の提出"]
    told = progress_data(world.region_a, clock.today())["midterm"]
    assert (told["asked"], town.organisation.name in [line["name"] for line in told["rows"]]) == (2, False)


def test_a_checklist_alone_can_be_said_not_to_apply(round_, framework, target, town, prefecture):
    declare(target, town, framework)
    assert state_of(round_, prefecture, town.organisation, str(framework.pk)).state == "not_applicable"
    assert state_of(round_, prefecture, town.organisation).state == "todo"
    assert round_counts([round_], prefecture)[round_.pk].asked == 5


def test_what_does_not_apply_is_neither_written_nor_handed_in_until_it_is_undone(round_, target, town):
    report = full_report(round_, town.organisation)
    declare(target, town)
    for act in (
        lambda: start_progress(target=target, actor=town),
        lambda: save_progress(report=report, values={"overview": "新"}, version=1, actor=town),
        lambda: submit_progress(report=report, actor=town),
    ):
        with pytest.raises(MoveRefused, match="該当なし"):
            act()
    undo_not_applicable(target=target, form=FormKind.PROGRESS, actor=town)
    undo_not_applicable(target=target, form=FormKind.PROGRESS, actor=town)
    assert AuditEntry.objects.filter(code=AuditCode.NOT_APPLICABLE_UNDONE).count() == 1
    assert submit_progress(report=report, actor=town).number == 1
    assert ProgressReport.objects.get().overview == report.overview


def test_what_is_handed_in_is_not_said_not_to_apply(round_, target, town):
    submitted_report(round_, town)
    with pytest.raises(MoveRefused, match="提出済み"):
        declare(target, town)


def test_only_what_is_asked_can_be_said_not_to_apply(target, town, framework):
    RoundTarget.objects.filter(pk=target.pk).update(asks_progress=False)
    with pytest.raises(MoveRefused, match="求められていません"):
        declare(target, town)
    assert declare(target, town, framework).pk


@pytest.mark.parametrize(("day", "possible"), [("2025-10-10", True), ("2025-10-11", False)])
def test_it_is_said_and_undone_until_the_round_closes(target, town, framework, settings, day, possible):
    declare(target, town)
    settings.PORTAL_TODAY = day
    if possible:
        declare(target, town, framework)
        undo_not_applicable(target=target, form=FormKind.PROGRESS, actor=town)
        assert NotApplicable.objects.filter(undone_at__isnull=True).get().framework == framework
    else:
        for act in (
            lambda: declare(target, town, framework),
            lambda: undo_not_applicable(target=target, form=FormKind.PROGRESS, actor=town),
        ):
            with pytest.raises(MoveRefused, match="終わりました"):
                act()


def test_a_reason_is_needed_for_it(target, town):
    with pytest.raises(MoveRefused, match="該当なしの理由"):
        declare(target, town, reason="　")
