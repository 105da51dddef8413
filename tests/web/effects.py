"""What a request did, comparable between two runs: every row, without what differs by itself."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from typing import Any

from django.apps import apps
from django.db import models

#: Keyed by row numbers and times of their own.
LEFT_OUT = {"portal.AuditEntry", "portal.AuditHead", "sessions.Session"}


def effects() -> dict[str, Counter]:
    """Model → its rows as values; own keys, times and random ids left out, foreign keys to old rows kept."""
    return {
        model._meta.label: Counter(_row(model, values) for values in model._base_manager.values())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label not in LEFT_OUT
    }


def _row(model: type[models.Model], values: dict[str, Any]) -> str:
    own = {model._meta.pk.attname, "file", "fingerprint", "key", "params"}
    kept = {name: _kept(value) for name, value in sorted(values.items()) if name not in own}
    return repr(kept)


def _kept(value: Any) -> Any:
    return "" if isinstance(value, dt.datetime | uuid.UUID) else value
