"""Bounds on what a report may hold, checked before it is laid out (TESTS: WeasyPrint has none of its own)."""

from typing import Any

from portal.jobs import JobFailed

#: Protection of the renderer, not rules of the program: forms allow far less.
MAX_CHARACTERS = 20_000
MAX_ROWS = 2_000


def refuse_oversized(data: Any, place: str = "報告書") -> None:
    """Raise JobFailed naming the place when a text or a list is longer than the renderer should be given."""
    if isinstance(data, str) and len(data) > MAX_CHARACTERS:
        raise JobFailed(
            f"{place}の文章が長すぎるため、PDFを作成できませんでした（{len(data):,}文字）。"
            f"{MAX_CHARACTERS:,}文字以内に直してから、もう一度作成してください。"
        )
    if isinstance(data, list):
        if len(data) > MAX_ROWS:
            raise JobFailed(
                f"{place}の行が多すぎるため、PDFを作成できませんでした（{len(data):,}行）。"
                f"{MAX_ROWS:,}行以内にしてください。"
            )
        for item in data:
            refuse_oversized(item, place)
    if isinstance(data, dict):
        name = data.get("name") or place
        for value in data.values():
            refuse_oversized(value, name if isinstance(name, str) and len(name) < 100 else place)
