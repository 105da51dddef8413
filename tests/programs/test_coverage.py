"""Coverage and conflicts: who is on site when, counted as the call counts it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.core.choices import CoverageUnit, RegionStatus
from programs.models import PostingSlot
from programs.staffing.choices import HalfDay, PostingMode
from programs.staffing.services import (
    Gap,
    conflicts,
    coverage,
    postings_of,
    postings_with_elsewhere,
)
from tests import factories as f

pytestmark = pytest.mark.django_db
D = dt.date
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def region_from(first: dt.date, last: dt.date, **program):
    return f.RegionFactory(program=f.ProgramFactory(support_from=first, support_to=last, **program))


def post(region, *weekdays, halves=(HalfDay.MORNING,), **posting):
    """A posting over the support period, on these weekdays."""
    period = {"starts_on": region.program.support_from, "ends_on": region.program.support_to}
    row = f.PostingFactory(region=region, **{**period, **posting})
    PostingSlot.objects.bulk_create(
        PostingSlot(posting=row, weekday=day, half=half) for day in weekdays for half in halves
    )
    return row


def gaps(region):
    return coverage(region=region, postings=postings_of(region=region)).gaps


def found_conflicts(region):
    return conflicts(region=region, postings=postings_with_elsewhere(region=region))


class TestWeeks:
    def test_one_half_day_a_week_is_enough(self):
        region = region_from(D(2025, 6, 2), D(2025, 6, 20))
        post(region, WED)
        result = coverage(region=region, postings=postings_of(region=region))
        assert result.gaps == []
        assert (result.needed_weeks, result.covered_weeks) == (3, 3)
        assert [week.half_days for week in result.weeks] == [1, 1, 1]

    def test_without_postings_everything_is_one_gap(self):
        region = region_from(D(2025, 6, 2), D(2025, 6, 20))
        assert gaps(region) == [Gap(D(2025, 6, 2), D(2025, 6, 20))]

    def test_gap_names_its_first_and_last_working_day(self):
        region = region_from(D(2025, 6, 2), D(2025, 7, 25))
        post(region, MON, ends_on=D(2025, 6, 15))
        post(region, MON, starts_on=D(2025, 7, 1))
        assert gaps(region) == [
            Gap(D(2025, 6, 16), D(2025, 7, 4)),  # Monday the 30th lies before the second posting
            Gap(D(2025, 7, 22), D(2025, 7, 25)),  # the only planned day is 海の日
        ]

    def test_weeks_without_working_day_need_nothing_and_do_not_divide_a_gap(self):
        region = region_from(D(2025, 12, 22), D(2026, 1, 9))
        assert gaps(region) == [Gap(D(2025, 12, 22), D(2026, 1, 9))]
        post(region, MON)
        assert gaps(region) == []

    def test_planned_days_in_new_year_holiday_do_not_count(self):
        region = region_from(D(2025, 12, 29), D(2026, 1, 9))
        post(region, MON, FRI, ends_on=D(2026, 1, 4))
        assert gaps(region) == [Gap(D(2026, 1, 5), D(2026, 1, 9))]

    def test_substitute_holiday_does_not_count(self):
        region = region_from(D(2025, 11, 24), D(2025, 11, 30))
        post(region, MON)  # 振替休日 on the 24th
        assert gaps(region) == [Gap(D(2025, 11, 25), D(2025, 11, 28))]

    def test_partial_first_and_last_week_need_their_own_half_day(self):
        region = region_from(D(2025, 6, 5), D(2025, 6, 17))  # Thursday to Tuesday
        post(region, WED)
        assert gaps(region) == [
            Gap(D(2025, 6, 5), D(2025, 6, 6)),
            Gap(D(2025, 6, 16), D(2025, 6, 17)),
        ]

    def test_partial_week_of_a_weekend_needs_nothing(self):
        region = region_from(D(2025, 6, 7), D(2025, 6, 13))  # Saturday first
        post(region, FRI)
        assert gaps(region) == []

    def test_online_days_other_regions_and_weekends_do_not_cover(self):
        region = region_from(D(2025, 6, 2), D(2025, 6, 8))
        post(region, MON, mode=PostingMode.ONLINE)
        post(region, SAT, SUN)
        other = f.RegionFactory(program=region.program)
        row = post(other, MON)
        rows = [*postings_of(region=region), row]
        assert coverage(region=region, postings=rows).gaps == [Gap(D(2025, 6, 2), D(2025, 6, 6))]

    def test_several_people_cover_in_turn(self):
        region = region_from(D(2025, 6, 2), D(2025, 6, 20))
        post(region, MON, ends_on=D(2025, 6, 9))
        post(region, TUE, starts_on=D(2025, 6, 10))
        assert gaps(region) == []

    def test_days_outside_the_support_period_do_not_count(self):
        region = region_from(D(2025, 6, 4), D(2025, 6, 6))
        post(region, MON, starts_on=D(2025, 6, 1), ends_on=D(2025, 6, 30))
        assert gaps(region) == [Gap(D(2025, 6, 4), D(2025, 6, 6))]


class TestDays:
    def test_each_working_day_is_needed(self):
        region = region_from(D(2025, 9, 8), D(2025, 9, 26), coverage_unit=CoverageUnit.DAY)
        post(region, MON, TUE, THU, FRI)
        assert gaps(region) == [
            Gap(D(2025, 9, 10), D(2025, 9, 10)),
            Gap(D(2025, 9, 17), D(2025, 9, 17)),
            Gap(D(2025, 9, 24), D(2025, 9, 24)),
        ]

    def test_gap_runs_over_weekend_and_holidays(self):
        region = region_from(D(2025, 9, 8), D(2025, 9, 19), coverage_unit=CoverageUnit.DAY)
        post(region, MON, TUE, WED, THU)
        post(region, FRI, starts_on=D(2025, 9, 15))
        # Friday the 12th is open; Monday the 15th is 敬老の日 and needs nobody.
        assert gaps(region) == [Gap(D(2025, 9, 12), D(2025, 9, 12))]

    def test_gap_before_a_holiday_joins_the_one_after_it(self):
        region = region_from(D(2025, 9, 12), D(2025, 9, 16), coverage_unit=CoverageUnit.DAY)
        assert gaps(region) == [Gap(D(2025, 9, 12), D(2025, 9, 16))]


class TestConflicts:
    @pytest.fixture
    def region(self):
        return region_from(D(2025, 9, 1), D(2025, 9, 30))

    def test_two_hosts_on_one_half_day(self, region):
        person = f.ResidentFactory()
        hosts = [f.MunicipalityFactory(prefecture=region.prefecture).organisation for _ in "ab"]
        post(region, MON, resident=person, host=hosts[0])
        post(region, MON, resident=person, host=hosts[1], starts_on=D(2025, 9, 10))
        [conflict] = found_conflicts(region)
        assert conflict.resident == person
        # 15 September is a holiday: planned days on it do not count.
        assert conflict.occasions == [(D(2025, 9, 22), "am"), (D(2025, 9, 29), "am")]

    def test_online_counts_too(self, region):
        person = f.ResidentFactory()
        post(region, MON, resident=person)
        town = f.MunicipalityFactory(prefecture=region.prefecture).organisation
        post(region, MON, resident=person, host=town, mode=PostingMode.ONLINE)
        assert len(found_conflicts(region)) == 1

    def test_twice_at_one_host_is_none(self, region):
        person = f.ResidentFactory()
        post(region, MON, resident=person)
        post(region, MON, resident=person)
        assert found_conflicts(region) == []

    @pytest.mark.parametrize(
        "other",
        [
            {"halves": [HalfDay.AFTERNOON]},
            {"weekdays": [TUE]},
            {"starts_on": D(2025, 10, 1), "ends_on": D(2025, 10, 31)},
        ],
        ids=["other half", "other day", "other period"],
    )
    def test_side_by_side_is_none(self, region, other):
        person = f.ResidentFactory()
        post(region, MON, resident=person)
        town = f.MunicipalityFactory(prefecture=region.prefecture).organisation
        post(region, *other.pop("weekdays", [MON]), resident=person, host=town, **other)
        assert found_conflicts(region) == []

    def test_two_people_are_none(self, region):
        post(region, MON)
        post(region, MON, host=f.MunicipalityFactory(prefecture=region.prefecture).organisation)
        assert found_conflicts(region) == []

    @pytest.mark.parametrize(("status", "count"), [(RegionStatus.ADOPTED, 1), (RegionStatus.CANDIDATE, 0)])
    def test_hosts_of_other_adopted_regions_count(self, region, status, count):
        person = f.ResidentFactory()
        post(region, MON, resident=person)
        elsewhere = f.RegionFactory(program=region.program, status=status)
        post(elsewhere, MON, resident=person)
        assert len(found_conflicts(region)) == count

    def test_a_conflict_between_two_other_regions_is_not_ours(self, region):
        person = f.ResidentFactory()
        post(region, FRI, resident=person)
        for _ in "ab":
            post(f.RegionFactory(program=region.program), MON, resident=person)
        assert found_conflicts(region) == []


def test_number_of_queries_does_not_grow():
    region = region_from(D(2025, 6, 2), D(2026, 3, 13))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            coverage(region=region, postings=postings_of(region=region))
            found_conflicts(region)
        return len(captured)

    post(region, MON, TUE)
    few = queries()
    for day in (MON, TUE, WED, THU, FRI):
        post(region, day)
    assert queries() == few
