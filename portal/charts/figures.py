"""A chart with all that belongs around it: title, finding in words, and the same numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from portal.charts.bars import bars
from portal.charts.geometry import number
from portal.charts.quadrant import Grade, Spot, quadrant
from portal.charts.radar import Series, radar, radar_finding
from portal.charts.states import State, states, states_finding
from portal.charts.weeks import WeekRow, weeks, weeks_finding


@dataclass(frozen=True)
class Figure:
    """What `components/figure.html` (page) and `pdf/components/figure.html` (PDF) show."""

    uid: str
    title: str
    finding: str
    svg: SafeString
    columns: Sequence[str]
    rows: Sequence[Sequence[str]] = field(default_factory=list)
    #: On paper the numbers stand under the chart, not beside it.
    wide: bool = False


def radar_figure(
    *, uid: str, title: str, axes: Sequence[str], series: Sequence[Series], maximum: float = 4
) -> Figure:
    """A radar with its finding and its numbers; `axes` may hold a line break where to split."""
    finding = radar_finding(axes, series)
    return Figure(
        uid=uid,
        title=title,
        finding=finding,
        svg=radar(uid=uid, title=title, desc=finding, axes=axes, series=series, maximum=maximum),
        columns=["項目", *(one.name for one in series)],
        rows=[
            [name.replace("\n", ""), *(number(one.values[i], 1) for one in series)]
            for i, name in enumerate(axes)
        ],
    )


def bars_figure(
    *,
    uid: str,
    title: str,
    finding: str,
    names: Sequence[str],
    series: Sequence[Series],
    maximum: float | None = None,
    unit: str = "",
    digits: int | None = None,
    head: str = "項目",
) -> Figure:
    """Bars with a finding from the caller, who knows what the numbers mean."""
    return Figure(
        uid=uid,
        title=title,
        finding=finding,
        svg=bars(
            uid=uid,
            title=title,
            desc=finding,
            names=names,
            series=series,
            maximum=maximum,
            unit=unit,
            digits=digits,
        ),
        columns=[head, *(f"{one.name}（{unit}）" if unit else one.name for one in series)],
        rows=[
            [name.replace("\n", ""), *(number(one.values[i], digits) for one in series)]
            for i, name in enumerate(names)
        ],
    )


def weeks_figure(*, uid: str, title: str, rows: Sequence[WeekRow], head: str = "地域") -> Figure:
    """The week strip with counts per row and the Mondays of its gaps."""
    finding = weeks_finding(rows)
    return Figure(
        uid=uid,
        title=title,
        finding=finding,
        svg=weeks(uid=uid, title=title, desc=finding, rows=rows),
        columns=[head, "常駐あり（週）", "空白（週）", "空白の週の始まり"],
        rows=[
            [
                row.name,
                number(sum(week.state == "covered" for week in row.weeks)),
                number(sum(week.state == "gap" for week in row.weeks)),
                "、".join(f"{w.start.month}月{w.start.day}日" for w in row.weeks if w.state == "gap") or "—",
            ]
            for row in rows
        ],
        wide=True,
    )


def states_figure(*, uid: str, title: str, counts: Sequence[State], unit: str = "団体") -> Figure:
    """The stacked bar of states with its counts."""
    finding = states_finding(counts, unit)
    return Figure(
        uid=uid,
        title=title,
        finding=finding,
        svg=states(uid=uid, title=title, desc=finding, counts=counts, unit=unit),
        columns=["状態", f"数（{unit}）"],
        rows=[[state.label, number(state.count)] for state in counts],
    )


def quadrant_figure(
    *,
    uid: str,
    title: str,
    finding: str,
    x: Grade,
    y: Grade,
    corners: Sequence[str],
    spots: Sequence[Spot],
    kinds: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> Figure:
    """Numbered marks on two scales; the caller gives the table, who knows what the numbers stand for."""
    return Figure(
        uid=uid,
        title=title,
        finding=finding,
        svg=quadrant(uid=uid, title=title, desc=finding, x=x, y=y, corners=corners, spots=spots, kinds=kinds),
        columns=columns,
        rows=rows,
        wide=True,
    )
