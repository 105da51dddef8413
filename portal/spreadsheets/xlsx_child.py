"""The process that parses a workbook: run as a script, standard library only, under its own limits.

It gets the file as standard input and the limits as one JSON argument, and
writes JSON lines: for each sheet `{"sheet": …}`, `[row, [[column, kind, text], …]]` for
every row with a value, `{"merges": […]}`; then `{"end": true}`; or `{"refuse": rule,
"cell": …}`. Kinds: `s` text, `n` number, `d` date or date and time (ISO),
`t` time of day, `b` true/false, `e` error value, `f` formula that was never
calculated. A hostile file can at worst end this process, which holds no secret.
"""

import datetime
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO
from xml.parsers import expat

MAX_TEXT = 32_767  # Excel's own limit for a cell
MAX_CHARACTERS = 10_000_000  # of all cells together: one long shared string can be named a million times
MAX_MERGES = 200
MAX_SHEETS = 30
CHUNK = 64 * 1024
ROWS_ABOVE = 100  # title lines above the header row

# Built-in number formats as a Japanese Excel means them.
DATE_FORMATS = {14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36, *range(50, 59)}
TIME_FORMATS = {18, 19, 20, 21, 32, 33, 45, 46, 47}
NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]|general|g/標準', re.IGNORECASE)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
WORKSHEET = "/worksheet"
Send = Callable[[Any], None]


class Refuse(Exception):
    """The rule by which the file is refused, and a cell address where there is one."""

    def __init__(self, rule: str, cell: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.cell = cell


def limit_resources(memory: int, seconds: int) -> None:
    """From here on this process can eat only so much; the parent reads how it ended."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))


def letters(column: int) -> str:
    """3 → C, 28 → AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(name: str) -> int:
    """AB → 28."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def parse(archive: zipfile.ZipFile, name: str, handler: Any) -> None:
    """Feed one part of the package to the handler; a DTD is refused before it is read."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = CHUNK
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text

    def doctype(*_: object) -> None:
        raise Refuse("dtd")

    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    with archive.open(name) as part:
        while chunk := part.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


class Elements:
    """Every element's local name and attributes, for the small parts of the package."""

    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Keep the element."""
        self.found.append((name.rpartition(":")[2], attributes))

    def end(self, name: str) -> None:
        """Nothing to do."""

    def text(self, data: str) -> None:
        """Nothing to do: these parts hold attributes only."""


class Strings:
    """The shared strings; readings above the characters (ふりがな) are left out."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.parts: list[str] = []
        self.reading = False
        self.phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a string, or a piece of one."""
        name = name.rpartition(":")[2]
        if name == "t":
            self.reading = not self.phonetic
        elif name == "si":
            self.parts = []
        elif name == "rPh":
            self.phonetic = True

    def end(self, name: str) -> None:
        """Close a piece, or the string."""
        name = name.rpartition(":")[2]
        if name == "t":
            self.reading = False
        elif name == "si":
            self.strings.append(unescape("".join(self.parts)))
        elif name == "rPh":
            self.phonetic = False

    def text(self, data: str) -> None:
        """Characters of the string."""
        if self.reading:
            self.parts.append(data)


def unescape(text: str) -> str:
    """Control characters are written _x000D_ in a workbook; surrogates stay as they are written."""
    if "_x" not in text:
        return text
    return ESCAPED.sub(lambda m: m[0] if 0xD800 <= int(m[1], 16) < 0xE000 else chr(int(m[1], 16)), text)


def format_kind(code: str) -> str:
    """`d` when a number format shows a date, `t` when only a time of day, else `n`."""
    bare = NOT_FORMAT.sub("", code.split(";", maxsplit=1)[0]).lower()
    if "y" in bare or "d" in bare or "g" in bare:
        return "d"
    if "h" in bare or "s" in bare:
        return "t"
    return "d" if "m" in bare else "n"


def style_kinds(archive: zipfile.ZipFile) -> list[str]:
    """For each cell style, whether numbers in it are dates, times or numbers."""
    if "xl/styles.xml" not in archive.namelist():
        return []
    elements = Elements()
    parse(archive, "xl/styles.xml", elements)
    codes: dict[int, str] = {}
    kinds: list[str] = []
    inside = False
    for name, attributes in elements.found:
        if name == "numFmt" and "numFmtId" in attributes:
            codes[int(attributes["numFmtId"])] = format_kind(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            inside = True
        elif name in {"cellStyles", "dxfs", "tableStyles"}:
            inside = False
        elif inside and name == "xf":
            number = int(attributes.get("numFmtId", "0"))
            built_in = "d" if number in DATE_FORMATS else "t" if number in TIME_FORMATS else "n"
            kinds.append(codes.get(number, built_in))
    return kinds


def sheet_parts(archive: zipfile.ZipFile, wanted: str | None) -> tuple[list[tuple[str, str]], bool]:
    """The wanted sheet, else the first visible one; all visible ones for None. And: days from 1904?"""
    workbook, relations = Elements(), Elements()
    parse(archive, "xl/workbook.xml", workbook)
    if "xl/_rels/workbook.xml.rels" not in archive.namelist():
        raise Refuse("broken")
    parse(archive, "xl/_rels/workbook.xml.rels", relations)
    targets = {
        a.get("Id"): a.get("Target", "")
        for name, a in relations.found
        if name == "Relationship" and a.get("Type", "").endswith(WORKSHEET)
    }
    from_1904 = any(n == "workbookPr" and a.get("date1904") in {"1", "true"} for n, a in workbook.found)
    sheets = []
    for name, attributes in workbook.found:
        relation = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id" and ":" in k), None)
        if name == "sheet" and relation in targets and attributes.get("state", "visible") == "visible":
            sheets.append((attributes.get("name", ""), targets[relation]))
    if not sheets:
        raise Refuse("no_sheet")
    if wanted is None and len(sheets) > MAX_SHEETS:
        raise Refuse("too_many_sheets")
    chosen = sheets if wanted is None else [next((s for s in sheets if s[0] == wanted), sheets[0])]
    parts = [(title, path.lstrip("/") if path.startswith("/") else f"xl/{path}") for title, path in chosen]
    if not {part for _, part in parts} <= set(archive.namelist()):
        raise Refuse("broken")
    return parts, from_1904


class Sheet:
    """One worksheet: rows with values are sent as they close, a cell beyond the limits ends the reading."""

    def __init__(
        self, strings: list[str], kinds: list[str], from_1904: bool, limits: dict[str, int], send: Send
    ) -> None:
        self.send = send
        self.strings, self.kinds, self.from_1904 = strings, kinds, from_1904
        self.max_row = limits["rows"] + ROWS_ABOVE
        self.max_column = limits["columns"]
        self.merges: list[str] = []
        self.columns: dict[str, int] = {}
        self.cells: list[list[Any]] = []
        self.row = self.column = self.characters = 0
        self.kind, self.style, self.formula = "n", "", False
        self.parts: list[str] | None = None
        self.value: str | None = None
        self.phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a row, a cell or its content."""
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self.open_cell(attributes)
        elif name in {"v", "t"}:
            self.parts = None if self.phonetic else []
        elif name == "f":
            self.formula = True
        elif name == "row":
            number = int(attributes.get("r", self.row + 1))
            if number <= self.row:
                raise Refuse("broken")
            self.row, self.column, self.cells = number, 0, []
        elif name == "rPh":
            self.phonetic = True
        elif name == "mergeCell" and len(self.merges) < MAX_MERGES:
            self.merges.append(attributes.get("ref", ""))

    def open_cell(self, attributes: dict[str, str]) -> None:
        """Where the cell stands and of what type it says it is."""
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        else:
            name = reference.rstrip("0123456789")
            if name not in self.columns:
                if not re.fullmatch(r"[A-Z]{1,3}", name):
                    raise Refuse("broken")
                self.columns[name] = column_number(name)
            self.column = self.columns[name]
        self.kind = attributes.get("t", "n")
        self.style = attributes.get("s", "")
        self.formula, self.value, self.parts = False, None, None

    def text(self, data: str) -> None:
        """Characters of a value."""
        if self.parts is not None:
            self.parts.append(data)

    def end(self, name: str) -> None:
        """Close a value, a cell or a row."""
        if ":" in name:
            name = name.rpartition(":")[2]
        if name in {"v", "t"}:
            if self.parts is not None:
                self.value = (self.value or "") + "".join(self.parts)
                self.parts = None
        elif name == "c":
            self.close_cell()
        elif name == "row" and self.cells:
            self.send([self.row, self.cells])
        elif name == "rPh":
            self.phonetic = False

    def close_cell(self) -> None:
        """Keep the cell when it holds something; refuse it when it stands too far out."""
        kind, text = self.content()
        if kind != "f" and not text.strip():
            return
        if self.column > self.max_column:
            raise Refuse("too_wide", f"{letters(self.column)}{self.row}")
        if self.row > self.max_row:
            raise Refuse("too_long", f"{letters(self.column)}{self.row}")
        self.characters += len(text)
        if len(text) > MAX_TEXT or self.characters > MAX_CHARACTERS:
            raise Refuse("too_much_text", f"{letters(self.column)}{self.row}")
        self.cells.append([self.column, kind, text])

    def content(self) -> tuple[str, str]:
        """The cell's kind and text; a formula without a calculated value says so."""
        value, kind = self.value, self.kind
        if self.formula and (value is None or (value == "" and kind not in {"str", "inlineStr"})):
            return "f", ""
        if value is None or value == "":
            return "s", ""
        if kind == "n":
            return self.number(value)
        if kind == "s":
            index = int(value)
            if not 0 <= index < len(self.strings):
                raise Refuse("broken")
            return "s", self.strings[index]
        if kind == "d":
            return "d", value.removesuffix("Z").removesuffix("T00:00:00")
        return {"b": "b", "e": "e"}.get(kind, "s"), unescape(value)

    def number(self, value: str) -> tuple[str, str]:
        """A number as Excel shows it (15 digits), or the date or time its style makes of it."""
        number = float(value)
        kind = self.kinds[int(self.style)] if self.style and int(self.style) < len(self.kinds) else "n"
        if kind == "n":
            return "n", f"{number:.15g}" if "." in value or "E" in value.upper() else value
        if kind == "t" and 0 <= number < 1:
            return "t", str(datetime.timedelta(seconds=round(number * 86_400)))
        return "d", serial_date(number, self.from_1904)


def serial_date(serial: float, from_1904: bool) -> str:
    """The day a serial number stands for, as ISO; Excel's 29 February 1900 (60) is no day."""
    if from_1904:
        start = datetime.datetime(1904, 1, 1)  # noqa: DTZ001 - a spreadsheet's days have no zone
    elif 1 <= serial < 60:
        start = datetime.datetime(1899, 12, 31)  # noqa: DTZ001
    elif 61 <= serial < 2_958_466:
        start = datetime.datetime(1899, 12, 30)  # noqa: DTZ001
    else:
        return f"serial {serial:g}"
    try:
        moment = start + datetime.timedelta(seconds=round(serial * 86_400))
    except OverflowError:
        return f"serial {serial:g}"
    midnight = moment.hour == moment.minute == moment.second == 0
    return moment.date().isoformat() if midnight else moment.isoformat()


def read(file: BinaryIO, limits: dict[str, Any], send: Send) -> None:
    """Send everything the parent needs of the sheets, in order."""
    with zipfile.ZipFile(file) as archive:
        sheets, from_1904 = sheet_parts(archive, limits["sheet"])
        strings, kinds, characters = Strings(), style_kinds(archive), 0
        if "xl/sharedStrings.xml" in archive.namelist():
            parse(archive, "xl/sharedStrings.xml", strings)
        for title, part in sheets:
            send({"sheet": title})
            sheet = Sheet(strings.strings, kinds, from_1904, limits, send)
            sheet.characters = characters
            parse(archive, part, sheet)
            characters = sheet.characters
            send({"merges": sheet.merges})
        send({"end": True})


def main() -> None:
    """Read standard input, write lines, and turn every expected failure into a rule."""
    limits = json.loads(sys.argv[1])
    limit_resources(limits["memory"], limits["seconds"])
    out = sys.stdout.buffer

    def send(line: Any) -> None:
        out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n")

    try:
        read(sys.stdin.buffer, limits, send)
    except Refuse as refused:
        send({"refuse": refused.rule, "cell": refused.cell})
    except MemoryError:
        send({"refuse": "memory", "cell": ""})
    except RecursionError:
        send({"refuse": "broken", "cell": ""})
    except (
        expat.ExpatError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OverflowError,
        NotImplementedError,
        EOFError,
        OSError,
        zlib.error,
    ) as problem:
        send({"refuse": "broken", "cell": "", "why": type(problem).__name__})
    out.flush()


if __name__ == "__main__":
    main()
