"""What was moved and handed in stays as it was written: the database refuses, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from assessments.models import (
    AssessmentStatusChange,
    AssessmentSubmission,
    IssueReportStatusChange,
    IssueReportSubmission,
    ProgressStatusChange,
    ProgressSubmission,
)
from tests.factories_assessments import make_framework, make_round, submitted_assessment, submitted_report
from tests.factories_issues import hand_in, make_issue

TABLES = [
    ProgressStatusChange,
    ProgressSubmission,
    AssessmentStatusChange,
    AssessmentSubmission,
    IssueReportStatusChange,
    IssueReportSubmission,
]


@pytest.fixture
def handed_in(world):
    """One row in each of the tables."""
    town, framework = world.actors["town_a1"], make_framework()
    round_ = make_round(world.program, town.organisation, frameworks=(framework,))
    round_.targets.update(asks_issues=True)
    make_issue(town)
    listed = hand_in(round_, town)
    return submitted_report(round_, town), submitted_assessment(round_, framework, town), listed


@pytest.mark.parametrize("model", TABLES)
@pytest.mark.parametrize("act", ["UPDATE {t} SET at = at", "DELETE FROM {t}"])
def test_no_row_is_changed_or_deleted(handed_in, model, act):
    assert model.objects.count() == 1
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(act.format(t=model._meta.db_table))
    assert model.objects.count() == 1


def test_a_form_that_was_handed_in_is_not_deleted_with_its_history(handed_in):
    for form in handed_in:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            form.delete()
