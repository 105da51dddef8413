"""Who has handed in what: computed states, rights, constant queries, counts that agree with lists."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import ProgressReport
from assessments.services.counts import round_counts
from assessments.services.own import own_forms, waiting_tasks
from assessments.services.progress import return_progress
from assessments.services.status import counts_by_state, round_state, round_status
from portal import clock
from tests import factories as f
from tests.factories_assessments import make_round, submitted_assessment, submitted_report

pytestmark = pytest.mark.django_db


def states(round_, actor, form="progress"):
    return {row.organisation_id: row.state for row in round_status(round_, actor) if row.form == form}


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2025-08-31", "planned"), ("2025-09-01", "open"), ("2025-10-10", "open"), ("2025-10-11", "closed")],
)
def test_round_state(round_, settings, day, expected):
    settings.PORTAL_TODAY = day
    assert round_state(round_, clock.today()) == expected


@pytest.mark.parametrize(
    ("day", "draft", "nothing"), [("2025-09-30", "draft", "todo"), ("2025-10-01", "overdue", "overdue")]
)
def test_a_due_day_ends_at_midnight(round_, prefecture, world, settings, day, draft, nothing):
    drafting, idle = world.actors["town_a1"].organisation, world.actors["town_a2"].organisation
    ProgressReport.objects.create(round=round_, organisation=drafting, updated_at=clock.now())
    settings.PORTAL_TODAY = day
    found = states(round_, prefecture)
    assert (found[drafting.pk], found[idle.pk]) == (draft, nothing)


def test_returned_and_accepted_are_never_overdue(round_, town, prefecture, settings):
    report = submitted_report(round_, town)
    return_progress(report=report, reason="詳しく", sections=["issues"], actor=prefecture)
    settings.PORTAL_TODAY = "2025-10-05"
    assert states(round_, prefecture)[town.organisation.pk] == "returned"


@pytest.mark.parametrize(
    ("name", "organisations"),
    [
        ("town_a1", {"town_a1"}),
        ("prefecture_a", {"town_a1", "town_a2", "prefecture_a"}),
        ("vendor_a", {"town_a1", "town_a2"}),
        ("vendor_b", {"town_b"}),
        ("secretariat", {"town_a1", "town_a2", "prefecture_a", "town_b"}),
        ("ministry", {"town_a1", "town_a2", "prefecture_a", "town_b"}),
        ("expert", set()),
        ("admin", set()),
    ],
)
def test_whose_forms_one_sees(round_, world, name, organisations):
    expected = {world.actors[other].organisation.pk for other in organisations}
    assert set(states(round_, world.actors[name])) == expected


@pytest.mark.parametrize(
    ("name", "sees"),
    [("prefecture_a", True), ("secretariat", True), ("vendor_a", False), ("ministry", False)],
)
def test_checklists_are_for_those_who_may_see_them(round_, framework, world, name, sees):
    forms = {row.form for row in round_status(round_, world.actors[name])}
    assert (str(framework.pk) in forms) is sees


def test_a_checklist_without_questions_for_towns_is_not_asked_of_them(round_, framework, town, prefecture):
    for principle in framework.principles.all():
        principle.questions.update(for_municipalities=False)
    assert states(round_, prefecture, str(framework.pk)).keys() == {prefecture.organisation.pk}
    assert [form.form for form in own_forms(town)] == ["progress"]


def test_counts_agree_with_rows(round_, framework, town, prefecture):
    submitted_report(round_, town)
    submitted_assessment(round_, framework, town)
    rows = round_status(round_, prefecture)
    assert sum(counts_by_state(rows).values()) == len(rows) == 6
    counted = round_counts([round_], prefecture)[round_.pk]
    assert (counted.asked, counted.done) == (6, sum(row.is_done for row in rows)) == (6, 2)


def test_rows_come_with_what_needs_work_first(round_, town, prefecture):
    submitted_report(round_, town)
    found = [row.state for row in round_status(round_, prefecture) if row.form == "progress"]
    assert found == ["todo", "todo", "submitted"]


def queries_of(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_queries_do_not_grow_with_towns_or_rounds(round_, framework, prefecture, world):
    few = [
        queries_of(lambda: round_status(round_, prefecture)),
        queries_of(lambda: waiting_tasks(prefecture)),
    ]
    for _ in range(30):
        organisation = f.MunicipalityFactory(prefecture=world.prefecture_a).organisation
        f.RoundTargetFactory(round=round_, organisation=organisation)
    for _ in range(3):
        make_round(world.program, prefecture.organisation, frameworks=(framework,))
    many = [
        queries_of(lambda: round_status(round_, prefecture)),
        queries_of(lambda: waiting_tasks(prefecture)),
    ]
    assert many == few


# --- tasks ------------------------------------------------------------------
def test_open_forms_wait_for_their_author_until_handed_in(round_, town):
    before = [(task.label, task.due) for task in waiting_tasks(town)]
    submitted_report(round_, town)
    after = [task.label for task in waiting_tasks(town)]
    assert before[0] == ("取組状況の提出", round_.due_on)
    assert len(before) == 2
    assert len(after) == 1


def test_submitted_forms_wait_for_the_prefecture_and_returned_ones_for_the_town(round_, town, prefecture):
    report = submitted_report(round_, town)
    assert "1件の取組状況の確認（受理または差戻し）" in [task.label for task in waiting_tasks(prefecture)]
    return_progress(report=report, reason="詳しく", sections=["issues"], actor=prefecture)
    assert "取組状況の修正と再提出" in [task.label for task in waiting_tasks(town)]


@pytest.mark.parametrize("name", ["prefecture_b", "vendor_a", "ministry", "expert", "admin"])
def test_others_have_nothing_to_review(round_, town, world, name):
    submitted_report(round_, town)
    assert waiting_tasks(world.actors[name]) == []
