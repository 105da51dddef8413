"""What a resubmission says differently, answer by answer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from assessments.models import ProgressReport, ProgressSubmission
from assessments.models.sections import Section
from assessments.services.sections import told_sections
from assessments.services.versions import shown_submission
from assessments.views.common import report_or_404
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, check
from portal.ui.changes import changes


class ProgressChanges(PortalView):
    """The last submission beside the one before it."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show both; a form handed in once has nothing to compare."""
        report = report_or_404(request, pk)
        check(request.actor, Action.VIEW_PROGRESS, report)
        before, after = _compared(report, request.GET.get("from", ""))
        told = {
            code: text for one in (before, after) for code, text in one.content["sections"].items() if text
        }
        rows = [_row(one, before, after) for one in told_sections(report, told)]
        context = {
            "page_title": f"{before.number}回目の提出との違い",
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


def _compared(report: ProgressReport, asked: str) -> tuple[ProgressSubmission, ProgressSubmission]:
    """The last snapshot and the one asked for, else what it corrects, else the one before it.

    404 where there are none to compare, or the form has been taken back.
    """
    shown = shown_submission(report)
    if shown is None:
        raise Http404
    number = shown.corrects.number if shown.corrects else shown.number - 1
    number = int(asked) if asked.isdecimal() else number
    earlier = report.submissions.select_related("by").filter(number=number, number__lt=shown.number)
    return get_object_or_404(earlier), shown


def _row(section: Section, before: ProgressSubmission, after: ProgressSubmission) -> dict[str, Any]:
    old, new = (one.content["sections"].get(section.code, "") for one in (before, after))
    return {
        "label": section.label,
        "changed": old != new,
        "pieces": changes(old, new) if old != new else [],
        "text": new,
    }
