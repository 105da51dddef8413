"""Spreadsheets out: quick, and safe to open (a text never becomes a formula, a number stays a number)."""

import csv
import datetime
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any, BinaryIO
from unicodedata import east_asian_width, normalize
from xml.sax.saxutils import escape as xml

from django.utils import timezone

from portal.spreadsheets import xlsx_parts as parts
from portal.spreadsheets.escaping import clean, escape, looks_like_formula
from portal.spreadsheets.xlsx_child import MAX_TEXT, letters

YES, NO = "○", "×"
#: Stands for a character that CP932 does not have (下駄記号).
GETA = "〓"
CUT = "…（以下略）"
FIRST_SERIAL_DAY = datetime.date(1900, 3, 1)
WIDTH_FROM_ROWS = 100
CACHE = 20_000


@dataclass(frozen=True, slots=True)
class DropDown:
    """A list for some cells: column index (0 first), first and last row as the sheet numbers them."""

    column: int
    first: int
    last: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormLook:
    """A sheet that people fill in: which columns (0 first) are open, hidden, how wide; the rest is locked."""

    open: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    widths: Mapping[int, int] = field(default_factory=dict)
    lists: Sequence[DropDown] = ()
    #: So many blank rows below the last one can be filled in too.
    spare: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: title, labels of the header row, rows, and drop-down lists by column index (0 first)."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    #: So many rows below the header get the drop-downs.
    choice_rows: int = 2_000
    #: For a sheet to fill in: locks, hidden columns, lists for single cells.
    form: FormLook | None = None

    @property
    def lists(self) -> list[tuple[str, ...]]:
        """The drop-down lists in the order in which the sheet names them, each once."""
        if self.form is None:
            return [tuple(labels) for labels in self.choices.values()]
        return list(dict.fromkeys(one.labels for one in self.form.lists))


def plain(value: Any) -> Any:
    """A value as both formats write it: text, number, day, local time or None; true and false are ○ and ×."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if value is None or isinstance(value, int | float | Decimal | datetime.date):
        return value
    return clean(str(value))


# --- CSV ---------------------------------------------------------------------
def csv_text(value: Any) -> str:
    """One cell: texts escaped, numbers and days bare."""
    if type(value) is str:
        return escape(clean(value))
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def write_csv(
    file: BinaryIO, *, header: Sequence[str], rows: Iterable[Sequence[Any]], encoding: str = "utf-8-sig"
) -> list[str]:
    """Write the rows; return the characters the encoding does not have (they are written as 〓)."""
    missing: dict[str, None] = {}

    def encode(text: str) -> bytes:
        try:
            return text.encode(encoding)
        except UnicodeEncodeError:
            lost = [c for c in text if not _has(encoding, c)]
            missing.update(dict.fromkeys(lost))
            return text.translate({ord(c): GETA for c in lost}).encode(encoding)

    if encoding == "utf-8-sig":
        file.write(b"\xef\xbb\xbf")
        encoding = "utf-8"
    # Labels are ours, not data: （km²） may become （km2） where the encoding asks for it.
    header = ["".join(c if _has(encoding, c) else normalize("NFKC", c) for c in label) for label in header]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for batch in _batches(chain([header], rows)):
        writer.writerows([csv_text(value) for value in row] for row in batch)
        file.write(encode(buffer.getvalue()))
        buffer.seek(0)
        buffer.truncate()
    return list(missing)


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _batches(rows: Iterable[Any], size: int = 500) -> Iterator[list[Any]]:
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


# --- XLSX --------------------------------------------------------------------
def write_xlsx(file: BinaryIO, *, sheets: Sequence[Sheet]) -> None:
    """Write a workbook of string, number and date cells; nothing in it is ever a formula."""
    lists = [list(labels) for sheet in sheets for labels in sheet.lists]
    titles = [_title(sheet.title, n) for n, sheet in enumerate(sheets, 1)]
    # Level 1: half the time of the usual level for a tenth more bytes. Parts opened by name carry the
    # fixed date 1980-01-01, so that the same rows give the same bytes.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, body in parts.package(titles, with_lists=bool(lists)):
            with archive.open(name, "w") as out:
                out.write(body.encode())
        first_list = 1
        for number, sheet in enumerate(sheets, 1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as out:
                (_write_form if sheet.form else _write_sheet)(out, sheet, first_list)
            first_list += len(sheet.lists)
        if lists:
            with archive.open("xl/worksheets/sheet0.xml", "w") as out:
                _write_lists(out, lists)


def _title(title: str, number: int) -> str:
    """A sheet's name as Excel takes it: 31 characters, some signs not allowed."""
    kept = "".join("_" if c in "[]:*?/\\'" else c for c in clean(title))[:31].strip()
    return kept or f"シート{number}"


def _write_sheet(out: IO[bytes], sheet: Sheet, first_list: int) -> None:
    source = iter(sheet.rows)
    sample = list(islice(source, WIDTH_FROM_ROWS))
    out.write(parts.sheet_head(_widths(sheet.header, sample)))
    columns = [letters(n) for n in range(1, len(sheet.header) + 1)]
    head = "".join(
        f'<c r="{letter}1" s="{parts.HEADER}" t="inlineStr"><is><t>{xml(clean(str(label)))}</t></is></c>'
        for letter, label in zip(columns, sheet.header, strict=True)
    )
    out.write(f'<row r="1">{head}</row>'.encode())
    render = Renderer(columns)
    for batch in _batches(enumerate(chain(sample, source), 2)):
        out.write("".join(map(render.row, batch)).encode())
    drop_downs = [
        (letters(column + 1), first_list + n, len(labels))
        for n, (column, labels) in enumerate(sheet.choices.items())
    ]
    out.write(parts.sheet_tail(f"A1:{columns[-1]}{render.last}", drop_downs, sheet.choice_rows))


def _write_form(out: IO[bytes], sheet: Sheet, first_list: int) -> None:
    """A sheet to fill in: every cell is written, for a blank one that is open must say so."""
    look = sheet.form or FormLook()
    width = len(sheet.header)
    columns = [letters(n) for n in range(1, width + 1)]
    wide = [look.widths.get(n, 20) for n in range(width)]
    shown = [n not in look.hidden for n in range(width)]
    out.write(parts.form_head(list(zip(wide, shown, strict=True)), frozen=bool(look.open)))
    room = [width if seen else 0 for width, seen in zip(wide, shown, strict=True)]
    head = FormRenderer(columns, frozenset(), room, parts.HEADER)
    out.write(head.row((1, sheet.header)).encode())
    render = FormRenderer(columns, look.open, room)
    blank = [[None] * width] * look.spare
    for batch in _batches(enumerate(chain(sheet.rows, blank), 2)):
        out.write("".join(map(render.row, batch)).encode())
    numbers = {labels: first_list + n for n, labels in enumerate(sheet.lists)}
    drop_downs = [
        (
            f"{columns[one.column]}{one.first}:{columns[one.column]}{one.last}",
            numbers[one.labels],
            len(one.labels),
        )
        for one in look.lists
    ]
    out.write(parts.form_tail(drop_downs))


def _write_lists(out: IO[bytes], lists: list[list[str]]) -> None:
    """The hidden sheet that holds the labels of the drop-downs, a column each."""
    out.write(parts.sheet_head([]))
    columns = [letters(n) for n in range(1, len(lists) + 1)]
    render = Renderer(columns)
    for number in range(1, max(map(len, lists)) + 1):
        row = [labels[number - 1] if number <= len(labels) else None for labels in lists]
        out.write(render.row((number, row)).encode())
    out.write(parts.sheet_tail("", [], 0))


class Renderer:
    """Rows as XML; what follows the address of a cell is kept for texts that come again."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = [f'<c r="{column}' for column in columns]
        self.known: dict[str, str] = {}
        self.last = 1
        self.makers: dict[type, Callable[[Any], str]] = {
            str: self.text,
            int: self.number,
            float: self.number,
            Decimal: self.decimal,
            datetime.date: self.day,
        }

    def row(self, numbered: tuple[int, Sequence[Any]]) -> str:
        """One row; blank cells are left out."""
        self.last, values = numbered
        number, get, makers, other = str(self.last), self.known.get, self.makers, self.other
        cells = [f'<row r="{number}">']
        for opening, value in zip(self.columns, values, strict=True):
            if value is None or value == "":
                continue
            kind = type(value)
            tail = (get(value) if kind is str else None) or makers.get(kind, other)(value)
            cells.append(opening + number + tail)
        cells.append("</row>")
        return "".join(cells)

    def text(self, value: str) -> str:
        """A string cell; one that looks like a formula is marked as quoted."""
        kept = clean(value)
        if len(kept) > MAX_TEXT:
            kept = kept[: MAX_TEXT - len(CUT)] + CUT
        style = parts.QUOTED if looks_like_formula(kept) else parts.TEXT
        space = ' xml:space="preserve"' if kept != kept.strip() or "\n" in kept else ""
        tail = f'" s="{style}" t="inlineStr"><is><t{space}>{parts.escape_text(kept)}</t></is></c>'
        if len(self.known) < CACHE and len(value) < 200:
            self.known[value] = tail
        return tail

    def number(self, value: Any) -> str:
        """A number cell; what is no finite number is a text."""
        text = str(value)
        return f'"><v>{text}</v></c>' if text[-1].isdigit() else self.text(text)

    def decimal(self, value: Decimal) -> str:
        """A number cell, never in exponential form."""
        return self.number(f"{value:f}")

    def day(self, value: datetime.date) -> str:
        """A date cell; days before Excel's calendar are written as text."""
        if value < FIRST_SERIAL_DAY:
            return self.text(value.isoformat())
        return f'" s="{parts.DATE}"><v>{(value - parts.DAY_ZERO).days}</v></c>'

    def other(self, value: Any) -> str:
        """Times, true and false, and everything else by its words."""
        value = plain(value)
        if isinstance(value, datetime.datetime):
            days = (value - datetime.datetime.combine(parts.DAY_ZERO, datetime.time())) / datetime.timedelta(
                1
            )
            return f'" s="{parts.MOMENT}"><v>{days:.10f}</v></c>'
        if isinstance(value, int | float | Decimal):
            return self.number(value)
        return self.text(str(value))


class FormRenderer:
    """Rows of a sheet to fill in: framed text cells, locked or open; blank ones are written too."""

    def __init__(
        self, columns: Sequence[str], opened: frozenset[int], room: Sequence[int], style: int | None = None
    ) -> None:
        self.columns, self.room = columns, room
        plain_style = [parts.OPEN if n in opened else parts.LOCKED for n in range(len(columns))]
        self.styles = [style] * len(columns) if style is not None else plain_style
        self.style = style

    def row(self, numbered: tuple[int, Sequence[Any]]) -> str:
        """One row."""
        number, values = numbered
        texts = ["" if value is None else clean(str(value)) for value in values]
        cells = [
            self.cell(f"{column}{number}", style, text)
            for column, style, text in zip(self.columns, self.styles, texts, strict=True)
        ]
        return f'<row r="{number}" ht="{self._height(texts):g}">{"".join(cells)}</row>'

    def _height(self, texts: Sequence[str]) -> float:
        """Room for texts that wrap, in points: a program that does not measure locked rows cuts them off."""
        room = zip(texts, self.room, strict=True)
        lines = max((_lines(text, width) for text, width in room if width), default=1)
        return min(parts.TALLEST, lines * parts.LINE)

    def cell(self, address: str, style: int, text: str) -> str:
        """One cell; a text that looks like a formula is marked as quoted."""
        if not text:
            return f'<c r="{address}" s="{style}"/>'
        if self.style is None and looks_like_formula(text):
            style += 1
        kept = text if len(text) <= MAX_TEXT else text[: MAX_TEXT - len(CUT)] + CUT
        body = parts.escape_text(kept)
        return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{body}</t></is></c>'


def _widths(header: Sequence[str], sample: list[Sequence[Any]]) -> list[int]:
    """A width for each column from its label and first values: 8 to 50 half-width characters."""
    widths = [_width(str(label)) + 2 for label in header]
    for row in sample:
        for n, value in enumerate(row[: len(widths)]):
            widths[n] = max(widths[n], _width(csv_text(value)) + 2)
    return [min(50, max(8, width)) for width in widths]


def _width(text: str) -> int:
    return _cells(max(text[:200].splitlines(), key=len, default=""))


def _cells(line: str) -> int:
    """How many half-width characters a line takes."""
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in line)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of so many half-width characters."""
    return sum(max(1, -(-_cells(line) // width)) for line in text.split("\n"))
