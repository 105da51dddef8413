"""Local issues for tests: the bundled scale, and issues at the end of their organisation's list."""

from __future__ import annotations

from typing import Any

from assessments.models import IssueReport, IssueScale, LocalIssue, Round
from assessments.services.issue_reports import (
    list_of,
    list_seen,
    start_issue_report,
    submit_issue_report,
)
from assessments.services.issue_scales import load_issue_scales, scale_in_use
from assessments.services.issues import next_position
from portal import clock
from portal.actor import Actor
from portal.models import Organisation
from programs.models import Program
from tests import factories as f


def the_scale() -> IssueScale:
    """The scale in use, loaded once."""
    if not IssueScale.objects.exists():
        load_issue_scales()
    return scale_in_use()


def make_issue(actor: Actor, title: str = "避難所の受付", **more: Any) -> LocalIssue:
    """An issue of the actor's organisation with a history row; `withdrawn=True` takes it off the list."""
    withdrawn = more.pop("withdrawn", False)
    values = {"field": "disaster", "benefit": 5, "difficulty": 2, "urgency": 4, "state": "working", **more}
    issue = LocalIssue.objects.create(
        organisation=actor.organisation,
        title=title,
        scale=the_scale(),
        position=None if withdrawn else next_position(actor.organisation),
        withdrawn_at=clock.now() if withdrawn else None,
        created_at=clock.now(),
        updated_at=clock.now(),
        updated_by=actor.user,
        **values,
    )
    issue.status_changes.create(
        action="create",
        from_state="",
        to_state=issue.state,
        reason="訓練で分かった",
        by=actor.user,
        membership=actor.membership,
        at=clock.now(),
    )
    return issue


def content(**more: Any) -> dict[str, Any]:
    """The content of an issue as the services take it."""
    values: dict[str, Any] = {
        "title": "窓口で待つ",
        "description": "月末に混む。",
        "field": "counter",
        "benefit": 4,
        "difficulty": 2,
        "urgency": 3,
        "controllable": True,
        "start_now": False,
        "department": "町民課",
        "step_id": None,
        "shared": False,
    }
    return values | more


def posted(**more: Any) -> dict[str, Any]:
    """The same as its form posts it."""
    data = {
        **content(),
        "controllable": "yes",
        "start_now": "no",
        "shared": "no",
        "step_id": "",
        "version": "0",
        "seen": "",
    }
    return {name: str(value) for name, value in (data | more).items()}


def asked_for_issues(program: Program, *organisations: Organisation, **more: Any) -> Round:
    """A round that asks these organisations for their local issues and nothing else."""
    round_ = f.RoundFactory(program=program, **more)
    for organisation in organisations:
        f.RoundTargetFactory(
            round=round_,
            organisation=organisation,
            asks_progress=False,
            asks_checklists=False,
            asks_issues=True,
        )
    return round_


def hand_in(round_: Round, actor: Actor) -> IssueReport:
    """The list of the actor's organisation as it stands, handed in by this person."""
    target = round_.targets.select_related("round__program", "organisation").get(
        organisation=actor.organisation
    )
    report = start_issue_report(target=target, actor=actor)
    seen = list_seen(list_of(actor.organisation))
    submit_issue_report(report=report, seen=seen, actor=actor)
    return IssueReport.objects.select_related("round__program", "organisation").get(pk=report.pk)
