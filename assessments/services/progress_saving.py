"""Writing in a progress report: saving sections, and copying what was said in the round before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from assessments.choices import OPEN_STATES, FormState
from assessments.models import ProgressReport
from assessments.models.progress import SECTION_LIMIT
from assessments.models.round_parts import REASON_LIMIT
from assessments.models.sections import TEXT_FIELDS, Section
from assessments.services.forms import (
    SAVED_ELSEWHERE,
    digest,
    refuse_not_applicable,
    refuse_outside_round,
)
from assessments.services.previous import previous_submission
from assessments.services.sections import is_begun, kept_values, text_label, values_of
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import EditConflict, MoveRefused
from portal.permissions import Action, check
from portal.ui import errors

REOPENED = "画面を開き直して、今の状態を確かめてください。"


def open_sections(report: ProgressReport) -> tuple[str, ...]:
    """The sections that may be written now: all of a draft or a correction, else the named ones."""
    codes = tuple(one.code for one in report.sections)
    if report.state in (FormState.DRAFT, FormState.CORRECTING):
        return codes
    if report.state == FormState.RETURNED:
        named = report.returned_sections or codes
        return tuple(code for code in codes if code in named)
    return ()


def seen_digest(report: ProgressReport, names: Iterable[str], sections: Iterable[str] = ()) -> str:
    """The mark of what a page showed of these columns, and of what was skipped in these sections."""
    shown = {name: getattr(report, name) for name in names}
    told = {code: report.skipped[code] for code in sections if code in report.skipped}
    return digest(shown | ({"skipped": told} if told else {}))


@transaction.atomic
def save_progress(
    *,
    report: ProgressReport,
    values: Mapping[str, Any],
    version: int,
    actor: Actor,
    seen: str = "",
    skipped: Mapping[str, str] | None = None,
    confirmed: Collection[str] = (),
) -> ProgressReport:
    """Save columns when nobody saved them since `version`; else EditConflict with the row as it stands.

    `seen` is the `seen_digest` of these columns as the page showed them: a save of other sections in
    between is no conflict. `skipped` says of sections why there is nothing to tell ("" takes it back);
    `confirmed` names those whose text of the round before still holds.
    """
    check(actor, Action.EDIT_PROGRESS, report)
    fresh = locked_report(report)
    skips = dict(skipped or {})
    touched = _touched(fresh, values, skips)
    _refuse_unwritable(fresh, values, skips, touched)
    now = {name: getattr(fresh, name) for name in values}
    untouched = seen_digest(fresh, values, skips) == seen or _same(fresh, now, values, skips)
    expected = fresh.version if untouched else version
    changed = ProgressReport.objects.filter(pk=fresh.pk, state__in=OPEN_STATES, version=expected).update(
        **values,
        skipped=_skips_after(fresh, skips),
        carried=_carried_after(fresh, values, touched, confirmed),
        version=F("version") + 1,
        updated_at=clock.now(),
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


@transaction.atomic
def carry_over(*, report: ProgressReport, sections: Collection[str], actor: Actor) -> list[str]:
    """Copy these sections from the round before where nothing stands yet, marked as a copy; their names.

    Nothing that somebody wrote is replaced, and a copy cannot be handed in before somebody edits or
    confirms it.
    """
    check(actor, Action.EDIT_PROGRESS, report)
    fresh = locked_report(report)
    kept = kept_values(previous_submission(round_=fresh.round, organisation=fresh.organisation))
    wanted = [one for one in fresh.sections if one.code in sections and one.code in open_sections(fresh)]
    copied = [one for one in wanted if is_begun(one, kept) and not is_begun(one, values_of(fresh, one))]
    if not copied:
        raise MoveRefused("コピーできる項目がありません。前回の記入がないか、すでに入力されています。")
    values = {name: kept[name] for one in copied for name in one.fields if name in kept}
    save_progress(report=fresh, values=values, version=fresh.version, actor=actor)
    marks = fresh.carried | {one.code: False for one in copied}
    ProgressReport.objects.filter(pk=fresh.pk).update(carried=marks)
    return [one.label for one in copied]


def locked_report(report: ProgressReport) -> ProgressReport:
    """The row as it stands, locked on PostgreSQL until the transaction ends (SQLite: one writer anyway)."""
    return (
        ProgressReport.objects.select_for_update(of=("self",), no_key=True)
        .select_related("round__program", "organisation")
        .get(pk=report.pk)
    )


def _touched(report: ProgressReport, values: Mapping[str, Any], skips: Mapping[str, str]) -> list[Section]:
    known = {name for one in report.sections for name in one.fields}
    strange = [name for name in values if name not in known]
    if strange:
        raise MoveRefused(f"この団体の取組状況にない項目です：{'、'.join(strange)}。{REOPENED}")
    return [one for one in report.sections if one.code in skips or set(one.fields) & set(values)]


def _refuse_unwritable(
    report: ProgressReport, values: Mapping[str, Any], skips: Mapping[str, str], touched: list[Section]
) -> None:
    if report.state not in OPEN_STATES:
        raise MoveRefused(f"この取組状況は「{report.get_state_display()}」のため、保存できません。{REOPENED}")
    closed = [one.label for one in touched if one.code not in open_sections(report)]
    if closed:
        raise MoveRefused(f"「{'」「'.join(closed)}」は、差し戻されていないため、保存できません。")
    refuse_outside_round(report.round, handed_in_before=report.submissions.exists())
    refuse_not_applicable(round_id=report.round_id, organisation_id=report.organisation_id)
    for one in touched:
        text = values.get(one.text_field, "")
        if one.text_field in TEXT_FIELDS and len(text) > SECTION_LIMIT:
            raise MoveRefused(errors.too_long(text_label(one), SECTION_LIMIT, len(text)))
        reason = skips.get(one.code, "")
        if reason and not one.may_skip:
            raise MoveRefused(f"「{one.label}」は、該当なしにできません。内容を入力してください。")
        if len(reason) > REASON_LIMIT:
            raise MoveRefused(errors.too_long(f"「{one.label}」が該当しない理由", REASON_LIMIT, len(reason)))


def _same(
    report: ProgressReport, now: Mapping[str, Any], values: Mapping[str, Any], skips: Mapping[str, str]
) -> bool:
    return now == dict(values) and all(report.skipped.get(code, "") == why for code, why in skips.items())


def _skips_after(report: ProgressReport, skips: Mapping[str, str]) -> dict[str, str]:
    told = report.skipped | {code: why.strip() for code, why in skips.items()}
    return {code: why for code, why in told.items() if why}


def _carried_after(
    report: ProgressReport, values: Mapping[str, Any], touched: list[Section], confirmed: Collection[str]
) -> dict[str, bool]:
    """The marks of copies: gone where somebody edited, confirmed where somebody said so."""
    marks = dict(report.carried)
    for one in touched:
        if any(name in values and values[name] != getattr(report, name) for name in one.fields):
            marks.pop(one.code, None)
        elif one.code in confirmed and one.code in marks:
            marks[one.code] = True
    return marks


def _lengths(values: Mapping[str, Any]) -> dict[str, int]:
    """How long each text is, how many are chosen: the trail never holds what somebody writes."""
    return {name: len(value) for name, value in values.items()}
