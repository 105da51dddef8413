"""One stacked bar of states: how many rows of a round stand where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.charts import palette
from portal.charts.geometry import place, shares, text_width

WIDTH = 440
SIZE = 15
BAR_TOP, BAR = 4, 34
LEGEND_TOP, LEGEND_ROW = 54, 26


@dataclass(frozen=True)
class State:
    """A state, its Japanese word and how many have it; `kind` is a chip kind (todo, draft, …)."""

    kind: str
    label: str
    count: int


def states(*, uid: str, title: str, desc: str, counts: Sequence[State], unit: str = "団体") -> SafeString:
    """The SVG of a stacked bar; the number stands in each piece with room, and all in the legend."""
    pieces = shares([state.count for state in counts], WIDTH - 4, 3)
    legend = legend_items(counts, unit)
    return render_to_string(
        "charts/states.svg",
        {
            "uid": uid,
            "title": title,
            "desc": desc,
            "palette": palette,
            "width": WIDTH,
            "height": LEGEND_TOP + LEGEND_ROW * (max((i["row"] for i in legend), default=-1) + 1),
            "pieces": [
                piece(state, left + 2, width)
                for state, (left, width) in zip(counts, pieces, strict=True)
                if state.count
            ],
            "legend": legend,
        },
    )


def piece(state: State, left: float, width: float) -> dict[str, Any]:
    text = str(state.count)
    return {
        "x": place(left),
        "y": BAR_TOP,
        "width": place(width),
        "height": BAR,
        "style": palette.STATES[state.kind],
        "text": text if text_width(text, SIZE) + 6 <= width else "",
        "text_x": place(left + width / 2),
        "text_y": BAR_TOP + 22,
    }


def legend_items(counts: Sequence[State], unit: str) -> list[dict[str, Any]]:
    """Every state with its count, also those with none, in as many rows as they need."""
    items: list[dict[str, Any]] = []
    left, row = 2.0, 0
    for state in counts:
        text = f"{state.label} {state.count}{unit}"
        size = 24 + text_width(text, SIZE)
        if left > 2 and left + size > WIDTH:
            left, row = 2.0, row + 1
        y = LEGEND_TOP + LEGEND_ROW * row
        items.append(
            {
                "x": place(left),
                "y": place(y),
                "text_x": place(left + 23),
                "text_y": place(y + 13),
                "style": palette.STATES[state.kind],
                "text": text,
                "row": row,
            }
        )
        left += size + 20
    return items


def states_finding(counts: Sequence[State], unit: str = "団体") -> str:
    """How many there are in all and how they divide, in one sentence."""
    total = sum(state.count for state in counts)
    if not total:
        return f"対象の{unit}は、まだありません。"
    parts = "、".join(f"{state.label}が{state.count}" for state in counts if state.count)
    return f"全{total}{unit}のうち、{parts}です。"
