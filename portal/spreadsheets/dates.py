"""Dates as people write them: western, eight digits, and Japanese eras with their borders."""

import datetime
import re
from dataclasses import dataclass

from portal.spreadsheets.problems import Unreadable


@dataclass(frozen=True, slots=True)
class Era:
    """An era (元号) with the days it begins and ends."""

    name: str
    letter: str
    begin: datetime.date
    end: datetime.date


ERAS = (
    Era("令和", "R", datetime.date(2019, 5, 1), datetime.date.max),
    Era("平成", "H", datetime.date(1989, 1, 8), datetime.date(2019, 4, 30)),
    Era("昭和", "S", datetime.date(1926, 12, 25), datetime.date(1989, 1, 7)),
    Era("大正", "T", datetime.date(1912, 7, 30), datetime.date(1926, 12, 24)),
    # Before Meiji 6 the calendar was another one.
    Era("明治", "M", datetime.date(1873, 1, 1), datetime.date(1912, 7, 29)),
)
ERA_BY_SIGN = {sign: era for era in ERAS for sign in (era.name, era.name[0], era.letter)}
MEIJI_FIRST_YEAR = 1868

WEEKDAY = r"(?:\s*\((?P<weekday>[月火水木金土日])(?:曜日?)?\))?"
MIDNIGHT = r"(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
WESTERN = re.compile(rf"(\d{{4}})([-/.年])(\d{{1,2}})([-/.月])(\d{{1,2}})(日?){WEEKDAY}{MIDNIGHT}", re.ASCII)
EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
ERA_DATE = re.compile(
    rf"(令和|平成|昭和|大正|明治|[令平昭大明]|[RHSTM])(\d{{1,2}}|元)([-/.年])(\d{{1,2}})([-/.月])(\d{{1,2}})(日?){WEEKDAY}",
    re.ASCII,
)
HOW = "「2025年9月30日」「2025/9/30」「令和7年9月30日」のいずれかの形で入力してください。"


def parse_date(text: str) -> datetime.date:
    """The day a text means; `text` has narrow letters already. Raises Unreadable, never guesses."""
    compact = re.sub(r"\s*([-/.年月日元()])\s*", r"\1", text.strip())
    if found := WESTERN.fullmatch(compact):
        _same_marks(found[2], found[4], found[6])
        return _checked(_day(int(found[1]), int(found[3]), int(found[5])), found["weekday"])
    if found := EIGHT.fullmatch(compact):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := ERA_DATE.fullmatch(
        compact.upper() if compact.isascii() else compact[:1].upper() + compact[1:]
    ):
        _same_marks(found[3], found[5], found[7])
        era = ERA_BY_SIGN[found[1]]
        year = 1 if found[2] == "元" else int(found[2])
        return _checked(_era_day(era, year, int(found[4]), int(found[6])), found["weekday"])
    raise _not_a_date(compact)


def _not_a_date(text: str) -> Unreadable:
    """Say what is missing or unclear where that can be told."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return Unreadable("date_serial", "は日付ではなく数値です。", f"セルの表示形式を日付にするか、{HOW}")
    if re.fullmatch(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?", text):
        return Unreadable("date_short_year", "は年が2桁で、西暦か和暦か分かりません。", HOW)
    if re.fullmatch(r".*\d:\d\d.*", text):
        return Unreadable("date_with_time", "には時刻が含まれています。", "日付だけを入力してください。")
    if re.fullmatch(r"(.{0,2}\d{1,4}|.{0,2}元)[-/.年]\d{1,2}月?", text):
        return Unreadable("date_no_day", "には日がありません。", "日まで入力してください。")
    return Unreadable("date", "は日付として読み取れません。", HOW)


def _same_marks(first: str, second: str, last: str) -> None:
    """年 goes with 月 and 日; other marks must be the same twice."""
    together = (first == "年" and second == "月" and last == "日") or (first == second and not last)
    if not together:
        raise Unreadable("date", "は日付として読み取れません。", HOW)


def _day(year: int, month: int, day: int) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise Unreadable("date_not_in_calendar", "は暦にない日です。", "日付を確認してください。") from None


def _era_day(era: Era, year: int, month: int, day: int) -> datetime.date:
    """A day of an era; beyond the era's border the right name is told and nothing is guessed."""
    first = MEIJI_FIRST_YEAR if era.name == "明治" else era.begin.year
    found = _day(first + year - 1, month, day) if year >= 1 else None
    if found is None or found < datetime.date(1873, 1, 1):
        raise Unreadable("date_era", "は元号の期間にない日です。", HOW)
    if not era.begin <= found <= era.end:
        raise Unreadable(
            "date_era",
            f"は{era.name}の期間（{_bounds(era)}）にない日です。",
            f"{japanese(found)}のことであれば、そのように入力してください。",
        )
    return found


def _bounds(era: Era) -> str:
    begin = f"{era.begin.year}年{era.begin.month}月{era.begin.day}日から"
    if era.end == datetime.date.max:
        return begin
    return f"{begin}{era.end.year}年{era.end.month}月{era.end.day}日まで"


def japanese(day: datetime.date) -> str:
    """令和元年5月1日."""
    era = next(e for e in ERAS if e.begin <= day <= e.end)
    year = day.year - (MEIJI_FIRST_YEAR if era.name == "明治" else era.begin.year) + 1
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def _checked(day: datetime.date, weekday: str | None) -> datetime.date:
    """A weekday written beside the date must be the day's own."""
    real = "月火水木金土日"[day.weekday()]
    if weekday and weekday != real:
        raise Unreadable("date_weekday", f"は{real}曜日です。", "日付か曜日を確認してください。")
    return day
