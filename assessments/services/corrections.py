"""Correcting what was accepted: a new version that is linked to the accepted one, with its reason."""

from __future__ import annotations

from django.db import transaction

from assessments.choices import FormState
from assessments.models import ProgressReport, ProgressSubmission
from assessments.services.forms import refuse_outside_round
from assessments.services.progress_saving import locked_report
from assessments.services.sections import all_values, kept_values
from assessments.services.versions import last_submission
from assessments.states import PROGRESS
from portal import clock
from portal.actor import Actor
from portal.errors import MoveRefused
from portal.permissions import Action, check
from portal.states import move


@transaction.atomic
def correct_progress(*, report: ProgressReport, reason: str, actor: Actor) -> ProgressReport:
    """Open an accepted form for its author, after the round has closed too; what was accepted stands."""
    report = locked_report(report)
    check(actor, Action.EDIT_PROGRESS, report)
    if report.state == FormState.ACCEPTED:
        refuse_outside_round(report.round, handed_in_before=True)
    before = report.version
    fresh = move(PROGRESS, report, "correct", actor=actor, reason=reason)
    if fresh.version != before:
        accepted = fresh.accepted or last_submission(fresh)
        _update(fresh, accepted=accepted, returned_sections=[])
    return fresh


def can_give_up(report: ProgressReport) -> bool:
    """Whether its author may stop correcting it now: nothing of the correction waits with others."""
    return report.is_correction and report.state in (FormState.CORRECTING, FormState.RETURNED)


@transaction.atomic
def give_up_correction(*, report: ProgressReport, actor: Actor) -> ProgressReport:
    """Stop correcting: the form says again what was accepted, and has the files it had then."""
    report = locked_report(report)
    check(actor, Action.EDIT_PROGRESS, report)
    if report.accepted is None:
        raise MoveRefused("訂正をやめることができるのは、受理された取組状況を訂正しているときだけです。")
    before = report.version
    fresh = move(PROGRESS, report, "give_up", actor=actor)
    if fresh.version != before:
        _restore(fresh, report.accepted)
    return fresh


def _restore(report: ProgressReport, accepted: ProgressSubmission) -> None:
    known = all_values(report)
    values = {name: value for name, value in kept_values(accepted).items() if name in known}
    skipped = accepted.content.get("skipped", {})
    _update(report, **values, skipped=skipped, carried={}, returned_sections=[], updated_at=clock.now())
    had = accepted.attachments.values("pk")
    report.attachments.filter(pk__in=had).update(removed_at=None)
    report.attachments.current().exclude(pk__in=had).update(removed_at=clock.now())


def _update(report: ProgressReport, **values: object) -> None:
    ProgressReport.objects.filter(pk=report.pk).update(**values)
    for name, value in values.items():
        setattr(report, name, value)
