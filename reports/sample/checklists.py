"""The sample's self-assessments: invented answers, in the states that go with the progress reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from assessments.choices import AssessmentState
from assessments.models import (
    Answer,
    Assessment,
    AssessmentStatusChange,
    AssessmentSubmission,
    Framework,
    Question,
    Round,
)
from assessments.services.forms import next_receipt
from portal.choices import OrganisationKind
from portal.models import Organisation
from reports.sample.answers import Answered, Profile, SampleQuestion, expand
from reports.sample.files import at, chance, read
from reports.sample.history import Receipts, Step
from reports.sample.people import People
from reports.sample.progress import States

DRAFT, SUBMITTED, CONFIRMED = AssessmentState.DRAFT, AssessmentState.SUBMITTED, AssessmentState.CONFIRMED
#: What the state of the progress report says about the checklists, in their order; None: not begun.
STATES_WITH: dict[str, tuple[str | None, ...]] = {
    "accepted": (CONFIRMED, CONFIRMED, CONFIRMED),
    "correcting": (CONFIRMED, CONFIRMED, CONFIRMED),
    "submitted": (SUBMITTED, SUBMITTED, SUBMITTED),
    "returned": (CONFIRMED, SUBMITTED, DRAFT),
    "waiting": (SUBMITTED, SUBMITTED, DRAFT),
    "draft": (DRAFT, None, None),
    "none": (None, None, None),
}
#: An unfinished checklist is answered for its first principles.
PRINCIPLES_OF_A_DRAFT = 3
#: How an organisation without a profile of its own answers; its mean lies around this one.
USUAL = {"level": 1.5, "growth": 0.4, "na": 0.03, "unknown": 0.06}


@dataclass(frozen=True)
class Wanted:
    """One self-assessment to be made."""

    organisation: Organisation
    framework: Framework
    state: str


class Checklists:
    """Makes the self-assessments of one program."""

    def __init__(self, *, profiles: dict[str, Any], frameworks: dict[str, Framework], people: People) -> None:
        self.profiles = profiles
        self.frameworks = frameworks
        self.people = people
        self.evidence = read("evidence.yaml")
        self.questions = {
            code: list(
                Question.objects.filter(principle__framework=framework)
                .select_related("principle")
                .order_by("principle__position", "position")
            )
            for code, framework in frameworks.items()
        }

    def make(self, *, round_: Round, item: dict[str, Any], step: int, states: States) -> None:
        """All self-assessments of a round, the answers grown by `step` rounds."""
        wanted = [*self._of_targets(round_, item, states), *self._of_other_towns(round_, item)]
        receipts = Receipts(next_receipt(AssessmentSubmission, round_.program))
        pasts = [self._steps(round_, one) for one in wanted]
        rows = Assessment.objects.bulk_create(
            Assessment(
                round=round_,
                organisation=one.organisation,
                framework=one.framework,
                state=one.state,
                version=2 + len(past),
                updated_at=past[-1].at if past else at(round_.opens_on + dt.timedelta(days=7), "draft"),
            )
            for one, past in zip(wanted, pasts, strict=True)
        )
        answers = [self._answers(one, step) for one in wanted]
        Answer.objects.bulk_create(
            (
                Answer(assessment=row, question=question, status=status, level=level, evidence=evidence)
                for row, given in zip(rows, answers, strict=True)
                for question, (level, status, evidence) in given
            ),
            batch_size=500,
        )
        AssessmentStatusChange.objects.bulk_create(
            AssessmentStatusChange(assessment=row, **move.columns())
            for row, past in zip(rows, pasts, strict=True)
            for move in past
        )
        AssessmentSubmission.objects.bulk_create(
            _submission(row, past[0], given, receipts)
            for row, past, given in zip(rows, pasts, answers, strict=True)
            if past
        )

    def _of_targets(self, round_: Round, item: dict[str, Any], states: States) -> Iterator[Wanted]:
        """Those of prefectures and partners, as far as their progress reports are."""
        for target in round_.targets.select_related("organisation__parent"):
            code = self.people.organisations.code_of[target.organisation_id]
            if code not in self.profiles or code in item["not_answered"]:
                continue
            state = states.get((item["code"], target.organisation_id), "accepted")
            for framework, checked in zip(item["frameworks"], STATES_WITH[state], strict=True):
                if checked:
                    yield Wanted(target.organisation, self.frameworks[framework], checked)

    def _of_other_towns(self, round_: Round, item: dict[str, Any]) -> Iterator[Wanted]:
        for part in item["all_towns"]:
            for town in self.people.organisations.towns[part["prefecture"]]:
                code = self.people.organisations.code_of[town.pk]
                if code not in self.profiles and chance(code, "answers") < part["share"]:
                    yield Wanted(town, self.frameworks[part["framework"]], SUBMITTED)

    def _steps(self, round_: Round, one: Wanted) -> list[Step]:
        """Submission in the first third of the round, confirmation four days later."""
        key = f"{one.organisation.pk}-{one.framework.code}"
        days = (round_.due_on - round_.opens_on).days // 3
        day = _weekday(round_.opens_on + dt.timedelta(days=1 + int(chance(key, "day") * days)))
        steps = []
        if one.state in (SUBMITTED, CONFIRMED):
            officer = self.people.officer(one.organisation)
            steps.append(Step("submit", DRAFT, SUBMITTED, officer, at(day, key)))
        if one.state == CONFIRMED:
            reviewer = self.people.reviewer(one.organisation)
            when = at(_weekday(day + dt.timedelta(days=4)), key)
            steps.append(Step("confirm", SUBMITTED, CONFIRMED, reviewer, when))
        return steps

    def _answers(self, one: Wanted, step: int) -> list[tuple[Question, Answered]]:
        questions = [
            question
            for question in self.questions[one.framework.code]
            if (one.state != DRAFT or question.principle.position <= PRINCIPLES_OF_A_DRAFT)
            and _asked_of(question, one.organisation)
        ]
        profile = replace(self._profile(one.organisation), step=step)
        given = expand(
            profile,
            (SampleQuestion(row.code, f"{one.framework.code}.{row.principle.number}") for row in questions),
            evidence=self.evidence,
        )
        return [(question, given[question.code]) for question in questions]

    def _profile(self, organisation: Organisation) -> Profile:
        code = self.people.organisations.code_of[organisation.pk]
        own = self.profiles.get(code)
        if own is None:
            own = {**USUAL, "level": USUAL["level"] + chance(code, "level") - 0.5}
        return Profile(seed=code, **own)


def _weekday(day: dt.date) -> dt.date:
    """The day itself, or the Friday before a weekend."""
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def _asked_of(question: Question, organisation: Organisation) -> bool:
    prefecture = organisation.kind == OrganisationKind.PREFECTURE
    return question.for_prefectures if prefecture else question.for_municipalities


def _submission(
    row: Assessment, step: Step, given: list[tuple[Question, Answered]], receipts: Receipts
) -> AssessmentSubmission:
    """The snapshot as the service writes it."""
    return AssessmentSubmission(
        assessment=row,
        number=1,
        receipt=receipts.draw(),
        content={
            "organisation": row.organisation.full_name,
            "round": row.round.title,
            "framework": {"code": row.framework.code, "version": row.framework.version},
            "version": 3,
            "answers": [
                {"question": question.code, "status": status, "level": level, "evidence": evidence}
                for question, (level, status, evidence) in given
            ],
        },
        by=step.by.user,
        at=step.at,
    )
