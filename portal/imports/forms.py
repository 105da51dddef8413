"""The upload form: a file of a kind we read, judged by its first bytes; the rest is the job's."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from portal.spreadsheets.guards import check_size, kind_of
from portal.spreadsheets.problems import SheetRefused
from portal.ui import forms as ui


class UploadForm(ui.PortalForm):
    """One XLSX or CSV file."""

    file = ui.FileField(
        label="取り込むファイル", suffixes=[".xlsx", ".csv"], kinds="ExcelブックまたはCSV", megabytes=10
    )

    def clean_file(self) -> Any:
        """Refuse at once what is no table at all, with the sentence of the guard."""
        file = self.cleaned_data["file"]
        try:
            check_size(file)
            kind_of(file)
        except SheetRefused as refused:
            raise ValidationError(str(refused), code=refused.rule) from refused
        return file
