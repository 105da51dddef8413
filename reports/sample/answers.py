"""Invented answers from a small seeded profile: the same profile always gives the same answers.

Noise comes from a hash of seed and question, so nothing depends on the order of
questions or on Python's random state. An answer keeps its noise from round to
round: with growth ≥ 0 no level ever falls, 該当しない stays, and half of what was
分からない becomes known with each round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assessments.choices import AnswerStatus

LOWEST, HIGHEST = 0, 4
EVIDENCE_FROM = 3
#: How far a single question may lie from the mean of its principle.
SPREAD = 1.3

Answered = tuple[int | None, str, str]


@dataclass(frozen=True)
class SampleQuestion:
    """A question with the principle its mean comes from (`seven_c.1`)."""

    code: str
    principle: str


@dataclass(frozen=True)
class Profile:
    """How one organisation answers: mean level at the first round, growth a round, and single strengths."""

    seed: str
    level: float
    growth: float = 0.0
    step: int = 0
    na: float = 0.0
    unknown: float = 0.0
    strengths: Mapping[str, float] = field(default_factory=dict)


def expand(
    profile: Profile,
    questions: Iterable[SampleQuestion],
    *,
    evidence: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Answered]:
    """(level, status, evidence) of each question; evidence by principle is given from level 3 on."""
    return {question.code: _answer(profile, question, evidence or {}) for question in questions}


def _chance(profile: Profile, question: SampleQuestion, purpose: str) -> float:
    """A number in [0, 1) that belongs to this organisation, question and purpose."""
    digest = hashlib.sha256(f"{profile.seed}|{question.code}|{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _answer(profile: Profile, question: SampleQuestion, evidence: Mapping[str, Sequence[str]]) -> Answered:
    kind = _chance(profile, question, "kind")
    if kind < profile.na:
        return None, AnswerStatus.NOT_APPLICABLE, ""
    if kind < profile.na + profile.unknown * 0.5**profile.step:
        return None, AnswerStatus.UNKNOWN, ""
    level = _level(profile, question)
    texts = evidence.get(question.principle, ()) if level >= EVIDENCE_FROM else ()
    text = texts[int(_chance(profile, question, "evidence") * len(texts))] if texts else ""
    return level, AnswerStatus.SCORED, text


def _level(profile: Profile, question: SampleQuestion) -> int:
    noise = (_chance(profile, question, "level") * 2 - 1) * SPREAD
    pace = 0.5 + _chance(profile, question, "growth")
    exact = (
        profile.level
        + profile.strengths.get(question.principle, 0.0)
        + profile.growth * profile.step * pace
        + noise
    )
    return min(HIGHEST, max(LOWEST, round(exact)))
