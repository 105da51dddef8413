"""Postings, coverage and conflicts in words and pictures."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import Any

from portal.actor import Actor
from portal.charts import Figure, Week, WeekRow, weeks_figure
from portal.ui.dates import jdate
from programs.core.choices import CoverageUnit
from programs.core.models import Region
from programs.staffing.choices import HalfDay, Weekday
from programs.staffing.models import Posting
from programs.staffing.services import Conflict, Coverage, WeekCoverage

ELSEWHERE = "他の支援地域の団体"


def slots_in_words(posting: Posting) -> str:
    """月・火 終日、水 午前: the weekly pattern, days of one length together."""
    halves: dict[int, set[str]] = defaultdict(set)
    for slot in posting.slots.all():
        halves[slot.weekday].add(slot.half)
    words = [(Weekday(day).label, _half(found)) for day, found in sorted(halves.items())]
    return "、".join(
        f"{'・'.join(day for day, _ in run)} {half}"
        for half, run in ((half, list(run)) for half, run in groupby(words, key=lambda word: word[1]))
    )


def _half(found: set[str]) -> str:
    return "終日" if len(found) == len(HalfDay) else HalfDay(next(iter(found))).label


def coverage_figure(region: Region, coverage: Coverage) -> Figure:
    """The strip of weeks; a week in which the rule does not hold is a gap."""
    row = WeekRow(region.prefecture.name, [Week(w.week.first, _state(w)) for w in coverage.weeks])
    return weeks_figure(uid="coverage", title="週ごとの常駐の予定", rows=[row])


def _state(week: WeekCoverage) -> str:
    if not week.needed:
        return "holiday"
    return "covered" if week.covered else "gap"


def coverage_sentence(coverage: Coverage) -> str:
    """What 通年駐在 asks for in this program."""
    unit = "各稼働日" if coverage.unit == CoverageUnit.DAY else "稼働日のある各週"
    return f"{unit}に、常駐（半日以上）の予定があるかを確かめています。祝日と年末年始は稼働日に数えません。"


def gap_words(coverage: Coverage) -> list[str]:
    """Each gap by its first and its last working day."""
    return [
        jdate(gap.first) if gap.first == gap.last else f"{jdate(gap.first)}から{jdate(gap.last)}まで"
        for gap in coverage.gaps
    ]


def conflict_words(conflicts: list[Conflict], *, actor: Actor) -> list[dict[str, Any]]:
    """Each conflict in words; a host in a region the actor may not see stays unnamed."""
    regions = {posting.region_id for conflict in conflicts for posting in conflict.postings}
    seen = set(Region.objects.for_user(actor).filter(pk__in=regions).values_list("pk", flat=True))
    found = []
    for conflict in conflicts:
        hosts = [p.host.name if p.region_id in seen else ELSEWHERE for p in conflict.postings]
        day, half = conflict.occasions[0]
        last, last_half = conflict.occasions[-1]
        count = len(conflict.occasions)
        when = f"{jdate(day)}{HalfDay(half).label}"
        if count > 1:
            when += f"から{jdate(last)}{HalfDay(last_half).label}まで、{count}回"
        found.append({"person": conflict.resident.name, "hosts": "と".join(hosts), "when": when})
    return found


HEADER = ["常駐支援者", "事業者", "専門分野", "受入団体", "方法", "曜日", "開始日", "終了日"]


def export_rows(postings: list[Posting]) -> list[list[Any]]:
    """The postings as rows of a file."""
    return [
        [
            posting.resident.name,
            posting.resident.vendor.organisation.name,
            posting.resident.specialty,
            posting.host.name,
            posting.get_mode_display(),
            slots_in_words(posting),
            posting.starts_on,
            posting.ends_on,
        ]
        for posting in postings
    ]
