"""Eight people press at once: one submission, one draft, one text, on both databases (CON-01, CON-02)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from assessments.models import ProgressReport, ProgressSubmission
from assessments.services import progress as service
from assessments.services.decisions import KIND
from assessments.services.forms import start_progress
from assessments.services.progress_saving import save_progress
from portal.audit import AuditCode
from portal.errors import EditConflict, MoveRefused
from portal.models import AuditEntry, OutboxMessage
from tests import factories as f
from tests.conftest import actor_for, build_world
from tests.factories_assessments import full_report, make_round

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
EIGHT = 8


def at_once(act, *, times=EIGHT):
    """Run `act(n)` in as many threads as times, started together; the results, errors among them."""
    start = Barrier(times)

    def run(number):
        try:
            start.wait(timeout=20)
            return act(number)
        except (EditConflict, MoveRefused) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.fixture
def setting():
    """A round that asks one town, and the town's officer."""
    world = build_world()
    town = world.actors["town_a1"]
    return make_round(world.program, town.organisation), town


def test_eight_submits_of_one_person_make_one_submission(setting):
    round_, town = setting
    report = full_report(round_, town.organisation)
    results = at_once(lambda _n: service.submit_progress(report=report, actor=town))
    assert len({result.pk for result in results}) == 1
    assert ProgressSubmission.objects.count() == 1
    assert report.status_changes.count() == 1


def test_eight_people_submitting_make_one_submission(setting):
    round_, town = setting
    report = full_report(round_, town.organisation)
    people = [actor_for(town.organisation) for _ in range(EIGHT)]
    results = at_once(lambda n: service.submit_progress(report=report, actor=people[n]))
    assert sum(isinstance(result, ProgressSubmission) for result in results) == 1
    assert sum(isinstance(result, MoveRefused) for result in results) == EIGHT - 1
    assert ProgressSubmission.objects.count() == 1


def test_eight_acceptances_of_one_person_are_one_with_one_entry_and_one_mail(setting):
    round_, town = setting
    reviewer = actor_for(town.organisation.parent, role="prefecture")
    report = full_report(round_, town.organisation)
    service.submit_progress(report=report, actor=town)
    entries = AuditEntry.objects.filter(code=AuditCode.STATE_MOVED).count()
    at_once(lambda _n: service.accept_progress(report=report, actor=reviewer))
    assert report.status_changes.filter(action="accept").count() == 1
    assert AuditEntry.objects.filter(code=AuditCode.STATE_MOVED).count() == entries + 1
    assert OutboxMessage.objects.filter(kind=KIND).count() == 1


def test_one_accepts_while_others_return_and_only_one_decision_is_told(setting):
    round_, town = setting
    prefecture = town.organisation.parent
    people = [actor_for(prefecture, role="prefecture") for _ in range(EIGHT)]
    report = full_report(round_, town.organisation)
    service.submit_progress(report=report, actor=town)

    def decide(number):
        if number % 2:
            return service.accept_progress(report=report, actor=people[number])
        return service.return_progress(
            report=report, reason="詳しく", sections=["issues"], actor=people[number]
        )

    results = at_once(decide)
    assert sum(isinstance(result, MoveRefused) for result in results) == EIGHT - 1
    assert report.status_changes.exclude(action="submit").count() == 1
    assert OutboxMessage.objects.filter(kind=KIND).count() == 1


def test_eight_first_saves_make_one_draft(setting):
    round_, town = setting
    target = round_.targets.get()
    results = at_once(lambda _n: start_progress(target=target, actor=town).pk)
    assert len(set(results)) == 1
    assert ProgressReport.objects.count() == 1


def test_eight_editors_of_one_version_one_wins_seven_are_told(setting):
    round_, town = setting
    report = f.ProgressReportFactory(round=round_, organisation=town.organisation)
    results = at_once(
        lambda n: save_progress(report=report, values={"issues": f"{n}人目"}, version=1, actor=town)
    )
    winner = [result for result in results if isinstance(result, ProgressReport)]
    told = [result for result in results if isinstance(result, EditConflict)]
    assert (len(winner), len(told)) == (1, EIGHT - 1)
    assert {error.current.issues for error in told} == {winner[0].issues}


def test_eight_towns_draw_eight_receipts(setting):
    round_, _town = setting
    reports = []
    for _ in range(EIGHT):
        organisation = f.MunicipalityFactory().organisation
        f.RoundTargetFactory(round=round_, organisation=organisation)
        reports.append((full_report(round_, organisation), actor_for(organisation)))
    at_once(lambda n: service.submit_progress(report=reports[n][0], actor=reports[n][1]))
    receipts = ProgressSubmission.objects.order_by("receipt").values_list("receipt", flat=True)
    assert list(receipts) == [f"R7-P-000{n}" for n in range(1, EIGHT + 1)]
