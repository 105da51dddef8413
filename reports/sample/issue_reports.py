"""The sample's lists of local issues as they were handed in: each as it stood on that day."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from typing import Any

from assessments.choices import AssessmentState, IssueAxis
from assessments.models import (
    IssueReport,
    IssueReportStatusChange,
    IssueReportSubmission,
    LocalIssue,
    Round,
)
from assessments.services.forms import next_receipt
from assessments.services.issue_reports import snapshot
from portal import clock
from portal.models import Organisation
from reports.sample.files import at, read
from reports.sample.history import Receipts, Step
from reports.sample.issues import organisation_of
from reports.sample.people import People

DRAFT, SUBMITTED, CONFIRMED = AssessmentState.DRAFT, AssessmentState.SUBMITTED, AssessmentState.CONFIRMED
#: Days a reviewer takes.
_PACE = 3


def make_issue_reports(*, rounds: dict[str, Round], people: People) -> None:
    """Whatever was handed in for these rounds, in the order of the days: receipts follow it."""
    told = [(item, one) for item in read("issues.yaml") for one in item.get("handed_in", [])]
    wanted = sorted(
        ((one["day"], item, one) for item, one in told if one["round"] in rounds), key=lambda row: row[0]
    )
    receipts: dict[int, Receipts] = {}
    for _day, item, one in wanted:
        round_ = rounds[one["round"]]
        drawn = receipts.setdefault(
            round_.program_id, Receipts(next_receipt(IssueReportSubmission, round_.program))
        )
        organisation = organisation_of(item, people.organisations)
        steps = _steps(organisation, one, people)
        report = _report(round_, organisation, one["day"], steps)
        report.writers.add(people.officer(organisation).user)
        if steps:
            _hand_in(report, list(_on(organisation, item["issues"], one["day"], round_)), steps[0], drawn)


def _report(round_: Round, organisation: Organisation, day: dt.date, steps: list[Step]) -> IssueReport:
    """The row with its history."""
    report = IssueReport.objects.create(
        round=round_,
        organisation=organisation,
        state=steps[-1].target if steps else DRAFT,
        version=1 + len(steps),
        begun_at=steps[0].at if steps else at(day, "issues", str(organisation.pk)),
    )
    IssueReportStatusChange.objects.bulk_create(
        IssueReportStatusChange(report=report, **step.columns()) for step in steps
    )
    return report


def _hand_in(report: IssueReport, issues: list[LocalIssue], step: Step, receipts: Receipts) -> None:
    """The snapshot as the service writes it."""
    IssueReportSubmission.objects.create(
        report=report,
        number=1,
        receipt=receipts.draw(),
        content=snapshot(report, issues, 2),
        by=step.by.user,
        at=step.at,
    )


def _steps(organisation: Organisation, one: dict[str, Any], people: People) -> list[Step]:
    """The moves to the state that is told, the review some days after handing in."""
    state, day, key = one["state"], one["day"], f"issues-{organisation.pk}"
    if state == "draft":
        return []
    steps = [Step("submit", DRAFT, SUBMITTED, people.officer(organisation), at(day, key))]
    reviewer, when = people.reviewer(organisation), at(day + dt.timedelta(days=_PACE), key)
    when -= dt.timedelta(days=max(0, when.weekday() - 4))
    if state == "confirmed":
        steps.append(Step("confirm", SUBMITTED, CONFIRMED, reviewer, when))
    if state == "returned":
        steps.append(Step("reopen", SUBMITTED, DRAFT, reviewer, when, one["reason"]))
    return steps


def _on(
    organisation: Organisation, told: list[dict[str, Any]], day: dt.date, round_: Round
) -> Iterator[LocalIssue]:
    """The list as it stood at the end of that day; nothing of this is saved."""
    rows = LocalIssue.objects.filter(organisation=organisation, is_sample=True)
    issues = {row.title: row for row in rows.select_related("scale", "step")}
    evening = dt.datetime.combine(day, dt.time(23, 59), clock.JAPAN)
    rank = 0
    for item in told:
        issue = issues.get(item["title"])
        past = list(issue.status_changes.filter(at__lte=evening).order_by("at", "id")) if issue else []
        if issue is None or not past or past[-1].action == "withdraw":
            continue
        rank += 1
        then = copy.copy(issue)
        then.position, then.state = rank, past[-1].to_state
        first = item.get("first_rated") if round_.stage == "baseline" else None
        for axis, level in zip(IssueAxis.values, first or (), strict=False):
            setattr(then, axis, level)
        yield then
