"""FIL-03: no silent misreading; a right value, or an error that names the cell."""

import datetime as dt
from decimal import Decimal
from xml.sax.saxutils import quoteattr

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from portal.spreadsheets import Boolean, Choice, Column, Date, Integer, Number, Table, Text, read_table
from portal.spreadsheets.problems import Unreadable
from portal.spreadsheets.values import RawCell
from tests.portal.workbooks import HEAD, MAIN, package, sheet_xml, workbook


def convert(kind, text: str, cell: str = "s"):
    """The value, or the rule by which it is refused."""
    try:
        return kind.convert(RawCell(cell, text))
    except Unreadable as problem:
        return problem.rule


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Integer(), "x"),
        (Date(), "x"),
        (Boolean(), "x"),
        (Choice((("a", "あ"),)), "x"),
        (Text(max_length=1), "xx"),
    ],
)
def test_every_refusal_is_a_sentence_with_a_remedy(kind, text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        kind.convert(RawCell("s", text))
    assert caught.value.say.endswith("。")
    assert caught.value.remedy.endswith("ください。")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1250", 1250),
        ("1,250", 1250),
        ("１，２５０", 1250),
        (" 1 250 ", 1250),
        ("1\u00a0250", 1250),
        ("-5", -5),
        ("−5", -5),
        ("△5", -5),
        ("▲ 1,250", -1250),
        ("(5)", -5),
        ("（１，２５０）", -1250),
        ("+5", 5),
        ("12.0", 12),
        ("1250人", 1250),
        ("0", 0),
        ("12.7", "not_integer"),
        ("12,50", "number"),
        ("1.250,5", "number"),
        ("①", "number"),
        ("十二", "number"),
        ("約100", "number"),
        ("△(5)", "number"),
        ("--5", "number"),
        ("△", "number"),
        ("-", "number"),
        ("12%", "percent"),
        ("1.2E+05", "exponent"),
        ("0x10", "number"),
        ("1_000", "number"),
        ("٣", "number"),
        ("NaN", "number"),
        ("999999999999999999", "range"),
    ],
)
def test_integers(text: str, expected) -> None:
    assert convert(Integer(units=("人",)), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12", 12), ("12.7", "not_integer"), ("1.2E+3", 1200), ("NaN", "number"), ("-3", -3)],
)
def test_integers_from_number_cells(text: str, expected) -> None:
    assert convert(Integer(), text, "n") == expected


def test_numbers_are_exact_and_keep_to_their_places_and_range() -> None:
    area = Number(minimum=0, places=2)
    assert convert(area, "1,121.26") == Decimal("1121.26")
    assert convert(area, "1121.26", "n") == Decimal("1121.26")
    assert convert(area, "1.234") == "places"
    assert convert(area, "△1") == "range"
    assert convert(area, "2024-04-01", "d") == "number"
    assert convert(Integer(minimum=1, maximum=5), "6") == "range"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-09-30", dt.date(2025, 9, 30)),
        ("2025/9/30", dt.date(2025, 9, 30)),
        ("2025.9.30", dt.date(2025, 9, 30)),
        ("2025年9月30日", dt.date(2025, 9, 30)),
        ("２０２５年９月３０日（火）", dt.date(2025, 9, 30)),
        ("2025年 9月 30日", dt.date(2025, 9, 30)),
        ("20250930", dt.date(2025, 9, 30)),
        ("2025/9/30 0:00:00", dt.date(2025, 9, 30)),
        ("令和6年4月1日", dt.date(2024, 4, 1)),
        ("令和６年４月１日", dt.date(2024, 4, 1)),
        ("R6.4.1", dt.date(2024, 4, 1)),
        ("r6/4/1", dt.date(2024, 4, 1)),
        ("Ｒ６．４．１", dt.date(2024, 4, 1)),
        ("令6.4.1", dt.date(2024, 4, 1)),
        ("㋿6年4月1日", dt.date(2024, 4, 1)),
        ("令和元年5月1日", dt.date(2019, 5, 1)),
        ("R元.5.1", dt.date(2019, 5, 1)),
        ("令和1年5月1日", dt.date(2019, 5, 1)),
        ("平成31年4月30日", dt.date(2019, 4, 30)),
        ("H31.4.30", dt.date(2019, 4, 30)),
        ("㍻元年1月8日", dt.date(1989, 1, 8)),
        ("昭和64年1月7日", dt.date(1989, 1, 7)),
        ("令和元年4月30日", "date_era"),
        ("平成31年5月1日", "date_era"),
        ("平成35年4月1日", "date_era"),
        ("昭和64年1月8日", "date_era"),
        ("平成元年1月7日", "date_era"),
        ("令和0年5月1日", "date_era"),
        ("2025年2月29日", "date_not_in_calendar"),
        ("令和7年2月29日", "date_not_in_calendar"),
        ("2025年9月30日（水）", "date_weekday"),
        ("25/9/30", "date_short_year"),
        ("45383", "date_serial"),
        ("2025年9月", "date_no_day"),
        ("令和7年9月", "date_no_day"),
        ("2025/9/30 10:00", "date_with_time"),
        ("2025/9-30", "date"),
        ("9月末", "date"),
        ("1850年1月1日", "date_range"),
        ("未定", "date"),
    ],
)
def test_dates(text: str, expected) -> None:
    assert convert(Date(), text) == expected


def test_an_era_beyond_its_border_is_told_its_right_name() -> None:
    with pytest.raises(Unreadable, match="令和5年4月1日のことであれば"):
        Date().convert(RawCell("s", "平成35年4月1日"))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("d", "2024-04-01", dt.date(2024, 4, 1)),
        ("d", "2024-04-01T09:30:00", "date_with_time"),
        ("d", "serial 60", "date"),
        ("n", "45383", "date_serial"),
        ("n", "20250930", dt.date(2025, 9, 30)),
        ("t", "9:30:00", "date"),
        ("b", "1", "date"),
    ],
)
def test_dates_from_other_cells(kind: str, text: str, expected) -> None:
    assert convert(Date(), text, kind) == expected


@pytest.mark.parametrize("word", ["○", "〇", "◯", "有", "あり", "はい", "済", "ＴＲＵＥ", " 有 "])
def test_words_for_true(word: str) -> None:
    assert convert(Boolean(), word) is True


@pytest.mark.parametrize("word", ["×", "✕", "無", "なし", "いいえ", "未", "false"])
def test_words_for_false(word: str) -> None:
    assert convert(Boolean(), word) is False


@pytest.mark.parametrize("word", ["△", "1", "0", "-", "調査無し", "不明", "y"])
def test_other_words_are_no_answer(word: str) -> None:
    assert convert(Boolean(), word) == "boolean"


def test_choices_by_label_code_and_spelling() -> None:
    kind = Choice((("city", "市"), ("special_ward", "特別区")), aliases=(("東京都区", "special_ward"),))
    assert [convert(kind, t) for t in ("市", "city", "CITY", "特別 区", "東京都区")] == [
        "city", "city", "city", "special_ward", "special_ward",
    ]  # fmt: skip
    assert convert(kind, "県") == "choice"


def test_texts_keep_the_letters_of_names() -> None:
    assert convert(Text(), " 髙橋 﨑子 神\u3000") == "髙橋 﨑子 神"
    assert convert(Text(), "か\u3099く") == "がく"
    assert convert(Text(nfkc=True), "０４３２２２") == "043222"
    assert convert(Text(max_length=3), "あいうえ") == "too_long"
    assert convert(Text(), "a\x07b") == "control"
    assert convert(Text(), "2024-04-01", "d") == "text_kind"
    assert convert(Text(), "1234567890123456", "n") == "digits_lost"
    assert convert(Text(), "一行目\r\n二行目") == "一行目 二行目"
    assert convert(Text(multiline=True), "一行目\r\n二行目") == "一行目\n二行目"


# --- through a workbook --------------------------------------------------------
COLUMNS = [
    Column("name", "名称", Text(), required=True),
    Column("population", "人口", Integer()),
    Column("as_of", "基準日", Date()),
    Column("done", "実施", Boolean()),
]
LABELS = ["名称", "人口", "基準日", "実施"]


def read(rows, change=None) -> Table:
    return read_table(workbook([LABELS, *rows], change), name="市区町村", columns=COLUMNS)


def test_a_workbook_of_all_types() -> None:
    table = read(
        [
            ["髙﨑市", 1250, dt.date(2024, 4, 1), "○"],
            ["桜町", "１，２５０", "令和6年4月1日", False],
            [],
            ["梅村", 12.0, dt.datetime.fromisoformat("1989-01-07"), None],
        ]
    )
    assert table.ok, [e.sentence for e in table.errors]
    assert [list(row.values.values()) for row in table.rows] == [
        ["髙﨑市", 1250, dt.date(2024, 4, 1), True],
        ["桜町", 1250, dt.date(2024, 4, 1), False],
        ["梅村", 12, dt.date(1989, 1, 7), None],
    ]
    assert [row.number for row in table.rows] == [2, 3, 5]
    assert table.sheet == "Sheet1"


def test_every_error_names_its_cell_and_the_row_is_left_out() -> None:
    table = read([["青葉市", 12.7, 45383, "△"], [None, "約100", None, None], ["桜町", "#REF!", None, None]])
    assert [(e.cell, e.rule) for e in table.errors] == [
        ("B2", "not_integer"),
        ("C2", "date_serial"),
        ("D2", "boolean"),
        ("A3", "required"),
        ("B3", "number"),
        ("B4", "error_value"),
    ]
    assert table.errors[0].sentence == "B2（人口）の値「12.7」は整数ではありません。整数で入力してください。"
    assert table.rows == []


def test_merged_cells_are_refused_by_address() -> None:
    table = read(
        [["青葉市", 1, None, None], [None, 2, None, None], ["桜町", 3, None, None]],
        lambda sheet: sheet.merge_cells("A2:A3"),
    )
    assert "merged" in [e.rule for e in table.errors]
    merged = next(e for e in table.errors if e.rule == "merged")
    assert merged.sentence.startswith("A2:A3（名称）のセルが結合されています。")
    assert [row.number for row in table.rows] == [4]


def test_merged_title_above_the_header_is_no_hindrance() -> None:
    rows = [["様式第1号", None, None, None], LABELS, ["青葉市", 1, None, None]]
    file = workbook(rows, lambda sheet: sheet.merge_cells("A1:D1"))
    table = read_table(file, name="市区町村", columns=COLUMNS)
    assert table.ok
    assert table.rows[0].number == 3


def test_formula_without_a_value_is_refused_and_one_with_a_value_is_read() -> None:
    table = read([["青葉市", "=1+1", None, None]])
    assert [(e.cell, e.rule) for e in table.errors] == [("B2", "uncalculated")]
    cached = '<row r="2"><c r="A2" t="str"><f>"青"&amp;"葉"</f><v>青葉</v></c>'
    cached += '<c r="B2"><f>1+1</f><v>2</v></c></row>'
    table = read_table(package(sheet=sheet_xml(HEAD + cached)), name="市区町村", columns=COLUMNS[:2])
    assert table.rows[0].values == {"name": "青葉", "population": 2}


def test_a_formula_that_gives_an_empty_text_is_blank() -> None:
    blank = '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str"><f>""</f><v></v></c></row>'
    table = read_table(package(sheet=sheet_xml(HEAD + blank)), name="市区町村", columns=COLUMNS[:2])
    assert table.rows[0].values == {"name": "1", "population": None}


@pytest.mark.parametrize(
    ("code", "serial", "expected"),
    [
        ("yyyy/m/d", 45383, dt.date(2024, 4, 1)),
        ('[$-411]ggge"年"m"月"d"日";@', 45383, dt.date(2024, 4, 1)),
        ("[$-ja-JP]ge.m.d", 45383, dt.date(2024, 4, 1)),
        ("yyyy/m/d h:mm", 45383, dt.date(2024, 4, 1)),
        ("yyyy/m/d", 61, dt.date(1900, 3, 1)),
        ("yyyy/m/d", 60, "date"),
        ("yyyy/m/d", 45383.5, "date_with_time"),
        ("h:mm", 0.5, "date"),
        ("General", 45383, "date_serial"),
        ('#,##0"日"', 45383, "date_serial"),
        ("[Red]0.00", 45383, "date_serial"),
    ],
)
def test_number_is_a_date_only_in_a_cell_that_shows_a_date(code: str, serial: float, expected) -> None:
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="200" formatCode={quoteattr(code)}/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>'
    )
    row = f'<row r="2"><c r="A2" s="1"><v>{serial}</v></c></row>'
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>基準日</t></is></c></row>'
    file = package({"xl/styles.xml": styles}, sheet=sheet_xml(head + row))
    table = read_table(file, name="市区町村", columns=[COLUMNS[2]])
    found = table.rows[0].values["as_of"] if table.rows else table.errors[0].rule
    assert found == expected


def test_days_counted_from_1904() -> None:
    file = workbook([LABELS, ["青葉市", 1, dt.date(2024, 4, 1), None]])
    from openpyxl import load_workbook
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = load_workbook(file)
    book.epoch = CALENDAR_MAC_1904
    file.seek(0)
    book.save(file)
    file.seek(0)
    assert read_table(file, name="x", columns=COLUMNS).rows[0].values["as_of"] == dt.date(2024, 4, 1)


def test_readings_above_characters_and_rich_text() -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>青葉市</t><rPh sb="0" eb="2"><t>アオバシ</t></rPh></si>'
        "<si><r><t>桜</t></r><r><rPr><b/></rPr><t>町_x000D_</t></r></si></sst>"
    )
    rows = "".join(f'<row r="{n + 2}"><c r="A{n + 2}" t="s"><v>{n}</v></c></row>' for n in range(2))
    table = read_table(
        package({"xl/sharedStrings.xml": strings}, sheet=sheet_xml(HEAD + rows)),
        name="x",
        columns=COLUMNS[:2],
    )
    assert [row.values["name"] for row in table.rows] == ["青葉市", "桜町"]
    rich = CellRichText("梅", TextBlock(InlineFont(b=True), "村"))
    assert read([[rich, 1, None, None]]).rows[0].values["name"] == "梅村"


def test_hidden_sheets_are_passed_over_and_the_named_sheet_is_found() -> None:
    def add_others(sheet) -> None:
        hidden = sheet.parent.create_sheet("選択肢", 0)
        hidden.sheet_state = "hidden"
        sheet.parent.create_sheet("説明", 1)["A1"] = "読み方"

    file = workbook([LABELS, ["青葉市", 1, None, None]], add_others, title="市区町村")
    assert read_table(file, name="市区町村", columns=COLUMNS).rows[0].values["name"] == "青葉市"


def test_value_under_no_header_is_named_once() -> None:
    table = read([["青葉市", 1, None, None, "メモ"], ["桜町", 2, None, None, "メモ"]])
    assert [(e.cell, e.rule, e.value) for e in table.errors] == [("E2", "no_header", "メモ")]
