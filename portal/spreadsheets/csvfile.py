"""Rows of a CSV file: encoding and separator are those with which the header row reads as expected."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

from portal.spreadsheets.escaping import unescape
from portal.spreadsheets.headers import HEADER_WITHIN, Cells
from portal.spreadsheets.problems import SheetRefused
from portal.spreadsheets.values import RawCell

SEPARATORS = (",", ";", "\t")
SHORT_RUN, LONG_RUN = re.compile(rb"[\xc2-\xdf][\x80-\xbf]"), re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2,3}")
SAVE_CSV = "Excelで「CSV UTF-8（コンマ区切り）」を選んで保存し直してください。"


class CsvText(NamedTuple):
    """A decoded file and its separator."""

    text: str
    encoding: str
    separator: str


#: Whether rows (the first ones) hold the header row we look for.
HasHeader = Callable[[list[tuple[int, Cells]]], bool]


def decode(file: BinaryIO, has_header: HasHeader) -> CsvText:
    """The text under the first encoding that decodes it whole and shows the header; else SheetRefused."""
    body = file.read()
    file.seek(0)
    decoded = []
    for encoding in _encodings(body):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            continue
        decoded.append(encoding)
        for separator in SEPARATORS:
            if has_header(_first_rows(text, separator)):
                return CsvText(text, encoding, separator)
    raise _refusal(body, decoded)


def _encodings(body: bytes) -> tuple[str, ...]:
    """What to try, in order; broken UTF-8 must not be taken for CP932, which decodes most rubbish."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if body.startswith(b"\xef\xbb\xbf") or _broken_utf8(body):
        return ("utf-8-sig",)
    # cp932, never shift_jis: 髙 﨑 ① ㈱ ～ are not in the latter.
    return ("utf-8-sig", "cp932")


def _broken_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8 up to a place and then not: cut, or mixed from two files."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as problem:
        before = body[: problem.start]
        # Such runs hardly occur in CP932: kana begin with 0x82 or 0x83, half-width kana make short runs.
        short, long = len(SHORT_RUN.findall(before)), len(LONG_RUN.findall(before))
        cut = "end of data" in problem.reason
        return short + long >= 4 or long >= 2 or (cut and long >= 1)
    return False


def _refusal(body: bytes, decoded: list[str]) -> SheetRefused:
    if _broken_utf8(body) or (body.startswith(b"\xef\xbb\xbf") and not decoded):
        return SheetRefused(
            "csv_cut",
            "ファイルが途中で切れているか、文字コードが混ざっています。",
            "元のファイルから保存し直してください。",
        )
    if b"\0" in body and "utf-16" not in decoded:
        return SheetRefused(
            "nul",
            "ファイルに文字ではないデータ（NUL）が含まれています。",
            f"CSVではない可能性があります。{SAVE_CSV}",
        )
    if not decoded:
        return SheetRefused("encoding", "ファイルの文字コードを判定できません。", SAVE_CSV)
    return SheetRefused(
        "no_header", "見出しの行が見つかりません。", f"様式の見出しの行を残したまま入力し、{SAVE_CSV}"
    )


def _first_rows(text: str, separator: str) -> list[tuple[int, Cells]]:
    """The first rows that are not blank, as far as they can be read; the header stands in the first lines."""
    found: list[tuple[int, Cells]] = []
    try:
        found.extend(islice(rows(CsvText(text[:200_000], "", separator), max_columns=10_000), HEADER_WITHIN))
    except SheetRefused:
        return found
    return found


def rows(source: CsvText, *, max_columns: int) -> Iterator[tuple[int, Cells]]:
    """Number and cells of each row that is not blank; records are counted, as a spreadsheet program does."""
    lines = io.StringIO(source.text.removeprefix("\ufeff"), newline="")
    reader = csv.reader(lines, delimiter=source.separator, strict=True)
    number = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise SheetRefused(
                "csv_quotes",
                f'{number + 1}行目の引用符（"）の使い方を読み取れません。',
                "引用符を確認し、保存し直してください。",
            ) from None
        number += 1
        cells = {i: RawCell("s", unescape(text)) for i, text in enumerate(record, 1) if text.strip()}
        if cells and max(cells) > max_columns:
            raise SheetRefused(
                "too_wide", f"{number}行目の列が多すぎます。", "表の右側の余分な列を削除してください。"
            )
        if cells:
            yield number, cells
