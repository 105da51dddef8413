"""Small things every part of a report needs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from portal.pdf.tables import Column, Table
from portal.ui.dates import fiscal, jdate, jdatetime

Data = dict[str, Any]

PORTAL_SOURCE = "本ポータルの登録内容"
NONE = "—"


def as_of(data: Data) -> str:
    """The time of the data in words."""
    return jdatetime(dt.datetime.fromisoformat(data["as_of"]))


def day(text: str | None, *, weekday: bool = False) -> str:
    """An ISO date of the data in words."""
    return jdate(dt.date.fromisoformat(text), weekday=weekday) if text else NONE


def year(data: Data) -> str:
    """令和7年度."""
    return fiscal(data["region"]["fiscal_year"])


def figure_text(value: float | None, places: int = 1) -> str:
    """A score or a share as text; — when there is none."""
    return NONE if value is None else f"{value:.{places}f}"


def table(
    data: Data, caption: str, columns: list[Column], rows: list[list[str]], *, dense: bool = False
) -> Table:
    """A table from the portal's own rows, with source and time."""
    return Table(
        caption=caption, columns=columns, rows=rows, source=PORTAL_SOURCE, as_of=as_of(data), dense=dense
    )
