"""Column types: each turns one cell into a value or says what is wrong; none of them guesses.

The bare widgets of django-import-export read ○ as False and 12.7 as 12 without
a word (TESTS.md §0.6); these refuse what they do not know.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from portal.spreadsheets.dates import HOW as DATE_HOW
from portal.spreadsheets.dates import parse_date
from portal.spreadsheets.problems import Unreadable


class RawCell(NamedTuple):
    """A cell as read: `kind` as in `xlsx_child` (a CSV cell is always `s`) and its text."""

    kind: str
    text: str


#: Full-width ASCII to half-width; unlike NFKC this leaves ①, ㈱ and ½ alone, which are no numbers.
NARROW = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20, 0x00A0: 0x20}
MINUS = {ord(c): "-" for c in "−‐‑‒–—―ー△▲▵"} | {ord("ｰ"): "-"}
INVISIBLE = re.compile("[\ufeff\u200b\u200c\u200d\u2060\u200e\u200f]")
COMPATIBILITY = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")
# Groups of three by commas or by blanks, or no groups at all.
NUMBER = re.compile(r"([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,3}( [0-9]{3})+|[0-9]+)(\.[0-9]+)?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ERROR_REMEDY = "式を直すか、値を入力してください。"


def visible(text: str) -> str:
    """The text without invisible characters and outer blanks."""
    return INVISIBLE.sub("", text).strip()


def narrow(text: str) -> str:
    """Half-width letters, digits and signs, without invisible characters and outer blanks."""
    return visible(text.translate(NARROW))


def compose(text: str) -> str:
    """NFC, but compatibility ideographs of names (神 U+FA19 and the like) stay what they are."""
    return COMPATIBILITY.sub(lambda m: unicodedata.normalize("NFC", m[0]), text)


def fold(text: str) -> str:
    """For comparing labels: NFKC, no blanks, one case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", visible(text))).casefold()


class ColumnType:
    """Turns a cell into a value; `example` stands in the template and in help texts."""

    example = ""

    def convert(self, cell: RawCell) -> Any:
        """The value; raises Unreadable. Never called for a blank cell."""
        raise NotImplementedError

    def export(self, value: Any) -> Any:
        """The value as it is written into a sheet, so that reading it again gives the same."""
        return value

    def show(self, value: Any) -> str:
        """The value in a sentence or a table of changes; nothing is 「（空欄）」."""
        return "（空欄）" if value is None or value == "" else str(self.export(value))


@dataclass(frozen=True, slots=True)
class Text(ColumnType):
    """Text as typed; `nfkc` for codes and the like, never for names of people and places."""

    max_length: int = 200
    nfkc: bool = False
    multiline: bool = False
    example: str = ""

    def convert(self, cell: RawCell) -> str:
        """The text, composed (NFC), without outer blanks; a date or true/false is not a text."""
        if cell.kind in {"d", "t", "b"}:
            raise Unreadable(
                "text_kind", "は文字ではありません。", "セルの表示形式を文字列にし、入力し直してください。"
            )
        if cell.kind == "n" and len(cell.text.strip("-").replace(".", "")) > 15:
            raise Unreadable(
                "digits_lost",
                "は桁が多く、Excelで末尾が失われています。",
                "セルの表示形式を文字列にしてください。",
            )
        if len(cell.text) > 2 * self.max_length + 1_000:
            raise self._too_long(cell.text)
        text = visible(cell.text).replace("\r\n", "\n").replace("\r", "\n")
        if CONTROL.search(text):
            raise Unreadable(
                "control", "に表示できない文字が含まれています。", "その文字を削除してください。"
            )
        text = unicodedata.normalize("NFKC", text) if self.nfkc else compose(text)
        if not self.multiline:
            text = re.sub(r"[\n\t]+", " ", text)
        text = text.strip()
        if len(text) > self.max_length:
            raise self._too_long(text)
        return text

    def _too_long(self, text: str) -> Unreadable:
        return Unreadable(
            "too_long", f"は{len(text):,}文字あります。", f"{self.max_length:,}文字以内で入力してください。"
        )


@dataclass(frozen=True, slots=True)
class Number(ColumnType):
    """A decimal number, with separators, full-width digits and the minus signs of public documents."""

    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    places: int = 2
    units: tuple[str, ...] = ()
    example: str = "1,250.5"

    def convert(self, cell: RawCell) -> Any:
        """The number, exact; more decimal places than the column keeps are refused, not rounded."""
        if cell.kind not in {"n", "s"}:
            raise Unreadable("number", "は数値ではありません。", "数値で入力してください。")
        value = Decimal(cell.text) if cell.kind == "n" and _plain(cell.text) else self._parse(cell.text)
        exponent = value.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or -exponent > self.places:
            raise self._too_exact()
        self._check_range(value)
        return self._result(value)

    def _parse(self, text: str) -> Decimal:
        bare = narrow(text)
        for unit in self.units:
            bare = bare.removesuffix(unit).strip()
        bare = bare.translate(MINUS)
        negative = False
        if found := re.fullmatch(r"\(\s*(.+?)\s*\)", bare):
            bare, negative = found[1], True
        if found := re.fullmatch(r"([-+])\s*(.+)", bare):
            if negative:
                raise Unreadable("number", "は数値として読み取れません。", "数値で入力してください。")
            bare, negative = found[2], found[1] == "-"
        if re.fullmatch(r"[0-9.]+[eE][-+]?[0-9]+", bare):
            raise Unreadable(
                "exponent",
                "は指数の形になっていて、桁が失われている可能性があります。",
                "数値を入力し直してください。",
            )
        if "%" in bare:
            raise Unreadable("percent", "に「%」が付いています。", "「%」を付けずに入力してください。")
        if (
            re.fullmatch(
                r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]{1,3}( [0-9]{3})+(\.[0-9]+)?|[0-9]+(\.[0-9]+)?", bare
            )
            is None
        ):
            raise Unreadable(
                "number", "は数値として読み取れません。", f"「{self.example}」のように入力してください。"
            )
        value = Decimal(bare.replace(",", "").replace(" ", ""))
        return -value if negative else value

    def _too_exact(self) -> Unreadable:
        return Unreadable(
            "places", "は小数の桁が多すぎます。", f"小数第{self.places}位までで入力してください。"
        )

    def _check_range(self, value: Decimal) -> None:
        low, high = self.minimum, self.maximum
        if (low is not None and value < low) or (high is not None and value > high) or abs(value) >= 10**15:
            bounds = f"{'' if low is None else f'{low:,}以上'}{'' if high is None else f'{high:,}以下'}"
            raise Unreadable(
                "range", "は入力できる範囲にありません。", f"{bounds or '15桁以内'}で入力してください。"
            )

    def _result(self, value: Decimal) -> Any:
        return value

    def show(self, value: Any) -> str:
        """With separators."""
        return "（空欄）" if value is None else f"{value:,}"


@dataclass(frozen=True, slots=True)
class Integer(Number):
    """A whole number; 12.7 is an error, 12.0 is 12."""

    places: int = 0
    example: str = "1,250"

    def _too_exact(self) -> Unreadable:
        return Unreadable("not_integer", "は整数ではありません。", "整数で入力してください。")

    def _result(self, value: Decimal) -> int:
        return int(value)


def _plain(text: str) -> bool:
    """Whether a number cell's text is a finite number (a workbook can hold NaN)."""
    return re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?", text) is not None


@dataclass(frozen=True, slots=True)
class Date(ColumnType):
    """A day; serial numbers only from cells that Excel shows as dates."""

    minimum: datetime.date = datetime.date(1900, 3, 1)
    maximum: datetime.date = datetime.date(2200, 12, 31)
    example: str = "2025/9/30"

    def convert(self, cell: RawCell) -> datetime.date:
        """The day within the column's range."""
        day = self._day(cell)
        if not self.minimum <= day <= self.maximum:
            raise Unreadable(
                "date_range",
                f"（{day.year}年{day.month}月{day.day}日）は入力できる期間にありません。",
                f"{self.minimum.year}年から{self.maximum.year}年までの日付を入力してください。",
            )
        return day

    def show(self, value: datetime.date | None) -> str:
        """2025年9月30日."""
        return "（空欄）" if value is None else f"{value.year}年{value.month}月{value.day}日"

    def _day(self, cell: RawCell) -> datetime.date:
        if cell.kind in {"t", "b"} or (cell.kind == "d" and cell.text.startswith("serial")):
            raise Unreadable("date", "は日付として読み取れません。", DATE_HOW)
        if cell.kind == "d" and re.search(r"T(?!00:00:00)", cell.text):
            raise Unreadable("date_with_time", "には時刻が含まれています。", "日付だけを入力してください。")
        text = unicodedata.normalize("NFKC", visible(cell.text)).replace("−", "-")
        return parse_date(text)


@lru_cache
def _words(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


@lru_cache
def _codes(choices: tuple[tuple[str, str], ...], aliases: tuple[tuple[str, str], ...]) -> dict[str, str]:
    known = {fold(code): code for code, _ in choices}
    known |= {fold(label): code for code, label in choices}
    return known | {fold(spelling): code for spelling, code in aliases}


TRUE_WORDS = ("○", "〇", "◯", "◎", "有", "有り", "あり", "はい", "済", "済み", "済んだ", "true", "yes")
FALSE_WORDS = ("×", "✕", "✖", "╳", "無", "無し", "なし", "いいえ", "未", "未済", "false", "no")


@dataclass(frozen=True, slots=True)
class Boolean(ColumnType):
    """Yes or no by an explicit table; everything else, △ and 1 among them, is an error."""

    true: tuple[str, ...] = TRUE_WORDS
    false: tuple[str, ...] = FALSE_WORDS
    example: str = "○"

    def convert(self, cell: RawCell) -> bool:
        """True or False."""
        if cell.kind == "b":
            return cell.text == "1"
        word = fold(cell.text)
        if cell.kind == "s" and word in _words(self.true):
            return True
        if cell.kind == "s" and word in _words(self.false):
            return False
        raise Unreadable(
            "boolean", "は、ある・なしのどちらか分かりません。", "「○」か「×」を入力してください。"
        )

    def export(self, value: bool | None) -> str | None:
        """The first word of each list."""
        return None if value is None else self.true[0] if value else self.false[0]


@dataclass(frozen=True, slots=True)
class Choice(ColumnType):
    """One of a list, by label or code; further spellings by `aliases` (spelling → code)."""

    choices: tuple[tuple[str, str], ...]
    aliases: tuple[tuple[str, str], ...] = ()

    @property
    def example(self) -> str:  # type: ignore[override]
        """The first label."""
        return self.choices[0][1]

    def convert(self, cell: RawCell) -> str:
        """The code."""
        known = _codes(self.choices, self.aliases)
        if cell.kind in {"s", "n"} and (code := known.get(fold(cell.text))) is not None:
            return code
        labels = "、".join(f"「{label}」" for _, label in self.choices[:12])
        raise Unreadable("choice", "は選択肢にありません。", f"{labels}から選んで入力してください。")

    def export(self, value: str | None) -> str | None:
        """The label."""
        return None if value is None else dict(self.choices).get(value, value)


def blank_or_error(cell: RawCell | None) -> RawCell | None:
    """The cell, or None when blank; an error value or an uncalculated formula raises Unreadable."""
    if cell is None:
        return None
    if cell.kind == "e":
        raise Unreadable("error_value", "は計算式のエラーです。", ERROR_REMEDY)
    if cell.kind == "f":
        raise Unreadable(
            "uncalculated",
            "の計算式は、まだ計算されていません。",
            "Excelで開いて上書き保存するか、値を入力してください。",
        )
    # The first characters decide in most cases: long texts are not copied for this.
    if cell.kind == "s" and not visible(cell.text[:50]) and not visible(cell.text):
        return None
    return cell


def choices_of(pairs: Iterable[tuple[Any, Any]]) -> tuple[tuple[str, str], ...]:
    """`TextChoices.choices` as Choice takes them."""
    return tuple((str(code), str(label)) for code, label in pairs)
