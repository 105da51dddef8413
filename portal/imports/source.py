"""What an import is done with: it reads the file, says what would change, and changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from portal.imports.plan import Plan
from portal.spreadsheets import CellError, Row

if TYPE_CHECKING:
    from portal.models import ImportRun


class Contents(Protocol):
    """What was read of a file: `Table` or `Book`."""

    @property
    def rows(self) -> list[Row]:
        """The rows that can be read."""

    @property
    def errors(self) -> Sequence[CellError]:
        """What is wrong, as far as it is kept."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""


class ImportSource(Protocol):
    """`TableResource` for the rows of one model; a class of one's own where services must write each row."""

    #: For rows that were changed on both sides: key → "file" or "now"; set before `apply`.
    choices: Mapping[str, str]
    #: The import that is applied; set before `apply`.
    run: ImportRun | None

    def read(self, file: BinaryIO, *, name: str) -> Any:
        """The contents of the file; raises SheetRefused."""

    def load(self, contents: Any, *, lock: bool = False) -> dict[str, str]:
        """Read the rows the file names; the mark of each ("" for one that is not there)."""

    def preview(self, contents: Any) -> Plan:
        """What the file would change, and every error; nothing is written."""

    def apply(self, contents: Any) -> Plan:
        """Write everything, inside the caller's transaction; raises at the first thing that is wrong."""

    def stale(self, contents: Any, versions: Mapping[str, str], marks: Mapping[str, str]) -> list[str] | None:
        """The names of rows that changed since the preview; None when none did."""
