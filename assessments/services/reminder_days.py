"""On which day of a round a reminder falls: working days only, the newest one only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assessments.choices import ReminderKind
from assessments.models import Round
from programs.core.calendar import WorkCalendar
from programs.core.choices import LateReminders

WEEK = 7


@dataclass(frozen=True)
class Step:
    """A reminder that is due: what kind, for which day, and since when one of its kind suffices."""

    kind: ReminderKind
    day: dt.date
    since: dt.date


def days_before(round_: Round, due_on: dt.date, calendar: WorkCalendar) -> list[dt.date]:
    """The days of the reminders before the due day; one on a day off moves to the working day before."""
    days = {
        calendar.on_or_before(due_on - dt.timedelta(days=before)) for before in round_.program.reminder_days
    }
    return sorted(day for day in days if day >= round_.opens_on)


def due_step(round_: Round, due_on: dt.date, today: dt.date, calendar: WorkCalendar) -> Step | None:
    """What is due today for those who are to hand in by `due_on`; nothing on a day off.

    Of reminders whose days have passed only the newest counts: who missed three gets one.
    """
    if not round_.is_open(today) or not calendar.is_working_day(today):
        return None
    if today > due_on:
        return _late(round_, due_on, today)
    passed = [day for day in days_before(round_, due_on, calendar) if day <= today]
    return Step(ReminderKind.BEFORE, passed[-1], passed[-1]) if passed else None


def _late(round_: Round, due_on: dt.date, today: dt.date) -> Step | None:
    how = round_.program.late_reminders
    if how == LateReminders.NEVER:
        return None
    since = today
    if how == LateReminders.WEEKLY:
        first = due_on + dt.timedelta(days=1)
        since = first + dt.timedelta(days=(today - first).days // WEEK * WEEK)
    return Step(ReminderKind.LATE, today, since)
