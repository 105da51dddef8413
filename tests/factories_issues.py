"""Local issues for tests: the bundled scale, and issues at the end of their organisation's list."""

from __future__ import annotations

from typing import Any

from assessments.models import IssueScale, LocalIssue
from assessments.services.issue_scales import load_issue_scales, scale_in_use
from assessments.services.issues import next_position
from portal import clock
from portal.actor import Actor


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
