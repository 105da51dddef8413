"""Files on a progress report: hang on, take off, hand out."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from assessments.forms import AttachForm
from assessments.models import ProgressAttachment
from assessments.services import attachments as service
from assessments.services.versions import shown_submission
from assessments.views.progress import ProgressEdit
from portal.errors import MoveRefused, PortalError
from portal.files import serve
from portal.http import PortalRequest, PortalView


class ProgressAttach(ProgressEdit):
    """Takes one file for the form; a refusal is shown on the form's own page."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Nothing to see here: the form's page has the box."""
        return redirect("progress_edit", pk)

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Judge and keep the file."""
        if not self.is_open:
            return redirect("progress_detail", self.report.pk)
        form = AttachForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                service.attach_file(target=self.target, upload=file, name=file.name, actor=request.actor)
            except PortalError as error:
                form.add_error("file", error.sentence)
            else:
                messages.success(request, "ファイルを添付しました。")
                return redirect("progress_edit", pk)
        return self.page(form)


def attachment_or_404(request: PortalRequest, pk: uuid.UUID) -> ProgressAttachment:
    """An attachment that the actor may know of: own ones, of others those of the submission they read."""
    rows = ProgressAttachment.objects.for_user(request.actor).select_related(
        "report__round__program", "report__organisation__parent", "stored_file"
    )
    found = get_object_or_404(rows, stored_file_id=pk)
    if found.report.organisation != request.actor.organisation:
        shown = shown_submission(found.report)
        if shown is None or not shown.attachments.filter(pk=found.pk).exists():
            raise Http404
    return found


class AttachmentFile(PortalView):
    """The file itself."""

    def get(self, request: PortalRequest, pk: uuid.UUID) -> FileResponse:
        """Hand it out as a download; recorded."""
        attachment = attachment_or_404(request, pk)
        return serve(service.downloaded(attachment=attachment, actor=request.actor))


class AttachmentRemove(PortalView):
    """Asks before a file is taken off, and takes it off."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.attachment = attachment_or_404(request, kwargs["pk"])

    def get(self, request: PortalRequest, pk: uuid.UUID) -> HttpResponse:
        """Ask."""
        try:
            service.may_remove(self.attachment, request.actor)
        except MoveRefused as error:
            return self._back(error)
        report = self.attachment.report
        context = {
            "attachment": self.attachment,
            "file": self.attachment.stored_file,
            "report": report,
            "round": report.round,
            "organisation": report.organisation,
            "is_sample": report.round.program.is_sample,
        }
        return render(request, "assessments/attachment_remove.html", context)

    def post(self, request: PortalRequest, pk: uuid.UUID) -> HttpResponse:
        """Do it."""
        try:
            service.remove_attachment(attachment=self.attachment, actor=request.actor)
        except MoveRefused as error:
            return self._back(error)
        messages.success(request, f"「{self.attachment}」の添付を取り消しました。")
        return redirect("progress_edit", self.attachment.report.round_id)

    def _back(self, error: MoveRefused) -> HttpResponse:
        messages.error(self.request, error.sentence)
        return redirect("progress_detail", self.attachment.report_id)
