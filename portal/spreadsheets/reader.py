"""`read_table` and `read_book`: an uploaded XLSX or CSV file as converted rows and named errors.

Bad content never raises: it becomes a CellError with its address. A file that
cannot be read as a whole raises SheetRefused with a sentence.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from typing import Any, BinaryIO

from portal.spreadsheets import csvfile, xlsx
from portal.spreadsheets.guards import SPLIT, check_size, kind_of
from portal.spreadsheets.headers import HEADER_WITHIN, Cells, Column, Header, find, match, score
from portal.spreadsheets.problems import Book, CellError, Row, SheetRefused, Table, Unreadable, quote
from portal.spreadsheets.values import RawCell, blank_or_error
from portal.spreadsheets.xlsx_child import column_number, letters

MAX_ROWS = 20_000
MAX_COLUMNS = 200
REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")


def read_table(
    file: BinaryIO,
    *,
    name: str,
    columns: Sequence[Column],
    sheet: str = "",
    max_rows: int = MAX_ROWS,
    max_cols: int = MAX_COLUMNS,
) -> Table:
    """The rows of the file under the given columns, with every error; `name` is what users call the form."""
    check_size(file)
    table = Table(name=name, kind=kind_of(file))
    reader = _Reader(table, columns, max_rows)
    if table.kind == "xlsx":
        lines = xlsx.read_lines(file, sheet=sheet or name, max_rows=max_rows, max_columns=max_cols)
        with closing(lines):  # ends the child also when a row is refused here
            for line in lines:
                reader.take_line(line)
    else:
        source = csvfile.decode(file, lambda first: find(first, columns) is not None)
        table.encoding = source.encoding
        for number, cells in csvfile.rows(source, max_columns=max_cols):
            reader.take(number, cells)
    reader.finish()
    return table


def read_book(
    file: BinaryIO,
    *,
    layouts: Mapping[str, Sequence[Column]],
    aside: Collection[str] = (),
    max_rows: int = 2_000,
    max_cols: int = MAX_COLUMNS,
) -> Book:
    """Every visible sheet under the layout whose header it has; a CSV file is one sheet.

    Sheets are known by their header rows, never by their titles. One whose first cell says what stands
    in `aside` holds no table; any other without a header row is an error: nothing is left out in silence.
    """
    check_size(file)
    book = Book(kind=kind_of(file))
    if book.kind == "xlsx":
        reader: _BookReader | None = None
        with closing(xlsx.read_lines(file, sheet=None, max_rows=max_rows, max_columns=max_cols)) as lines:
            for line in lines:
                if isinstance(line, dict) and "sheet" in line:
                    _close(book, reader)
                    reader = _BookReader(Table(name="", kind="xlsx"), layouts, max_rows, aside)
                assert reader is not None  # noqa: S101 - the child names the sheet first
                reader.take_line(line)
        _close(book, reader)
        return book

    def has_header(first: list[tuple[int, Cells]]) -> bool:
        return any(find(first, columns) is not None for columns in layouts.values())

    source = csvfile.decode(file, has_header)
    book.encoding = source.encoding
    reader = _BookReader(Table(name="", kind="csv", encoding=source.encoding), layouts, max_rows, ())
    for number, cells in csvfile.rows(source, max_columns=max_cols):
        reader.take(number, cells)
    _close(book, reader)
    return book


def _close(book: Book, reader: "_BookReader | None") -> None:
    """The end of a sheet."""
    if reader is not None:
        reader.finish()
        if not reader.is_aside:
            book.tables.append(reader.table)


class _Reader:
    """Takes rows one by one: holds the first ones back until the header row is known, then converts."""

    def __init__(self, table: Table, columns: Sequence[Column], max_rows: int) -> None:
        self.table = table
        self.columns = columns
        self.max_rows = max_rows
        self.first: list[tuple[int, Cells]] = []
        self.header: Header | None = None
        self.letters: dict[str, str] = {}
        self.merges: list[str] = []
        self.taken = 0
        self.last = 0
        self.without_header: set[int] = set()

    def take_line(self, line: Any) -> None:
        """One line of the child process."""
        if isinstance(line, list):
            self.take(line[0], {column: RawCell(kind, text) for column, kind, text in line[1]})
        elif "sheet" in line:
            self.table.sheet = quote(line["sheet"])
        elif "merges" in line:
            self.merges = line["merges"]

    def take(self, number: int, cells: Cells) -> None:
        """One row that is not blank."""
        if self.header is not None:
            self.convert(number, cells)
            return
        self.first.append((number, cells))
        if len(self.first) >= HEADER_WITHIN:
            self.settle()

    def settle(self) -> None:
        """Find the header among the first rows, then convert those below it."""
        index = find(self.first, self.columns)
        if index is None:
            labels = "、".join(f"「{column.label}」" for column in self.columns[:5])
            raise SheetRefused(
                "no_header",
                f"見出しの行（{labels}など）が見つかりません。",
                "様式の見出しの行を残したまま入力してください。",
            )
        number, cells = self.first[index]
        self.header = match(number, cells, self.columns, self.table.sheet)
        for error in self.header.errors:
            self.table.add(error)
        self.table.present = self.header.labels
        self.letters = {name: letters(position) for name, position in self.header.positions.items()}
        for row in self.first[index + 1 :]:
            self.convert(*row)

    def convert(self, number: int, cells: Cells) -> None:
        """Turn one row into values, unless the header is wrong: then every column would be guesswork."""
        assert self.header is not None  # noqa: S101 - set by settle
        if self.header.errors:
            return
        self.taken += 1
        self.last = number
        if self.taken > self.max_rows:
            raise SheetRefused("too_long", f"行が多すぎます（{self.max_rows:,}行まで）。", SPLIT)
        before = self.table.error_total
        values = {c.name: self.value(number, c, cells) for c in self.columns if c.name in self.letters}
        self.stray(number, cells)
        if self.table.error_total == before:
            self.table.rows.append(Row(number, values, self.letters))

    def value(self, number: int, column: Column, cells: Cells) -> Any:
        """One value; what cannot be read becomes an error with its address."""
        assert self.header is not None  # noqa: S101
        raw = cells.get(self.header.positions[column.name])
        try:
            cell = blank_or_error(raw)
            if cell is not None:
                return column.type.convert(cell)
            if column.required:
                raise Unreadable("required", "が入力されていません。", "入力してください。")
        except Unreadable as problem:
            address = f"{self.letters[column.name]}{number}"
            self.fail(address, column.label, raw.text if raw else "", problem)
            return None
        return column.blank

    def stray(self, number: int, cells: Cells) -> None:
        """A value under no header would be lost in silence: name the first one of each such column."""
        assert self.header is not None  # noqa: S101
        for position in cells.keys() - set(self.header.positions.values()) - self.without_header:
            self.without_header.add(position)
            problem = Unreadable(
                "no_header", "は、見出しのない列にあります。", "見出しを付けるか、値を削除してください。"
            )
            self.fail(f"{letters(position)}{number}", "", cells[position].text, problem)

    def fail(self, address: str, label: str, value: str, problem: Unreadable) -> None:
        """Keep one error."""
        self.table.add(
            CellError(
                self.table.sheet, address, label, quote(value), problem.rule, problem.say, problem.remedy
            )
        )

    def finish(self) -> None:
        """After the last row: a short file's header, merged cells, and a table without rows."""
        if self.header is None:
            self.settle()
        if self.header and not self.header.errors:
            for reference in self.merges:
                self.refuse_merge(reference)
        if not self.taken and self.table.ok:
            raise SheetRefused(
                "no_rows", "見出しの下に、データの行がありません。", "データを入力してください。"
            )

    def refuse_merge(self, reference: str) -> None:
        """Only one of the merged cells holds the value; which rows it is meant for is not ours to guess."""
        found = REFERENCE.fullmatch(reference)
        if found is None or found[3] is None or self.header is None:
            return
        columns = range(column_number(found[1]), column_number(found[3]) + 1)
        top, bottom = int(found[2]), int(found[4])
        if bottom < self.header.number or top > self.last:
            return
        hit = next((c for c in self.columns if self.header.positions.get(c.name) in columns), None)
        if hit is None:
            return
        self.table.rows = [row for row in self.table.rows if not top <= row.number <= bottom]
        problem = Unreadable(
            "merged", "のセルが結合されています。", "結合を解除し、行ごとに値を入力してください。"
        )
        self.fail(reference, hit.label, "", problem)


class _BookReader(_Reader):
    """Reads one sheet of several: finds out by the header which layout it has."""

    def __init__(
        self,
        table: Table,
        layouts: Mapping[str, Sequence[Column]],
        max_rows: int,
        aside: Collection[str],
    ) -> None:
        super().__init__(table, (), max_rows)
        self.layouts = layouts
        self.aside = aside
        self.is_aside = False

    def take(self, number: int, cells: Cells) -> None:
        """One row, unless the sheet was found to hold no table of ours."""
        if not self.first and self.header is None and not self.is_aside:
            start = next(iter(sorted(cells.items())), (0, RawCell("s", "")))[1]
            self.is_aside = start.text.strip() in self.aside
        if not self.is_aside and (self.table.ok or self.header is not None):
            super().take(number, cells)

    def settle(self) -> None:
        """The layout of which most labels stand in one row."""
        found = {code: find(self.first, columns) for code, columns in self.layouts.items()}
        scores = {
            code: score(self.first[index][1], self.layouts[code])
            for code, index in found.items()
            if index is not None
        }
        if not scores:
            problem = Unreadable(
                "unknown_sheet",
                "に、様式の見出しの行がありません。",
                "様式にないシートは削除し、様式のシートは見出しの行を元に戻してください。",
            )
            self.fail("シート全体", "", "", problem)
            return
        self.table.name = max(scores, key=lambda code: scores[code])
        self.columns = self.layouts[self.table.name]
        super().settle()

    def finish(self) -> None:
        """After the last row; a sheet without rows below its header says nothing, and that is allowed."""
        if self.is_aside or (self.header is None and not self.first):
            self.is_aside = True
            return
        if self.header is None and self.table.ok:
            self.settle()
        if self.header and not self.header.errors:
            for reference in self.merges:
                self.refuse_merge(reference)
