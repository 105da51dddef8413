"""Working days of a program: no weekends, no national holidays, no 年末年始."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import holidays

from programs.core.models import Program

SATURDAY = 5


class WorkCalendar:
    """Says of any day whether it is a working day of the program."""

    def __init__(self, program: Program) -> None:
        self._national = holidays.country_holidays("JP")
        self._closed_from = program.new_year_holiday_from
        self._closed_to = program.new_year_holiday_to

    def is_working_day(self, day: dt.date) -> bool:
        """Neither weekend nor national holiday (振替休日 and 国民の休日 included) nor 年末年始."""
        return day.weekday() < SATURDAY and day not in self._national and not self._is_new_year(day)

    def _is_new_year(self, day: dt.date) -> bool:
        """Whether the day lies in the program's 年末年始, which may run across the end of a year."""
        mark = f"{day:%m-%d}"
        if self._closed_from <= self._closed_to:
            return self._closed_from <= mark <= self._closed_to
        return mark >= self._closed_from or mark <= self._closed_to

    def on_or_before(self, day: dt.date) -> dt.date:
        """The day itself when it is a working day, else the last one before it."""
        while not self.is_working_day(day):
            day -= dt.timedelta(days=1)
        return day

    def working_days(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """The working days from first to last, both included."""
        span = (last - first).days + 1
        days = (first + dt.timedelta(days=n) for n in range(max(span, 0)))
        return [day for day in days if self.is_working_day(day)]


@dataclass(frozen=True)
class Week:
    """A week, Monday first, clipped to a period, with its working days."""

    first: dt.date
    last: dt.date
    working_days: tuple[dt.date, ...]


def weeks(calendar: WorkCalendar, first: dt.date, last: dt.date) -> list[Week]:
    """All weeks that touch the period; the first and the last may be partial."""
    found = []
    start = first
    while start <= last:
        end = min(start + dt.timedelta(days=6 - start.weekday()), last)
        found.append(Week(start, end, tuple(calendar.working_days(start, end))))
        start = end + dt.timedelta(days=1)
    return found
