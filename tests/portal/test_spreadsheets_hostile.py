"""FIL-01: hostile files end within bounds, with a sentence, and the process that asked goes on."""

import io
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable

import pytest

from portal.spreadsheets import Column, Integer, SheetRefused, Text, guards, read_table, xlsx
from tests.portal.workbooks import HEAD, MAIN, ROW, package, sheet_xml, workbook

COLUMNS = [Column("name", "名称", Text(), required=True), Column("population", "人口", Integer())]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "{}">{}]>'.format(
    "lol" * 10,
    "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
)
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
LOL = '<row r="2"><c r="A2" t="inlineStr"><is><t>&i;</t></is></c></row>'


def many_rows(count: int, columns: int = 10) -> str:
    """Rows of numbers, as short as XML allows."""
    cells = "<c><v>1</v></c>" * columns
    return HEAD + f"<row>{cells}</row>" * count


def shared_bomb() -> io.BytesIO:
    """One string of 30,000 characters that 100,000 cells name."""
    strings = f'<sst xmlns="{MAIN}"><si><t>{"あ" * 30_000}</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 15_000))
    return package({"xl/sharedStrings.xml": strings}, sheet=sheet_xml(HEAD + rows))


def many_sheets() -> io.BytesIO:
    """500 sheets."""
    return package({f"xl/worksheets/sheet{n}.xml": sheet_xml(HEAD) for n in range(2, 502)})


def flagged_encrypted() -> io.BytesIO:
    """A zip whose entries say they are encrypted."""
    body = bytearray(package().getvalue())
    at = body.find(b"PK\x01\x02")
    while at >= 0:
        body[at + 8] |= 1
        at = body.find(b"PK\x01\x02", at + 1)
    return io.BytesIO(bytes(body))


def lying_directory() -> io.BytesIO:
    """The directory says the sheet is 100 bytes long; it is 50 MB."""
    body = bytearray(package(sheet=sheet_xml(many_rows(20, 1) + " " * 50_000_000)).getvalue())
    at = body.rfind(b"PK\x01\x02")
    struct.pack_into("<I", body, at + 24, 100)
    return io.BytesIO(bytes(body))


def overlapping_entries() -> io.BytesIO:
    """Many directory entries that all point at the same compressed bytes."""
    file = package()
    with zipfile.ZipFile(file, "a") as archive:
        big = zipfile.ZipInfo("xl/media/a.bin")
        archive.writestr(big, b"x" * 5_000)
        for n in range(40):
            copy = zipfile.ZipInfo(f"xl/media/{n}.bin")
            copy.CRC = big.CRC
            copy.header_offset, copy.compress_size, copy.file_size = big.header_offset, 5_000, 5_000
            archive.filelist.append(copy)
            archive.NameToInfo[copy.filename] = copy
    return file


def duplicate_entry() -> io.BytesIO:
    """Two parts with the same name: which one would be read?"""
    file = package()
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return file


def huge_directory() -> io.BytesIO:
    """60,000 empty entries."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for n in range(60_000):
            archive.writestr(zipfile.ZipInfo(f"{n}"), b"")
    return file


def slow_sheet() -> io.BytesIO:
    """Within every limit of size, but two million cells that hold nothing."""
    cells = "".join(map("<c r='A3' s='{}'/>".format, range(2_000_000)))
    return package(sheet=sheet_xml(f'{HEAD}{ROW}<row r="3">{cells}</row>'))


def of(body: bytes) -> Callable[[], io.BytesIO]:
    """A file of these bytes."""
    return lambda: io.BytesIO(body)


def parts(replaced: dict[str, str | bytes | None]) -> Callable[[], io.BytesIO]:
    """A small workbook with these parts."""
    return lambda: package(replaced)


def rows(body: str, before: str = "") -> Callable[[], io.BytesIO]:
    """A small workbook with these rows below its header."""
    return lambda: package(sheet=sheet_xml(HEAD + body, before=before))


def cell(address: str, attributes: str = "", value: str = "1") -> str:
    """One row with one cell."""
    number = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f'<row r="{number}"><c r="{address}" {attributes}><v>{value}</v></c></row>'


MILLION = "".join(map("<row><c><v>{}</v></c></row>".format, range(1_000_000)))
TEN_THOUSAND = f"<row>{'<c><v>1</v></c>' * 10_000}</row>"
ENCRYPTED = OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
HTML = "<!DOCTYPE html><table><tr><td>名称</td></tr></table>".encode()
ENTITY_STRINGS = f"{ENTITIES}<sst><si><t>&i;</t></si></sst>"

HOSTILE = {
    "zip_bomb": (parts({"xl/media/x.bin": b"\0" * 50_000_000}), "ratio"),
    "zip_bomb_total": (parts({f"xl/media/{n}.bin": b"\0" * 900_000 for n in range(80)}), "unpacked_size"),
    "string_bomb": (shared_bomb, "too_much_text"),
    "sparse": (rows(cell("XFD1048576")), "too_wide"),
    "sparse_row": (rows(cell("A1048576")), "too_long"),
    "entity_bomb": (rows(LOL, before=ENTITIES), "dtd"),
    "entity_bomb_strings": (parts({"xl/sharedStrings.xml": ENTITY_STRINGS}), "dtd"),
    "xxe": (rows(LOL.replace("&i;", "&a;"), before=XXE), "dtd"),
    "million_rows": (rows(MILLION), "too_long"),
    "many_columns": (rows(TEN_THOUSAND), "too_wide"),
    "many_sheets": (many_sheets, "entries"),
    "huge_directory": (huge_directory, "entries"),
    "encrypted_ole": (of(ENCRYPTED), "encrypted"),
    "encrypted_zip": (flagged_encrypted, "encrypted"),
    "macros": (parts({"xl/vbaProject.bin": b"x"}), "macros"),
    "external_link": (parts({"xl/externalLinks/externalLink1.xml": "<x/>"}), "external_links"),
    "embedding": (parts({"xl/embeddings/oleObject1.bin": b"x"}), "embeddings"),
    "old_xls": (of(OLE + b"\0" * 4096), "old_format"),
    "pdf": (of(b"%PDF-1.7\n..."), "not_a_sheet"),
    "html": (of(HTML), "not_a_sheet"),
    "docx": (parts({"xl/workbook.xml": None, "word/document.xml": "<x/>"}), "not_a_workbook"),
    "cut": (lambda: io.BytesIO(workbook([["名称", "人口"]]).getvalue()[:-200]), "broken_zip"),
    "lying": (lying_directory, "broken"),
    "overlapping": (overlapping_entries, "lying_directory"),
    "duplicate_entry": (duplicate_entry, "duplicate_entry"),
    "old_xls_renamed": (of(OLE + b"Workbook" * 600), "old_format"),
    "script": (of(b"<script>alert(1)</script>"), "not_a_sheet"),
    "no_sheet": (parts({"xl/_rels/workbook.xml.rels": "<Relationships/>"}), "no_sheet"),
    "not_xml": (lambda: package(sheet="これはXMLではありません。"), "broken"),
    "bad_string_index": (rows(cell("A2", 't="s"', "7")), "broken"),
    "bad_style_index": (rows(cell("A2", 's="x"', "7")), "broken"),
    "rows_backwards": (rows(ROW + HEAD), "broken"),
    "empty": (of(b""), "empty"),
    "too_big": (of(b"a,b\n" * 3_000_000), "size"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_with_a_sentence_within_bounds(name: str) -> None:
    make, rule = HOSTILE[name]
    file = make()
    started = time.monotonic()
    with pytest.raises(SheetRefused) as refused:
        read_table(file, name="市区町村", columns=COLUMNS)
    assert time.monotonic() - started < 10
    assert refused.value.rule == rule
    assert refused.value.sentence.endswith("。")
    assert refused.value.remedy.endswith("ください。")
    # The process that asked is alive and reads the next file.
    assert read_table(package(), name="市区町村", columns=COLUMNS).rows[0].values["population"] == 1250


READ_ALONE = """
import resource, sys
from portal.spreadsheets import Column, Integer, SheetRefused, Text, read_table
columns = [Column("name", "名称", Text(), required=True), Column("population", "人口", Integer())]
try:
    read_table(open(sys.argv[1], "rb"), name="x", columns=columns)
except SheetRefused as refused:
    print(refused.rule)
print(*[line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def long_strings() -> io.BytesIO:
    """A million and a half different shared strings: as much as 60 MB of XML can hold."""
    strings = "".join(f"<si><t>{n:x}</t></si>" for n in range(1_500_000))
    return package({"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>'})


HEAVY = {
    **{name: make for name, (make, _rule) in HOSTILE.items()},
    "slow_sheet": slow_sheet,
    "long_strings": long_strings,
}


@pytest.mark.parametrize("name", HEAVY)
def test_reading_takes_less_than_400_mb_with_its_child(name: str, tmp_path) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(HEAVY[name]().getvalue())
    run = subprocess.run(
        [sys.executable, "-c", READ_ALONE, str(path)], capture_output=True, text=True, check=True, timeout=30
    )
    own, child = (int(line) * 1024 for line in run.stdout.split()[-2:])
    assert 0 < own + child < 400 * 1024 * 1024


def test_huge_directory_is_refused_before_it_is_loaded() -> None:
    with pytest.raises(SheetRefused) as refused:
        guards.check_directory_size(huge_directory())
    assert refused.value.rule == "entries"


def test_cpu_limit_ends_the_child_with_a_sentence(monkeypatch) -> None:
    monkeypatch.setattr("portal.spreadsheets.xlsx.CPU_SECONDS", 1)
    with pytest.raises(SheetRefused) as refused:
        read_table(slow_sheet(), name="市区町村", columns=COLUMNS)
    assert refused.value.rule == "time"


def test_memory_limit_ends_the_child_with_a_sentence(monkeypatch) -> None:
    monkeypatch.setattr("portal.spreadsheets.xlsx.MEMORY_BYTES", 40 * 1024 * 1024)
    strings = "".join(f"<si><t>{n}</t></si>" for n in range(600_000))
    file = package({"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>'})
    with pytest.raises(SheetRefused) as refused:
        read_table(file, name="市区町村", columns=COLUMNS)
    assert refused.value.rule == "memory"


def test_child_sees_no_environment_and_no_site_packages(monkeypatch, tmp_path) -> None:
    spy = tmp_path / "spy.py"
    spy.write_text(
        "import json, os, sys\n"
        "names = [n for n in os.environ if n != 'LC_CTYPE']\n"
        "sites = [p for p in sys.path if 'site-packages' in p]\n"
        "print(json.dumps({'refuse': 'broken', 'cell': ' '.join(names + sites)}))\n"
    )
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setattr("portal.spreadsheets.xlsx.CHILD", spy)
    monkeypatch.setitem(xlsx.REFUSALS, "broken", ("見えたもの:{cell}。", ""))
    with pytest.raises(SheetRefused) as refused:
        read_table(package(), name="市区町村", columns=COLUMNS)
    assert refused.value.sentence == "見えたもの:表の外。"


def test_formatted_but_empty_rows_far_below_are_no_hindrance() -> None:
    tail = '<row r="1048576"><c r="A1048576" s="0"/></row>'
    table = read_table(package(sheet=sheet_xml(HEAD + ROW + tail)), name="市区町村", columns=COLUMNS)
    assert [row.number for row in table.rows] == [2]
