"""Progress reports: sign-off, handing in, accepting, returning, withdrawing."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from assessments.choices import OPEN_STATES, FormState
from assessments.models import ProgressReport, ProgressSubmission
from assessments.services.attachments import current_attachments, described
from assessments.services.decisions import ACCEPTED, RETURNED, tell_decision
from assessments.services.forms import (
    hold_receipts,
    next_receipt,
    refuse_not_applicable,
    refuse_outside_round,
)
from assessments.services.previous import previous_submission
from assessments.services.progress_saving import locked_report
from assessments.services.sections import all_values, label_of, lacks, words_of
from assessments.services.sent_back import tell_sent_back
from assessments.services.versions import last_submission, sign_off_source
from assessments.states import PROGRESS, SIGN_OFF_SOURCES
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import MoveRefused
from portal.permissions import Action, allows, check
from portal.states import move


@transaction.atomic
def request_sign_off(*, report: ProgressReport, actor: Actor) -> ProgressReport:
    """Ask a colleague to sign the complete form off; only where the organisation wants that."""
    report = locked_report(report)
    check(actor, Action.SUBMIT_PROGRESS, report)
    if not report.organisation.sign_off_required:
        raise MoveRefused("この団体では、提出前の決裁を求めていません。そのまま提出してください。")
    if report.state in OPEN_STATES:
        _refuse_incomplete(report)
    return move(PROGRESS, report, "request_sign_off", actor=actor)


@transaction.atomic
def sign_off_progress(*, report: ProgressReport, actor: Actor) -> ProgressSubmission:
    """Sign the form off and hand it in; never by somebody who wrote in it or asked for the sign-off."""
    report = locked_report(report)
    check(actor, Action.SIGN_OFF_PROGRESS, report)
    if report.state == FormState.WAITING:
        _refuse_incomplete(report)
    return _hand_in(report, "sign_off", actor)


@transaction.atomic
def recall_progress(*, report: ProgressReport, actor: Actor) -> ProgressReport:
    """Take a form that waits for its sign-off back to where it came from."""
    report = locked_report(report)
    return move(PROGRESS, report, f"recall{SIGN_OFF_SOURCES[sign_off_source(report)]}", actor=actor)


@transaction.atomic
def send_back_progress(*, report: ProgressReport, reason: str, actor: Actor) -> ProgressReport:
    """Give a form that waits for its sign-off back to those who wrote it, who are told why.

    Within the organisation: nobody outside learns of it.
    """
    report = locked_report(report)
    check(actor, Action.SIGN_OFF_PROGRESS, report)
    before = report.version
    name = f"send_back{SIGN_OFF_SOURCES[sign_off_source(report)]}"
    fresh = move(PROGRESS, report, name, actor=actor, reason=reason)
    if fresh.version != before:
        tell_sent_back(report=report, reason=reason.strip(), actor=actor)
    return fresh


@transaction.atomic
def submit_progress(*, report: ProgressReport, actor: Actor) -> ProgressSubmission:
    """Hand the complete form in and keep it as a snapshot with a receipt number; twice does nothing."""
    report = locked_report(report)
    check(actor, Action.SUBMIT_PROGRESS, report)
    if report.state in OPEN_STATES:
        if report.organisation.sign_off_required:
            raise MoveRefused("この団体では、提出の前に決裁が必要です。決裁を依頼してください。")
        _refuse_incomplete(report)
    return _hand_in(report, "submit", actor)


def _refuse_incomplete(report: ProgressReport) -> None:
    refuse_outside_round(report.round, handed_in_before=report.submissions.exists())
    refuse_not_applicable(round_id=report.round_id, organisation_id=report.organisation_id)
    missing = lacks(report)
    if missing:
        raise MoveRefused("".join(missing.values()))


def _hand_in(report: ProgressReport, name: str, actor: Actor) -> ProgressSubmission:
    before = report.version
    hold_receipts(report.round.program)
    fresh = move(PROGRESS, report, name, actor=actor)
    last = last_submission(fresh)
    if fresh.version == before and last:
        return last
    ProgressReport.objects.filter(pk=fresh.pk).update(opened_at=None)
    current = current_attachments(fresh)
    submission = ProgressSubmission.objects.create(
        report=fresh,
        number=last.number + 1 if last else 1,
        receipt=next_receipt(ProgressSubmission, report.round.program),
        content={
            "organisation": report.organisation.full_name,
            "round": report.round.title,
            "version": fresh.version,
            "sections": words_of(fresh),
            "values": all_values(fresh),
            "skipped": fresh.skipped,
            "unchanged": unchanged_sections(fresh),
            "attachments": described(current),
        },
        corrects=fresh.accepted,
        reason=correction_reason(fresh),
        by=actor.user,
        at=clock.now(),
    )
    submission.attachments.set(current)
    return submission


def correction_reason(report: ProgressReport) -> str:
    """Why what was accepted is being corrected; empty of a first submission."""
    if not report.accepted_id:
        return ""
    begun = report.status_changes.filter(action="correct").order_by("-at", "-id").first()
    return begun.reason if begun else ""


def unchanged_sections(report: ProgressReport) -> list[str]:
    """The sections that say word for word what the organisation said in the round before."""
    before = previous_submission(round_=report.round, organisation=report.organisation)
    said = before.content["sections"] if before else {}
    words = words_of(report)
    return [code for code, text in words.items() if text and said.get(code) == text]


@transaction.atomic
def mark_opened(*, report: ProgressReport, actor: Actor) -> None:
    """Note that a reviewer has opened the form: from then on its author can no longer withdraw it."""
    if report.opened_at or report.state != FormState.SUBMITTED:
        return
    if not allows(actor, Action.REVIEW_PROGRESS, report):
        return
    unopened = ProgressReport.objects.filter(pk=report.pk, state=FormState.SUBMITTED, opened_at=None)
    if unopened.update(opened_at=clock.now()):
        record(AuditCode.FORM_OPENED, actor=actor, obj=report, concerns=report.organisation)


def can_withdraw(report: ProgressReport) -> bool:
    """Whether the author may still take the form back."""
    return (
        report.state == FormState.SUBMITTED and not report.opened_at and report.round.is_open(clock.today())
    )


@transaction.atomic
def withdraw_progress(*, report: ProgressReport, actor: Actor) -> ProgressReport:
    """Take a submitted form back to draft, until a reviewer opens it or the round closes."""
    report = locked_report(report)
    check(actor, Action.EDIT_PROGRESS, report)
    if report.state == FormState.SUBMITTED and not can_withdraw(report):
        why = "県の担当者が確認を始めたため" if report.opened_at else "受付が終わったため"
        raise MoveRefused(
            f"{why}、取り下げることができません。直すときは、県の担当者に差戻しを依頼してください。"
        )
    return move(PROGRESS, report, "withdraw_correcting" if report.accepted_id else "withdraw", actor=actor)


@transaction.atomic
def accept_progress(*, report: ProgressReport, actor: Actor) -> ProgressReport:
    """Accept a submitted form (受理); what was handed in last is what counts from now on."""
    report = locked_report(report)
    check(actor, Action.REVIEW_PROGRESS, report)
    before = report.version
    fresh = move(PROGRESS, report, "accept", actor=actor)
    if fresh.version != before:
        fresh.accepted = last_submission(fresh)
        ProgressReport.objects.filter(pk=fresh.pk).update(accepted=fresh.accepted)
        tell_decision(form=fresh, label="取組状況", decision=ACCEPTED, actor=actor)
    return fresh


@transaction.atomic
def return_progress(
    *, report: ProgressReport, reason: str, sections: Sequence[str], actor: Actor
) -> ProgressReport:
    """Return a submitted form with a reason; only the named sections open for its author."""
    report = locked_report(report)
    check(actor, Action.REVIEW_PROGRESS, report)
    named = [one.code for one in report.sections if one.code in sections]
    if not named:
        raise MoveRefused("直してほしい項目を選んでください。")
    before = report.version
    fresh = move(PROGRESS, report, "return", actor=actor, reason=reason, more={"sections": named})
    if fresh.version != before:
        ProgressReport.objects.filter(pk=fresh.pk).update(returned_sections=named)
        fresh.returned_sections = named
        labels = [label_of(fresh, code) for code in named]
        tell_decision(form=fresh, label="取組状況", decision=RETURNED, actor=actor, sections=labels)
    return fresh
