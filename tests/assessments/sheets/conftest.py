"""A town with its workbook: download, fill in with openpyxl, send back, look at the preview, confirm."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from assessments.services.issue_scales import load_issue_scales
from portal.imports import Plan
from portal.jobs import run_job
from portal.models import ImportRun


class Desk:
    """One person's way through download and upload."""

    def __init__(self, client: Any, page: str, file: str) -> None:
        self.client, self.page, self.file = client, page, file

    def download(self, **query: str) -> bytes:
        """The file as it is handed out."""
        answer = self.client.get(self.file, query or {"export": "xlsx"})
        assert answer.status_code == 200, answer
        return b"".join(answer.streaming_content)

    def book(self) -> Workbook:
        """The workbook, to be filled in."""
        return load_workbook(io.BytesIO(self.download()))

    def send(self, content: bytes | Workbook, name: str = "様式.xlsx") -> ImportRun:
        """Upload it and let the job read it."""
        if isinstance(content, Workbook):
            body = io.BytesIO()
            content.save(body)
            content = body.getvalue()
        answer = self.client.post(self.page, {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 302, answer.content.decode()
        run = ImportRun.objects.latest("created_at")
        assert answer.url == reverse("job_detail", args=[run.job_id])
        run_job(run.job_id)
        run.refresh_from_db()
        return run

    def look(self, run: ImportRun) -> str:
        """The page of the preview."""
        return self.client.get(reverse("import_run", args=[run.pk])).content.decode()

    def confirm(self, run: ImportRun, **choices: str) -> ImportRun:
        """Confirm what is shown and let the job write it."""
        seen = re.search(r'name="seen" value="(\w+)"', self.look(run))
        data = {"seen": seen[1] if seen else ""}
        data |= {f"choice_{key}": value for key, value in choices.items()}
        self.client.post(reverse("import_apply", args=[run.pk]), data)
        run.refresh_from_db()
        if not run.job.is_finished:
            run_job(run.job_id)
        run.refresh_from_db()
        return run


def row_of(book: Workbook, sheet: str, key: str) -> int:
    """The number of the row with this id."""
    return next(row[0].row for row in book[sheet].iter_rows(min_row=2) if str(row[0].value) == key)


def fill(
    book: Workbook, key: str, value: Any, sheet: str = "取組状況", column: int = 5, kind: str = ""
) -> str:
    """Write into the cell of a row, as text unless `kind` says otherwise; its address."""
    cell = book[sheet].cell(row=row_of(book, sheet, key), column=column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = kind or "s"
    return str(cell.coordinate)


def plan_of(run: ImportRun) -> Plan:
    """What the preview holds."""
    return Plan.from_json(run.preview)


def errors_of(run: ImportRun) -> list[tuple[str, str, str]]:
    """Sheet, cell and rule of each error."""
    return [(error["sheet"], error["cell"], error["rule"]) for error in plan_of(run).errors]


@pytest.fixture
def steps(db) -> None:
    """The steps and the scale of local issues are loaded."""
    load_issue_scales()


@pytest.fixture
def desk(round_, town, client_of, steps) -> Desk:
    """The town's own."""
    arguments = [round_.pk]
    return Desk(
        client_of(town), reverse("round_sheet", args=arguments), reverse("round_sheet_file", args=arguments)
    )


@pytest.fixture
def behalf(round_, town, prefecture, client_of, steps) -> Desk:
    """The prefecture's, for the town."""
    arguments = [round_.pk, town.organisation.pk]
    return Desk(
        client_of(prefecture),
        reverse("target_sheet", args=arguments),
        reverse("target_sheet_file", args=arguments),
    )
