"""The radar chart of one or two assessments: seven axes, rings from 0 to the highest level."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.charts import palette
from portal.charts.geometry import number, path, place, polar, runs, spokes, text_width, two_lines
from portal.charts.marks import legend, mark

WIDTH, HEIGHT = 440, 392
LEGEND_ROOM = 32
CENTER = (220.0, 196.0)
RADIUS = 118.0
SIZE = 15
MAX_SERIES = 2


@dataclass(frozen=True)
class Series:
    """One line or one set of bars: a name and a value per axis; None where there is no value."""

    name: str
    values: Sequence[float | None]


def radar(
    *, uid: str, title: str, desc: str, axes: Sequence[str], series: Sequence[Series], maximum: float = 4
) -> SafeString:
    """The SVG of a radar chart; a missing value breaks the line and is said in words below it."""
    if not 1 <= len(series) <= MAX_SERIES or any(len(one.values) != len(axes) for one in series):
        raise ValueError("A radar chart takes one or two series with a value per axis.")
    gaps = missing(axes, series)
    height = HEIGHT + (LEGEND_ROOM if len(series) > 1 else 0)
    return render_to_string(
        "charts/radar.svg",
        {
            "uid": uid,
            "title": title,
            "desc": desc + gaps,
            "palette": palette,
            "width": WIDTH,
            "height": height + (24 if gaps else 0),
            "rings": rings(len(axes), int(maximum)),
            "arms": [arm(i, len(axes)) for i in range(len(axes))],
            "labels": [
                label(i, name, [one.values[i] for one in series], len(axes)) for i, name in enumerate(axes)
            ],
            "lines": [line(one, style, maximum) for one, style in zip(series, palette.SERIES, strict=False)],
            "legend": legend([one.name for one in series], WIDTH, height - 16) if len(series) > 1 else [],
            "gaps": gaps,
            "gaps_x": place(CENTER[0]),
            "gaps_y": height + 12,
        },
    )


def missing(axes: Sequence[str], series: Sequence[Series]) -> str:
    """A sentence that names the axes without a value; empty when there are none."""
    named = [
        name.replace("\n", "") for i, name in enumerate(axes) if any(one.values[i] is None for one in series)
    ]
    return f"「{'」「'.join(named)}」は、値がありません。" if named else ""


def rings(count: int, maximum: int) -> list[dict[str, Any]]:
    """One polygon per level, its number at the top spoke."""
    found = []
    for level in range(1, maximum + 1):
        radius = RADIUS * level / maximum
        corners = [polar(CENTER, radius, i / count) for i in range(count)]
        found.append(
            {
                "points": path(corners),
                "number": level,
                "x": place(CENTER[0]),
                "rect_x": place(CENTER[0] - 7),
                "rect_y": place(CENTER[1] - radius - 8),
                "text_y": place(CENTER[1] - radius + 5),
                "outer": level == maximum,
            }
        )
    return found


def arm(i: int, count: int) -> dict[str, str]:
    x, y = polar(CENTER, RADIUS, i / count)
    return {"x1": place(CENTER[0]), "y1": place(CENTER[1]), "x2": place(x), "y2": place(y)}


def label(i: int, name: str, values: Sequence[float | None], count: int) -> dict[str, Any]:
    """The axis name in one or two lines and its values, outside the last ring."""
    x, y = polar(CENTER, RADIUS + 14, i / count)
    side = x - CENTER[0]
    anchor = "middle" if abs(side) < 20 else ("start" if side > 0 else "end")
    room = {"middle": WIDTH, "start": WIDTH - x, "end": x}[anchor]
    lines = two_lines(name, room=int(room // SIZE))
    height = 18 * (len(lines) + 1)
    upward = (y - CENTER[1]) / (RADIUS + 14)
    top = y - height * (1 - upward) / 2 + 14
    texts = [{"x": place(x), "y": place(top + 18 * n), "text": text} for n, text in enumerate(lines)]
    shown = [number(value, 1) for value in values]
    return {
        "anchor": anchor,
        "lines": texts,
        "values": place_values(shown, x, anchor),
        "value_y": place(top + 18 * len(lines)),
    }


def place_values(shown: Sequence[str], x: float, anchor: str) -> list[dict[str, Any]]:
    """Each series' value side by side, in its colour."""
    widths = [text_width(text, SIZE) for text in shown]
    whole = sum(widths) + 10 * (len(shown) - 1)
    left = {"start": x, "middle": x - whole / 2, "end": x - whole}[anchor]
    found = []
    for text, width, style in zip(shown, widths, palette.SERIES, strict=False):
        found.append({"x": place(left), "text": text, "color": style.color})
        left += width + 10
    return found


def line(one: Series, style: palette.Style, maximum: float) -> dict[str, Any]:
    """The runs of a series' line, its area when whole, and its marks."""
    radii = [None if value is None else RADIUS * min(value, maximum) / maximum for value in one.values]
    points = spokes(CENTER, radii)
    whole = all(point is not None for point in points)
    return {
        "style": style,
        "area": path([point for point in points if point]) if whole else "",
        "runs": [path(run) for run in runs(points) if len(run) > 1],
        "marks": [mark(point, style) for point in points if point],
    }


def radar_finding(axes: Sequence[str], series: Sequence[Series]) -> str:
    """What the chart shows, in one sentence: highest, lowest, and how the mean moved."""
    first = series[0]
    valued = [
        (round(value, 1), name.replace("\n", ""))
        for value, name in zip(first.values, axes, strict=True)
        if value is not None
    ]
    if not valued:
        return "点数のある項目は、まだありません。"
    high, low = max(valued)[0], min(valued)[0]
    if high == low:
        sentence = f"{first.name}は、すべての項目が{number(high, 1)}です。"
    else:
        sentence = (
            f"{first.name}は、{named(valued, high)}が{number(high, 1)}で最も高く、"
            f"{named(valued, low)}が{number(low, 1)}で最も低い結果です。"
        )
    return sentence + (change(first, series[1]) if len(series) > 1 else "")


def named(valued: Sequence[tuple[float, str]], level: float) -> str:
    return "".join(f"「{name}」" for value, name in valued if value == level)


def change(now: Series, before: Series) -> str:
    """How the mean of the axes both have moved."""
    pairs = [
        (a, b) for a, b in zip(now.values, before.values, strict=True) if a is not None and b is not None
    ]
    if not pairs:
        return ""
    moved = round(sum(a - b for a, b in pairs) / len(pairs), 1)
    if not moved:
        return f"平均は、{before.name}と変わりません。"
    return f"平均は、{before.name}より{number(abs(moved), 1)}{'高く' if moved > 0 else '低く'}なっています。"
