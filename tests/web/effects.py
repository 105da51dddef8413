"""What a request did, comparable between two runs: every row, without what differs by itself."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from typing import Any

from django.apps import apps
from django.db import models

#: Keyed by row numbers and times of their own.
LEFT_OUT = {"portal.AuditEntry", "portal.AuditHead", "sessions.Session", "usersessions.UserSession"}
Known = dict[type[models.Model], set[Any]]


def known_rows() -> Known:
    """The keys of all rows there are: a key that is not among them was drawn by the act itself."""
    return {model: set(model._base_manager.values_list("pk", flat=True)) for model in _models()}


def effects(known: Known) -> dict[str, Counter]:
    """Model → its rows as values; own keys, times and random ids left out, keys of new rows made equal."""
    return {
        model._meta.label: Counter(_row(model, values, known) for values in model._base_manager.values())
        for model in _models()
    }


def _models() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.label not in LEFT_OUT]


def _row(model: type[models.Model], values: dict[str, Any], known: Known) -> str:
    # A password's salt differs each time, and a message names the row it is about in a text.
    own = {model._meta.pk.attname, "concerns_id", "file", "fingerprint", "key", "params", "password"}
    targets = {one.attname: one.related_model for one in model._meta.concrete_fields if one.is_relation}
    kept = {
        name: _kept(value, known.get(targets.get(name)))  # type: ignore[arg-type]
        for name, value in sorted(values.items())
        if name not in own
    }
    return repr(kept)


def _kept(value: Any, keys: set[Any] | None) -> Any:
    if keys is not None:
        return value if value is None or value in keys else "new"
    return "" if isinstance(value, dt.datetime | uuid.UUID) else value
