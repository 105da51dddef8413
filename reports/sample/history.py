"""How sample forms came to their state: history rows and snapshots, as the services would have left them.

The services move forms today, inside an open round; the sample's forms moved on
past days, in rounds that are closed. So the rows are written here directly, in
the very shape the services write them (tests hold the two together).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from portal.actor import Actor


@dataclass(frozen=True)
class Step:
    """One move in a form's past."""

    action: str
    source: str
    target: str
    by: Actor
    at: dt.datetime
    reason: str = ""

    def columns(self) -> dict[str, object]:
        """The columns of a StatusChange row."""
        return {
            "action": self.action,
            "from_state": self.source,
            "to_state": self.target,
            "reason": self.reason,
            "by": self.by.user,
            "membership": self.by.membership,
            "at": self.at,
        }


class Receipts:
    """Receipt numbers one after the other, from the first free one on."""

    def __init__(self, first: str) -> None:
        self.prefix, _dash, number = first.rpartition("-")
        self.number = int(number)

    def draw(self) -> str:
        """The next number."""
        drawn = f"{self.prefix}-{self.number:04d}"
        self.number += 1
        return drawn
