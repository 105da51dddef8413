"""The quadrant chart: numbered marks on a grid of two scales, as many beside each other as fall together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.charts import palette
from portal.charts.geometry import Point, place, text_width

WIDTH = 440
SIZE = 15
LEFT, TOP = 30.0, 72.0
CELL = 81.0
RADIUS = 12.0
PITCH = 26.6
#: Marks in a row of one cell, and rows.
PER_ROW = 3
PER_CELL = PER_ROW * PER_ROW
LEGEND_ROW = 30
#: Room below the grid for level numbers, words of the corners and the name of the scale.
FOOT = 108


@dataclass(frozen=True)
class Grade:
    """A scale: its name, what its lower and upper end are called, and its levels in rising order."""

    name: str
    low: str
    high: str
    levels: Sequence[int]


@dataclass(frozen=True)
class Spot:
    """One numbered thing: where it lies on the two scales, and which look it has."""

    number: int
    x: int
    y: int
    kind: int = 0


#: How the kinds of marks look, told apart in grey too: filled, hollow, hollow and dashed, hollow and pale.
LOOKS = (
    {
        "fill": palette.SERIES[0].color,
        "stroke": palette.SERIES[0].color,
        "text_color": palette.PAPER,
        "dash": "",
    },
    {"fill": palette.PAPER, "stroke": palette.SERIES[0].color, "text_color": palette.INK, "dash": ""},
    {"fill": palette.PAPER, "stroke": palette.SERIES[0].color, "text_color": palette.INK, "dash": "3 3"},
    {"fill": palette.PAPER, "stroke": palette.AXIS, "text_color": palette.INK, "dash": ""},
)


def quadrant(
    *,
    uid: str,
    title: str,
    desc: str,
    x: Grade,
    y: Grade,
    corners: Sequence[str],
    spots: Sequence[Spot],
    kinds: Sequence[str],
) -> SafeString:
    """The SVG; `corners` (a line break parts their lines): top left, top right, bottom left, bottom right.

    A cell holds nine marks; where more fall together, the ninth place says how many more there are.
    """
    if len(corners) != 4 or not 1 <= len(kinds) <= len(LOOKS):
        raise ValueError("A quadrant chart has four corners and one to four kinds of marks.")
    if any(s.x not in x.levels or s.y not in y.levels or not 0 <= s.kind < len(kinds) for s in spots):
        raise ValueError("Every mark lies on a level of both scales and has a known kind.")
    right, bottom = LEFT + CELL * len(x.levels), TOP + CELL * len(y.levels)
    marks, more = placed(spots, x, y)
    legend = legend_items(kinds, bottom + FOOT)
    note = "「+」の数字は、同じ場所にある残りの件数です。" if more else ""
    return render_to_string(
        "charts/quadrant.svg",
        {
            "uid": uid,
            "title": title,
            "desc": desc + note,
            "palette": palette,
            "width": WIDTH,
            "height": place(bottom + FOOT + LEGEND_ROW * (legend[-1]["row"] + 1) + (22 if more else 0)),
            "frame": {
                "x": place(LEFT),
                "y": place(TOP),
                "width": place(right - LEFT),
                "height": place(bottom - TOP),
            },
            "lines": grid(len(x.levels), len(y.levels)),
            "middles": middles(len(x.levels), len(y.levels)),
            "ticks": ticks(x, y),
            "names": names(x, y, right, bottom),
            "corners": corner_texts(corners, right, bottom),
            "marks": marks,
            "more": more,
            "legend": legend,
            "note": note,
            "note_y": place(bottom + FOOT + LEGEND_ROW * (legend[-1]["row"] + 1) + 8),
        },
    )


def cell_center(column: int, row: int, rows: int) -> Point:
    """The middle of a cell; rows count from the bottom, as the scale rises."""
    return LEFT + CELL * (column + 0.5), TOP + CELL * (rows - row - 0.5)


def seats(count: int, center: Point) -> list[Point]:
    """Where so many marks stand in a cell: rows of three, centred, never overlapping."""
    shown = min(count, PER_CELL)
    rows = [min(PER_ROW, shown - start) for start in range(0, shown, PER_ROW)]
    found = []
    for number, size in enumerate(rows):
        top = center[1] + PITCH * (number - (len(rows) - 1) / 2)
        found += [(center[0] + PITCH * (i - (size - 1) / 2), top) for i in range(size)]
    return found


def placed(spots: Sequence[Spot], x: Grade, y: Grade) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Every mark with its place, and the words where a cell cannot hold all."""
    cells: dict[tuple[int, int], list[Spot]] = {}
    for spot in spots:
        cells.setdefault((x.levels.index(spot.x), y.levels.index(spot.y)), []).append(spot)
    marks, more = [], []
    for (column, row), inside in cells.items():
        points = seats(len(inside), cell_center(column, row, len(y.levels)))
        fitting = len(inside) if len(inside) <= PER_CELL else PER_CELL - 1
        for spot, point in zip(inside[:fitting], points, strict=False):
            marks.append(mark(spot, point))
        if len(inside) > fitting:
            left, top = points[-1]
            more.append({"x": place(left), "y": place(top + 5), "text": f"+{len(inside) - fitting}"})
    return marks, more


def mark(spot: Spot, point: Point) -> dict[str, Any]:
    """A circle with its number."""
    return {
        "x": place(point[0]),
        "y": place(point[1]),
        "text_y": place(point[1] + 5),
        "text": str(spot.number),
        "r": place(RADIUS),
        **LOOKS[spot.kind],
    }


def grid(columns: int, rows: int) -> list[dict[str, str]]:
    """The lines between the cells."""
    right, bottom = LEFT + CELL * columns, TOP + CELL * rows
    upright = [(LEFT + CELL * i, TOP, LEFT + CELL * i, bottom) for i in range(1, columns)]
    level = [(LEFT, TOP + CELL * i, right, TOP + CELL * i) for i in range(1, rows)]
    return [dict(zip(("x1", "y1", "x2", "y2"), map(place, line), strict=True)) for line in upright + level]


def middles(columns: int, rows: int) -> list[dict[str, str]]:
    """The two lines that part the quadrants, through the middle of both scales."""
    right, bottom = LEFT + CELL * columns, TOP + CELL * rows
    across, down = (LEFT + right) / 2, (TOP + bottom) / 2
    lines = [(across, TOP, across, bottom), (LEFT, down, right, down)]
    return [dict(zip(("x1", "y1", "x2", "y2"), map(place, line), strict=True)) for line in lines]


def ticks(x: Grade, y: Grade) -> list[dict[str, str]]:
    """The number of each level, below its column and left of its row."""
    bottom = TOP + CELL * len(y.levels)
    below = [
        {"x": place(cell_center(i, 0, 1)[0]), "y": place(bottom + 20), "text": str(level)}
        for i, level in enumerate(x.levels)
    ]
    beside = [
        {
            "x": place(LEFT - 14),
            "y": place(cell_center(0, i, len(y.levels))[1] + 5),
            "text": str(level),
        }
        for i, level in enumerate(y.levels)
    ]
    return below + beside


def names(x: Grade, y: Grade, right: float, bottom: float) -> list[dict[str, str]]:
    """What the scales are called, with the words of their ends."""
    return [
        {"x": place(4), "y": place(18), "anchor": "start", "text": f"縦：{y.name}（上ほど{y.high}）"},
        {
            "x": place(right),
            "y": place(bottom + 86),
            "anchor": "end",
            "text": f"横：{x.name}（右ほど{x.high}）",
        },
    ]


def corner_texts(corners: Sequence[str], right: float, bottom: float) -> list[dict[str, str]]:
    """The words of the quadrants, in lines outside the grid so that no mark hides them."""
    found = []
    above, below = TOP - 28, bottom + 42
    places = ((LEFT, above, "start"), (right, above, "end"), (LEFT, below, "start"), (right, below, "end"))
    for words, (x, y, anchor) in zip(corners, places, strict=True):
        found += [
            {"x": place(x), "y": place(y + 18 * i), "anchor": anchor, "text": text}
            for i, text in enumerate(words.split("\n"))
        ]
    return found


def legend_items(kinds: Sequence[str], top: float) -> list[dict[str, Any]]:
    """A mark and the words of each kind, in as many rows as they need."""
    items: list[dict[str, Any]] = []
    left, row = 2.0, 0
    for kind, look in zip(kinds, LOOKS, strict=False):
        size = 34 + text_width(kind, SIZE)
        if left > 2 and left + size > WIDTH:
            left, row = 2.0, row + 1
        y = top + LEGEND_ROW * row
        items.append(
            {
                "x": place(left + 13),
                "y": place(y),
                "text_x": place(left + 34),
                "text_y": place(y + 5),
                "text": kind,
                "row": row,
                "r": place(9),
                **look,
            }
        )
        left += size + 18
    return items
