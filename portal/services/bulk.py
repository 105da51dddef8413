"""Write many rows by their natural key: what is new is created, what differs is updated, the rest is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)
BATCH = 500


@dataclass
class Synced(Generic[M]):
    """The rows by key after an upsert, and how many were created, updated or already right."""

    rows: dict[Any, M] = field(default_factory=dict)
    created: int = 0
    updated: int = 0
    unchanged: int = 0


def upsert(
    queryset: models.QuerySet[M], wanted: Iterable[dict[str, Any]], *, key: Sequence[str]
) -> Synced[M]:
    """Make the rows of this queryset say what `wanted` says; nothing is deleted.

    Each wanted row names its columns (`prefecture_id`, not `prefecture`) and holds values as the
    database returns them (dates, Decimals with the column's places); `key` names the natural key.
    A key of one column stands alone in `rows`, a longer one as a tuple.
    """

    def key_of(get: Any) -> Any:
        values = tuple(get(name) for name in key)
        return values[0] if len(values) == 1 else values

    synced: Synced[M] = Synced(rows={key_of(row.__getattribute__): row for row in queryset})
    new: list[M] = []
    changed: list[M] = []
    columns: set[str] = set()
    for values in wanted:
        row = synced.rows.get(key_of(values.__getitem__))
        if row is None:
            row = queryset.model(**values)
            synced.rows[key_of(values.__getitem__)] = row
            new.append(row)
            continue
        differing = {name for name, value in values.items() if getattr(row, name) != value}
        for name in differing:
            setattr(row, name, values[name])
        columns |= differing
        changed += [row] if differing else []
        synced.unchanged += not differing
    manager = queryset.model._default_manager
    manager.bulk_create(new, batch_size=BATCH)
    if changed:
        manager.bulk_update(changed, sorted(columns), batch_size=BATCH)
    synced.created, synced.updated = len(new), len(changed)
    return synced
