"""The result of one self-assessment: scores per principle, the round before, and the prefecture's towns."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.models import Assessment, Principle, Question
from assessments.services.checklists import Given, given_answers
from assessments.services.previous import previous_assessment
from assessments.services.questions import asked_questions
from assessments.services.scores import (
    Distribution,
    PrincipleScore,
    distributions,
    overall,
    peers,
    scores_of,
)


@dataclass(frozen=True)
class PrincipleResult:
    """One principle of the result: now, before, counts, and where the towns of the prefecture stand."""

    principle: Principle
    score: PrincipleScore
    asked: int
    before: float | None
    distribution: Distribution | None
    answers: list[tuple[Question, Given]]

    @property
    def unanswered(self) -> int:
        """Questions without any answer."""
        return self.asked - self.score.answered

    @property
    def change(self) -> float | None:
        """How much the score has moved since the round before."""
        if self.score.mean is None or self.before is None:
            return None
        return self.score.mean - self.before


@dataclass(frozen=True)
class Result:
    """All of it."""

    assessment: Assessment
    principles: list[PrincipleResult]
    mean: float | None
    previous: Assessment | None
    previous_mean: float | None

    @property
    def change(self) -> float | None:
        """How much the whole score has moved since the round before."""
        if self.mean is None or self.previous_mean is None:
            return None
        return self.mean - self.previous_mean


def assessment_result(assessment: Assessment) -> Result:
    """The result of an assessment that has its round, program, organisation and framework fetched."""
    questions = list(asked_questions(assessment.framework, assessment.organisation))
    given = given_answers(assessment, [question.pk for question in questions])
    previous = previous_assessment(assessment)
    scores = scores_of(
        Assessment.objects.filter(pk__in=[assessment.pk, *([previous.pk] if previous else [])])
    )
    now = scores.get(assessment.pk, {})
    before = scores.get(previous.pk, {}) if previous else {}
    codes = _codes(previous)
    spread = distributions(peers(assessment), minimum=assessment.round.program.disclosure_minimum)
    groups: dict[int, tuple[Principle, list[Question]]] = {}
    for question in questions:
        groups.setdefault(question.principle_id, (question.principle, []))[1].append(question)
    principles = []
    for pk, (principle, asked) in groups.items():
        earlier = before.get(codes.get(principle.code, 0))
        principles.append(
            PrincipleResult(
                principle=principle,
                score=now.get(pk, PrincipleScore(pk, None)),
                asked=len(asked),
                before=earlier.mean if earlier else None,
                distribution=spread.get(pk),
                answers=[(question, given[question.pk]) for question in asked],
            )
        )
    return Result(
        assessment=assessment,
        principles=principles,
        mean=overall(one.score for one in principles),
        previous=previous,
        previous_mean=overall(before.values()) if previous else None,
    )


def _codes(previous: Assessment | None) -> dict[str, int]:
    """Principles of the earlier checklist by code: its version may be another one."""
    if previous is None:
        return {}
    return dict(Principle.objects.filter(framework=previous.framework_id).values_list("code", "pk"))
