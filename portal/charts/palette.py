"""The only place with chart colours; values are DADS tokens (see NOTICE), told apart without colour too."""

from dataclasses import dataclass

FONT = "Noto Sans JP, Noto Sans CJK JP, BIZ UDPGothic, Hiragino Sans, Meiryo, sans-serif"
INK = "#1a1a1a"
INK_SUB = "#4d4d4d"
PAPER = "#ffffff"
GRID = "#cccccc"
AXIS = "#767676"
SURFACE = "#f2f2f2"


@dataclass(frozen=True)
class Style:
    """How one series looks: colour, line and mark, so that no one needs to see the colour."""

    color: str
    dash: str
    mark: str
    hollow: bool


SERIES = (
    Style("#0017c1", "", "circle", hollow=False),
    Style("#ac3e00", "6 4", "square", hollow=True),
    Style("#197a4b", "2 4", "triangle", hollow=False),
    Style("#6f23d0", "10 4", "diamond", hollow=True),
)


@dataclass(frozen=True)
class Fill:
    """How one piece of a stacked bar or one week looks; `text` is readable on `fill`."""

    fill: str
    stroke: str
    text: str
    dash: str = ""


STATES = {
    "todo": Fill(PAPER, "#666666", INK, dash="3 2"),
    "draft": Fill("#0055ad", "#0055ad", PAPER),
    "waiting": Fill("#fff0b3", "#927200", INK),
    "submitted": Fill("#927200", "#927200", PAPER),
    "returned": Fill("#ac3e00", "#ac3e00", PAPER),
    "accepted": Fill("#197a4b", "#197a4b", PAPER),
    "approved": Fill("#197a4b", "#197a4b", PAPER),
    "overdue": Fill("#ce0000", "#ce0000", PAPER),
}

WEEKS = {
    "covered": Fill("#0017c1", "#0017c1", PAPER),
    "gap": Fill(PAPER, "#ce0000", "#ce0000"),
    "holiday": Fill("#e6e6e6", "#cccccc", INK),
}
