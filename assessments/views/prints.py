"""A progress report on paper: the page to print, and its PDF."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from assessments.models import ProgressPrint
from assessments.services import printing
from assessments.views.common import report_or_404
from portal.errors import PortalError
from portal.files import serve
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, check


class ProgressPrintPage(PortalView):
    """The form as it comes out of the printer."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show it; of a form that its author has withdrawn there is nothing."""
        report = report_or_404(request, pk)
        check(request.actor, Action.PRINT_PROGRESS, report)
        if not printing.may_print(request.actor, report):
            raise Http404
        context = {
            "paper": printing.paper_of(report=report, actor=request.actor),
            "report": report,
            "round": report.round,
            "organisation": report.organisation,
            "is_sample": report.round.program.is_sample,
        }
        return render(request, "assessments/progress_print.html", context)


class ProgressPdf(PortalView):
    """Asks for the PDF."""

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Ask, and go to where its progress is shown."""
        report = report_or_404(request, pk)
        check(request.actor, Action.PRINT_PROGRESS, report)
        try:
            job = printing.request_pdf(report=report, actor=request.actor)
        except PortalError as error:
            messages.error(request, error.sentence)
            return redirect("progress_detail", pk)
        return redirect("job_detail", job.pk)


class ProgressPrintFile(PortalView):
    """A finished PDF."""

    def get(self, request: PortalRequest, pk: uuid.UUID) -> FileResponse:
        """Hand it out as a download; recorded."""
        rows = ProgressPrint.objects.for_user(request.actor).select_related(
            "report__round", "report__organisation__parent", "stored_file"
        )
        printed = get_object_or_404(rows, stored_file=pk)
        return serve(printing.downloaded_print(printed=printed, actor=request.actor))
