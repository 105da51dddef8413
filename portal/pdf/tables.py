"""Tables of a report, in the shape `pdf/components/table.html` draws."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

#: WeasyPrint needs a fifth of the memory for long tables in pieces (10,000 rows: 122 MB, not 661).
PIECE = 500


@dataclass(frozen=True)
class Column:
    """A column: its head, its share of the width in steps of 5 %, and `text` or `number`."""

    label: str
    width: int
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    """A numbered table that says its source and date; the first cell of a row is its head."""

    caption: str
    columns: Sequence[Column]
    source: str
    as_of: str
    rows: Sequence[Sequence[str]] = field(default_factory=list)
    dense: bool = False

    def __post_init__(self) -> None:
        widths = [column.width for column in self.columns]
        if sum(widths) != 100 or any(width % 5 for width in widths):
            raise ValueError("The widths of a table's columns are steps of 5 and add up to 100.")
        if any(len(row) != len(widths) for row in self.rows):
            raise ValueError("Every row of a table has one cell per column.")

    @property
    def pieces(self) -> Iterator[list[list[tuple[Column, str]]]]:
        """The rows in pieces of 500, each cell with its column; one empty piece for no rows."""
        for start in range(0, max(len(self.rows), 1), PIECE):
            yield [list(zip(self.columns, row, strict=True)) for row in self.rows[start : start + PIECE]]
