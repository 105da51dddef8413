"""Forms that do not apply to an organisation (該当なし): said with a reason, undone until the closing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from assessments.choices import AssessmentState, FormKind, FormState
from assessments.models import (
    Assessment,
    Framework,
    IssueReport,
    NotApplicable,
    ProgressReport,
    RoundTarget,
)
from assessments.services.forms import refuse_not_applicable, refuse_outside_round
from assessments.services.questions import asked_questions
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import MoveRefused
from portal.permissions import Action, check
from portal.ui import errors

__all__ = ["OneForm", "declare_not_applicable", "in_force", "refuse_not_applicable", "undo_not_applicable"]

#: One form of a round: 取組状況, 地域課題, or one of its checklists.
OneForm = FormKind | Framework


def in_force(target: RoundTarget, form: OneForm) -> NotApplicable | None:
    """What the organisation said of this form, unless it was undone."""
    rows = NotApplicable.objects.filter(target=target, **_columns(form), undone_at__isnull=True)
    return rows.select_related("by").first()


def _columns(form: OneForm) -> dict[str, Any]:
    if isinstance(form, Framework):
        return {"form": FormKind.CHECKLIST, "framework": form}
    return {"form": form, "framework": None}


@transaction.atomic
def declare_not_applicable(*, target: RoundTarget, form: OneForm, reason: str, actor: Actor) -> NotApplicable:
    """Say that a form that is asked for does not apply. Twice does nothing."""
    fresh = _locked(target)
    check(actor, Action.DECLARE_NOT_APPLICABLE, fresh)
    existing = in_force(fresh, form)
    if existing:
        return existing
    refuse_outside_round(fresh.round)
    _refuse_not_asked(fresh, form)
    _refuse_handed_in(fresh, form)
    if not reason.strip():
        raise MoveRefused(errors.required("該当なしの理由"))
    row = NotApplicable.objects.create(
        target=fresh, **_columns(form), reason=reason.strip(), by=actor.user, at=clock.now()
    )
    told = {"form": _code(form), "reason": reason.strip()}
    record(AuditCode.NOT_APPLICABLE_DECLARED, actor=actor, obj=fresh, after=told)
    return row


@transaction.atomic
def undo_not_applicable(*, target: RoundTarget, form: OneForm, actor: Actor) -> None:
    """The form is asked for again; what was written before stands where it was. Twice does nothing."""
    fresh = _locked(target)
    check(actor, Action.DECLARE_NOT_APPLICABLE, fresh)
    row = in_force(fresh, form)
    if row is None:
        return
    refuse_outside_round(fresh.round)
    NotApplicable.objects.filter(pk=row.pk).update(undone_by=actor.user, undone_at=clock.now())
    told = {"form": _code(form), "reason": row.reason}
    record(AuditCode.NOT_APPLICABLE_UNDONE, actor=actor, obj=fresh, before=told)


def _locked(target: RoundTarget) -> RoundTarget:
    rows = RoundTarget.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("round__program", "organisation").get(pk=target.pk)


def _code(form: OneForm) -> str:
    return form.code if isinstance(form, Framework) else form.value


def _refuse_not_asked(target: RoundTarget, form: OneForm) -> None:
    if isinstance(form, Framework):
        in_round = target.round.frameworks.filter(pk=form.pk).exists()
        asks = asked_questions(form, target.organisation).exists()
        asked = target.asks_checklists and in_round and asks
    else:
        asked = {FormKind.PROGRESS: target.asks_progress, FormKind.ISSUES: target.asks_issues}[form]
    if not asked:
        raise MoveRefused("この報告回では、この提出物を求められていません。")


def _refuse_handed_in(target: RoundTarget, form: OneForm) -> None:
    """Only what nobody has handed in: else it is taken back first, as its own rules say."""
    key: dict[str, Any] = {"round": target.round, "organisation": target.organisation}
    row: ProgressReport | Assessment | IssueReport | None
    free: str = AssessmentState.DRAFT
    if isinstance(form, Framework):
        row = Assessment.objects.select_for_update(no_key=True).filter(**key, framework=form).first()
    elif form == FormKind.ISSUES:
        row = IssueReport.objects.select_for_update(no_key=True).filter(**key).first()
    else:
        row = ProgressReport.objects.select_for_update(no_key=True).filter(**key).first()
        free = FormState.DRAFT
    if row is not None and row.state != free:
        raise MoveRefused(
            f"この提出物は「{row.get_state_display()}」のため、該当なしにできません。"
            "取下げまたは差戻しで作成中に戻してから、登録してください。"
        )
