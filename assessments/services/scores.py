"""Scores of checklists: means, counts, aggregates and distributions.

A principle's score is the mean of its scored answers, an assessment's the mean of its principles;
該当しない and 分からない are counted beside it and never scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

from django.db.models import Avg, Count, Q, QuerySet

from assessments.choices import AnswerStatus
from assessments.models import Answer, Assessment


@dataclass(frozen=True)
class PrincipleScore:
    """What one assessment says of one principle; the mean is None when nothing is scored."""

    principle_id: int
    mean: float | None
    scored: int = 0
    not_applicable: int = 0
    unknown: int = 0

    @property
    def answered(self) -> int:
        """How many questions have any answer."""
        return self.scored + self.not_applicable + self.unknown


@dataclass(frozen=True)
class PrincipleMean:
    """What many assessments say of one principle: the mean over those that have a score."""

    principle_id: int
    mean: float | None
    organisations: int
    not_applicable: int
    unknown: int


@dataclass(frozen=True)
class Distribution:
    """Where the middle half of at least the program's minimum of organisations stands."""

    organisations: int
    lower: float
    median: float
    upper: float


Scores = dict[int, dict[int, PrincipleScore]]


def scores_of(assessments: QuerySet[Assessment]) -> Scores:
    """Assessment id → principle id → score, of all given assessments in one aggregate query."""
    rows = (
        Answer.objects.filter(assessment__in=assessments)
        .order_by()
        .values("assessment_id", "question__principle_id")
        .annotate(
            mean=Avg("level", filter=Q(status=AnswerStatus.SCORED)),
            scored=Count("pk", filter=Q(status=AnswerStatus.SCORED)),
            not_applicable=Count("pk", filter=Q(status=AnswerStatus.NOT_APPLICABLE)),
            unknown=Count("pk", filter=Q(status=AnswerStatus.UNKNOWN)),
        )
    )
    found: Scores = {}
    for row in rows:
        principle = row["question__principle_id"]
        found.setdefault(row["assessment_id"], {})[principle] = PrincipleScore(
            principle, row["mean"], row["scored"], row["not_applicable"], row["unknown"]
        )
    return found


def overall(scores: Iterable[PrincipleScore]) -> float | None:
    """An assessment's score: the mean of the principles that have one."""
    means = [one.mean for one in scores if one.mean is not None]
    return fmean(means) if means else None


def principle_scores(assessments: QuerySet[Assessment]) -> dict[int, PrincipleMean]:
    """Principle id → mean over organisations (each counts once), from one aggregate query."""
    return summarise(scores_of(assessments).values())


def summarise(per_assessment: Iterable[dict[int, PrincipleScore]]) -> dict[int, PrincipleMean]:
    """The same from scores already read."""
    gathered: dict[int, list[PrincipleScore]] = {}
    for scores in per_assessment:
        for principle, score in scores.items():
            gathered.setdefault(principle, []).append(score)
    return {principle: _mean_of(principle, scores) for principle, scores in gathered.items()}


def _mean_of(principle: int, scores: Sequence[PrincipleScore]) -> PrincipleMean:
    means = [one.mean for one in scores if one.mean is not None]
    return PrincipleMean(
        principle_id=principle,
        mean=fmean(means) if means else None,
        organisations=len(means),
        not_applicable=sum(one.not_applicable for one in scores),
        unknown=sum(one.unknown for one in scores),
    )


def distributions(assessments: QuerySet[Assessment], *, minimum: int) -> dict[int, Distribution]:
    """Principle id → distribution, only for principles with a score of at least `minimum` organisations."""
    values: dict[int, list[float]] = {}
    for scores in scores_of(assessments).values():
        for principle, score in scores.items():
            if score.mean is not None:
                values.setdefault(principle, []).append(score.mean)
    return {
        principle: _distribution(means)
        for principle, means in values.items()
        if len(means) >= max(minimum, 2)
    }


def _distribution(means: Sequence[float]) -> Distribution:
    lower, median, upper = quantiles(means, n=4, method="inclusive")
    return Distribution(len(means), lower, median, upper)


def peers(assessment: Assessment) -> QuerySet[Assessment]:
    """What was handed in by the towns of the same prefecture with the same checklist in the same round."""
    return Assessment.objects.filter(
        round=assessment.round_id,
        framework=assessment.framework_id,
        organisation__kind=assessment.organisation.kind,
        organisation__parent=assessment.organisation.parent_id,
    ).handed_in()
