"""Forms that do not apply to an organisation (該当なし): said with a reason, undone until the closing."""

from __future__ import annotations

from django.db import transaction

from assessments.choices import AssessmentState, FormState
from assessments.models import Assessment, Framework, NotApplicable, ProgressReport, RoundTarget
from assessments.services.forms import refuse_not_applicable, refuse_outside_round
from assessments.services.questions import asked_questions
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import MoveRefused
from portal.permissions import Action, check
from portal.ui import errors

__all__ = ["declare_not_applicable", "in_force", "refuse_not_applicable", "undo_not_applicable"]


def in_force(target: RoundTarget, framework: Framework | None) -> NotApplicable | None:
    """What the organisation said of this form, unless it was undone."""
    rows = NotApplicable.objects.filter(target=target, framework=framework, undone_at__isnull=True)
    return rows.select_related("by").first()


@transaction.atomic
def declare_not_applicable(
    *, target: RoundTarget, framework: Framework | None, reason: str, actor: Actor
) -> NotApplicable:
    """Say that a form that is asked for does not apply; `framework` None is 取組状況. Twice does nothing."""
    fresh = _locked(target)
    check(actor, Action.DECLARE_NOT_APPLICABLE, fresh)
    existing = in_force(fresh, framework)
    if existing:
        return existing
    refuse_outside_round(fresh.round)
    _refuse_not_asked(fresh, framework)
    _refuse_handed_in(fresh, framework)
    if not reason.strip():
        raise MoveRefused(errors.required("該当なしの理由"))
    row = NotApplicable.objects.create(
        target=fresh, framework=framework, reason=reason.strip(), by=actor.user, at=clock.now()
    )
    told = {"form": _code(framework), "reason": reason.strip()}
    record(AuditCode.NOT_APPLICABLE_DECLARED, actor=actor, obj=fresh, after=told)
    return row


@transaction.atomic
def undo_not_applicable(*, target: RoundTarget, framework: Framework | None, actor: Actor) -> None:
    """The form is asked for again; what was written before stands where it was. Twice does nothing."""
    fresh = _locked(target)
    check(actor, Action.DECLARE_NOT_APPLICABLE, fresh)
    row = in_force(fresh, framework)
    if row is None:
        return
    refuse_outside_round(fresh.round)
    NotApplicable.objects.filter(pk=row.pk).update(undone_by=actor.user, undone_at=clock.now())
    told = {"form": _code(framework), "reason": row.reason}
    record(AuditCode.NOT_APPLICABLE_UNDONE, actor=actor, obj=fresh, before=told)


def _locked(target: RoundTarget) -> RoundTarget:
    rows = RoundTarget.objects.select_for_update(of=("self",))
    return rows.select_related("round__program", "organisation").get(pk=target.pk)


def _code(framework: Framework | None) -> str:
    return framework.code if framework else "progress"


def _refuse_not_asked(target: RoundTarget, framework: Framework | None) -> None:
    if framework is None:
        asked = target.asks_progress
    else:
        in_round = target.round.frameworks.filter(pk=framework.pk).exists()
        asks = asked_questions(framework, target.organisation).exists()
        asked = target.asks_checklists and in_round and asks
    if not asked:
        raise MoveRefused("この報告回では、この提出物を求められていません。")


def _refuse_handed_in(target: RoundTarget, framework: Framework | None) -> None:
    """Only what nobody has handed in: else it is taken back first, as its own rules say."""
    key = {"round": target.round, "organisation": target.organisation}
    row: ProgressReport | Assessment | None
    if framework is None:
        row = ProgressReport.objects.select_for_update().filter(**key).first()
        free: str = FormState.DRAFT
    else:
        row = Assessment.objects.select_for_update().filter(**key, framework=framework).first()
        free = AssessmentState.DRAFT
    if row is not None and row.state != free:
        raise MoveRefused(
            f"この提出物は「{row.get_state_display()}」のため、該当なしにできません。"
            "取下げまたは差戻しで作成中に戻してから、登録してください。"
        )
