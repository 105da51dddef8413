"""A column that names another row: one dictionary per import, never a query per row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from portal.spreadsheets.problems import Unreadable
from portal.spreadsheets.values import ColumnType, RawCell


class Lookup(ColumnType):
    """Turns a code into an id of the rows the actor may name; another organisation's code is just unknown."""

    def __init__(self, ids: Mapping[str, Any], *, what: str, example: str = "") -> None:
        self.ids = ids
        self.codes = {key: code for code, key in ids.items()}
        self.what = what
        self.example = example or next(iter(ids), "")

    def convert(self, cell: RawCell) -> Any:
        """The id."""
        code = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell.text))
        if cell.kind not in {"s", "n"} or code not in self.ids:
            raise Unreadable(
                "lookup", f"は、登録されている{self.what}ではありません。", f"{self.what}を確認してください。"
            )
        return self.ids[code]

    def export(self, value: Any) -> Any:
        """The code."""
        return self.codes.get(value, value)
