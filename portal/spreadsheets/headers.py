"""Columns and the header row: matched by label, never by position."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.spreadsheets.problems import CellError, quote
from portal.spreadsheets.values import ColumnType, RawCell, fold
from portal.spreadsheets.xlsx_child import letters

#: The header row is looked for in this many rows that are not blank.
HEADER_WITHIN = 20
MARKS = re.compile(r"[*※]|[(【\[](?:必須|任意)[)】\]]")

Cells = Mapping[int, RawCell]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form: name in code, label on the sheet, type, and whether it may be blank."""

    name: str
    label: str
    type: ColumnType
    required: bool = False
    aliases: tuple[str, ...] = ()
    #: The value of a blank cell that is not required.
    blank: Any = None
    #: The file may leave the whole column out; nothing is changed in it then.
    may_be_absent: bool = False
    #: One sentence for the page that explains the form.
    help: str = ""

    @property
    def spellings(self) -> set[str]:
        """All labels the column answers to, folded."""
        return {fold_label(label) for label in (self.label, *self.aliases)}


@dataclass(slots=True)
class Header:
    """The header row found: its number, the column position of each name, and what is wrong with it."""

    number: int
    positions: dict[str, int] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)


def fold_label(label: str) -> str:
    """A label for comparison: NFKC, without blanks and marks such as ※ or （必須）."""
    return MARKS.sub("", fold(label))


def score(cells: Cells, columns: Sequence[Column]) -> int:
    """How many columns have their label in this row."""
    labels = {fold_label(cell.text) for cell in cells.values()}
    return sum(1 for column in columns if column.spellings & labels)


def find(rows: Sequence[tuple[int, Cells]], columns: Sequence[Column]) -> int | None:
    """The index of the row that holds the labels, or None: at least two must match, if there are two."""
    best = max(range(len(rows)), key=lambda i: (score(rows[i][1], columns), -i), default=None)
    if best is None or score(rows[best][1], columns) < min(2, len(columns)):
        return None
    return best


def match(number: int, cells: Cells, columns: Sequence[Column], sheet: str) -> Header:
    """Positions by label; unknown, missing and doubled labels are named, with the cell where there is one."""
    header = Header(number)
    by_spelling = {spelling: column for column in columns for spelling in column.spellings}
    for position, cell in sorted(cells.items()):
        address = f"{letters(position)}{number}"
        label = quote(cell.text)
        column = by_spelling.get(fold_label(cell.text))
        if column is None:
            header.errors.append(
                CellError(
                    sheet,
                    address,
                    "",
                    label,
                    "unknown_header",
                    "は、この様式にない見出しです。",
                    "列を削除するか、見出しを様式のとおりに直してください。",
                )
            )
        elif column.name in header.positions:
            first = f"{letters(header.positions[column.name])}{number}"
            header.errors.append(
                CellError(
                    sheet,
                    address,
                    "",
                    label,
                    "double_header",
                    f"は{first}と同じ見出しです。",
                    "どちらかの列を削除してください。",
                )
            )
        else:
            header.positions[column.name] = position
            header.labels[column.name] = label
    header.errors += [
        CellError(
            sheet,
            f"{number}行目",
            column.label,
            "",
            "missing_header",
            "の見出しがありません。",
            "見出しを様式のとおりに入れてください。",
        )
        for column in columns
        if column.name not in header.positions and not column.may_be_absent
    ]
    return header
