"""取組状況 as a sheet: one row for each thing to fill in, for each field of work and each step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from assessments.choices import HANDED_IN, OPEN_STATES, IssueField, StepState
from assessments.models import ProgressReport, ProgressSubmission, SupportStep
from assessments.models.progress import SECTION_LIMIT
from assessments.models.round_parts import REASON_LIMIT
from assessments.models.sections import Section, sections_for
from assessments.services.forms import start_progress
from assessments.services.previous import previous_submission
from assessments.services.progress_saving import locked_report, open_sections, save_progress
from assessments.services.sections import all_values, kept_values, text_label
from assessments.services.sheets.base import (
    ANYTHING,
    IDS,
    Edit,
    Entry,
    FormSheet,
    Mark,
    SheetRow,
    normal,
    shown_column,
    why_not_open,
)
from assessments.services.versions import shown_submission
from portal.spreadsheets import Choice, Column, Text
from portal.spreadsheets.values import ColumnType

VALUE = "value"
AREA, STEP, TEXT, SKIP = "fields", "steps", "text", "skip"


class ProgressSheet(FormSheet):
    """The progress report of one organisation in one round."""

    layout = "progress"
    columns = (
        *IDS,
        shown_column("section", "項目"),
        shown_column("what", "記入すること"),
        Column(VALUE, "記入欄", ANYTHING, blank=""),
        shown_column("how", "入力のしかた"),
        shown_column("previous", "前回の内容"),
    )
    inputs = (VALUE,)
    widths = {"section": 18, "what": 34, VALUE: 64, "how": 22, "previous": 40}

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry, "progress", "取組状況")
        self.sections = sections_for(entry.target.organisation.kind)
        self.steps = list(SupportStep.objects.all())
        self.report = self._report()

    def _report(self) -> ProgressReport:
        target = self.entry.target
        place = {"round": target.round, "organisation": target.organisation}
        found = ProgressReport.objects.filter(**place).select_related("round", "organisation").first()
        return found or ProgressReport(**place)

    def _visible(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """Columns and reasons of 該当なし that the actor may read: a prefecture reads no drafts."""
        if self.entry.is_own:
            return all_values(self.report), self.report.skipped
        mine = ProgressReport.objects.for_user(self.entry.actor).filter(pk=self.report.pk)
        handed_in = shown_submission(self.report) if self.report.pk and mine.exists() else None
        return kept_values(handed_in), handed_in.content.get("skipped", {}) if handed_in else {}

    def make_rows(self) -> list[SheetRow]:
        values, skipped = self._visible()
        before = self._before()
        old, old_skipped = kept_values(before), (before.content.get("skipped", {}) if before else {})
        return [
            SheetRow(
                key=key,
                label=section.label if section.label == what else f"{section.label}：{what}",
                shown={
                    "section": section.label,
                    "what": what if not more else f"{what}\n{more}",
                    "how": how,
                    "previous": self.types(key)[VALUE].export(_value(key, old, old_skipped)) or "",
                },
                values={VALUE: _value(key, values, skipped)},
            )
            for section in self.sections
            for key, what, more, how in self._lines(section)
        ]

    def _before(self) -> ProgressSubmission | None:
        """What was handed in for the round before; nothing that was taken back, for a prefecture."""
        target = self.entry.target
        found = previous_submission(round_=target.round, organisation=target.organisation)
        return found if found and (self.entry.is_own or found.report.state in HANDED_IN) else None

    def _lines(self, section: Section) -> Iterable[tuple[str, str, str, str]]:
        """Id, what to fill in, more about it, how to fill it in."""
        limit = f"{SECTION_LIMIT:,}文字まで"
        for name in section.fields:
            if name == AREA:
                for code, label in IssueField.choices:
                    yield f"{AREA}.{code}", f"取組の分野「{label}」", "", "当てはまるとき○を選ぶ"
            elif name == STEP:
                for step in self.steps:
                    yield f"{STEP}.{step.code}", f"{step}の状態", step.summary, "一覧から選ぶ"
            else:
                yield f"{TEXT}.{name}", text_label(section), section.help, limit
        if section.may_skip:
            help_ = "この項目に書くことがないときだけ、理由を入力してください。"
            yield f"{SKIP}.{section.code}", "該当しない理由", help_, f"{REASON_LIMIT:,}文字まで"

    def types(self, key: str) -> Mapping[str, ColumnType]:
        kind, _, name = key.partition(".")
        if kind == AREA:
            return {VALUE: Mark()}
        if kind == STEP:
            return {VALUE: self._states[name]}
        return {VALUE: Text(REASON_LIMIT if kind == SKIP else SECTION_LIMIT, multiline=True)}

    @cached_property
    def _states(self) -> dict[str, Choice]:
        return {
            step.code: Choice(
                tuple(
                    (one.value, one.label)
                    for one in StepState
                    if not (step.is_required and one is StepState.NOT_PLANNED)
                )
            )
            for step in self.steps
        }

    def cell_label(self, key: str, label: str) -> str:
        return self.by_key[key].label if key in self.by_key else label

    def closed(self, key: str) -> str:
        if self._not_open:
            return self._not_open
        section = self._section_of(key)
        if section.code not in open_sections(self.report):
            return f"「{section.label}」は、差し戻されていないため、変更できません。"
        return ""

    @cached_property
    def _not_open(self) -> str:
        if self.report.state not in OPEN_STATES:
            return f"取組状況は「{self.report.get_state_display()}」のため、変更できません。"
        handed_in = bool(self.report.pk) and self.report.submissions.exists()
        return why_not_open(self.entry, handed_in_before=handed_in, what=self.title)

    def _section_of(self, key: str) -> Section:
        kind, _, name = key.partition(".")
        if kind == SKIP:
            return next(one for one in self.sections if one.code == name)
        column = name if kind == TEXT else kind
        return next(one for one in self.sections if column in one.fields)

    def lock(self) -> None:
        self.forget()
        self.__dict__.pop("_not_open", None)
        self.report = locked_report(self.report) if self.report.pk else self._report()

    def save(self, edits: Sequence[Edit]) -> None:
        actor = self.entry.actor
        report = self.report
        if not report.pk:
            report = start_progress(target=self.entry.target, actor=actor)
        values: dict[str, Any] = {}
        skipped: dict[str, str] = {}
        for edit in edits:
            kind, _, name = edit.key.partition(".")
            value = edit.values[VALUE]
            if kind == AREA:
                chosen = {*values.get(AREA, report.fields)} - {name} | ({name} if value else set())
                values[AREA] = [code for code in IssueField.values if code in chosen]
            elif kind == STEP:
                told = {**values.get(STEP, report.steps), name: value}
                values[STEP] = {code: state for code, state in told.items() if state}
            elif kind == SKIP:
                skipped[name] = value
            else:
                values[name] = value
        self.report = save_progress(
            report=report, values=values, version=report.version, actor=actor, skipped=skipped
        )

    def add_writers(self, people: Sequence[int]) -> None:
        self.report.writers.add(*people)


def _value(key: str, values: Mapping[str, Any], skipped: Mapping[str, str]) -> str:
    """What a row shows of these columns; of old submissions only the words of each section are kept."""
    kind, _, name = key.partition(".")
    if kind in (AREA, STEP):
        told = values.get(kind)
        if isinstance(told, dict):
            return str(told.get(name, ""))
        return "○" if isinstance(told, list) and name in told else ""
    if kind == SKIP:
        return normal(skipped.get(name, ""))
    return normal(str(values.get(name) or ""))
