"""The quadrant chart of local issues: 難易度 across, 裨益性 upward, 緊急性 as the look of a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from assessments.choices import IssueAxis
from assessments.models import IssueCriterion, IssueScale
from portal.charts import Figure, Grade, Spot, quadrant_figure
from portal.charts.geometry import number

#: A chart with more marks than this is no picture any more; the list beside it has all.
MOST = 60
_NAMED = 5


class Rated(Protocol):
    """What the chart must know of an issue, be it on the list or in a snapshot."""

    @property
    def title(self) -> str: ...

    @property
    def benefit(self) -> int | None: ...

    @property
    def difficulty(self) -> int | None: ...

    @property
    def urgency(self) -> int | None: ...

    @property
    def is_rated(self) -> bool: ...

    @property
    def scale_version(self) -> str: ...


R = TypeVar("R", bound=Rated)


@dataclass(frozen=True)
class IssueChart(Generic[R]):
    """The figure, the issues in it by number, and what was left out."""

    figure: Figure | None
    numbered: Sequence[tuple[int, R]]
    #: Not rated yet, on another version of the scale, or beyond the most a picture holds.
    unrated: int
    other_scale: int
    beyond: int


def issue_chart(
    issues: Sequence[tuple[int, R]], scale: IssueScale, *, title: str, uid: str = "issue-chart"
) -> IssueChart[R]:
    """The chart of these issues under their numbers; those it cannot show are counted."""
    rated = [(n, row) for n, row in issues if row.is_rated]
    fitting = [(n, row) for n, row in rated if row.scale_version == scale.version]
    drawn = fitting[:MOST]
    criteria = {row.code: row for row in scale.criteria.all()}
    figure = _figure(drawn, scale, criteria, title, uid) if drawn else None
    return IssueChart(
        figure=figure,
        numbered=drawn,
        unrated=len(issues) - len(rated),
        other_scale=len(rated) - len(fitting),
        beyond=len(fitting) - len(drawn),
    )


def _figure(
    drawn: Sequence[tuple[int, Rated]],
    scale: IssueScale,
    criteria: dict[str, IssueCriterion],
    title: str,
    uid: str,
) -> Figure:
    across, upward = criteria[IssueAxis.DIFFICULTY], criteria[IssueAxis.BENEFIT]
    urgency = criteria[IssueAxis.URGENCY]
    kinds = _kinds(scale, urgency, drawn)
    return quadrant_figure(
        uid=uid,
        title=title,
        finding=finding(drawn, scale, upward, across),
        x=_grade(across),
        y=_grade(upward),
        corners=[
            f"{upward.name}が{upward.high_words}\n{across.name}が{across.low_words}",
            f"{upward.name}が{upward.high_words}\n{across.name}が{across.high_words}",
            f"{upward.name}が{upward.low_words}\n{across.name}が{across.low_words}",
            f"{upward.name}が{upward.low_words}\n{across.name}が{across.high_words}",
        ],
        spots=[
            Spot(n, x=row.difficulty or 0, y=row.benefit or 0, kind=_kind(scale, row.urgency))
            for n, row in drawn
        ],
        kinds=kinds,
        columns=["番号・地域課題", upward.name, across.name, urgency.name],
        rows=[
            [f"{n}　{row.title}", number(row.benefit), number(row.difficulty), number(row.urgency)]
            for n, row in drawn
        ],
    )


def _grade(criterion: IssueCriterion) -> Grade:
    levels = sorted(level.level for level in criterion.levels.all())
    return Grade(criterion.name, criterion.low_words, criterion.high_words, levels)


def _kinds(scale: IssueScale, urgency: IssueCriterion, drawn: Sequence[tuple[int, Rated]]) -> list[str]:
    """The words of the legend: what each look says of the urgency."""
    levels = sorted(level.level for level in urgency.levels.all())
    bands = [
        [level for level in levels if level >= scale.high_from],
        [level for level in levels if scale.low_to < level < scale.high_from],
        [level for level in levels if level <= scale.low_to],
    ]
    words = [f"{urgency.name} {_span(band)}" for band in bands]
    unknown = any(row.urgency is None for _n, row in drawn)
    return [*words, f"{urgency.name} 未評価"] if unknown else words


def _span(band: list[int]) -> str:
    return str(band[0]) if len(band) == 1 else f"{band[0]}～{band[-1]}" if band else "—"


def _kind(scale: IssueScale, urgency: int | None) -> int:
    if urgency is None:
        return 3
    if urgency >= scale.high_from:
        return 0
    return 2 if urgency <= scale.low_to else 1


def finding(
    drawn: Sequence[tuple[int, Rated]],
    scale: IssueScale,
    upward: IssueCriterion,
    across: IssueCriterion,
) -> str:
    """How many issues help much and are not hard, said with the figures that decide it."""
    told = [
        (n, row)
        for n, row in drawn
        if (row.benefit or 0) >= scale.high_from and (row.difficulty or 0) <= scale.low_to
    ]
    rule = f"{upward.name}が{scale.high_from}以上で{across.name}が{scale.low_to}以下の課題は"
    if not told:
        return f"図の{len(drawn)}件のうち、{rule}ありません。"
    names = "、".join(f"{n}「{row.title}」" for n, row in told[:_NAMED])
    rest = "など" if len(told) > _NAMED else ""
    return f"図の{len(drawn)}件のうち、{rule}{len(told)}件です：{names}{rest}。"
