"""Progress reports: saving sections, sign-off, handing in, accepting, returning, withdrawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F

from assessments.choices import OPEN_STATES, FormState
from assessments.models import ProgressReport, ProgressSubmission
from assessments.models.progress import SECTION_LIMIT, SECTIONS
from assessments.services.attachments import current_attachments, described
from assessments.services.forms import (
    SAVED_ELSEWHERE,
    digest,
    hold_receipts,
    next_receipt,
    refuse_not_applicable,
    refuse_outside_round,
)
from assessments.states import PROGRESS
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import EditConflict, MoveRefused
from portal.permissions import Action, allows, check
from portal.states import move
from portal.ui import errors

REOPENED = "画面を開き直して、今の状態を確かめてください。"


def section_label(section: str) -> str:
    """The Japanese name of a section."""
    return str(getattr(ProgressReport._meta.get_field(section), "verbose_name", section))


def open_sections(report: ProgressReport) -> tuple[str, ...]:
    """The sections that may be written now: all of a draft, the named ones of a returned form."""
    if report.state == FormState.DRAFT:
        return SECTIONS
    if report.state == FormState.RETURNED:
        named = report.returned_sections or SECTIONS
        return tuple(section for section in SECTIONS if section in named)
    return ()


def missing_sections(report: ProgressReport) -> list[str]:
    """The sections without text: what keeps the form from being handed in."""
    return [section for section in SECTIONS if not getattr(report, section).strip()]


@transaction.atomic
def save_progress(
    *, report: ProgressReport, values: Mapping[str, str], version: int, actor: Actor, seen: str = ""
) -> ProgressReport:
    """Save sections when nobody saved them since `version`; else EditConflict with the row as it stands.

    `seen` is the digest of these sections as the page showed them: a save of other sections in between
    is no conflict.
    """
    check(actor, Action.EDIT_PROGRESS, report)
    fresh = _locked(report)
    _refuse_unwritable(fresh, values)
    now = {name: getattr(fresh, name) for name in values}
    untouched = digest(now) == seen or now == dict(values)
    expected = fresh.version if untouched else version
    changed = ProgressReport.objects.filter(pk=fresh.pk, state__in=OPEN_STATES, version=expected).update(
        **values, version=F("version") + 1, updated_at=clock.now()
    )
    if not changed:
        raise EditConflict(SAVED_ELSEWHERE, fresh)
    fresh.writers.add(actor.user)
    fresh.refresh_from_db()
    record(
        AuditCode.FORM_SAVED,
        actor=actor,
        obj=report,
        concerns=report.organisation,
        before={"version": expected, **_lengths(now)},
        after={"version": fresh.version, **_lengths(values)},
    )
    return fresh


def _lengths(texts: Mapping[str, str]) -> dict[str, int]:
    """How long each section is: the trail never holds what somebody writes."""
    return {name: len(text) for name, text in texts.items()}


def _refuse_unwritable(report: ProgressReport, values: Mapping[str, str]) -> None:
    if report.state not in OPEN_STATES:
        raise MoveRefused(f"この取組状況は「{report.get_state_display()}」のため、保存できません。{REOPENED}")
    closed = [section_label(name) for name in values if name not in open_sections(report)]
    if closed:
        raise MoveRefused(f"「{'」「'.join(closed)}」は、差し戻されていないため、保存できません。")
    refuse_outside_round(report.round, handed_in_before=report.submissions.exists())
    refuse_not_applicable(round_id=report.round_id, organisation_id=report.organisation_id)
    for name, text in values.items():
        if len(text) > SECTION_LIMIT:
            raise MoveRefused(errors.too_long(section_label(name), SECTION_LIMIT, len(text)))


@transaction.atomic
def request_sign_off(*, report: ProgressReport, actor: Actor) -> ProgressReport:
    """Ask a colleague to sign the complete form off; only where the organisation wants that."""
    report = _locked(report)
    check(actor, Action.SUBMIT_PROGRESS, report)
    if not report.organisation.sign_off_required:
        raise MoveRefused("この団体では、提出前の決裁を求めていません。そのまま提出してください。")
    if report.state in OPEN_STATES:
        _refuse_incomplete(report)
    return move(PROGRESS, report, "request_sign_off", actor=actor)


@transaction.atomic
def sign_off_progress(*, report: ProgressReport, actor: Actor) -> ProgressSubmission:
    """Sign the form off and hand it in; never by somebody who wrote in it or asked for the sign-off."""
    report = _locked(report)
    check(actor, Action.SIGN_OFF_PROGRESS, report)
    if report.state == FormState.WAITING:
        _refuse_incomplete(report)
    return _hand_in(report, "sign_off", actor)


@transaction.atomic
def recall_progress(*, report: ProgressReport, actor: Actor) -> ProgressReport:
    """Take a form that waits for its sign-off back to where it came from."""
    report = _locked(report)
    asked = report.status_changes.filter(action="request_sign_off").order_by("-at", "-id").first()
    returned = bool(asked and asked.from_state == FormState.RETURNED)
    return move(PROGRESS, report, "recall_returned" if returned else "recall", actor=actor)


@transaction.atomic
def submit_progress(*, report: ProgressReport, actor: Actor) -> ProgressSubmission:
    """Hand the complete form in and keep it as a snapshot with a receipt number; twice does nothing."""
    report = _locked(report)
    check(actor, Action.SUBMIT_PROGRESS, report)
    if report.state in OPEN_STATES:
        if report.organisation.sign_off_required:
            raise MoveRefused("この団体では、提出の前に決裁が必要です。決裁を依頼してください。")
        _refuse_incomplete(report)
    return _hand_in(report, "submit", actor)


def _locked(report: ProgressReport) -> ProgressReport:
    """The row as it stands, locked on PostgreSQL until the transaction ends (SQLite: one writer anyway)."""
    return (
        ProgressReport.objects.select_for_update(of=("self",))
        .select_related("round__program", "organisation")
        .get(pk=report.pk)
    )


def _refuse_incomplete(report: ProgressReport) -> None:
    refuse_outside_round(report.round, handed_in_before=report.submissions.exists())
    refuse_not_applicable(round_id=report.round_id, organisation_id=report.organisation_id)
    missing = missing_sections(report)
    if missing:
        names = "」「".join(section_label(name) for name in missing)
        raise MoveRefused(f"「{names}」を入力してください。")


def _hand_in(report: ProgressReport, name: str, actor: Actor) -> ProgressSubmission:
    before = report.version
    hold_receipts(report.round.program)
    fresh = move(PROGRESS, report, name, actor=actor)
    last = fresh.submissions.order_by("-number").first()
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
            "sections": {section: getattr(fresh, section) for section in SECTIONS},
            "attachments": described(current),
        },
        by=actor.user,
        at=clock.now(),
    )
    submission.attachments.set(current)
    return submission


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
    report = _locked(report)
    check(actor, Action.EDIT_PROGRESS, report)
    if report.state == FormState.SUBMITTED and not can_withdraw(report):
        why = "県の担当者が確認を始めたため" if report.opened_at else "受付が終わったため"
        raise MoveRefused(
            f"{why}、取り下げることができません。直すときは、県の担当者に差戻しを依頼してください。"
        )
    return move(PROGRESS, report, "withdraw", actor=actor)


@transaction.atomic
def accept_progress(*, report: ProgressReport, actor: Actor) -> ProgressReport:
    """Accept a submitted form (受理)."""
    return move(PROGRESS, report, "accept", actor=actor)


@transaction.atomic
def return_progress(
    *, report: ProgressReport, reason: str, sections: Sequence[str], actor: Actor
) -> ProgressReport:
    """Return a submitted form with a reason; only the named sections open for its author."""
    report = _locked(report)
    check(actor, Action.REVIEW_PROGRESS, report)
    named = [section for section in SECTIONS if section in sections]
    if not named:
        raise MoveRefused("直してほしい項目を選んでください。")
    before = report.version
    fresh = move(PROGRESS, report, "return", actor=actor, reason=reason)
    if fresh.version != before:
        ProgressReport.objects.filter(pk=fresh.pk).update(returned_sections=named)
        fresh.returned_sections = named
    return fresh


def shown_submission(report: ProgressReport) -> ProgressSubmission | None:
    """What those outside the organisation may read: the last snapshot, nothing of a withdrawn form."""
    if report.state == FormState.DRAFT:
        return None
    if report.state == FormState.WAITING and not _was_returned(report):
        return None
    return report.submissions.select_related("by").order_by("-number").first()


def _was_returned(report: ProgressReport) -> bool:
    asked = report.status_changes.filter(action="request_sign_off").order_by("-at", "-id").first()
    return bool(asked and asked.from_state == FormState.RETURNED)
