"""On which day a reminder falls: 14, 7, 3, 1 days before, working days only, 年末年始 and holidays known."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from assessments.services.reminder_days import days_before, due_step
from programs.core.calendar import WorkCalendar
from tests import factories as f

D = dt.date


def make(due, **program):
    round_ = f.RoundFactory.build(
        program=f.ProgramFactory.build(**program),
        organisation=f.OrganisationFactory.build(),
        opens_on=due - dt.timedelta(days=60),
        due_on=due,
        closes_on=due + dt.timedelta(days=30),
    )
    return round_, WorkCalendar(round_.program)


@pytest.mark.parametrize(
    ("due", "days"),
    [
        # Tuesday; the 16th, the 23rd (秋分の日) → the 22nd, Saturday the 27th → the 26th, the 29th
        (D(2025, 9, 30), [D(2025, 9, 16), D(2025, 9, 22), D(2025, 9, 26), D(2025, 9, 29)]),
        # 1 May 2026: the 17th, the 24th, the 28th, the 30th of April; 昭和の日 is the 29th
        (D(2026, 5, 1), [D(2026, 4, 17), D(2026, 4, 24), D(2026, 4, 28), D(2026, 4, 30)]),
        # 7 May 2026 after the long holidays: the 4th and the 6th (振替休日) move to 1 May together
        (D(2026, 5, 7), [D(2026, 4, 23), D(2026, 4, 30), D(2026, 5, 1)]),
        # 5 January: the 4th (Sunday), the 2nd and 29 December (年末年始) → 26 December; the 22nd
        (D(2026, 1, 5), [D(2025, 12, 22), D(2025, 12, 26)]),
        # A due day on a Monday: Friday the 26th and Sunday the 28th meet on Friday
        (D(2025, 9, 29), [D(2025, 9, 12), D(2025, 9, 22), D(2025, 9, 26)]),
    ],
)
def test_days_off_move_to_the_working_day_before(due, days):
    assert days_before(*_swap(make(due), due)) == days


def _swap(made, due):
    round_, calendar = made
    return round_, due, calendar


def test_the_days_are_the_programs():
    due = D(2025, 9, 30)
    round_, calendar = make(due, reminder_days=[10, 0])
    assert days_before(round_, due, calendar) == [D(2025, 9, 19), D(2025, 9, 30)]
    round_, calendar = make(due, reminder_days=[])
    assert due_step(round_, due, D(2025, 9, 29), calendar) is None


def test_nothing_before_the_round_opens():
    round_, calendar = make(D(2025, 9, 30))
    round_.opens_on = D(2025, 9, 22)
    assert days_before(round_, D(2025, 9, 30), calendar)[0] == D(2025, 9, 22)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (D(2025, 9, 12), None),  # before the first
        (D(2025, 9, 16), D(2025, 9, 16)),
        (D(2025, 9, 19), D(2025, 9, 16)),  # off on the 16th: one reminder, for that day
        (D(2025, 9, 20), None),  # Saturday
        (D(2025, 9, 25), D(2025, 9, 22)),
        (D(2025, 9, 29), D(2025, 9, 29)),
        (D(2025, 9, 30), D(2025, 9, 29)),  # the due day itself: the last one if it was missed
    ],
)
def test_only_the_newest_that_has_come_counts(today, day):
    round_, calendar = make(D(2025, 9, 30))
    step = due_step(round_, D(2025, 9, 30), today, calendar)
    assert (step.day if step else None) == day


@pytest.mark.parametrize(
    ("today", "how", "since"),
    [
        (D(2025, 10, 1), "daily", D(2025, 10, 1)),
        (D(2025, 10, 2), "daily", D(2025, 10, 2)),
        (D(2025, 10, 4), "daily", None),  # Saturday
        (D(2025, 10, 13), "daily", None),  # スポーツの日
        (D(2025, 10, 30), "daily", D(2025, 10, 30)),  # the last day
        (D(2025, 10, 31), "daily", None),  # closed
        (D(2025, 10, 1), "weekly", D(2025, 10, 1)),
        (D(2025, 10, 7), "weekly", D(2025, 10, 1)),
        (D(2025, 10, 8), "weekly", D(2025, 10, 8)),
        (D(2025, 10, 1), "never", None),
    ],
)
def test_late_ones_on_working_days_until_closing(today, how, since):
    round_, calendar = make(D(2025, 9, 30), late_reminders=how)
    step = due_step(round_, D(2025, 9, 30), today, calendar)
    assert (step.since if step else None) == since


def test_late_ones_pause_over_the_end_of_the_year():
    due = D(2025, 12, 25)
    round_, calendar = make(due)
    days = [due + dt.timedelta(days=number) for number in range(1, 14)]
    told = [day for day in days if due_step(round_, due, day, calendar)]
    assert told == [D(2025, 12, 26), D(2026, 1, 5), D(2026, 1, 6), D(2026, 1, 7)]


@pytest.mark.parametrize("days", [[1, 1], [-1], [91], ["7"], [True], "14", {"7": 1}])
def test_days_that_make_no_sense_are_refused(days):
    program = f.ProgramFactory.build(reminder_days=days)
    with pytest.raises(ValidationError):
        program.full_clean(exclude=["slug"], validate_unique=False, validate_constraints=False)
