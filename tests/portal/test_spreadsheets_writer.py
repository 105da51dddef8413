"""FIL-04 and FIL-05: nothing written becomes a formula, and what was written reads back the same."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from portal.spreadsheets import (
    Boolean,
    Choice,
    Column,
    Date,
    FormLook,
    Integer,
    Number,
    Sheet,
    Text,
    read_table,
)
from portal.spreadsheets.escaping import escape, unescape
from portal.spreadsheets.writer import write_csv, write_xlsx
from portal.spreadsheets.xlsx_parts import LINE, TALLEST

DANGEROUS = [
    "=1",
    "==1",
    "+1",
    "-1+1",
    "@x",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "-5",
    "'=1",
    "''=1",
]
HARMLESS = ["青葉市", "1", "a=b", "O'Neil", "'引用'", "", "（注）", "123-4567"]


def xlsx(header, rows, **options) -> io.BytesIO:
    file = io.BytesIO()
    write_xlsx(file, sheets=[Sheet("一覧", header, rows, **options)])
    file.seek(0)
    return file


def csv_of(header, rows, encoding="utf-8-sig") -> tuple[io.BytesIO, list[str]]:
    file = io.BytesIO()
    missing = write_csv(file, header=header, rows=rows, encoding=encoding)
    file.seek(0)
    return file, missing


@pytest.mark.parametrize("text", DANGEROUS)
def test_csv_text_is_prefixed_and_comes_back(text: str) -> None:
    file, _ = csv_of(["名称"], [[text]])
    written = next(iter(list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))[1:]))[0]
    assert written == f"'{text}"
    assert unescape(written) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert escape(text) == text
    assert unescape(text) == text


@pytest.mark.parametrize("text", DANGEROUS)
def test_xlsx_text_is_a_quoted_string_cell(text: str) -> None:
    cell = load_workbook(xlsx(["名称"], [[text]])).active["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.value.replace("_x000D_", "\r") == text


def test_no_formula_element_is_ever_written() -> None:
    with zipfile.ZipFile(xlsx(["名称"], [[text] for text in DANGEROUS])) as archive:
        body = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in body


def test_numbers_stay_numbers_and_days_days() -> None:
    rows = [[-5, Decimal("-1121.26"), 0.5, dt.date(2025, 9, 30), True, None, 1_234_567]]
    header = list("abcdefg")
    sheet = load_workbook(xlsx(header, rows)).active
    assert [c.value for c in sheet[2]] == [
        -5,
        -1121.26,
        0.5,
        dt.datetime.fromisoformat("2025-09-30"),
        "○",
        None,
        1_234_567,
    ]
    assert [c.data_type for c in sheet[2]][:4] == ["n", "n", "n", "d"]
    file, _ = csv_of(header, rows)
    assert file.read().decode("utf-8-sig").splitlines()[1] == "-5,-1121.26,0.5,2025-09-30,○,,1234567"


def test_aware_times_are_written_in_local_time() -> None:
    moment = dt.datetime(2025, 9, 30, 8, 5, tzinfo=dt.UTC)
    assert load_workbook(xlsx(["時刻"], [[moment]])).active["A2"].value == dt.datetime.fromisoformat(
        "2025-09-30T17:05"
    )
    file, _ = csv_of(["時刻"], [[moment]])
    assert "2025-09-30 17:05" in file.read().decode("utf-8-sig")


def test_control_characters_are_removed_and_xml_is_escaped() -> None:
    text = "a\x00\x07\x0b<b>&\"'\uffff髙﨑𠮷🏥"
    assert load_workbook(xlsx(["名称"], [[text]])).active["A2"].value == "a<b>&\"'髙﨑𠮷🏥"
    file, _ = csv_of(["名称"], [[text]])
    assert "\x00" not in file.read().decode("utf-8-sig")


def test_cp932_names_the_characters_it_does_not_have() -> None:
    file, missing = csv_of(["名称"], [["髙﨑①㈱～"], ["病院🏥と𠮷野—家🏥"]], "cp932")
    assert missing == ["🏥", "𠮷", "—"]
    assert file.read().decode("cp932").splitlines() == ["名称", "髙﨑①㈱～", "病院〓と〓野〓家〓"]


def test_labels_of_the_header_give_way_where_cp932_lacks_a_character() -> None:
    file, missing = csv_of(["面積（km²）"], [[1]], "cp932")
    assert file.read().decode("cp932").splitlines()[0] == "面積（km2）"
    assert missing == []


def test_head_is_frozen_styled_and_wide_enough_with_drop_downs() -> None:
    book = load_workbook(
        xlsx(["名称", "種別"], [["とても長い名称の市区町村です", "市"]], choices={1: ["市", "町", "村"]})
    )
    sheet = book["一覧"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.b
    assert sheet.column_dimensions["A"].width > 20
    assert sheet.auto_filter.ref == "A1:B2"
    validation = sheet.data_validations.dataValidation[0]
    assert str(validation.sqref).startswith("B2:B")
    assert validation.formula1 == "'選択肢'!$A$1:$A$3"
    assert book["選択肢"].sheet_state == "hidden"
    assert [c.value for c in book["選択肢"]["A"]] == ["市", "町", "村"]


def test_rows_of_a_form_have_room_for_what_wraps_in_the_columns_that_are_shown() -> None:
    look = FormLook(open=frozenset({2}), hidden=frozenset({0}), widths={0: 5, 1: 10, 2: 20})
    rows = [
        ["とても長い隠れた文", "短い", "1行"],
        ["", "短い", "あ" * 21],
        ["", "改行\nして\n3行", "短い"],
        ["", "", "長" * 2_000],
    ]
    file = io.BytesIO()
    write_xlsx(file, sheets=[Sheet("様式", ["ID", "項目", "記入欄"], rows, form=look)])
    heights = load_workbook(file)["様式"].row_dimensions
    assert [heights[number].height / LINE for number in range(1, 5)] == [1, 1, 3, 3]
    assert heights[5].height == TALLEST


def test_several_sheets_have_the_titles_a_spreadsheet_program_takes() -> None:
    file = io.BytesIO()
    write_xlsx(
        file, sheets=[Sheet("A/B:[C]*?", ["x"], []), Sheet("あ" * 40, ["x"], []), Sheet("", ["x"], [])]
    )
    assert load_workbook(file).sheetnames == ["A_B__C___", "あ" * 31, "シート3"]


def test_the_same_rows_give_the_same_bytes() -> None:
    rows = [["青葉市", 1], ["桜町", 2]]
    assert xlsx(["a", "b"], rows).getvalue() == xlsx(["a", "b"], rows).getvalue()


COLUMNS = [
    Column("name", "名称", Text(multiline=True), required=True),
    Column("code", "コード", Text(nfkc=True)),
    Column("people", "人数", Integer()),
    Column("area", "面積", Number()),
    Column("day", "基準日", Date()),
    Column("done", "実施", Boolean()),
    Column("kind", "種別", Choice((("city", "市"), ("town", "町")))),
]
VALUES = [
    ["髙﨑市", "043222", -5, Decimal("1121.26"), dt.date(2025, 9, 30), True, "市"],
    ["=1+1", "-1", 0, Decimal("-0.5"), dt.date(1989, 1, 7), False, "町"],
    ["'=1", "@x", None, None, None, None, None],
    ["_x0041_", "1", 1, Decimal(1), dt.date(2024, 4, 1), False, "町"],
    ['カンマ,"引用"\n改行', "１２", 1_234_567, Decimal(10), dt.date(2024, 2, 29), True, "市"],
]


@pytest.mark.parametrize("kind", ["xlsx", "utf-8-sig", "cp932"])
def test_round_trip(kind: str) -> None:
    header = [column.label for column in COLUMNS]
    file = xlsx(header, VALUES) if kind == "xlsx" else csv_of(header, VALUES, kind)[0]
    table = read_table(file, name="一覧", columns=COLUMNS)
    assert table.ok, [e.sentence for e in table.errors]
    expected = [[*row[:6], {"市": "city", "町": "town", None: None}[row[6]]] for row in VALUES]
    expected[-1][1] = "12"
    assert [list(row.values.values()) for row in table.rows] == expected
