"""Handing the local issues in for a round: what is missing, the snapshot, confirming, giving back.

The list stays its organisation's own, round or no round. What others read of it is the snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from assessments.choices import AssessmentState, FormKind, IssueAxis
from assessments.models import (
    IssueReport,
    IssueReportSubmission,
    LocalIssue,
    LocalIssueChange,
    RoundTarget,
)
from assessments.services.decisions import CONFIRMED, RETURNED, tell_decision
from assessments.services.forms import (
    digest,
    hold_receipts,
    next_receipt,
    refuse_not_applicable,
    refuse_outside_round,
)
from assessments.services.issue_snapshots import written
from assessments.states import ISSUE_REPORT
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import EditConflict, MoveRefused
from portal.models import Organisation
from portal.permissions import Action, check
from portal.states import move

#: What an issue must say before the list is handed in, besides its title; each with its word.
NEEDED = {"field": "分野", **{axis.value: axis.label for axis in IssueAxis}}
NOT_ASKED = "この報告回では、地域課題の提出を求められていません。"
EMPTY = (
    "地域課題が登録されていないため、提出できません。"
    "取り組む課題がないときは、「該当なし」を理由とともに登録してください。"
)
LIST_CHANGED = (
    "この画面を開いたあとに、地域課題の一覧が変わりました。"
    "今の一覧を下に表示しています。確かめてから、もう一度提出してください。"
)


def list_of(organisation: Organisation) -> list[LocalIssue]:
    """Everything on an organisation's list, in its order: what would be handed in now (one query)."""
    rows = LocalIssue.objects.filter(organisation=organisation).active()
    return list(rows.select_related("scale", "step").order_by("position", "pk"))


def list_seen(issues: Iterable[LocalIssue]) -> str:
    """What a page carries to tell whether the list it showed is the one that is handed in."""
    return digest({"issues": [[*written(issue).values(), issue.shared] for issue in issues]})


@dataclass(frozen=True)
class Gap:
    """An issue that keeps the list from being handed in, and what it lacks."""

    issue: LocalIssue
    missing: Sequence[str]


def gaps(issues: Iterable[LocalIssue]) -> list[Gap]:
    """The issues without a field or one of the three ratings."""
    found = []
    for issue in issues:
        missing = [label for name, label in NEEDED.items() if getattr(issue, name) in (None, "")]
        if missing:
            found.append(Gap(issue, missing))
    return found


@transaction.atomic
def start_issue_report(*, target: RoundTarget, actor: Actor) -> IssueReport:
    """The organisation's row for this round, made when it is not there yet; one under any race."""
    key = {"round": target.round, "organisation": target.organisation}
    check(actor, Action.SUBMIT_ISSUE_REPORT, IssueReport(**key))
    if not target.asks_issues:
        raise MoveRefused(NOT_ASKED)
    _refuse_not_applicable(target.round_id, target.organisation_id)
    existing = IssueReport.objects.filter(**key).first()
    if existing:
        return existing
    refuse_outside_round(target.round)
    report, created = IssueReport.objects.get_or_create(**key, defaults={"begun_at": clock.now()})
    if created:
        record(AuditCode.FORM_STARTED, actor=actor, obj=report, concerns=report.organisation)
    return report


def begin_reports(actor: Actor) -> None:
    """The own list was worked on: in each open round that asks for it, the form is 作成中 from now on.

    Called by the services that change the list, last but for their own entry in the trail.
    """
    today = clock.today()
    asked = RoundTarget.objects.in_force().filter(organisation=actor.organisation, asks_issues=True)
    targets = asked.filter(round__opens_on__lte=today, round__closes_on__gte=today)
    begun = []
    for target in targets.select_related("round").order_by("pk"):
        # Locked before the trail: the key of a writer's row is looked for at the commit, when the trail's
        # head is held, and whoever hands in holds this row and waits for the head.
        report, created = IssueReport.objects.select_for_update(no_key=True).get_or_create(
            round=target.round, organisation=actor.organisation, defaults={"begun_at": clock.now()}
        )
        if report.state == AssessmentState.DRAFT:
            report.writers.add(actor.user)
        if created:
            begun.append(report)
    for report in begun:
        record(AuditCode.FORM_STARTED, actor=actor, obj=report, concerns=report.organisation)


@transaction.atomic
def submit_issue_report(*, report: IssueReport, seen: str, actor: Actor) -> IssueReportSubmission:
    """Hand the list in as it stands and keep it as a snapshot with a receipt number; twice does nothing.

    `seen` is what `list_seen` said of the list that the page showed: nothing else is handed in.
    """
    locked = _locked(report)
    check(actor, Action.SUBMIT_ISSUE_REPORT, locked)
    issues: list[LocalIssue] = []
    if locked.state == AssessmentState.DRAFT:
        issues = _list_to_hand_in(locked, seen)
        locked.writers.add(*_people_who_wrote(issues))
    hold_receipts(locked.round.program)
    fresh = move(ISSUE_REPORT, locked, "submit", actor=actor)
    last = fresh.submissions.order_by("-number").first()
    if fresh.version == locked.version and last:
        return last
    return IssueReportSubmission.objects.create(
        report=fresh,
        number=last.number + 1 if last else 1,
        receipt=next_receipt(IssueReportSubmission, locked.round.program),
        content=snapshot(locked, issues, fresh.version),
        by=actor.user,
        at=clock.now(),
    )


def _list_to_hand_in(report: IssueReport, seen: str) -> list[LocalIssue]:
    """The list, or the reason why it cannot be handed in."""
    refuse_outside_round(report.round, handed_in_before=report.submissions.exists())
    _refuse_not_applicable(report.round_id, report.organisation_id)
    asked = RoundTarget.objects.filter(round=report.round_id, organisation=report.organisation_id)
    if not asked.filter(asks_issues=True).exists():
        raise MoveRefused(NOT_ASKED)
    issues = list_of(report.organisation)
    if not issues:
        raise MoveRefused(EMPTY)
    missing = gaps(issues)
    if missing:
        raise MoveRefused(
            f"足りない項目のある地域課題が{len(missing)}件あります。"
            "分野と、裨益性・難易度・緊急性の評価を入力してから提出してください。"
        )
    if list_seen(issues) != seen:
        raise EditConflict(LIST_CHANGED, report)
    return issues


def _people_who_wrote(issues: Sequence[LocalIssue]) -> set[int]:
    """Whoever saved or moved one of these issues: they do not confirm the list."""
    changes = LocalIssueChange.objects.filter(issue__in=[issue.pk for issue in issues]).order_by()
    return {issue.updated_by_id for issue in issues} | set(changes.values_list("by", flat=True))


def snapshot(report: IssueReport, issues: Sequence[LocalIssue], version: int) -> dict:
    """What is kept of the list, and how many of its issues were not shared."""
    return {
        "organisation": report.organisation.full_name,
        "round": report.round.title,
        "version": version,
        "unshared": sum(not issue.shared for issue in issues),
        "issues": [written(issue) for issue in issues],
    }


def _refuse_not_applicable(round_id: int, organisation_id: int) -> None:
    refuse_not_applicable(round_id=round_id, organisation_id=organisation_id, form=FormKind.ISSUES)


def _locked(report: IssueReport) -> IssueReport:
    rows = IssueReport.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("round__program", "organisation").get(pk=report.pk)


@transaction.atomic
def confirm_issue_report(*, report: IssueReport, actor: Actor) -> IssueReport:
    """Confirm a list that was handed in (確定)."""
    fresh = move(ISSUE_REPORT, report, "confirm", actor=actor)
    tell_decision(form=fresh, label="地域課題", decision=CONFIRMED, actor=actor)
    return fresh


@transaction.atomic
def reopen_issue_report(*, report: IssueReport, reason: str, actor: Actor) -> IssueReport:
    """Give a list back to its author, with a reason; what was handed in stays on record."""
    fresh = move(ISSUE_REPORT, report, "reopen", actor=actor, reason=reason)
    tell_decision(form=fresh, label="地域課題", decision=RETURNED, actor=actor)
    return fresh
