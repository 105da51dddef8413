"""Working days and weeks: national holidays, 振替休日, 国民の休日, 年末年始, clipped weeks."""

import datetime as dt

import pytest

from programs.core.calendar import WorkCalendar, weeks
from tests import factories as f

D = dt.date


@pytest.fixture
def calendar():
    return WorkCalendar(f.ProgramFactory.build())


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (D(2025, 6, 2), True),
        (D(2025, 6, 7), False),  # Saturday
        (D(2025, 6, 8), False),  # Sunday
        (D(2025, 7, 21), False),  # 海の日
        (D(2025, 9, 15), False),  # 敬老の日
        (D(2025, 9, 22), True),
        (D(2025, 9, 23), False),  # 秋分の日
        (D(2025, 11, 3), False),  # 文化の日
        (D(2025, 11, 24), False),  # 振替休日 of Sunday the 23rd
        (D(2025, 5, 6), False),  # 振替休日 of Sunday the 4th
        (D(2026, 9, 22), False),  # 国民の休日 between two holidays
        (D(2025, 12, 26), True),
        (D(2025, 12, 29), False),  # 年末年始
        (D(2025, 12, 31), False),
        (D(2026, 1, 2), False),
        (D(2026, 1, 5), True),
        (D(2026, 2, 11), False),  # 建国記念の日
        (D(2026, 2, 23), False),  # 天皇誕生日
        (D(2026, 3, 20), False),  # 春分の日
    ],
)
def test_working_days(calendar, day, works):
    assert calendar.is_working_day(day) is works


def test_new_year_holiday_is_a_parameter_and_need_not_cross_the_year():
    program = f.ProgramFactory.build(new_year_holiday_from="12-26", new_year_holiday_to="12-30")
    calendar = WorkCalendar(program)
    assert not calendar.is_working_day(D(2025, 12, 26))
    assert calendar.is_working_day(D(2025, 12, 31))
    assert calendar.is_working_day(D(2026, 1, 2))
    assert not calendar.is_working_day(D(2026, 1, 1))  # 元日 stays a national holiday


def test_weeks_start_on_monday_and_are_clipped(calendar):
    found = weeks(calendar, D(2025, 6, 5), D(2025, 6, 18))
    assert [(week.first, week.last) for week in found] == [
        (D(2025, 6, 5), D(2025, 6, 8)),
        (D(2025, 6, 9), D(2025, 6, 15)),
        (D(2025, 6, 16), D(2025, 6, 18)),
    ]
    assert [len(week.working_days) for week in found] == [2, 5, 3]


def test_a_single_day_is_a_week_and_a_reversed_period_has_none(calendar):
    assert len(weeks(calendar, D(2025, 6, 8), D(2025, 6, 8))) == 1
    assert weeks(calendar, D(2025, 6, 9), D(2025, 6, 8)) == []


def test_year_end_weeks(calendar):
    found = weeks(calendar, D(2025, 12, 22), D(2026, 1, 11))
    assert [len(week.working_days) for week in found] == [5, 0, 5]
    assert len(calendar.working_days(D(2025, 12, 22), D(2026, 1, 11))) == 10
