"""What the same organisation said in the round before."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from assessments.choices import ASSESSMENT_HANDED_IN, FormState
from assessments.models import (
    Assessment,
    IssueReport,
    IssueReportSubmission,
    ProgressSubmission,
    Round,
)
from portal.models import Organisation


def previous_submission(*, round_: Round, organisation: Organisation) -> ProgressSubmission | None:
    """The last progress report this organisation handed in for an earlier round, of this or a past year.

    Of one that is being corrected, what was accepted: a correction counts from being handed in.
    """
    counts = Q(report__accepted=None) | Q(report__state=FormState.SUBMITTED) | Q(pk=F("report__accepted"))
    return (
        ProgressSubmission.objects.filter(
            counts, report__organisation=organisation, report__round__in=_earlier(round_)
        )
        .select_related("report__round__program")
        .order_by("-report__round__due_on", "-report__round__opens_on", "-number")
        .first()
    )


def previous_assessment(assessment: Assessment) -> Assessment | None:
    """The last self-assessment handed in with the same checklist for an earlier round."""
    return (
        Assessment.objects.filter(
            organisation=assessment.organisation_id,
            framework__code=assessment.framework.code,
            round__in=_earlier(assessment.round),
        )
        .handed_in()
        .select_related("round__program", "framework")
        .order_by("-round__due_on", "-round__opens_on")
        .first()
    )


def previous_issues(report: IssueReport) -> IssueReportSubmission | None:
    """The last list of issues that this organisation handed in for an earlier round and that still counts."""
    rows = IssueReportSubmission.objects.filter(
        report__organisation=report.organisation_id,
        report__round__in=_earlier(report.round),
        report__state__in=ASSESSMENT_HANDED_IN,
    )
    return (
        rows.select_related("report__round__program")
        .order_by("-report__round__due_on", "-report__round__opens_on", "-number")
        .first()
    )


def _earlier(round_: Round) -> QuerySet[Round]:
    return Round.objects.filter(
        Q(due_on__lt=round_.due_on) | Q(due_on=round_.due_on, opens_on__lt=round_.opens_on)
    ).exclude(pk=round_.pk)
