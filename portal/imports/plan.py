"""What an import would do, as plain data that is kept and shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

NEW, CHANGED = "new", "changed"
#: What can be chosen for a row that was changed on both sides.
FILE, NOW = "file", "now"


@dataclass(slots=True)
class Change:
    """One row that would be added or changed, with each field before and after as shown to people."""

    number: int
    label: str
    kind: str
    fields: list[dict[str, str]]
    #: Names the row among those of the file; for choices, and to find it again.
    key: str = ""
    #: The sheet it stands on, where there are several.
    sheet: str = ""
    #: Changed in the file and in the portal since the file was downloaded: somebody must choose.
    conflict: bool = False


@dataclass(slots=True)
class Plan:
    """Everything the preview shows: changes row by row, how many rows stay, every error."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    errors: list[dict[str, str]] = field(default_factory=list)
    error_total: int = 0
    #: When the file was refused whole.
    refused: dict[str, str] | None = None
    #: `xlsx`, or `csv` with its encoding.
    format: str = ""
    #: How it comes that some rows were changed on both sides.
    why_conflicts: str = ""
    #: What else the reader must know, a sentence each.
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.error_total and self.refused is None

    def count(self, kind: str) -> int:
        """How many rows would be added or changed."""
        return sum(1 for change in self.changes if change.kind == kind)

    @property
    def conflicts(self) -> list[Change]:
        """The rows somebody must choose for."""
        return [change for change in self.changes if change.conflict]

    def as_json(self) -> dict[str, Any]:
        """For `ImportRun.preview`."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """From `ImportRun.preview`; an empty one before the file was read."""
        values = dict(data)
        values["changes"] = [Change(**change) for change in values.get("changes", [])]
        return cls(**values)


def fingerprint(plan: Plan, versions: Mapping[str, str]) -> str:
    """Names exactly this preview over exactly these rows."""
    body = json.dumps([plan.as_json(), dict(versions)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def mark(values: tuple[Any, ...]) -> str:
    """A short mark of a row's values; equal values give equal marks on both databases."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:20]
