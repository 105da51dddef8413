"""Reading what a page gave as a file."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook


def body_of(response: Any) -> bytes:
    """The bytes of an answer, streamed or not; a stream read to its end closes its file."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def rows_in(response: Any) -> list[tuple]:
    """The rows of the first sheet of an answered workbook."""
    return list(load_workbook(BytesIO(body_of(response))).active.values)
