"""A checklist as a sheet: one row for each question that the organisation is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from assessments.choices import AnswerStatus, AssessmentState
from assessments.models import Assessment, Framework, Question
from assessments.models.checklists import EVIDENCE_LIMIT
from assessments.services.checklists import Given, given_answers, save_answers
from assessments.services.forms import start_assessment
from assessments.services.previous import previous_assessment
from assessments.services.questions import asked_questions
from assessments.services.sheets.base import (
    ANYTHING,
    IDS,
    Edit,
    Entry,
    FormSheet,
    SheetRow,
    normal,
    shown_column,
    why_not_open,
)
from portal.spreadsheets import Choice, Column, Text
from portal.spreadsheets.problems import Unreadable
from portal.spreadsheets.values import ColumnType

LEVEL, EVIDENCE = "level", "evidence"
NOT_APPLICABLE, UNKNOWN = str(AnswerStatus.NOT_APPLICABLE.value), str(AnswerStatus.UNKNOWN.value)


class ChecklistSheet(FormSheet):
    """The self-assessment of one organisation with one framework in one round."""

    layout = "checklist"
    columns = (
        *IDS,
        shown_column("principle", "条"),
        shown_column("question", "設問"),
        Column(LEVEL, "段階", ANYTHING, blank=""),
        Column(EVIDENCE, "根拠", ANYTHING, blank=""),
        shown_column("how", "入力のしかた"),
        shown_column("previous", "前回の回答"),
    )
    inputs = (LEVEL, EVIDENCE)
    widths = {"principle": 20, "question": 48, LEVEL: 22, EVIDENCE: 40, "how": 26, "previous": 24}

    def __init__(self, entry: Entry, framework: Framework) -> None:
        super().__init__(entry, f"checklist{framework.pk}", framework.name)
        self.framework = framework
        self.assessment = self._assessment()

    def _assessment(self) -> Assessment:
        target = self.entry.target
        place = {"round": target.round, "organisation": target.organisation, "framework": self.framework}
        found = Assessment.objects.filter(**place).select_related("round", "organisation", "framework")
        return found.first() or Assessment(**place)

    @cached_property
    def questions(self) -> list[Question]:
        """What is asked."""
        return list(asked_questions(self.framework, self.entry.target.organisation))

    @cached_property
    def answers(self) -> Choice:
        """The levels of the framework with their words, 該当しない and 分からない."""
        levels = list(self.framework.levels.all())
        choices = [(str(one.level), f"{one.level}　{one.label}") for one in levels]
        choices += [(NOT_APPLICABLE, "該当しない"), (UNKNOWN, "分からない")]
        return Choice(tuple(choices), aliases=tuple((one.label, str(one.level)) for one in levels))

    def make_rows(self) -> list[SheetRow]:
        ids = [question.pk for question in self.questions]
        given = given_answers(self._visible(), ids)
        before = previous_assessment(self.assessment)
        old = given_answers(before, ids) if before else {}
        from_level = self.framework.evidence_level
        how = f"一覧から選ぶ。段階{from_level}以上は根拠も入力（{EVIDENCE_LIMIT:,}文字まで）"
        return [
            SheetRow(
                key=str(question.pk),
                label=question.text,
                shown={
                    "principle": question.principle.name,
                    "question": question.text,
                    "how": how,
                    "previous": self._words(old.get(question.pk)),
                },
                values=_values(given[question.pk]),
            )
            for question in self.questions
        ]

    def _visible(self) -> Assessment:
        """The row whose answers the actor may read; an empty one when there is none."""
        if self.entry.is_own or not self.assessment.pk:
            return self.assessment
        mine = Assessment.objects.for_user(self.entry.actor).filter(pk=self.assessment.pk)
        return mine.first() or Assessment()

    def _words(self, given: Given | None) -> str:
        if given is None:
            return ""
        return "\n".join(filter(None, [self.answers.export(_code(given)), given.evidence]))

    def types(self, key: str) -> Mapping[str, ColumnType]:
        return {LEVEL: self.answers, EVIDENCE: Text(EVIDENCE_LIMIT, multiline=True)}

    def check(self, values: Mapping[str, str]) -> list[tuple[str, Unreadable]]:
        """Evidence without an answer would be lost."""
        if values[EVIDENCE] and not values[LEVEL]:
            return [
                (
                    LEVEL,
                    Unreadable(
                        "required", "が選ばれていません。", "根拠を書いた設問の段階を選んでください。"
                    ),
                )
            ]
        return []

    def closed(self, key: str) -> str:
        return self._not_open

    @cached_property
    def _not_open(self) -> str:
        row = self.assessment
        if row.state != AssessmentState.DRAFT:
            return f"「{self.title}」は「{row.get_state_display()}」のため、変更できません。"
        handed_in = bool(row.pk) and row.submissions.exists()
        return why_not_open(
            self.entry, handed_in_before=handed_in, framework_id=self.framework.pk, what=self.title
        )

    def lock(self) -> None:
        self.forget()
        self.__dict__.pop("_not_open", None)
        list(Assessment.objects.select_for_update(of=("self",), no_key=True).filter(pk=self.assessment.pk))
        self.assessment = self._assessment()

    def save(self, edits: Sequence[Edit]) -> None:
        actor = self.entry.actor
        row = self.assessment
        if not row.pk:
            row = start_assessment(target=self.entry.target, framework=self.framework, actor=actor)
        answers = [_given(edit) for edit in edits]
        self.assessment = save_answers(assessment=row, answers=answers, version=row.version, actor=actor)

    def add_writers(self, people: Sequence[int]) -> None:
        self.assessment.writers.add(*people)


def _code(given: Given) -> str:
    return str(given.level) if given.status == AnswerStatus.SCORED else given.status


def _values(given: Given) -> dict[str, str]:
    return {LEVEL: _code(given), EVIDENCE: normal(given.evidence)}


def _given(edit: Edit) -> Given:
    code, evidence = edit.values[LEVEL], edit.values[EVIDENCE]
    if code.isdigit():
        return Given(int(edit.key), str(AnswerStatus.SCORED.value), int(code), evidence)
    return Given(int(edit.key), code, None, evidence)
