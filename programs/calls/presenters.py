"""An application as its page shows it: six sections, in each the organisations as they were written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from portal.ui.numbers import NONE, grouped
from programs.calls.choices import ApplicationSection
from programs.calls.models import Application, ApplicationItem, ResidentRequest

S = ApplicationSection
WISHES = "resident_requests"


@dataclass
class Group:
    """What one organisation (as written) says in a section."""

    label: str
    items: list[ApplicationItem] = field(default_factory=list)


@dataclass
class Section:
    """A section of the page: its lines by organisation, and wishes for residents where it has them."""

    anchor: str
    title: str
    groups: list[Group] = field(default_factory=list)
    wishes: list[dict[str, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many lines the section has."""
        return sum(len(group.items) for group in self.groups) + len(self.wishes)


#: The six sections of the page; 受入体制 and 常駐の希望 stand together.
TITLES = (
    (S.CHALLENGES, "課題"),
    (S.REQUESTED_SUPPORT, "求める伴走支援"),
    (S.ROLES, "役割分担"),
    (S.RECEIVING_SETUP, "受入体制・常駐の希望"),
    (S.FOLLOW_UP_PLANS, "支援後の展開"),
    (S.KPIS_OR_TARGETS, "目標・指標"),
)


def sections_of(application: Application) -> list[Section]:
    """The six sections with all lines; three queries."""
    items = list(application.items.prefetch_related("duties"))
    wishes = list(application.resident_requests.all())
    found = []
    for code, title in TITLES:
        section = Section(code.value.replace("_", "-"), title, _grouped(items, code))
        if code == S.RECEIVING_SETUP:
            section.wishes = [_wish(row) for row in wishes]
        found.append(section)
    return found


def _grouped(items: Iterable[ApplicationItem], code: ApplicationSection) -> list[Group]:
    groups: dict[str, Group] = {}
    for item in sorted(items, key=lambda item: item.position):
        if item.section == code:
            label = item.organisation_label
            groups.setdefault(label, Group(label)).items.append(item)
    return list(groups.values())


def span(least: Any, most: Any, unit: str) -> str:
    """A range in words: 1～2人, 2人以上, 3日以内, or — when nothing was written."""
    if least is None and most is None:
        return NONE
    low, high = (None if value is None else grouped(_plain(value)) for value in (least, most))
    if low == high:
        return f"{low}{unit}"
    if high is None:
        return f"{low}{unit}以上"
    if low is None:
        return f"{high}{unit}以内"
    return f"{low}～{high}{unit}"


def _plain(value: Any) -> Any:
    """2.0 as 2, 2.5 as it is."""
    return int(value) if value == int(value) else value


def _wish(row: ResidentRequest) -> dict[str, str]:
    return {
        "label": row.organisation_label,
        "headcount": span(row.headcount_min, row.headcount_max, "人"),
        "days": span(row.days_per_week_min, row.days_per_week_max, "日"),
        "mode": row.mode,
        "quote": row.quote,
    }


HEADER = [
    "章",
    "番号",
    "団体（記載のまま）",
    "団体",
    "区分",
    "見出し",
    "担当課",
    "年度",
    "人数（下限）",
    "人数（上限）",
    "週の日数（下限）",
    "週の日数（上限）",
    "方法",
    "本文",
]


def export_rows(application: Application) -> list[list[Any]]:
    """Every line of the application as one row of a file; duties stand below one another in 本文."""
    rows: list[list[Any]] = []
    items = application.items.select_related("organisation").prefetch_related("duties")
    order = {code.value: place for place, code in enumerate(ApplicationSection)}
    for item in sorted(items, key=lambda item: (order[item.section], item.position)):
        text = item.text or "\n".join(duty.text for duty in item.duties.all())
        rows.append(
            [
                item.get_section_display(),
                item.position,
                item.organisation_label,
                item.organisation.name if item.organisation else "",
                item.category,
                item.heading,
                item.department,
                item.fiscal_year_label,
                *[None] * 5,
                text,
            ]
        )
    for wish in application.resident_requests.select_related("organisation"):
        rows.append(
            [
                "常駐の希望",
                wish.position,
                wish.organisation_label,
                wish.organisation.name if wish.organisation else "",
                *[None] * 4,
                wish.headcount_min,
                wish.headcount_max,
                wish.days_per_week_min,
                wish.days_per_week_max,
                wish.mode,
                wish.quote,
            ]
        )
    return rows
