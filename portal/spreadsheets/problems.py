"""What can be wrong with an uploaded table, each with a rule, a sentence and a remedy."""

from dataclasses import dataclass, field
from typing import Any

#: A value is quoted in a sentence up to this many characters.
QUOTED = 40
#: A list longer than this is cut on screen and in the preview; the total is kept.
MAX_ERRORS = 1_000


class SheetRefused(Exception):
    """A file refused whole: `rule` names the reason, the text is a sentence for the user with the remedy."""

    def __init__(self, rule: str, sentence: str, remedy: str) -> None:
        super().__init__(f"{sentence}{remedy}")
        self.rule = rule
        self.sentence = sentence
        self.remedy = remedy


class Unreadable(Exception):
    """A single value that a column cannot take; `say` completes 「B7（人口）の値「…」」."""

    def __init__(self, rule: str, say: str, remedy: str) -> None:
        super().__init__(f"{say}{remedy}")
        self.rule = rule
        self.say = say
        self.remedy = remedy


def quote(value: object) -> str:
    """The value as it can stand in a sentence: one line, cut, without control characters."""
    text = "".join(c if c.isprintable() else " " for c in str(value)[: QUOTED * 4]).strip()
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"


@dataclass(frozen=True, slots=True)
class CellError:
    """One thing wrong at one place of the sheet."""

    sheet: str
    cell: str
    label: str
    value: str
    rule: str
    say: str
    remedy: str

    @property
    def sentence(self) -> str:
        """The whole sentence: place, column, value, what is wrong, what to do."""
        place = f"{self.cell}（{self.label}）" if self.label else self.cell
        value = f"の値「{self.value}」" if self.value else ""
        return f"{place}{value}{self.say}{self.remedy}"

    def as_dict(self) -> dict[str, str]:
        """For a preview kept as JSON."""
        return {
            "sheet": self.sheet,
            "cell": self.cell,
            "label": self.label,
            "value": self.value,
            "rule": self.rule,
            "sentence": self.sentence,
        }


@dataclass(slots=True)
class Row:
    """One row that is not blank: its number as a spreadsheet program shows it, and values by column name."""

    number: int
    values: dict[str, Any]
    #: Where each column stands, to name the cell of a later error: column name → "B".
    letters: dict[str, str]

    def cell(self, column: str) -> str:
        """The address of this row's cell in a column: B7."""
        return f"{self.letters.get(column, '')}{self.number}"


@dataclass(slots=True)
class Table:
    """What was read: rows with converted values, and every error; a row with an error is not in `rows`."""

    name: str
    #: `xlsx` or `csv`, and the encoding of a CSV file.
    kind: str
    encoding: str = ""
    sheet: str = ""
    rows: list[Row] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    error_total: int = 0
    #: Column name → label as written in the file's header row, only columns that are in the file.
    present: dict[str, str] = field(default_factory=dict)

    def add(self, error: CellError) -> None:
        """Keep the error; beyond the limit only count it."""
        self.error_total += 1
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(error)

    @property
    def ok(self) -> bool:
        """True when nothing at all is wrong."""
        return self.error_total == 0


@dataclass(slots=True)
class Book:
    """What was read of a file of several tables: one `Table` for each sheet; its `name` is its layout."""

    kind: str
    encoding: str = ""
    tables: list[Table] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """The rows of all tables."""
        return [row for table in self.tables for row in table.rows]

    @property
    def errors(self) -> list[CellError]:
        """The errors of all tables, sheet by sheet."""
        return [error for table in self.tables for error in table.errors]

    @property
    def error_total(self) -> int:
        """How many errors there are, those beyond the limit too."""
        return sum(table.error_total for table in self.tables)

    @property
    def ok(self) -> bool:
        """True when nothing at all is wrong."""
        return not self.error_total
