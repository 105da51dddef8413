"""Charts drawn on the server as SVG: the same picture on the page and in the PDF (UI.md §8).

`*_figure` gives a `Figure` for `components/figure.html` and `pdf/components/figure.html`;
the plain functions give the SVG alone. `uid` must be unique in the page.
"""

from portal.charts.bars import bars
from portal.charts.figures import (
    Figure,
    bars_figure,
    quadrant_figure,
    radar_figure,
    states_figure,
    weeks_figure,
)
from portal.charts.quadrant import Grade, Spot, quadrant
from portal.charts.radar import Series, radar, radar_finding
from portal.charts.states import State, states, states_finding
from portal.charts.weeks import Week, WeekRow, weeks, weeks_finding

__all__ = [
    "Figure",
    "Grade",
    "Series",
    "Spot",
    "State",
    "Week",
    "WeekRow",
    "bars",
    "bars_figure",
    "quadrant",
    "quadrant_figure",
    "radar",
    "radar_figure",
    "radar_finding",
    "states",
    "states_figure",
    "states_finding",
    "weeks",
    "weeks_figure",
    "weeks_finding",
]
