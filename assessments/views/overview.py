"""The completion matrix of a round under the filters of the address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse

from assessments.forms import StatusFilterForm
from assessments.models import Round
from assessments.services.matrix import MatrixRow, Wanted, columns, counts, matrix_rows
from assessments.services.status import (
    ISSUES_FORM,
    PROGRESS_FORM,
    SHOWN_STATES,
    FormStatus,
    round_status,
)
from portal import exports
from portal.exports import Download
from portal.http import PortalRequest
from portal.permissions import Action, allows
from portal.ui.chips import CHIPS
from portal.ui.dates import local_date

PER_PAGE = 50
#: States in which others than the author find something to read.
_READABLE = {"submitted", "accepted", "confirmed", "returned", "correcting"}
#: The page of each form; every other code is a checklist's.
_DETAILS = {PROGRESS_FORM: "progress_detail", ISSUES_FORM: "issue_report"}
_FILTERS = ("form", "prefecture", "name")


class Overview:
    """One row per organisation, one column per form, with counts that equal the lists they lead to."""

    def __init__(self, request: PortalRequest, round_: Round) -> None:
        self.request, self.round = request, round_
        self.everything = round_status(round_, request.actor)
        self.columns = columns(self.everything)
        self.all_rows = matrix_rows(self.everything)
        present = {row.state for row in self.everything}
        self.form = StatusFilterForm(
            request.GET,
            kinds=self.columns,
            prefectures=sorted({(str(row.prefecture_id), row.prefecture) for row in self.everything}),
            states=[(state, CHIPS[state][2]) for state in SHOWN_STATES if state in present],
        )
        names = [name for name in (*_FILTERS, "state") if name in self.form.fields]
        self.wanted = Wanted(**{name: self.form.value(name) for name in names})
        self.rows = [row for row in self.all_rows if row.fits(self.wanted)]
        self.shown = [item for item in self.columns if self.wanted.form in (None, item[0])]

    def context(self) -> dict[str, Any]:
        """What the page shows."""
        page = Paginator(self.rows, PER_PAGE).get_page(self.request.GET.get("page"))
        rows: Any = [self._row(row) for row in page.object_list]
        page.object_list = rows
        asked = [row for row in self.everything if row.is_asked]
        return {
            "page": page,
            "filter_form": self.form,
            "export_links": exports.links(self.request),
            "tabs": self._tabs(),
            "summary": self._summary(),
            "columns": [label for _code, label in self.shown],
            "unit": "団体",
            "order": "対応が必要な状態の順",
            "show_prefecture": "prefecture" in self.form.fields,
            "handed_in": sum(row.is_done for row in asked),
            "asked": len(asked),
            "not_applicable": len(self.everything) - len(asked),
        }

    def _row(self, row: MatrixRow) -> dict[str, Any]:
        about = row.first
        linked = allows(self.request.actor, Action.VIEW_TARGET)
        pk = self.round.pk
        return {
            "row": about,
            "url": reverse("round_target", args=[pk, about.organisation_id]) if linked else "",
            "cells": [_cell(row.cells.get(code)) for code, _label in self.shown],
        }

    def _tabs(self) -> list[dict[str, Any]]:
        found = counts(self.all_rows, self.wanted)
        every = sum(row.fits(replace(self.wanted, state=None)) for row in self.all_rows)
        items = [self._link("すべて", every, state=None)]
        return items + [self._link(CHIPS[state][2], number, state=state) for state, number in found.items()]

    def _summary(self) -> dict[str, Any]:
        """Form × state, each number with the link to what it counts."""
        of_each = {
            code: counts(self.all_rows, replace(self.wanted, form=code)) for code, _label in self.columns
        }
        states = [state for state in SHOWN_STATES if any(state in found for found in of_each.values())]
        lines = [
            {
                "label": label,
                "cells": [
                    self._link(CHIPS[state][2], of_each[code].get(state, 0), state=state, form=code)
                    for state in states
                ],
            }
            for code, label in self.columns
        ]
        return {"states": states, "lines": lines}

    def _link(self, label: str, count: int, **asked: str | None) -> dict[str, Any]:
        values = {name: getattr(self.wanted, name) for name in (*_FILTERS, "state")} | asked
        kept = {name: value for name, value in values.items() if value}
        current = self.wanted.state == asked["state"]
        return {
            "label": label,
            "count": count,
            "unit": "団体",
            "url": f"?{urlencode(kept)}",
            "current": current and asked.get("form", self.wanted.form) == self.wanted.form,
        }

    def download(self, title: str) -> Download:
        """All rows of the list, not only those of one page."""
        header = ["団体コード", "団体", "都道府県", "提出期限"]
        for _code, label in self.shown:
            header += [f"{label}：状態", f"{label}：提出日", f"{label}：期限までの日数"]
        return Download(title, header, [self._cells(row) for row in self.rows])

    def _cells(self, row: MatrixRow) -> list[Any]:
        about = row.first
        found: list[Any] = [about.code, about.organisation, about.prefecture, about.due_on]
        for code, _label in self.shown:
            cell = row.cells.get(code)
            if cell is None:
                found += ["", None, None]
                continue
            day = local_date(cell.handed_in_at) if cell.handed_in_at else None
            waits = cell.is_asked and not cell.is_done
            found += [cell.state_label, day, cell.days_left if waits else None]
        return found


def _cell(status: FormStatus | None) -> dict[str, Any] | None:
    return {"status": status, "url": form_url(status)} if status else None


def form_url(row: FormStatus) -> str:
    """Where somebody in charge reads the form; empty when there is nothing for them yet."""
    if row.object_id is None or row.state not in _READABLE:
        return ""
    return reverse(_DETAILS.get(row.form, "assessment_detail"), args=[row.object_id])
