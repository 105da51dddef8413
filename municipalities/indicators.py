"""A body's official DX indicators beside the share of its prefecture."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Max, Q, QuerySet

from municipalities.choices import IndicatorKind, IndicatorStatus
from municipalities.models import DxIndicator, DxValue, Prefecture
from portal.models import Organisation
from portal.ui.numbers import NONE, grouped

NOT_SURVEYED = "調査無し（不明）"
NO_FIGURE = "値なし"


@dataclass(frozen=True)
class Share:
    """What the towns of a prefecture say together; those not surveyed are not counted as 未実施."""

    counted: int
    done: int
    not_surveyed: int
    mean: Decimal | None

    def words(self, indicator: DxIndicator) -> str:
        """The share of 実施 among the towns surveyed, or the mean of the figures."""
        if not self.counted:
            return NONE
        if indicator.kind == IndicatorKind.STATUS:
            return f"実施 {grouped(Decimal(100 * self.done) / self.counted, 1)}%"
        return f"平均 {grouped(self.mean, 1)}{indicator.unit}"

    @property
    def basis(self) -> str:
        """Of how many towns this speaks, and how many were not surveyed."""
        unknown = f"、調査無し{self.not_surveyed}団体を除く" if self.not_surveyed else ""
        return f"{self.counted}団体{unknown}"


@dataclass(frozen=True)
class Row:
    """One indicator: the body's own value in words, and the share beside it."""

    indicator: DxIndicator
    own: str
    known: bool
    share: Share

    @property
    def share_words(self) -> str:
        """The share in words."""
        return self.share.words(self.indicator)


@dataclass(frozen=True)
class IndicatorTable:
    """All indicators of the newest edition, grouped as the source groups them."""

    rows: list[Row]

    @property
    def published_on(self) -> dt.date | None:
        """The day the edition was published."""
        return self.rows[0].indicator.published_on if self.rows else None

    @property
    def credits(self) -> list[str]:
        """The credit lines to show, once each."""
        return list(dict.fromkeys(row.indicator.credit for row in self.rows))


def figure(indicator: DxIndicator, value: Decimal | None) -> str:
    """A published figure with its unit, as published."""
    if value is None:
        return NONE
    return f"{grouped(value, 0 if value == value.to_integral_value() else 1)}{indicator.unit}"


def own_words(indicator: DxIndicator, value: DxValue | None) -> str:
    """A value in words: 調査無し is unknown, a missing figure is said to be missing."""
    if value is None:
        return NO_FIGURE
    if value.status == IndicatorStatus.NOT_SURVEYED:
        return NOT_SURVEYED
    return value.get_status_display() if value.status else figure(indicator, value.value)


def latest(level: str) -> QuerySet[DxIndicator]:
    """The indicators of the newest edition for one level: `for_municipalities` or `for_prefectures`."""
    newest = DxIndicator.objects.aggregate(day=Max("published_on"))["day"]
    return DxIndicator.objects.filter(**{level: True}, published_on=newest).order_by("position")


def shares(prefecture: Prefecture, indicators: list[DxIndicator]) -> dict[int, Share]:
    """The share of the prefecture's municipalities for each indicator; one query."""
    done = Q(status=IndicatorStatus.DONE)
    unknown = Q(status=IndicatorStatus.NOT_SURVEYED)
    rows = (
        DxValue.objects.filter(indicator__in=indicators, organisation__municipality__prefecture=prefecture)
        .order_by()
        .values("indicator")
        .annotate(
            counted=Count("id", filter=~unknown),
            done=Count("id", filter=done),
            unknown=Count("id", filter=unknown),
            mean=Avg("value"),
        )
    )
    return {row["indicator"]: Share(row["counted"], row["done"], row["unknown"], row["mean"]) for row in rows}


def indicator_table(*, organisation: Organisation, prefecture: Prefecture, level: str) -> IndicatorTable:
    """The indicators of a prefecture or municipality; four queries, whatever the number of towns."""
    indicators = list(latest(level))
    own = {
        value.indicator_id: value
        for value in DxValue.objects.filter(indicator__in=indicators, organisation=organisation)
    }
    beside = shares(prefecture, indicators)
    nothing = Share(0, 0, 0, None)
    return IndicatorTable(
        [
            Row(
                indicator=indicator,
                own=own_words(indicator, own.get(indicator.pk)),
                known=indicator.pk in own and own[indicator.pk].status != IndicatorStatus.NOT_SURVEYED,
                share=beside.get(indicator.pk, nothing),
            )
            for indicator in indicators
        ]
    )


def values_by_organisation(
    organisations: QuerySet[Any],
) -> tuple[list[DxIndicator], dict[tuple[int, int], str | Decimal | None]]:
    """The municipal indicators, and each value by organisation and indicator for a file; two queries."""
    indicators = list(latest("for_municipalities"))
    rows = DxValue.objects.filter(indicator__in=indicators, organisation__in=organisations)
    labels = dict(IndicatorStatus.choices)
    return indicators, {
        (organisation, indicator): labels[status] if status else value
        for organisation, indicator, status, value in rows.values_list(
            "organisation_id", "indicator_id", "status", "value"
        )
    }
