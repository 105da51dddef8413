"""The completion of a round as a matrix: one row per organisation, one column per form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assessments.services.status import SHOWN_STATES, FormStatus


@dataclass(frozen=True)
class Wanted:
    """What the reader filters by; None is everything."""

    form: str | None = None
    state: str | None = None
    prefecture: str | None = None
    name: str | None = None


@dataclass
class MatrixRow:
    """One organisation with the state of each form it is asked for."""

    first: FormStatus
    cells: dict[str, FormStatus] = field(default_factory=dict)

    @property
    def urgency(self) -> tuple[int, str, int]:
        """What needs work first, then by code."""
        worst = min(SHOWN_STATES.index(cell.state) for cell in self.cells.values())
        return worst, self.first.code, self.first.organisation_id

    def fits(self, wanted: Wanted) -> bool:
        """Whether the row is listed: its place and name fit, and one of its forms has the state."""
        if wanted.prefecture and str(self.first.prefecture_id) != wanted.prefecture:
            return False
        if wanted.name and wanted.name not in self.first.organisation:
            return False
        cells = [cell for cell in self.cells.values() if wanted.form in (None, cell.form)]
        return any(wanted.state in (None, cell.state) for cell in cells)


def matrix_rows(statuses: Iterable[FormStatus]) -> list[MatrixRow]:
    """The rows, what needs work first."""
    rows: dict[int, MatrixRow] = {}
    for status in statuses:
        row = rows.setdefault(status.organisation_id, MatrixRow(status))
        row.cells[status.form] = status
    return sorted(rows.values(), key=lambda row: row.urgency)


def columns(statuses: Iterable[FormStatus]) -> list[tuple[str, str]]:
    """The forms, each once, in order."""
    found = {status.form: (status.order, status.form_label) for status in statuses}
    return [(code, label) for code, (_order, label) in sorted(found.items(), key=lambda item: item[1])]


def counts(rows: Iterable[MatrixRow], wanted: Wanted) -> dict[str, int]:
    """State → how many organisations are listed for it under the other filters; in the order of states."""
    found = dict.fromkeys(SHOWN_STATES, 0)
    for row in rows:
        for state in {cell.state for cell in row.cells.values() if wanted.form in (None, cell.form)}:
            alone = Wanted(wanted.form, state, wanted.prefecture, wanted.name)
            found[state] += row.fits(alone)
    return {state: number for state, number in found.items() if number}
