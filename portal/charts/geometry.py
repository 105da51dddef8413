"""Pure geometry and text measuring for the charts: numbers in, numbers out."""

import math
import unicodedata
from collections.abc import Sequence

Point = tuple[float, float]


def polar(center: Point, radius: float, turn: float) -> Point:
    """The point at this part of a full turn, clockwise from the top."""
    angle = 2 * math.pi * turn - math.pi / 2
    return center[0] + radius * math.cos(angle), center[1] + radius * math.sin(angle)


def spokes(center: Point, radii: Sequence[float | None]) -> list[Point | None]:
    """One point per spoke of a wheel; None where there is no radius."""
    count = len(radii)
    return [None if radius is None else polar(center, radius, i / count) for i, radius in enumerate(radii)]


def runs(points: Sequence[Point | None]) -> list[list[Point]]:
    """The unbroken stretches around a ring; a whole ring comes back closed, as one run."""
    if all(point is not None for point in points):
        whole = [point for point in points if point is not None]
        return [[*whole, whole[0]]] if whole else []
    start = next(i for i, point in enumerate(points) if point is None)
    found: list[list[Point]] = [[]]
    for point in [*points[start:], *points[:start]]:
        if point is None:
            found.append([])
        else:
            found[-1].append(point)
    return [run for run in found if run]


def text_width(text: str, size: float) -> float:
    """About how wide this text is drawn: a full-width sign is as wide as the size."""
    return sum(size if unicodedata.east_asian_width(c) in "WFA" else size * 0.56 for c in text)


#: Signs a line may end with; none may begin one (kinsoku).
BREAK_BEHIND = "・、。）"


def two_lines(name: str, longest: int = 6, room: int = 8) -> list[str]:
    """A label in one or two lines: at the caller's break, behind a mark, or in the middle.

    A mark is chosen only when both lines then fit into `room` characters.
    """
    if "\n" in name:
        first, _, rest = name.partition("\n")
        return [first, rest.replace("\n", "")]
    if len(name) <= longest:
        return [name]
    half = math.ceil(len(name) / 2)
    half += name[half] in BREAK_BEHIND
    marks = [i + 1 for i, sign in enumerate(name) if sign in BREAK_BEHIND and 2 <= i <= len(name) - 3]
    fitting = [i for i in marks if max(i, len(name) - i) <= room]
    middle = min(fitting, key=lambda i: abs(i - half), default=half)
    return [name[:middle], name[middle:]]


def shares(counts: Sequence[int], width: float, gap: float) -> list[tuple[float, float]]:
    """Left edge and width of each piece of a stacked bar; empty pieces take no room."""
    total = sum(counts)
    shown = sum(1 for count in counts if count)
    room = width - gap * max(shown - 1, 0)
    left, pieces = 0.0, []
    for count in counts:
        piece = room * count / total if total else 0.0
        pieces.append((left, piece))
        left += piece + gap if count else 0
    return pieces


def number(value: float | None, digits: int | None = None) -> str:
    """A figure as it is printed: 12,345 and 3.4, and a dash for none."""
    if value is None:
        return "—"
    if digits is None:
        digits = 0 if float(value).is_integer() else 1
    return f"{value:,.{digits}f}".replace("-", "−")


def place(value: float) -> str:
    """A coordinate with as many digits as paper can show."""
    return f"{value:.1f}".removesuffix(".0")


def path(points: Sequence[Point]) -> str:
    """Points as the value of a `points` attribute."""
    return " ".join(f"{place(x)},{place(y)}" for x, y in points)
