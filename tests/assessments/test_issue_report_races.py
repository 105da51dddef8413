"""Eight people press at once: one list handed in, one row begun, eight receipts, on both databases."""

import pytest

from assessments.models import IssueReport, IssueReportSubmission
from assessments.services import issue_reports as service
from assessments.services.issues import add_issue
from portal.errors import MoveRefused
from tests import factories as f
from tests.assessments.test_races import EIGHT, at_once
from tests.conftest import actor_for, build_world
from tests.factories_issues import asked_for_issues, content, make_issue, the_scale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def setting():
    """The row that a town has begun in a round that asks for its issues, and the town's officer."""
    world = build_world()
    town = world.actors["town_a1"]
    round_ = asked_for_issues(world.program, town.organisation)
    make_issue(town)
    return begun(round_, town), town


def begun(round_, officer):
    """The row of this officer's town, made when it is not there."""
    targets = round_.targets.select_related("round__program", "organisation")
    target = targets.get(organisation=officer.organisation)
    return service.start_issue_report(target=target, actor=officer)


def seen_by(officer):
    return service.list_seen(service.list_of(officer.organisation))


def test_eight_submits_of_one_person_make_one_submission(setting):
    report, town = setting
    seen = seen_by(town)
    results = at_once(lambda _n: service.submit_issue_report(report=report, seen=seen, actor=town))
    assert len({result.pk for result in results}) == 1
    assert IssueReportSubmission.objects.count() == 1
    assert report.status_changes.count() == 1


def test_eight_people_submitting_make_one_submission(setting):
    report, town = setting
    seen = seen_by(town)
    people = [actor_for(town.organisation) for _ in range(EIGHT)]
    results = at_once(lambda n: service.submit_issue_report(report=report, seen=seen, actor=people[n]))
    assert sum(isinstance(result, IssueReportSubmission) for result in results) == 1
    assert sum(isinstance(result, MoveRefused) for result in results) == EIGHT - 1
    assert IssueReportSubmission.objects.count() == 1


def test_eight_people_who_begin_make_one_row():
    world = build_world()
    organisation = world.town_a1.organisation
    asked_for_issues(world.program, organisation)
    the_scale()
    people = [actor_for(organisation) for _ in range(EIGHT)]
    at_once(lambda n: add_issue(values=content(title=f"{n}番目"), state="todo", actor=people[n]))
    report = IssueReport.objects.get()
    assert set(report.writers.all()) == {person.user for person in people}


def test_work_on_the_list_while_it_is_handed_in_waits_for_nobody_for_ever(setting):
    report, town = setting
    seen = seen_by(town)
    people = [actor_for(town.organisation) for _ in range(EIGHT)]

    def act(n):
        if n % 2:
            return add_issue(values=content(title=f"{n}番目"), state="todo", actor=people[n])
        return service.submit_issue_report(report=report, seen=seen, actor=people[n])

    at_once(act)
    told = [len(row.content["issues"]) for row in IssueReportSubmission.objects.all()]
    assert told in ([], [1])  # the list as it was shown, or nothing: somebody added to it first
    assert len(service.list_of(town.organisation)) == 1 + EIGHT // 2


def test_eight_towns_draw_eight_receipts(setting):
    round_ = setting[0].round
    rows = []
    for _ in range(EIGHT):
        officer = actor_for(f.MunicipalityFactory().organisation)
        f.RoundTargetFactory(round=round_, organisation=officer.organisation, asks_issues=True)
        make_issue(officer)
        rows.append((begun(round_, officer), seen_by(officer), officer))
    at_once(lambda n: service.submit_issue_report(report=rows[n][0], seen=rows[n][1], actor=rows[n][2]))
    receipts = IssueReportSubmission.objects.order_by("receipt").values_list("receipt", flat=True)
    assert list(receipts) == [f"R7-L-000{n}" for n in range(1, EIGHT + 1)]
