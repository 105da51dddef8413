"""Marks and legends shared by the charts."""

from collections.abc import Sequence
from typing import Any

from portal.charts import palette
from portal.charts.geometry import Point, path, place, text_width

MARK = 5.0


def mark(center: Point, style: palette.Style) -> dict[str, Any]:
    """What a template needs to draw one mark."""
    x, y = center
    shapes = {
        "square": [(x - 4.5, y - 4.5), (x + 4.5, y - 4.5), (x + 4.5, y + 4.5), (x - 4.5, y + 4.5)],
        "triangle": [(x, y - 6), (x + 5.5, y + 4.5), (x - 5.5, y + 4.5)],
        "diamond": [(x, y - 6.5), (x + 6.5, y), (x, y + 6.5), (x - 6.5, y)],
    }
    return {
        "x": place(x),
        "y": place(y),
        "points": path(shapes[style.mark]) if style.mark in shapes else "",
        "fill": palette.PAPER if style.hollow else style.color,
        "stroke": style.color,
    }


def legend(names: Sequence[str], width: float, top: float) -> list[dict[str, Any]]:
    """Line, mark and name of each series in one centred row."""
    sizes = [34 + 8 + text_width(name, 15) for name in names]
    left = (width - sum(sizes) - 24 * (len(names) - 1)) / 2
    items = []
    for name, size, style in zip(names, sizes, palette.SERIES, strict=False):
        items.append(
            {
                "name": name,
                "style": style,
                "x1": place(left),
                "x2": place(left + 34),
                "y": place(top),
                "text_x": place(left + 42),
                "text_y": place(top + 5),
                "mark": mark((left + 17, top), style),
            }
        )
        left += size + 24
    return items


def swatches(names: Sequence[str], width: float) -> list[dict[str, Any]]:
    """A small bar and the name of each series, in as many rows as they need."""
    items, left, row = [], 0.0, 0
    for name, style in zip(names, palette.SERIES, strict=False):
        size = 24 + text_width(name, 15)
        if left and left + size > width:
            left, row = 0.0, row + 1
        items.append({"name": name, "style": style, "x": place(left), "text_x": place(left + 24), "row": row})
        left += size + 22
    return items
