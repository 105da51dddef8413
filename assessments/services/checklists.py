"""Self-assessments: saving answers, handing in, confirming, reopening."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from assessments.choices import AnswerStatus, AssessmentState
from assessments.models import Answer, Assessment, AssessmentSubmission, Question
from assessments.models.checklists import EVIDENCE_LIMIT
from assessments.services.decisions import CONFIRMED, RETURNED, tell_decision
from assessments.services.forms import (
    SAVED_ELSEWHERE,
    digest,
    hold_receipts,
    next_receipt,
    refuse_not_applicable,
    refuse_outside_round,
)
from assessments.services.questions import asked_questions
from assessments.states import ASSESSMENT
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import EditConflict, MoveRefused
from portal.permissions import Action, check
from portal.states import move
from portal.ui import errors


@dataclass(frozen=True)
class Given:
    """What is answered to one question; status "" means not answered (yet)."""

    question_id: int
    status: str = ""
    level: int | None = None
    evidence: str = ""


def given_answers(assessment: Assessment, question_ids: Iterable[int]) -> dict[int, Given]:
    """The stored answers to these questions, one query; a question without an answer is there too."""
    stored = (
        {row.question_id: row for row in assessment.answers.filter(question__in=question_ids)}
        if assessment.pk
        else {}
    )
    return {
        pk: Given(pk, stored[pk].status, stored[pk].level, stored[pk].evidence) if pk in stored else Given(pk)
        for pk in question_ids
    }


def answers_digest(answers: dict[int, Given]) -> str:
    """The fingerprint of the answers a page showed."""
    return digest({str(pk): [one.status, one.level, one.evidence] for pk, one in answers.items()})


@transaction.atomic
def save_answers(
    *, assessment: Assessment, answers: Sequence[Given], version: int, actor: Actor, seen: str = ""
) -> Assessment:
    """Save a page of answers when nobody saved since `version`; else EditConflict with the row as it stands.

    A constant number of queries. `seen` is the digest of these answers as the page showed them: a save of
    another page in between is no conflict.
    """
    check(actor, Action.EDIT_ASSESSMENT, assessment)
    fresh = _locked(assessment)
    if fresh.state != AssessmentState.DRAFT:
        raise MoveRefused(
            f"この自己点検は「{fresh.get_state_display()}」のため、保存できません。"
            "画面を開き直して、今の状態を確かめてください。"
        )
    refuse_outside_round(fresh.round, handed_in_before=fresh.submissions.exists())
    _refuse_not_applicable(fresh)
    _refuse_malformed(fresh, answers)
    stored = given_answers(fresh, [one.question_id for one in answers])
    untouched = answers_digest(stored) == seen or list(stored.values()) == list(answers)
    expected = fresh.version if untouched else version
    changed = Assessment.objects.filter(pk=fresh.pk, state=AssessmentState.DRAFT, version=expected).update(
        version=F("version") + 1, updated_at=clock.now()
    )
    if not changed:
        raise EditConflict(SAVED_ELSEWHERE, fresh)
    _write(fresh, answers)
    fresh.writers.add(actor.user)
    fresh.refresh_from_db()
    record(
        AuditCode.FORM_SAVED,
        actor=actor,
        obj=assessment,
        concerns=assessment.organisation,
        before={"version": expected, **_sizes(stored.values())},
        after={"version": fresh.version, **_sizes(answers)},
    )
    return fresh


def _sizes(answers: Iterable[Given]) -> dict[str, int]:
    """How much was answered: the trail never holds the answers of a draft."""
    given = list(answers)
    return {
        "answered": sum(bool(one.status) for one in given),
        "evidence_length": sum(len(one.evidence) for one in given),
    }


def _refuse_not_applicable(assessment: Assessment) -> None:
    refuse_not_applicable(
        round_id=assessment.round_id,
        organisation_id=assessment.organisation_id,
        framework_id=assessment.framework_id,
    )


def _locked(assessment: Assessment) -> Assessment:
    return (
        Assessment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("round__program", "organisation", "framework")
        .get(pk=assessment.pk)
    )


def _refuse_malformed(assessment: Assessment, answers: Sequence[Given]) -> None:
    asked = set(asked_questions(assessment.framework, assessment.organisation).values_list("pk", flat=True))
    levels = set(assessment.framework.levels.values_list("level", flat=True))
    for one in answers:
        if one.question_id not in asked:
            raise MoveRefused("この点検票にない設問が含まれています。画面を開き直してください。")
        if one.status == AnswerStatus.SCORED and one.level not in levels:
            raise MoveRefused("段階を選んでください。")
        if len(one.evidence) > EVIDENCE_LIMIT:
            raise MoveRefused(errors.too_long("根拠", EVIDENCE_LIMIT, len(one.evidence)))


def _write(assessment: Assessment, answers: Sequence[Given]) -> None:
    cleared = [one.question_id for one in answers if not one.status]
    rows = [
        Answer(
            assessment=assessment,
            question_id=one.question_id,
            status=one.status,
            level=one.level if one.status == AnswerStatus.SCORED else None,
            evidence=one.evidence,
        )
        for one in answers
        if one.status
    ]
    if cleared:
        Answer.objects.filter(assessment=assessment, question__in=cleared).delete()
    Answer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["assessment", "question"],
        update_fields=["status", "level", "evidence"],
    )


@dataclass(frozen=True)
class Gap:
    """A question that keeps an assessment from being handed in, and what is missing of it."""

    question: Question
    needs_evidence: bool


def gaps(assessment: Assessment) -> list[Gap]:
    """Unanswered questions, and answers whose level asks for evidence that is not given (two queries)."""
    questions = list(asked_questions(assessment.framework, assessment.organisation))
    given = given_answers(assessment, [question.pk for question in questions])
    found = []
    for question in questions:
        one = given[question.pk]
        if not one.status:
            found.append(Gap(question, needs_evidence=False))
        elif needs_evidence(one, assessment.framework.evidence_level):
            found.append(Gap(question, needs_evidence=True))
    return found


def needs_evidence(one: Given, from_level: int) -> bool:
    """Whether this answer asks for evidence that is not given."""
    return one.level is not None and one.level >= from_level and not one.evidence.strip()


@transaction.atomic
def submit_assessment(*, assessment: Assessment, actor: Actor) -> AssessmentSubmission:
    """Hand the complete checklist in and keep it as a snapshot with a receipt number; twice does nothing."""
    locked = _locked(assessment)
    check(actor, Action.SUBMIT_ASSESSMENT, locked)
    if locked.state == AssessmentState.DRAFT:
        refuse_outside_round(locked.round, handed_in_before=locked.submissions.exists())
        _refuse_not_applicable(locked)
        _refuse_incomplete(locked)
    hold_receipts(locked.round.program)
    fresh = move(ASSESSMENT, locked, "submit", actor=actor)
    last = fresh.submissions.order_by("-number").first()
    if fresh.version == locked.version and last:
        return last
    return AssessmentSubmission.objects.create(
        assessment=fresh,
        number=last.number + 1 if last else 1,
        receipt=next_receipt(AssessmentSubmission, locked.round.program),
        content=_snapshot(locked, fresh.version),
        by=actor.user,
        at=clock.now(),
    )


def _refuse_incomplete(assessment: Assessment) -> None:
    missing = gaps(assessment)
    if not missing:
        return
    unanswered = sum(not gap.needs_evidence for gap in missing)
    if unanswered:
        raise MoveRefused(f"まだ答えていない設問が{unanswered}問あります。すべての設問に答えてください。")
    level = assessment.framework.evidence_level
    raise MoveRefused(f"段階{level}以上の回答のうち、{len(missing)}問の根拠を入力してください。")


def _snapshot(assessment: Assessment, version: int) -> dict:
    rows = assessment.answers.select_related("question").order_by(
        "question__principle__position", "question__position"
    )
    return {
        "organisation": assessment.organisation.full_name,
        "round": assessment.round.title,
        "framework": {"code": assessment.framework.code, "version": assessment.framework.version},
        "version": version,
        "answers": [
            {
                "question": row.question.code,
                "status": row.status,
                "level": row.level,
                "evidence": row.evidence,
            }
            for row in rows
        ],
    }


@transaction.atomic
def confirm_assessment(*, assessment: Assessment, actor: Actor) -> Assessment:
    """Confirm a submitted checklist (確定)."""
    fresh = move(ASSESSMENT, assessment, "confirm", actor=actor)
    tell_decision(form=fresh, label=fresh.framework.name, decision=CONFIRMED, actor=actor)
    return fresh


@transaction.atomic
def reopen_assessment(*, assessment: Assessment, reason: str, actor: Actor) -> Assessment:
    """Open a submitted or confirmed checklist for its author again, with a reason."""
    fresh = move(ASSESSMENT, assessment, "reopen", actor=actor, reason=reason)
    tell_decision(form=fresh, label=fresh.framework.name, decision=RETURNED, actor=actor)
    return fresh
