"""The sample's local issues with the past each of them has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assessments.choices import IssueState
from assessments.models import IssueScale, LocalIssue, LocalIssueChange, SupportStep
from assessments.services.issue_scales import scale_in_use
from assessments.states import ISSUE
from portal.actor import Actor
from portal.choices import Duty, OrganisationKind
from portal.models import Membership, Organisation
from reports.sample.files import at, read
from reports.sample.history import Step
from reports.sample.organisations import Organisations

#: How an issue came to its state: the moves one after the other.
_WAYS: dict[str, tuple[str, ...]] = {
    IssueState.TODO: (),
    IssueState.CONSIDERING: ("consider",),
    IssueState.WORKING: ("consider", "start"),
    IssueState.RESOLVED: ("consider", "start", "resolve"),
    IssueState.SHELVED: ("consider", "shelve"),
}
#: Days between one move and the next.
_PACE = 21


@dataclass(frozen=True)
class _Ground:
    """What every issue is hung on."""

    organisations: Organisations
    steps: dict[str, SupportStep]
    scale: IssueScale


def organisation_of(item: dict[str, Any], organisations: Organisations) -> Organisation:
    """By code, or a union by its name."""
    if "union" in item:
        return Organisation.objects.get(kind=OrganisationKind.UNION, name=item["union"])
    return organisations[item["organisation"]]


def make_issues() -> int:
    """All local issues of the sample, unless some are there; answers with how many were made."""
    if LocalIssue.objects.filter(is_sample=True).exists():
        return 0
    found = _Ground(Organisations(), {step.code: step for step in SupportStep.objects.all()}, scale_in_use())
    rows = [row for item in read("issues.yaml") for row in _list(item, found)]
    LocalIssue.objects.bulk_create(issue for issue, _past in rows)
    LocalIssueChange.objects.bulk_create(
        LocalIssueChange(issue=issue, **step.columns()) for issue, past in rows for step in past
    )
    return len(rows)


def _list(item: dict[str, Any], ground: _Ground) -> Iterable[tuple[LocalIssue, list[Step]]]:
    """One organisation's issues; behind those that real people added, if any."""
    organisation = organisation_of(item, ground.organisations)
    officer = _officer(organisation)
    first = LocalIssue.objects.filter(organisation=organisation).active().count() + 1
    position = first
    for told in item["issues"]:
        past = _past(organisation, told, officer)
        withdrawn = told.get("withdrawn", False)
        yield _issue(organisation, told, ground, past, None if withdrawn else position), past
        position += not withdrawn


def _officer(organisation: Organisation) -> Actor:
    rows = Membership.objects.filter(organisation=organisation).exclude(duty=Duty.APPROVER)
    membership = rows.select_related("user").order_by("pk")[0]
    return Actor(user=membership.user, membership=membership)


def _past(organisation: Organisation, told: dict[str, Any], officer: Actor) -> list[Step]:
    key = f"{organisation.pk}{told['title']}"
    day = told["since"]
    past = [Step("create", "", IssueState.TODO, officer, at(day, key))]
    for name in _WAYS[told["state"]]:
        move = ISSUE.moves[name]
        day += dt.timedelta(days=_PACE)
        reason = told.get("reason", "") if name == _WAYS[told["state"]][-1] else ""
        past.append(Step(name, past[-1].target, move.target, officer, at(day, key), reason))
    if told.get("withdrawn"):
        state = past[-1].target
        past.append(Step("withdraw", state, state, officer, at(day + dt.timedelta(days=_PACE), key)))
    return past


def _issue(
    organisation: Organisation,
    told: dict[str, Any],
    ground: _Ground,
    past: list[Step],
    position: int | None,
) -> LocalIssue:
    benefit, difficulty, urgency = told.get("rated", (None, None, None))
    last = past[-1].at
    return LocalIssue(
        organisation=organisation,
        title=told["title"],
        description=told.get("description", ""),
        field=told["field"],
        scale=ground.scale,
        benefit=benefit,
        difficulty=difficulty,
        urgency=urgency,
        controllable=told.get("controllable"),
        start_now=told.get("start_now"),
        department=told.get("department", ""),
        step=ground.steps[told["step"]] if "step" in told else None,
        state=told["state"],
        shared=told.get("shared", False),
        position=position,
        withdrawn_at=last if position is None else None,
        is_sample=True,
        version=len(past),
        created_at=past[0].at,
        updated_at=last,
        updated_by=past[0].by.user,
    )
