"""Which submission of a progress report counts, and what others than its author may read."""

from __future__ import annotations

from assessments.choices import FormState
from assessments.models import ProgressReport, ProgressSubmission


def last_submission(report: ProgressReport) -> ProgressSubmission | None:
    """What was handed in last, whatever became of it."""
    return report.submissions.select_related("by", "corrects").order_by("-number").first()


def shown_submission(report: ProgressReport) -> ProgressSubmission | None:
    """What those outside the organisation may read; None of a form that its author has withdrawn.

    The last snapshot, but while what was accepted is being corrected, the accepted one: until the
    correction is handed in, and again when it is returned, withdrawn or given up.
    """
    if report.accepted_id is not None and report.state != FormState.SUBMITTED:
        return report.submissions.select_related("by", "corrects").get(pk=report.accepted_id)
    if report.state == FormState.DRAFT:
        return None
    if report.state == FormState.WAITING and sign_off_source(report) != FormState.RETURNED:
        return None
    return last_submission(report)


def counted_submission(report: ProgressReport) -> ProgressSubmission | None:
    """What figures and reports are made of; of a report whose `submissions` are fetched already.

    None of a form that is not handed in or was returned, unless it was accepted once.
    """
    submissions = list(report.submissions.all())
    if report.state == FormState.SUBMITTED or (
        report.state == FormState.ACCEPTED and report.accepted_id is None
    ):
        return submissions[-1] if submissions else None
    return next((one for one in submissions if one.pk == report.accepted_id), None)


def counted_state(report: ProgressReport) -> FormState:
    """The state of what counts: 受理 as long as a correction is under way."""
    under_way = report.is_correction and report.state != FormState.SUBMITTED
    return FormState.ACCEPTED if under_way else FormState(report.state)


def sign_off_source(report: ProgressReport) -> FormState:
    """The state in which the sign-off was asked for last."""
    asked = report.status_changes.filter(action="request_sign_off").order_by("-at", "-id").first()
    return FormState(asked.from_state) if asked else FormState.DRAFT


def earlier_submissions(submission: ProgressSubmission | None) -> list[ProgressSubmission]:
    """What a submission can be compared with: the one before it, and first the one it corrects."""
    if submission is None:
        return []
    numbers = {submission.number - 1, submission.corrects.number if submission.corrects else 0}
    return list(submission.report.submissions.filter(number__in=numbers))
