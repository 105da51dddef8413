"""What an import would do, as plain data that is kept and shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

NEW, CHANGED = "new", "changed"


@dataclass(slots=True)
class Change:
    """One row that would be added or changed, with each field before and after as shown to people."""

    number: int
    label: str
    kind: str
    fields: list[dict[str, str]]


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

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.error_total and self.refused is None

    def count(self, kind: str) -> int:
        """How many rows would be added or changed."""
        return sum(1 for change in self.changes if change.kind == kind)

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
