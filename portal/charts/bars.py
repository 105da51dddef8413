"""Horizontal bars: one row per name, up to four series, the value printed at the end of each bar."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.charts import palette
from portal.charts.geometry import number, place, text_width, two_lines
from portal.charts.marks import swatches
from portal.charts.radar import Series

WIDTH = 440
SIZE = 15
LABEL_LIMIT = 9
TOP = 8
BAR, BAR_GAP, ROW_GAP = 16, 5, 16
LEGEND_ROW = 26


def bars(
    *,
    uid: str,
    title: str,
    desc: str,
    names: Sequence[str],
    series: Sequence[Series],
    maximum: float | None = None,
    unit: str = "",
    digits: int | None = None,
) -> SafeString:
    """The SVG of horizontal bars that start at 0; a missing value says so instead of a bar."""
    if not 1 <= len(series) <= len(palette.SERIES) or any(len(s.values) != len(names) for s in series):
        raise ValueError("Bars take one to four series with a value per name.")
    values = [value for one in series for value in one.values if value is not None]
    top = maximum or max(values, default=0) or 1
    labels = [two_lines(name, LABEL_LIMIT) for name in names]
    left = max((text_width(text, SIZE) for lines in labels for text in lines), default=0) + 12
    longest = max((text_width(number(v, digits) + unit, SIZE) for v in values), default=0)
    room = WIDTH - left - max(longest, text_width("データなし", SIZE)) - 10
    legend = swatches([one.name for one in series], WIDTH) if len(series) > 1 else []
    rows, height = [], float(TOP)
    for i, lines in enumerate(labels):
        rows.append(row(i, lines, series, left=left, top=height, scale=room / top, unit=unit, digits=digits))
        height += row_height(len(series), len(lines)) + ROW_GAP
    legend_top = height + 4
    return render_to_string(
        "charts/bars.svg",
        {
            "uid": uid,
            "title": title,
            "desc": desc,
            "palette": palette,
            "width": WIDTH,
            "height": place(legend_top + LEGEND_ROW * (max((s["row"] for s in legend), default=-1) + 1)),
            "rows": rows,
            "axis": {"x": place(left), "y1": TOP - 4, "y2": place(height - ROW_GAP + 4)},
            "legend": [item | swatch_place(item, legend_top) for item in legend],
        },
    )


def row_height(series: int, lines: int) -> float:
    """As high as its bars or its label, whichever needs more."""
    return max(series * (BAR + BAR_GAP) - BAR_GAP, lines * 18 - 2)


def row(
    i: int,
    lines: Sequence[str],
    series: Sequence[Series],
    *,
    left: float,
    top: float,
    scale: float,
    unit: str,
    digits: int | None,
) -> dict[str, Any]:
    """The label and the bars of one name."""
    height = row_height(len(series), len(lines))
    first_bar = top + (height - (len(series) * (BAR + BAR_GAP) - BAR_GAP)) / 2
    first_line = top + (height - (len(lines) * 18 - 2)) / 2 + 13
    found = []
    for n, (one, style) in enumerate(zip(series, palette.SERIES, strict=False)):
        value, y = one.values[i], first_bar + n * (BAR + BAR_GAP)
        width = max(value or 0, 0) * scale
        found.append(
            {
                "x": place(left + 0.5),
                "y": place(y),
                "width": place(width),
                "height": BAR,
                "style": style,
                "text": "データなし" if value is None else number(value, digits) + unit,
                "text_x": place(left + width + 7),
                "text_y": place(y + 13),
                "drawn": value is not None and width > 0,
            }
        )
    texts = [{"text": text, "y": place(first_line + 18 * n)} for n, text in enumerate(lines)]
    return {"lines": texts, "label_x": place(left - 10), "bars": found}


def swatch_place(item: dict[str, Any], top: float) -> dict[str, str]:
    y = top + LEGEND_ROW * item["row"]
    return {"y": place(y + 4), "text_y": place(y + 17)}
