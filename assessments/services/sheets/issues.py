"""地域課題 as a sheet: one row for each issue on the list, and blank rows for new ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from assessments.choices import IssueAxis, IssueField, IssueState
from assessments.models import LocalIssue, SupportStep
from assessments.models.local_issues import DESCRIPTION_LIMIT, TITLE_LIMIT
from assessments.services.issue_scales import scale_in_use
from assessments.services.issues import (
    DEPARTMENT_LIMIT,
    WITHDRAWN,
    add_issue,
    content_of,
    lock_list,
    save_issue,
)
from assessments.services.sheets.base import (
    ANYTHING,
    IDS,
    Edit,
    Entry,
    FormSheet,
    SheetRow,
    normal,
    shown_column,
)
from portal.spreadsheets import Choice, Column, Text, choices_of
from portal.spreadsheets.problems import Unreadable
from portal.spreadsheets.values import ColumnType

YES, NO = "yes", "no"
TITLE, SHARED = "title", "shared"
_BOOLEANS = ("controllable", "start_now", SHARED)
_ALIASES = (("○", YES), ("〇", YES), ("はい", YES), ("×", NO), ("いいえ", NO))


def _yes_no(yes: str, no: str) -> Choice:
    return Choice(((YES, yes), (NO, no)), aliases=_ALIASES)


class IssueSheet(FormSheet):
    """The list of local issues of the actor's organisation."""

    layout = "issues"
    columns = (
        *IDS,
        shown_column("position", "順位"),
        Column(TITLE, "地域課題", ANYTHING, blank=""),
        Column("description", "説明", ANYTHING, blank=""),
        Column("field", "分野", ANYTHING, blank=""),
        *(Column(axis.value, axis.label, ANYTHING, blank="") for axis in IssueAxis),
        Column("controllable", "自団体で対応できるか", ANYTHING, blank=""),
        Column("start_now", "すぐに着手できるか", ANYTHING, blank=""),
        Column("department", "担当課", ANYTHING, blank=""),
        Column("step_id", "STEP", ANYTHING, blank=""),
        Column(SHARED, "共有", ANYTHING, blank=""),
    )
    inputs = tuple(column.name for column in columns[3:])
    widths = {"position": 8, TITLE: 36, "description": 52, "department": 18}
    spare = 30

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry, "issues", "地域課題")
        self.scale = scale_in_use()
        self.locked: dict[str, LocalIssue] = {}

    def _issues(self) -> Any:
        mine = LocalIssue.objects.for_user(self.entry.actor)
        return mine.filter(organisation=self.entry.target.organisation).active().order_by("position", "pk")

    def make_rows(self) -> list[SheetRow]:
        return [
            SheetRow(
                key=str(issue.pk),
                label=issue.title,
                shown={"position": str(issue.position)},
                values=_values(issue),
            )
            for issue in self._issues()
        ]

    @cached_property
    def _types(self) -> dict[str, ColumnType]:
        steps = tuple((str(step.pk), str(step)) for step in SupportStep.objects.all())
        levels = {
            criterion.code: tuple(
                (str(one.level), f"{one.level}　{one.label}") for one in criterion.levels.all()
            )
            for criterion in self.scale.criteria.all()
        }
        return {
            TITLE: Text(TITLE_LIMIT),
            "description": Text(DESCRIPTION_LIMIT, multiline=True),
            "field": Choice(choices_of(IssueField.choices)),
            **{axis: Choice(levels[axis]) for axis in IssueAxis.values},
            "controllable": _yes_no("対応できる", "対応できない"),
            "start_now": _yes_no("着手できる", "着手できない"),
            "department": Text(DEPARTMENT_LIMIT),
            "step_id": Choice(steps) if steps else Text(100),
            SHARED: _yes_no("共有する", "共有しない"),
        }

    def types(self, key: str) -> Mapping[str, ColumnType]:
        return self._types

    def check(self, values: Mapping[str, str]) -> list[tuple[str, Unreadable]]:
        """What the form asks for at once."""
        found = []
        for name in (TITLE, "field", SHARED):
            if not values[name]:
                found.append((name, Unreadable("required", "が入力されていません。", "入力してください。")))
        return found

    def label_of(self, key: str, values: Mapping[str, str]) -> str:
        return values.get(TITLE) or super().label_of(key, values)

    def closed(self, key: str) -> str:
        return ""

    def gone(self, key: str) -> str:
        return f"は、今の一覧にありません。{WITHDRAWN}"

    def lock(self) -> None:
        self.forget()
        lock_list(self.entry.target.organisation)
        rows = self._issues().select_for_update(of=("self",), no_key=True)
        self.locked = {str(issue.pk): issue for issue in rows}

    def save(self, edits: Sequence[Edit]) -> None:
        actor = self.entry.actor
        for edit in edits:
            values = _content(edit.values)
            issue = self.locked.get(edit.key)
            if issue is None:
                add_issue(values=values, state=IssueState.TODO, actor=actor)
            else:
                save_issue(issue=issue, values=values, version=issue.version, actor=actor)


def _values(issue: LocalIssue) -> dict[str, str]:
    found = {name: _cell(value) for name, value in content_of(issue).items()}
    return found | {name: _one_line(found[name]) for name in (TITLE, "department")}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return "" if value is None else normal(str(value))


def _one_line(text: str) -> str:
    """As a column of one line reads it."""
    return re.sub(r"[\n\t]+", " ", text).strip()


def _content(values: Mapping[str, str]) -> dict[str, Any]:
    """The values as the service takes them."""
    found: dict[str, Any] = dict(values)
    for name in _BOOLEANS:
        found[name] = {YES: True, NO: False}.get(values[name])
    for name in (*IssueAxis.values, "step_id"):
        found[name] = int(values[name]) if values[name] else None
    return found
