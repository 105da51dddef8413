"""What a resubmission says differently, answer by answer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from assessments.models import ProgressReport, ProgressSubmission
from assessments.models.progress import SECTIONS
from assessments.services import progress as service
from assessments.views.review import report_or_404
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, check
from portal.ui.changes import changes


class ProgressChanges(PortalView):
    """The last submission beside the one before it."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show both; a form handed in once has nothing to compare."""
        report = report_or_404(request, pk)
        check(request.actor, Action.VIEW_PROGRESS, report)
        before, after = _last_two(report)
        rows = [_row(name, before, after) for name in SECTIONS]
        context = {
            "page_title": "前回の提出との違い",
            "report": report,
            "round": report.round,
            "organisation": report.organisation,
            "is_sample": report.round.program.is_sample,
            "before": before,
            "after": after,
            "rows": rows,
            "changed": sum(row["changed"] for row in rows),
        }
        return render(request, "assessments/progress_changes.html", context)


def _last_two(report: ProgressReport) -> tuple[ProgressSubmission, ProgressSubmission]:
    """The last two snapshots; 404 where there are none to compare, or the form has been taken back."""
    shown = service.shown_submission(report)
    before = (
        report.submissions.select_related("by").filter(number=shown.number - 1).first() if shown else None
    )
    if shown is None or before is None:
        raise Http404
    return before, shown


def _row(name: str, before: ProgressSubmission, after: ProgressSubmission) -> dict[str, Any]:
    old, new = (one.content["sections"].get(name, "") for one in (before, after))
    return {
        "label": service.section_label(name),
        "changed": old != new,
        "pieces": changes(old, new) if old != new else [],
        "text": new,
    }
