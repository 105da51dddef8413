"""Postings of a region and whether they cover the year (常駐); no names of persons."""

import datetime as dt
from typing import Any

from programs.models import Posting, Region
from programs.staffing.choices import HalfDay, Weekday
from programs.staffing.services import WeekCoverage, conflicts, coverage, postings_of, postings_with_elsewhere


def staffing_data(region: Region) -> dict[str, Any]:
    """Postings, weeks of the support period with their state, gaps and the number of conflicts."""
    postings = postings_of(region=region)
    found = coverage(region=region, postings=postings)
    elsewhere = postings_with_elsewhere(region=region)
    return {
        "postings": [_posting(posting) for posting in postings],
        "people": len({posting.resident_id for posting in postings}),
        "weeks": [{"start": _monday(week.week.first), "state": _state(week)} for week in found.weeks],
        "gaps": [{"first": gap.first.isoformat(), "last": gap.last.isoformat()} for gap in found.gaps],
        "conflicts": len(conflicts(region=region, postings=elsewhere)),
    }


def _posting(posting: Posting) -> dict[str, Any]:
    return {
        "host": posting.host.name,
        "vendor": posting.resident.vendor.organisation.name,
        "mode": posting.get_mode_display(),
        "pattern": weekly_pattern(posting),
        "starts_on": posting.starts_on.isoformat(),
        "ends_on": posting.ends_on.isoformat(),
    }


def weekly_pattern(posting: Posting) -> str:
    """The half-days in words: 月・火午前; a whole day is named without its halves."""
    halves: dict[int, set[str]] = {}
    for slot in posting.slots.all():
        halves.setdefault(slot.weekday, set()).add(slot.half)
    words = []
    for weekday in sorted(halves):
        found = halves[weekday]
        half = "" if len(found) == len(HalfDay) else HalfDay(next(iter(found))).label
        words.append(f"{Weekday(weekday).label}{half}")
    return "・".join(words) or "—"


def _monday(first: dt.date) -> str:
    """The Monday by which a week is known, also when the period starts later in it."""
    return (first - dt.timedelta(days=first.weekday())).isoformat()


def _state(week: WeekCoverage) -> str:
    if not week.needed:
        return "holiday"
    return "covered" if week.covered else "gap"
