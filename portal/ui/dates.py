"""Dates as Japanese officials write and read them: parsing loose input, wording for pages and PDF."""

import re
import unicodedata
from datetime import date, datetime

from django.utils import timezone

WEEKDAYS = "月火水木金土日"
#: Era name, letter, first western year. Newest first: the first whose start is not later wins.
ERAS = (
    ("令和", "R", date(2019, 5, 1)),
    ("平成", "H", date(1989, 1, 8)),
    ("昭和", "S", date(1926, 12, 25)),
    ("大正", "T", date(1912, 7, 30)),
    ("明治", "M", date(1868, 1, 25)),
)
_ERA_START = {mark: start.year for name, letter, start in ERAS for mark in (name, letter)}

_WEEKDAY = r"(?:\([月火水木金土日]\))?"
_WESTERN = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?" + _WEEKDAY)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ERA = re.compile(
    r"(令和|平成|昭和|大正|明治|[RHSTM])(\d{1,2}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})日?" + _WEEKDAY
)


def parse_date(text: str) -> date | None:
    """The day meant by 2025-09-30, 2025/9/30, 20250930, 令和7年9月30日 or R7.9.30; None when none is."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    plain = re.sub(r"[‐‑‒–—―−ー]", "-", plain)
    if found := _ERA.fullmatch(plain):
        era, year, month, day = found.groups()
        western = _ERA_START[era] + (1 if year == "元" else int(year)) - 1
        return _real_date(western, int(month), int(day))
    if found := _WESTERN.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return _real_date(*(int(part) for part in found.groups()))
    return None


def _real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def local_date(value: date | datetime) -> date:
    """The calendar day in Japan of a date or an aware datetime."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def jdate(value: date | datetime, *, weekday: bool = True, year: bool = True) -> str:
    """2025年9月30日（火）; weekday and year can be dropped where the rules allow it."""
    day = local_date(value)
    head = f"{day.year}年" if year else ""
    tail = f"（{WEEKDAYS[day.weekday()]}）" if weekday else ""
    return f"{head}{day.month}月{day.day}日{tail}"


def jtime(value: datetime) -> str:
    """17時00分 (24-hour clock, minutes in two digits), in Japan time."""
    moment = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{moment.hour}時{moment.minute:02d}分"


def jdatetime(value: datetime) -> str:
    """2025年9月30日（火）17時00分, in Japan time."""
    return jdate(value) + jtime(value)


def jdate_range(start: date | datetime | None, end: date | datetime | None) -> str:
    """2025年7月1日（火）～9月30日（火）; the year of the end only when it differs."""
    if start is None and end is None:
        return ""
    left = jdate(start) if start is not None else ""
    if end is None:
        return f"{left}～"
    same_year = start is not None and local_date(start).year == local_date(end).year
    return f"{left}～{jdate(end, year=not same_year)}"


def wareki_year(year: int) -> str:
    """令和7年 for 2025, 令和元年 for 2019: the era in force at the end of that year."""
    for name, _letter, start in ERAS:
        if year >= start.year:
            number = year - start.year + 1
            return f"{name}{'元' if number == 1 else number}年"
    return f"{year}年"


def wareki_date(value: date | datetime) -> str:
    """令和7年9月30日, for documents whose form demands it."""
    day = local_date(value)
    for name, _letter, start in ERAS:
        if day >= start:
            number = day.year - start.year + 1
            return f"{name}{'元' if number == 1 else number}年{day.month}月{day.day}日"
    return jdate(day, weekday=False)


def fiscal_year(value: date | datetime) -> int:
    """The fiscal year (April to March) a day belongs to: March 2026 is still 2025."""
    day = local_date(value)
    return day.year if day.month >= 4 else day.year - 1


def fiscal(value: int | date | datetime) -> str:
    """令和7年度 for 2025 or for any day of that fiscal year."""
    year = value if isinstance(value, int) else fiscal_year(value)
    return f"{wareki_year(year)}度"
