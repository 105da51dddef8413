"""常駐: who was planned where, and whether the year is covered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from portal.charts import Week, WeekRow, weeks_figure
from portal.pdf.tables import Column
from reports.presenters.common import Data, day, table


def staffing(data: Data, _stage: str) -> dict[str, Any] | None:
    """The postings (without names of persons), the week strip and the gaps in words."""
    found = data["staffing"]
    if not found["postings"]:
        return None
    columns = [
        Column("受入団体", 20),
        Column("事業者", 25),
        Column("方法", 15),
        Column("曜日", 15),
        Column("期間", 25),
    ]
    rows = [
        [
            posting["host"],
            posting["vendor"],
            posting["mode"],
            posting["pattern"],
            f"{day(posting['starts_on'])}～\n{day(posting['ends_on'])}",
        ]
        for posting in found["postings"]
    ]
    strip = WeekRow(
        data["region"]["prefecture"],
        [Week(dt.date.fromisoformat(week["start"]), week["state"]) for week in found["weeks"]],
    )
    return {
        "people": found["people"],
        "figure": weeks_figure(uid="coverage", title="通年駐在の状況（計画）", rows=[strip], head="支援地域"),
        "gaps": [
            f"{day(gap['first'], weekday=True)}～{day(gap['last'], weekday=True)}" for gap in found["gaps"]
        ],
        "conflicts": found["conflicts"],
        "table": table(data, "常駐配置", columns, rows, dense=len(rows) > 12),
    }
