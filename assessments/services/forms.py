"""What all forms of a round share: starting them, when they may be written, receipts, edit conflicts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Cast, Substr

from assessments.choices import FormKind
from assessments.models import (
    Assessment,
    AssessmentSubmission,
    Framework,
    IssueReportSubmission,
    NotApplicable,
    ProgressReport,
    ProgressSubmission,
    Round,
    RoundTarget,
)
from assessments.services.questions import asked_questions
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import MoveRefused
from portal.permissions import Action, check
from portal.ui.dates import ERAS, jdate
from programs.models import Program

#: The middle letter of a receipt number: P 取組状況 (progress), C 自己点検 (checklist), L 地域課題 (local).
RECEIPT_LETTERS: dict[type[models.Model], str] = {
    ProgressSubmission: "P",
    AssessmentSubmission: "C",
    IssueReportSubmission: "L",
}

SAVED_ELSEWHERE = "ほかの画面で、同じ欄が先に保存されました。2つの内容を見比べて、残すほうを選んでください。"


def refuse_outside_round(round_: Round, *, handed_in_before: bool = False) -> None:
    """Raise MoveRefused outside the round's days; a form handed in once may be corrected later too."""
    if not round_.is_in_force:
        raise MoveRefused("この報告回は、まだ確定していないか、取りやめられているため、入力できません。")
    today = clock.today()
    if today < round_.opens_on:
        raise MoveRefused(f"受付は、{jdate(round_.opens_on)}に始まります。始まってから入力してください。")
    if today > round_.closes_on and not handed_in_before:
        raise MoveRefused(
            f"受付は、{jdate(round_.closes_on)}に終わりました。提出が必要なときは、県の担当者に連絡してください。"
        )


def refuse_not_applicable(
    *,
    round_id: int,
    organisation_id: int,
    framework_id: int | None = None,
    form: FormKind = FormKind.PROGRESS,
) -> None:
    """Raise MoveRefused for a form that its organisation has declared 該当なし: a checklist, or `form`."""
    kind = FormKind.CHECKLIST if framework_id else form
    rows = NotApplicable.objects.filter(target__round=round_id, target__organisation=organisation_id)
    if rows.filter(form=kind, framework=framework_id, undone_at__isnull=True).exists():
        raise MoveRefused(
            "この提出物は「該当なし」として登録されています。該当なしを取り消してから入力してください。"
        )


@transaction.atomic
def start_progress(*, target: RoundTarget, actor: Actor) -> ProgressReport:
    """The organisation's progress report of the round, made when it is not there yet; one under any race."""
    blank = ProgressReport(round=target.round, organisation=target.organisation)
    check(actor, Action.EDIT_PROGRESS, blank)
    if not target.asks_progress:
        raise MoveRefused("この報告回では、取組状況の提出を求められていません。")
    refuse_not_applicable(round_id=target.round_id, organisation_id=target.organisation_id)
    existing = ProgressReport.objects.filter(round=target.round, organisation=target.organisation).first()
    if existing:
        return existing
    refuse_outside_round(target.round)
    report, created = ProgressReport.objects.get_or_create(
        round=target.round, organisation=target.organisation, defaults={"updated_at": clock.now()}
    )
    if created:
        record(AuditCode.FORM_STARTED, actor=actor, obj=report, concerns=report.organisation)
    return report


@transaction.atomic
def start_assessment(*, target: RoundTarget, framework: Framework, actor: Actor) -> Assessment:
    """The organisation's self-assessment of the round, made when it is not there yet; one under any race."""
    key = {"round": target.round, "organisation": target.organisation, "framework": framework}
    check(actor, Action.EDIT_ASSESSMENT, Assessment(**key))
    in_round = target.round.frameworks.filter(pk=framework.pk).exists()
    if not (target.asks_checklists and in_round and asked_questions(framework, target.organisation).exists()):
        raise MoveRefused("この報告回では、この点検票の提出を求められていません。")
    refuse_not_applicable(
        round_id=target.round_id, organisation_id=target.organisation_id, framework_id=framework.pk
    )
    existing = Assessment.objects.filter(**key).first()
    if existing:
        return existing
    refuse_outside_round(target.round)
    assessment, created = Assessment.objects.get_or_create(**key, defaults={"updated_at": clock.now()})
    if created:
        record(AuditCode.FORM_STARTED, actor=actor, obj=assessment, concerns=assessment.organisation)
    return assessment


def hold_receipts(program: Program) -> None:
    """Lock the programs of the year until the commit, so that two submissions cannot draw the same number.

    Before the audit trail's head is locked by the move: whoever holds the head must wait for nobody.
    """
    list(
        Program.objects.select_for_update(no_key=True).filter(fiscal_year=program.fiscal_year).order_by("pk")
    )


def next_receipt(kind: type[models.Model], program: Program) -> str:
    """The next receipt number, e.g. R7-P-0123: readable over a telephone, unique, without gaps by races.

    Call `hold_receipts` first, before the move that is recorded.
    """
    prefix = f"{_era_year(program.fiscal_year)}-{RECEIPT_LETTERS[kind]}-"
    number = Cast(Substr("receipt", len(prefix) + 1), models.IntegerField())
    drawn = kind._default_manager.filter(receipt__startswith=prefix)
    last = drawn.aggregate(last=models.Max(number))["last"] or 0
    return f"{prefix}{last + 1:04d}"


def _era_year(year: int) -> str:
    letter, first = next((letter, start.year) for _name, letter, start in ERAS if year >= start.year)
    return f"{letter}{year - first + 1}"


def digest(values: Mapping[str, Any]) -> str:
    """A short fingerprint of what a page showed: tells a true conflict from a save of another page."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
