"""What an uploaded file says of each form: rows told by their marks, values read, errors by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assessments.services.sheets.base import KEY, MARK, MARK_LABEL, FormSheet
from assessments.services.sheets.seals import Seal, read_seal
from portal.spreadsheets import Book, CellError, Row, SheetRefused, Table
from portal.spreadsheets.problems import Unreadable, quote
from portal.spreadsheets.values import RawCell

DOWNLOAD_AGAIN = "様式を保存し直し、入力した内容を写してください。"


@dataclass
class ReadRow:
    """One row of the file: id ("" for a new one), values, and what the row showed at download."""

    table: Table
    row: Row
    key: str
    values: Mapping[str, str]
    #: The digest of what the download showed; "" for a new row.
    shown: str


@dataclass
class ReadForm:
    """What the file says of one form."""

    form: FormSheet
    rows: list[ReadRow] = field(default_factory=list)


def seals_of(book: Book) -> list[Seal]:
    """The marks that are whole."""
    return [seal for row in book.rows if (seal := _seal(row))]


def _seal(row: Row) -> Seal | None:
    mark, key = row.values.get(MARK), row.values.get(KEY)
    return read_seal(mark, key) if mark and key else None


def refuse_other_target(book: Book, *, round_id: int, organisation_id: int) -> None:
    """Refuse a file that was made for another organisation or another round."""
    for seal in seals_of(book):
        if seal.organisation_id != organisation_id:
            raise SheetRefused(
                "other_organisation",
                "このファイルは、ほかの団体の様式です。",
                "この団体の様式を保存して入力してください。",
            )
        if seal.round_id != round_id:
            raise SheetRefused(
                "other_round",
                "このファイルは、ほかの報告回の様式です。",
                "この報告回の様式を保存して入力してください。",
            )


def read_forms(book: Book, forms: list[FormSheet]) -> list[ReadForm]:
    """The rows of each form; what is wrong becomes an error of its sheet."""
    found: dict[str, ReadForm] = {}
    seen: dict[tuple[str, str], tuple[Table, Row]] = {}
    for table in book.tables:
        form = _form_of(table, forms)
        if form is None:
            continue
        mine = found.setdefault(form.code, ReadForm(form))
        for row in table.rows:
            read = _read_row(table, row, form)
            if read is None:
                continue
            first = seen.setdefault((form.code, read.key), (table, row)) if read.key else (table, row)
            if first[1] is not row:
                place = (
                    f"「{first[0].sheet}」の{first[1].number}行目"
                    if first[0].sheet
                    else f"{first[1].number}行目"
                )
                say = f"は、{place}と同じ項目です。"
                _fail(table, row, KEY, Unreadable("double", say, "どちらかの行を削除してください。"))
                continue
            mine.rows.append(read)
    return list(found.values())


def _form_of(table: Table, forms: list[FormSheet]) -> FormSheet | None:
    """The form most of whose marks the sheet carries, however it is called."""
    codes = [seal.form for row in table.rows if (seal := _seal(row))]
    by_code = {form.code: form for form in forms}
    if not codes:
        only = [form for form in forms if form.layout == table.name]
        if only and only[0].spare and table.ok:
            return only[0]
        if table.rows:
            say = f"に、項目IDと{MARK_LABEL}がありません。"
            _fail(table, table.rows[0], KEY, Unreadable("no_marks", say, DOWNLOAD_AGAIN))
        return None
    code = max(codes, key=codes.count)
    if code not in by_code:
        say = "は、この団体に求められていない様式の項目です。"
        _fail(table, table.rows[0], KEY, Unreadable("not_asked", say, "このシートを削除してください。"))
        return None
    return by_code[code]


def _read_row(table: Table, row: Row, form: FormSheet) -> ReadRow | None:
    """One row, or None with an error."""
    key, mark = row.values.get(KEY) or "", row.values.get(MARK) or ""
    seal = _seal(row)
    new = form.spare and not key and not mark
    if not new and (seal is None or seal.form != form.code):
        say = f"は、{MARK_LABEL}と合いません。変更されています。"
        _fail(table, row, KEY, Unreadable("tampered", say, DOWNLOAD_AGAIN))
        return None
    if seal and key not in form.by_key and not form.spare:
        _fail(table, row, KEY, Unreadable("unknown_key", form.gone(key), DOWNLOAD_AGAIN))
        return None
    values = _values(table, row, form, key)
    if values is None or (new and not any(values.values())):
        return None
    for name, problem in form.check(values):
        _fail(table, row, name, problem)
        return None
    return ReadRow(table, row, key, values, seal.shown if seal else "")


def _values(table: Table, row: Row, form: FormSheet, key: str) -> dict[str, str] | None:
    """What is filled in, as codes and texts; None with an error for each cell that is wrong."""
    types = form.types(key)
    found: dict[str, str] = {}
    before = table.error_total
    for name in form.inputs:
        text = row.values.get(name) or ""
        try:
            found[name] = str(types[name].convert(RawCell("s", text))) if text else ""
        except Unreadable as problem:
            _fail(table, row, name, problem, form.cell_label(key, table.present.get(name, "")))
    return found if table.error_total == before else None


def _fail(table: Table, row: Row, name: str, problem: Unreadable, label: str = "") -> None:
    value = quote(row.values.get(name) or "")
    label = label or table.present.get(name, "")
    place = row.cell(name)
    table.add(CellError(table.sheet, place, label, value, problem.rule, problem.say, problem.remedy))


def fail(form: FormSheet, read: ReadRow, name: str, problem: Unreadable) -> None:
    """An error at one cell of a row."""
    label = form.cell_label(read.key, read.table.present.get(name, ""))
    _fail(read.table, read.row, name, problem, label)


def in_order(table: Table) -> list[CellError]:
    """The errors of a sheet from its first row to its last."""
    return sorted(table.errors, key=lambda error: int("".join(filter(str.isdigit, error.cell)) or 0))
