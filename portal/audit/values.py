"""What may stand in an entry: no whole texts, no secrets, nothing a database would write otherwise."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

#: A longer text is kept as its length only: nobody's writing belongs in the trail.
LONGEST = 200
#: No entry carries more values than this in one list or table.
MOST = 200
#: Never kept, under whatever name they come.
SECRET = re.compile(r"(?i)passw|secret|token|otp|cookie|csrf|session_key|recovery|パスワード")
HIDDEN = "（記録しません）"
#: What neither database takes: NUL, and halves of characters.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(value: Any) -> Any:
    """A value as JSON that says the same after a round trip through either database."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        pairs = list(value.items())[:MOST]
        return {text(key): HIDDEN if SECRET.search(str(key)) else clean(one) for key, one in pairs}
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(one) for one in list(value)[:MOST]]
    if isinstance(value, str):
        return text(value) if len(value) <= LONGEST else f"（{len(value)}文字）"
    return _plain(value)


def _plain(value: Any) -> int | str:
    """Numbers, times and ids: whole numbers stay, whatever a database might write otherwise is text."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float | Decimal | uuid.UUID):
        return str(value)
    return text(str(value))[:LONGEST]


def text(value: Any) -> str:
    """Text that every database takes, unchanged otherwise."""
    return _UNSTORABLE.sub("�", str(value))


def clipped(value: str, length: int) -> str:
    """Text for a column of so many characters."""
    return text(value)[:length]
