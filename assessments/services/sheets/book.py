"""The workbook of a round for one organisation, and each of its forms as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from assessments.services.issue_scales import ScaleMissing
from assessments.services.sheets.base import IDS, KEY, MARK, Entry, FormSheet
from assessments.services.sheets.checklist import ChecklistSheet
from assessments.services.sheets.issues import IssueSheet
from assessments.services.sheets.progress import ProgressSheet
from assessments.services.sheets.seals import Seal, shown_mark, sign
from portal import clock
from portal.permissions import Action, allows
from portal.spreadsheets import Column, DropDown, FormLook, Sheet, write_xlsx
from portal.spreadsheets.values import Choice
from portal.ui.dates import jdate, jdatetime

#: What stands in the first cell of the sheet that explains; it is not read.
START = "はじめに"
LAYOUTS: dict[str, tuple[Column, ...]] = {
    form.layout: tuple(form.columns) for form in (ProgressSheet, ChecklistSheet, IssueSheet)
}
HIDDEN = frozenset(range(len(IDS)))


def forms_of(entry: Entry, *, reading: bool = False) -> list[FormSheet]:
    """The forms asked of the organisation, and its list of local issues.

    A prefecture's own download leaves local issues out; a file from the town that has them is read.
    """
    target = entry.target
    forms: list[FormSheet] = [ProgressSheet(entry)] if target.asks_progress else []
    if target.asks_checklists:
        sheets = [ChecklistSheet(entry, one) for one in target.round.frameworks.all()]
        forms += [sheet for sheet in sheets if sheet.questions]
    if reading or (entry.is_own and allows(entry.actor, Action.EDIT_LOCAL_ISSUE)):
        try:
            forms.append(IssueSheet(entry))
        except ScaleMissing:
            return forms
    return forms


def table_rows(form: FormSheet, made: int) -> Iterator[list[str]]:
    """Each row with its id and its mark, as people read it."""
    target = form.entry.target
    for row in form.rows:
        types = form.types(row.key)
        filled = {name: types[name].export(value) or "" for name, value in row.values.items()}
        seal = Seal(target.round_id, target.organisation_id, form.code, made, shown_mark(row.values))
        ids = {KEY: row.key, MARK: sign(seal, row.key)}
        cells = {**row.shown, **filled, **ids}
        yield [cells.get(column.name, "") for column in form.columns]


def header_of(form: FormSheet) -> list[str]:
    """The labels of its columns."""
    return [column.label for column in form.columns]


def write_workbook(file: BinaryIO, entry: Entry) -> int:
    """Everything the round asks of the organisation, filled in as it stands; returns how many rows."""
    made = int(clock.now().timestamp())
    forms = forms_of(entry)
    write_xlsx(file, sheets=[_start(entry, forms), *(_sheet(form, made) for form in forms)])
    return sum(len(form.rows) for form in forms)


def _sheet(form: FormSheet, made: int) -> Sheet:
    names = [column.name for column in form.columns]
    look = FormLook(
        open=frozenset(names.index(name) for name in form.inputs),
        hidden=HIDDEN,
        widths={names.index(name): width for name, width in form.widths.items()},
        lists=list(_lists(form, names)),
        spare=form.spare,
    )
    return Sheet(form.title, header_of(form), table_rows(form, made), form=look)


def _lists(form: FormSheet, names: list[str]) -> Iterator[DropDown]:
    """The lists of the cells in which something is chosen, also in the blank rows; neighbours together."""
    keys = [row.key for row in form.rows] + [""] * form.spare
    for name in form.inputs:
        column, first = names.index(name), 2
        same: tuple[str, ...] = ()
        for number, key in enumerate(keys, 2):
            labels = _labels(form.types(key)[name])
            if labels != same:
                if same:
                    yield DropDown(column, first, number - 1, same)
                first, same = number, labels
        if same:
            yield DropDown(column, first, len(keys) + 1, same)


def _labels(kind: object) -> tuple[str, ...]:
    if isinstance(kind, Choice):
        return tuple(label for _code, label in kind.choices)
    return (str(getattr(kind, "example", "")),) if getattr(kind, "is_mark", False) else ()


def _start(entry: Entry, forms: list[FormSheet]) -> Sheet:
    """What the workbook is for, and how it is filled in."""
    target = entry.target
    lines = [
        ["団体", target.organisation.full_name],
        ["提出期限", jdate(target.due_on)],
        ["作成日時", jdatetime(clock.now())],
        ["シート", "、".join(f"「{form.title}」" for form in forms)],
        ["入力する欄", "うすい黄色の欄に入力してください。灰色の欄は、変更できません。"],
        ["選ぶ欄", "欄を選ぶと右に出る▼を押し、一覧から選んでください。"],
        ["改行", "Altキーを押しながらEnterキーを押すと、欄の中で改行できます。"],
        [
            "行と列",
            "行の順番は変えてもかまいません。隠れている列（項目IDと管理用の印）は、変更しないでください。",
        ],
        [
            "送り方",
            "保存したファイルを、ポータルの報告回の画面にある「Excelで入力する」で選んでください。"
            "変わる内容を確認してから、反映します。反映しただけでは、提出になりません。",
        ],
    ]
    for form in forms:
        if isinstance(form, ChecklistSheet):
            levels = [f"{one.level}　{one.label}：{one.rubric}" for one in form.framework.levels.all()]
            lines.append([f"{form.title}の段階", "\n".join(levels)])
    look = FormLook(widths={0: 24, 1: 90})
    return Sheet(START, [START, target.round.title], lines, form=look)
