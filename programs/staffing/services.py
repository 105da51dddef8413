"""Coverage (通年駐在) and conflicts of a region's postings: the one place that computes them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import combinations

from programs.core.calendar import Week, WorkCalendar, weeks
from programs.core.choices import CoverageUnit, RegionStatus
from programs.core.models import Region
from programs.staffing.choices import HalfDay, PostingMode
from programs.staffing.models import Posting, Resident


@dataclass(frozen=True)
class Gap:
    """Working time without anyone on site: its first and its last working day."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class WeekCoverage:
    """One week of the support period and how many on-site half-days are planned in it."""

    week: Week
    half_days: int
    covered: bool

    @property
    def needed(self) -> bool:
        """A week without a working day needs nobody."""
        return bool(self.week.working_days)


@dataclass(frozen=True)
class Coverage:
    """Whether a region has somebody on site all through the support period."""

    unit: str
    weeks: list[WeekCoverage]
    gaps: list[Gap]

    @property
    def needed_weeks(self) -> int:
        """Weeks that have a working day."""
        return sum(week.needed for week in self.weeks)

    @property
    def covered_weeks(self) -> int:
        """Of these, the weeks in which the rule holds."""
        return sum(week.needed and week.covered for week in self.weeks)


@dataclass(frozen=True)
class Conflict:
    """One person planned at two hosts on the same half-days."""

    resident: Resident
    postings: tuple[Posting, Posting]
    occasions: list[tuple[dt.date, str]]


def coverage(*, region: Region, postings: list[Posting]) -> Coverage:
    """Coverage of the support period by the region's own postings, by the program's unit.

    Each week (or each working day) needs a planned on-site half-day anywhere
    in the region; half-days planned on other than working days do not count.
    Needs `postings_of` rows; runs no query.
    """
    program = region.program
    calendar = WorkCalendar(program)
    planned = _onsite_half_days(region, postings, calendar)
    found: list[WeekCoverage] = []
    open_days: list[dt.date] = []
    gaps: list[Gap] = []
    by_day = program.coverage_unit == CoverageUnit.DAY
    for week in weeks(calendar, program.support_from, program.support_to):
        half_days = sum(planned[day] for day in week.working_days)
        missing = {day for day in week.working_days if (not planned[day] if by_day else not half_days)}
        found.append(WeekCoverage(week, half_days, covered=not missing))
        for day in week.working_days:
            if day in missing:
                open_days.append(day)
            elif open_days:
                gaps.append(Gap(open_days[0], open_days[-1]))
                open_days = []
    if open_days:
        gaps.append(Gap(open_days[0], open_days[-1]))
    return Coverage(program.coverage_unit, found, gaps)


def _onsite_half_days(region: Region, postings: list[Posting], calendar: WorkCalendar) -> Counter[dt.date]:
    """How many on-site half-days are planned on each working day; two people make two."""
    planned: Counter[dt.date] = Counter()
    for posting in postings:
        if posting.region_id != region.pk or posting.mode != PostingMode.ONSITE:
            continue
        slots = Counter(slot.weekday for slot in posting.slots.all())
        for day in calendar.working_days(posting.starts_on, posting.ends_on):
            planned[day] += slots[day.weekday()]
    return planned


def conflicts(*, region: Region, postings: list[Posting]) -> list[Conflict]:
    """People of this region planned at two hosts on one half-day, also with hosts of other regions.

    On site or online makes no difference; twice at one host is none. Needs
    `postings_with_elsewhere` rows; runs no query.
    """
    calendar = WorkCalendar(region.program)
    by_person: dict[int, list[Posting]] = {}
    for posting in postings:
        by_person.setdefault(posting.resident_id, []).append(posting)
    found = []
    for own in by_person.values():
        for one, other in combinations(own, 2):
            inside = region.pk in (one.region_id, other.region_id)
            occasions = _shared_half_days(one, other, calendar) if inside else []
            if occasions:
                found.append(Conflict(one.resident, (one, other), occasions))
    return sorted(found, key=lambda conflict: (conflict.occasions[0], conflict.resident.name))


def _shared_half_days(one: Posting, other: Posting, calendar: WorkCalendar) -> list[tuple[dt.date, str]]:
    if one.host_id == other.host_id:
        return []
    shared = {(s.weekday, s.half) for s in one.slots.all()} & {(s.weekday, s.half) for s in other.slots.all()}
    if not shared:
        return []
    first, last = max(one.starts_on, other.starts_on), min(one.ends_on, other.ends_on)
    days = calendar.working_days(first, last)
    return [(day, half) for day in days for half in HalfDay.values if (day.weekday(), half) in shared]


def postings_of(*, region: Region) -> list[Posting]:
    """The region's postings with all a page shows of them; two queries."""
    return list(Posting.objects.filter(region=region).with_details())


def postings_with_elsewhere(*, region: Region) -> list[Posting]:
    """The region's postings and those of the same people in other adopted regions; two queries."""
    people = Posting.objects.filter(region=region).values("resident")
    rows = Posting.objects.filter(resident__in=people).with_details()
    return [row for row in rows if row.region_id == region.pk or row.region.status == RegionStatus.ADOPTED]
