"""Whose thing an object is, as far as the object itself says."""

from __future__ import annotations

from typing import Any

from portal.models import Organisation

#: The names under which objects point to their organisation, or to what has one.
_WAYS = ("organisation", "prefecture", "region", "report", "assessment", "host")
_DEPTH = 3


def organisation_of(obj: Any, depth: int = _DEPTH) -> Organisation | None:
    """The organisation whose thing this is; None when the object does not say."""
    if obj is None or isinstance(obj, Organisation):
        return obj
    fields = {field.name for field in obj._meta.fields} if hasattr(obj, "_meta") else set()
    for name in _WAYS:
        found = organisation_of(getattr(obj, name), depth - 1) if name in fields and depth else None
        if found:
            return found
    return None
