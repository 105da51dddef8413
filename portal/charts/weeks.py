"""The week strip: whether each week of a support period has someone on site, one row per region."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.charts import palette
from portal.charts.geometry import place, text_width, two_lines

WIDTH = 440
SIZE = 15
TOP = 28
ROW = 34
CELL_GAP = 1.5
MONTH_ROOM = 32
LABEL_LIMIT = 5
LEGEND = (("covered", "常駐あり"), ("gap", "空白"), ("holiday", "開庁日なし"))


@dataclass(frozen=True)
class Week:
    """One week, named by its Monday; state is `covered`, `gap` or `holiday` (no working day)."""

    start: datetime.date
    state: str


@dataclass(frozen=True)
class WeekRow:
    """The weeks of one region, all rows over the same weeks."""

    name: str
    weeks: Sequence[Week]


def weeks(*, uid: str, title: str, desc: str, rows: Sequence[WeekRow]) -> SafeString:
    """The SVG of a coverage timeline; a gap is a white cell with a red frame and a cross."""
    starts = [week.start for week in rows[0].weeks] if rows else []
    if any([week.start for week in row.weeks] != starts for row in rows):
        raise ValueError("All rows of a week strip cover the same weeks.")
    labels = [two_lines(row.name, LABEL_LIMIT) for row in rows]
    left = max((text_width(text, SIZE) for lines in labels for text in lines), default=0) + 10
    step = (WIDTH - left) / max(len(starts), 1)
    bottom = TOP + ROW * len(rows)
    return render_to_string(
        "charts/weeks.svg",
        {
            "uid": uid,
            "title": title,
            "desc": desc,
            "palette": palette,
            "width": WIDTH,
            "height": bottom + 34,
            "months": months(starts, left, step),
            "months_bottom": bottom - 4,
            "rows": [
                {
                    "lines": label_lines(lines, n),
                    "label_x": place(left - 8),
                    "cells": cells(row.weeks, n, left, step),
                }
                for n, (row, lines) in enumerate(zip(rows, labels, strict=True))
            ],
            "legend": legend(bottom + 10),
        },
    )


def months(starts: Sequence[datetime.date], left: float, step: float) -> list[dict[str, Any]]:
    """Where each month begins; a name is left out when the one before still needs the room."""
    found: list[dict[str, Any]] = []
    free = 0.0
    for i, start in enumerate(starts):
        if i and start.month == starts[i - 1].month:
            continue
        x = left + i * step
        shown = x >= free and x + MONTH_ROOM <= WIDTH + 6
        found.append({"x": place(x), "text": f"{start.month}月" if shown else ""})
        free = x + MONTH_ROOM if shown else free
    return found


def label_lines(lines: Sequence[str], n: int) -> list[dict[str, str]]:
    first = TOP + ROW * n + (18 if len(lines) == 1 else 10)
    return [{"text": text, "y": place(first + 16 * i)} for i, text in enumerate(lines)]


def cells(row: Sequence[Week], n: int, left: float, step: float) -> list[dict[str, Any]]:
    """One box per week."""
    y, width = TOP + ROW * n, step - CELL_GAP
    return [
        {
            "x": place(left + i * step),
            "x2": place(left + i * step + width),
            "y": place(y),
            "y2": place(y + ROW - 10),
            "width": place(width),
            "height": ROW - 10,
            "style": palette.WEEKS[week.state],
            "cross": week.state == "gap",
        }
        for i, week in enumerate(row)
    ]


def legend(top: float) -> list[dict[str, Any]]:
    left, items = 0.0, []
    for state, name in LEGEND:
        items.append(
            {
                "x": place(left),
                "x2": place(left + 14),
                "y": place(top),
                "y2": place(top + 16),
                "text_x": place(left + 20),
                "text_y": place(top + 13),
                "style": palette.WEEKS[state],
                "cross": state == "gap",
                "name": name,
            }
        )
        left += 20 + text_width(name, SIZE) + 22
    return items


def weeks_finding(rows: Sequence[WeekRow]) -> str:
    """How many working weeks are covered, and where the gaps are, in sentences."""
    gaps = [(row, sum(week.state == "gap" for week in row.weeks)) for row in rows]
    if not rows:
        return "常駐の予定は、まだありません。"
    counted = sum(week.state != "holiday" for row in rows for week in row.weeks)
    missing = sum(count for _, count in gaps)
    days = f"開庁日のある{'のべ' if len(rows) > 1 else ''}{counted}週"
    if not missing:
        return f"{days}のすべてに、常駐の予定があります。"
    named = "、".join(f"{row.name}が{count}週" for row, count in gaps if count)
    return f"{days}のうち{counted - missing}週に常駐の予定があり、空白は{named}です。"
