"""The real texts of six towns go through the workbook and arrive as they were written."""

import pytest
import yaml

from assessments.models import ProgressReport
from portal.choices import ImportState
from tests.assessments.sheets.conftest import errors_of, fill, plan_of

COLUMNS = {
    "overview": "initial_issues",
    "activities": "activities_so_far",
    "issues": "issues_found",
    "effective_support": "effective_support",
}


@pytest.fixture
def towns(source_data):
    """What the six towns of the source said."""
    text = (source_data / "progress_hyogo_r6.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["municipalities"]


@pytest.mark.parametrize("number", range(6))
def test_the_sheet_of_a_real_town_is_taken_over_word_by_word(desk, towns, number):
    said = towns[number]
    texts = {name: "\n".join(f"・{line}" for line in said[key]) for name, key in COLUMNS.items()}
    texts["target_state"] = said["theme"]
    book = desk.book()
    for name, text in texts.items():
        fill(book, f"text.{name}", text)
    fill(book, "fields.other", "○")
    run = desk.send(book)
    assert errors_of(run) == []
    run = desk.confirm(run)
    assert run.state == ImportState.APPLIED, run.job.error
    report = ProgressReport.objects.get()
    assert {name: getattr(report, name) for name in texts} == texts
    again = desk.send(desk.download())
    assert (plan_of(again).changes, errors_of(again)) == ([], [])
