"""FIL-02: Japanese CSV files are read right or refused by name, never as rubbish."""

import io

import pytest

from portal.spreadsheets import Column, Integer, SheetRefused, Table, Text, read_table

COLUMNS = [Column("name", "名称", Text(), required=True), Column("population", "人口", Integer())]
HARD = "髙﨑①㈱～"
PLAIN = f"名称,人口\r\n{HARD}市,1250\r\n"
ASCII_COLUMNS = [Column("code", "code", Text()), Column("name", "name", Text())]


def read(body: bytes, columns=COLUMNS, **limits) -> Table:
    return read_table(io.BytesIO(body), name="市区町村", columns=columns, **limits)


def refused(body: bytes, columns=COLUMNS, **limits) -> SheetRefused:
    with pytest.raises(SheetRefused) as caught:
        read(body, columns, **limits)
    return caught.value


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (PLAIN.encode("utf-8"), "utf-8-sig"),
        (PLAIN.encode("utf-8-sig"), "utf-8-sig"),
        (PLAIN.encode("cp932"), "cp932"),
        (PLAIN.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), "utf-16"),
        (PLAIN.replace("\r\n", "\r").encode("cp932"), "cp932"),
        (PLAIN.replace("\r\n", "\n").encode(), "utf-8-sig"),
        (PLAIN.replace(",", ";").encode(), "utf-8-sig"),
        (PLAIN.replace(",", "\t").encode("utf-16"), "utf-16"),
        (PLAIN.replace(f"{HARD}市", f'"{HARD}市"').encode("cp932"), "cp932"),
    ],
)
def test_text_is_right_whatever_the_encoding_line_end_and_separator(body: bytes, encoding: str) -> None:
    table = read(body)
    assert table.ok
    assert table.encoding == encoding
    assert [row.values for row in table.rows] == [{"name": f"{HARD}市", "population": 1250}]
    assert table.rows[0].number == 2


def test_quotes_hold_commas_line_breaks_and_quotes() -> None:
    columns = [Column("name", "名称", Text(multiline=True)), Column("population", "人口", Integer())]
    table = read('名称,人口\r\n"青葉,""市""\r\n2行目","1,250"\r\n次,3\r\n'.encode(), columns)
    assert [row.values["name"] for row in table.rows] == ['青葉,"市"\n2行目', "次"]
    assert [(row.number, row.values["population"]) for row in table.rows] == [(2, 1250), (3, 3)]


@pytest.mark.parametrize("cut", [1, 2])
def test_cut_utf8_is_refused_and_not_read_as_cp932(cut: int) -> None:
    body = "名称,人口\r\n青葉市,12\r\n桜".encode()[:-cut]
    assert refused(body).rule == "csv_cut"


@pytest.mark.parametrize(("name", "cut"), [("青葉市", 3), ("横浜市青葉区", 4), ("札幌市", 4), ("那覇市", 6)])
def test_cut_utf8_under_an_ascii_header_is_refused_too(name: str, cut: int) -> None:
    body = f"code,name\r\n041009,{name}\r\n".encode()[:-cut]
    assert body.decode("cp932")  # it would be rubbish without a word
    assert refused(body, ASCII_COLUMNS).rule == "csv_cut"


@pytest.mark.parametrize("name", ["鷲宮町", "ｱｵﾊﾞｼ", "ﾂﾞﾃｱ", "醍醐村", "鴨川市", "亜", "仝々〆"])
def test_cp932_that_begins_like_utf8_is_still_cp932(name: str) -> None:
    table = read(f"code,name\r\n041009,{name}\r\n".encode("cp932"), ASCII_COLUMNS)
    assert table.rows[0].values["name"] == name


def test_cp932_under_an_ascii_header_is_read() -> None:
    table = read("code,name\r\n041009,仙台市ﾂﾞ\r\n".encode("cp932"), ASCII_COLUMNS)
    assert table.rows[0].values == {"code": "041009", "name": "仙台市ﾂﾞ"}


def test_cut_utf8_with_mark_is_refused() -> None:
    assert refused(("\ufeff" + PLAIN).encode()[:-12]).rule == "csv_cut"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"\x00\x01\x02\x03" * 40, "nul"),
        (PLAIN.encode().replace(b"1250", b"12\x0050"), "nul"),
        ('名称,人口\r\n"青葉市,12\r\n'.encode(), "csv_quotes"),
        ('名称,人口\r\n"青葉"市,12\r\n'.encode(), "csv_quotes"),
        ("氏名,年齢\r\n県庁 太郎,30\r\n".encode(), "no_header"),
        ("名称,人口\r\n".encode(), "no_rows"),
        ("名称,人口\r\n青葉市,1\r\n".encode("euc_jp"), "no_header"),
        (b"\x80\x81\xff" * 30, "encoding"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(body: bytes, rule: str) -> None:
    problem = refused(body)
    assert problem.rule == rule
    assert problem.sentence.endswith("。")
    assert problem.remedy


def test_an_unquoted_thousands_comma_shifts_columns_and_is_named() -> None:
    table = read("名称,人口\r\n青葉市,1,250\r\n".encode())
    assert [(e.cell, e.rule) for e in table.errors] == [("C2", "no_header")]
    assert table.rows == []


def test_limits_of_rows_and_columns() -> None:
    body = ("名称,人口\r\n" + "青葉市,1\r\n" * 4).encode()
    assert len(read(body, max_rows=4).rows) == 4
    assert refused(body, max_rows=3).rule == "too_long"
    assert refused(("名称,人口\r\n青葉市,1" + ",9" * 300 + "\r\n").encode()).rule == "too_wide"


def test_header_problems_are_all_named_and_no_row_is_read() -> None:
    columns = [
        *COLUMNS,
        Column("area", "面積", Integer()),
        Column("note", "備考", Text(), may_be_absent=True),
    ]
    table = read("名称,人口,じんこう,人口\r\n青葉市,1,2,3\r\n".encode(), columns)
    assert [(e.cell, e.rule) for e in table.errors] == [
        ("C1", "unknown_header"),
        ("D1", "double_header"),
        ("1行目", "missing_header"),
    ]
    assert table.rows == []
    assert table.errors[1].sentence == "D1の値「人口」はB1と同じ見出しです。どちらかの列を削除してください。"
    assert table.errors[2].sentence == (
        "1行目（面積）の見出しがありません。見出しを様式のとおりに入れてください。"
    )


def test_header_is_found_below_titles_by_folded_label_and_alias_in_any_order() -> None:
    columns = [
        Column("name", "市区町村名", Text(), aliases=("名称",)),
        Column("population", "人口（人）", Integer()),
    ]
    table = read("令和7年度 様式\r\n\r\n※人口(人),名 称（必須）\r\n１２,青葉市\r\n".encode(), columns)
    assert table.ok
    assert table.rows[0].values == {"name": "青葉市", "population": 12}
    assert table.rows[0].number == 4
    assert table.rows[0].cell("population") == "A4"


def test_blank_rows_are_skipped_and_numbers_stay_those_of_the_sheet() -> None:
    table = read("名称,人口\r\n\r\n,\r\n青葉市,1\r\n\r\n桜町,2\r\n".encode())
    assert [(row.number, row.values["name"]) for row in table.rows] == [(4, "青葉市"), (6, "桜町")]
