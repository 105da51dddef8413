"""What was said about the sample's progress reports: threads with their answers, on past days."""

from __future__ import annotations

from typing import Any

from assessments.choices import CommentVisibility
from assessments.models import FormComment, ProgressReport
from portal.actor import Actor
from reports.sample.files import at
from reports.sample.people import People


def make_comments(report: ProgressReport, threads: list[dict[str, Any]], people: People) -> None:
    """The threads of one report, in the shape in which `services.comments` writes them."""
    speakers = {
        "officer": people.officer(report.organisation),
        "reviewer": people.reviewer(report.organisation),
    }
    for number, told in enumerate(threads):
        key = f"comment-{report.organisation_id}-{number}"
        first = _said(
            told,
            speakers[told["by"]],
            key,
            report=report,
            code=told.get("section", ""),
            visibility=CommentVisibility(told.get("visibility", "shared")),
        )
        for answer in told.get("answers", []):
            _said(
                answer,
                speakers[answer["by"]],
                key,
                report=report,
                code=first.code,
                visibility=first.visibility,
                parent=first,
            )
        if "resolved_on" in told:
            first.resolved_at, first.resolved_by = at(told["resolved_on"], key), speakers["reviewer"].user
            first.save(update_fields=["resolved_at", "resolved_by"])


def _said(told: dict[str, Any], speaker: Actor, key: str, **columns: Any) -> FormComment:
    return FormComment.objects.create(
        text=told["text"],
        at=at(told["said_on"], key),
        organisation=speaker.organisation,
        by=speaker.user,
        membership=speaker.membership,
        **columns,
    )
