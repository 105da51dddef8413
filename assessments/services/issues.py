"""Local issues: adding, changing, moving from state to state, withdrawing and bringing back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from assessments.choices import IssueAxis, IssueField, IssueState
from assessments.models import IssueLevel, IssueScale, LocalIssue, SupportStep
from assessments.models.local_issues import DESCRIPTION_LIMIT, TITLE_LIMIT
from assessments.services.forms import SAVED_ELSEWHERE, digest
from assessments.services.issue_reports import begin_reports
from assessments.services.issue_scales import scale_in_use
from assessments.states import ISSUE
from portal import audit, clock
from portal.actor import Actor
from portal.audit import AuditCode
from portal.errors import EditConflict, MoveRefused
from portal.models import Organisation
from portal.permissions import Action, check
from portal.states import move
from portal.ui import errors

#: What the form of an issue carries (names of columns).
CONTENT = (
    "title",
    "description",
    "field",
    *IssueAxis.values,
    "controllable",
    "start_now",
    "department",
    "step_id",
    "shared",
)
DEPARTMENT_LIMIT = 100
_LONG = {
    "title": ("地域課題", TITLE_LIMIT),
    "description": ("説明", DESCRIPTION_LIMIT),
    "department": ("担当課", DEPARTMENT_LIMIT),
}
WITHDRAWN = "この地域課題は取り下げられています。取下げを取り消してから、操作してください。"
#: What history rows say that are no moves of the table of states.
HISTORY_LABELS = {
    "create": "登録する",
    "share": "共有する",
    "unshare": "共有をやめる",
    "withdraw": "取り下げる",
    "restore": "取下げを取り消す",
}


def content_of(issue: LocalIssue) -> dict[str, Any]:
    """What its form would show."""
    return {name: getattr(issue, name) for name in CONTENT}


@transaction.atomic
def add_issue(*, values: Mapping[str, Any], state: str, actor: Actor) -> LocalIssue:
    """Put an issue at the end of the list of the actor's organisation."""
    check(actor, Action.EDIT_LOCAL_ISSUE, LocalIssue(organisation=actor.organisation))
    scale = scale_in_use()
    _refuse_bad(values, scale)
    if state not in IssueState.values:
        raise MoveRefused(errors.choose("状態"))
    lock_list(actor.organisation)
    now = clock.now()
    issue = LocalIssue.objects.create(
        organisation=actor.organisation,
        **values,
        scale=scale,
        state=state,
        position=next_position(actor.organisation),
        created_at=now,
        updated_at=now,
        updated_by=actor.user,
    )
    _remember(issue, "create", actor)
    begin_reports(actor)
    audit.record(AuditCode.ISSUE_CREATED, actor=actor, obj=issue, after=_told(content_of(issue)))
    return issue


@transaction.atomic
def save_issue(
    *, issue: LocalIssue, values: Mapping[str, Any], version: int, actor: Actor, seen: str = ""
) -> LocalIssue:
    """Save when nobody saved since `version`; else EditConflict with the issue as it stands.

    `seen` is the digest of the content as the page showed it: a change of state in between is no conflict.
    """
    check(actor, Action.EDIT_LOCAL_ISSUE, issue)
    fresh = _locked(issue)
    scale = scale_in_use()
    _refuse_bad(values, scale)
    before = content_of(fresh)
    if before == dict(values):
        return fresh
    expected = fresh.version if digest(before) == seen else version
    changed = LocalIssue.objects.filter(pk=fresh.pk, version=expected, withdrawn_at=None).update(
        **values,
        scale=scale,
        version=F("version") + 1,
        updated_at=clock.now(),
        updated_by=actor.user,
    )
    if not changed:
        raise EditConflict(SAVED_ELSEWHERE, fresh)
    fresh.refresh_from_db()
    if fresh.shared != before["shared"]:
        _remember(fresh, "share" if fresh.shared else "unshare", actor)
    after = content_of(fresh)
    begin_reports(actor)
    differing = [name for name in CONTENT if before[name] != after[name]]
    audit.record(
        AuditCode.ISSUE_CHANGED,
        actor=actor,
        obj=fresh,
        before=_told({name: before[name] for name in differing}),
        after=_told({name: after[name] for name in differing}),
    )
    return fresh


@transaction.atomic
def move_issue(*, issue: LocalIssue, name: str, actor: Actor, reason: str = "") -> LocalIssue:
    """Make one move of its state; the same one twice changes nothing."""
    check(actor, Action.EDIT_LOCAL_ISSUE, issue)
    before = _locked(issue)
    begin_reports(actor)
    after = move(ISSUE, before, name, actor=actor, reason=reason)
    if after.version != before.version:
        LocalIssue.objects.filter(pk=after.pk).update(updated_at=clock.now(), updated_by=actor.user)
    return after


@transaction.atomic
def withdraw_issue(*, issue: LocalIssue, actor: Actor, reason: str = "") -> LocalIssue:
    """Take an issue off the list; it keeps its state and can come back. Twice changes nothing."""
    check(actor, Action.EDIT_LOCAL_ISSUE, issue)
    lock_list(actor.organisation)
    fresh = _fresh(issue)
    if fresh.is_withdrawn:
        return fresh
    now = clock.now()
    LocalIssue.objects.filter(pk=fresh.pk).update(
        withdrawn_at=now,
        position=None,
        version=F("version") + 1,
        updated_at=now,
        updated_by=actor.user,
    )
    LocalIssue.objects.filter(organisation=fresh.organisation_id, position__gt=fresh.position).update(
        position=F("position") - 1
    )
    _remember(fresh, "withdraw", actor, reason)
    begin_reports(actor)
    audit.record(AuditCode.ISSUE_WITHDRAWN, actor=actor, obj=fresh, before={"position": fresh.position})
    fresh.refresh_from_db()
    return fresh


@transaction.atomic
def restore_issue(*, issue: LocalIssue, actor: Actor) -> LocalIssue:
    """Bring a withdrawn issue back, at the end of the list and unshared. Twice changes nothing."""
    check(actor, Action.EDIT_LOCAL_ISSUE, issue)
    lock_list(actor.organisation)
    fresh = _fresh(issue)
    if not fresh.is_withdrawn:
        return fresh
    position = next_position(actor.organisation)
    LocalIssue.objects.filter(pk=fresh.pk).update(
        withdrawn_at=None,
        position=position,
        shared=False,
        version=F("version") + 1,
        updated_at=clock.now(),
        updated_by=actor.user,
    )
    _remember(fresh, "restore", actor)
    begin_reports(actor)
    audit.record(AuditCode.ISSUE_RESTORED, actor=actor, obj=fresh, after={"position": position})
    fresh.refresh_from_db()
    return fresh


def lock_list(organisation: Organisation) -> None:
    """Let one change of an organisation's order go on at a time (SQLite: one writer anyway).

    Not against those who only refer to the organisation: their key is looked for at the commit, when
    they hold the head of the trail, for which whoever changes the list may be waiting.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def next_position(organisation: Organisation) -> int:
    """The rank behind the last issue."""
    rows = LocalIssue.objects.filter(organisation=organisation)
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


def _fresh(issue: LocalIssue) -> LocalIssue:
    return (
        LocalIssue.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .get(pk=issue.pk)
    )


def _locked(issue: LocalIssue) -> LocalIssue:
    fresh = _fresh(issue)
    if fresh.is_withdrawn:
        raise MoveRefused(WITHDRAWN)
    return fresh


def _remember(issue: LocalIssue, action: str, actor: Actor, reason: str = "") -> None:
    issue.status_changes.create(
        action=action,
        from_state="" if action == "create" else issue.state,
        to_state=issue.state,
        reason=reason.strip(),
        by=actor.user,
        membership=actor.membership,
        at=clock.now(),
    )


def _refuse_bad(values: Mapping[str, Any], scale: IssueScale) -> None:
    """What the form checks, checked again: nobody's list holds what its own form would not take."""
    if set(values) != set(CONTENT):
        raise ValueError("An issue is saved with all of its content.")
    if not values["title"].strip():
        raise MoveRefused(errors.required("地域課題"))
    for name, (label, limit) in _LONG.items():
        if len(values[name]) > limit:
            raise MoveRefused(errors.too_long(label, limit, len(values[name])))
    if values["field"] and values["field"] not in IssueField.values:
        raise MoveRefused(errors.choose("分野"))
    if values["step_id"] is not None and not SupportStep.objects.filter(pk=values["step_id"]).exists():
        raise MoveRefused(errors.choose("STEP"))
    known = set(IssueLevel.objects.filter(criterion__scale=scale).values_list("criterion__code", "level"))
    for axis in IssueAxis:
        if values[axis] is not None and (axis.value, values[axis]) not in known:
            raise MoveRefused(errors.choose(axis.label))


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit trail keeps: of the long text its length."""
    return {name: f"{len(value)}文字" if name == "description" else value for name, value in values.items()}
