"""Eight people at one list of issues: nothing typed is lost, ranks stay 1, 2, 3 …, on both databases."""

import pytest

from assessments.models import LocalIssue
from assessments.services.issue_order import order_seen, save_order, step_issue
from assessments.services.issues import add_issue, restore_issue, save_issue, withdraw_issue
from portal.errors import EditConflict
from portal.models import AuditEntry
from tests.assessments.test_races import EIGHT, at_once
from tests.conftest import actor_for, build_world
from tests.factories_issues import content, make_issue, the_scale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def people():
    """Eight officers of one town."""
    organisation = build_world().town_a1.organisation
    the_scale()
    return [actor_for(organisation) for _ in range(EIGHT)]


def ranks():
    rows = LocalIssue.objects.active().order_by("position")
    return list(rows.values_list("position", flat=True))


def test_eight_additions_get_eight_ranks(people):
    at_once(lambda n: add_issue(values=content(title=f"{n}番目"), state="todo", actor=people[n]))
    assert ranks() == list(range(1, EIGHT + 1))


def test_eight_editors_of_one_version_one_wins_seven_are_told(people):
    issue = make_issue(people[0])
    results = at_once(
        lambda n: save_issue(issue=issue, values=content(title=f"{n}人目"), version=1, actor=people[n])
    )
    winner = [result for result in results if isinstance(result, LocalIssue)]
    told = [result for result in results if isinstance(result, EditConflict)]
    assert (len(winner), len(told)) == (1, EIGHT - 1)
    assert {error.current.title for error in told} == {winner[0].title}
    assert AuditEntry.objects.filter(code="local_issue.changed").count() == 1


def test_steps_withdrawals_and_returns_at_once_leave_no_gap(people):
    issues = [make_issue(people[0], f"{n}") for n in range(EIGHT)]
    gone = make_issue(people[0], "戻す", withdrawn=True)

    def act(n):
        if n == 0:
            return restore_issue(issue=gone, actor=people[n])
        if n % 3 == 0:
            return withdraw_issue(issue=issues[n], actor=people[n])
        return step_issue(issue=issues[n], steps=-1 if n % 2 else 1, actor=people[n])

    at_once(act)
    assert ranks() == list(range(1, EIGHT + 1 - 1))


def test_eight_orders_typed_against_one_page_one_is_kept(people):
    issues = [make_issue(people[0], f"{n}") for n in range(EIGHT)]
    seen = order_seen([row.pk for row in issues])
    typed = {row.pk: EIGHT + 1 - row.position for row in issues}
    results = at_once(lambda n: save_order(ranks=typed, seen=seen, actor=people[n]))
    assert results.count(True) == 1
    assert sum(isinstance(result, EditConflict) for result in results) == EIGHT - 1
    assert ranks() == list(range(1, EIGHT + 1))
