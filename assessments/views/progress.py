"""The author's pages of a progress report: task list, check, done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assessments.choices import OPEN_STATES, FormState
from assessments.forms import AttachForm
from assessments.models import ProgressReport
from assessments.services import progress as service
from assessments.services.attachments import current_attachments
from assessments.services.comment_threads import open_counts
from assessments.services.corrections import can_give_up
from assessments.services.forms import start_progress
from assessments.services.known import known_facts
from assessments.services.progress_saving import carry_over, open_sections
from assessments.services.section_tasks import section_tasks
from assessments.services.sections import lacks, words_of
from assessments.services.sent_back import sent_back
from assessments.services.sheets.proposals import waiting_for
from assessments.views.common import own_target_or_404, round_or_404
from portal.errors import MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, check
from portal.services import drafts


class OwnProgress(PortalView):
    """A page about the progress report of the actor's own organisation, made on the first save."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.round = round_or_404(request, kwargs["pk"])
        self.target = own_target_or_404(request, self.round)
        if not self.target.asks_progress:
            raise Http404
        own = ProgressReport.objects.for_user(request.actor).select_related("round", "organisation")
        existing = own.filter(round=self.round, organisation=self.target.organisation).first()
        self.report = existing or ProgressReport(round=self.round, organisation=self.target.organisation)
        check(request.actor, Action.EDIT_PROGRESS, self.report)

    @property
    def draft_prefix(self) -> str:
        """How the unsaved texts of this form are called, before the section."""
        return f"progress:{self.round.pk}:{self.target.organisation.pk}:"

    @property
    def is_open(self) -> bool:
        """Whether the form can be written; else its page shows what was handed in."""
        return self.report.state in OPEN_STATES

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page of the form shows."""
        base = {"round": self.round, "report": self.report, "is_sample": self.round.program.is_sample}
        return base | {"organisation": self.target.organisation, "target": self.target} | more


class ProgressEdit(OwnProgress):
    """The task list: the sections with their states, and the way to handing in."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the list, or what was handed in."""
        if not self.is_open:
            return redirect("progress_detail", self.report.pk)
        return self.page(AttachForm())

    def page(self, attach_form: AttachForm) -> HttpResponse:
        """The list, with the box for files as it was left."""
        counted = open_counts(report=self.report, actor=self.request.actor)
        tasks = section_tasks(report=self.report, unsaved=self._unsaved(), comments=counted)
        reason = ""
        if self.report.state == FormState.RETURNED:
            returned = self.report.status_changes.filter(action="return").order_by("-at", "-id").first()
            reason = returned.reason if returned else ""
        context = self.context(tasks=tasks, total=len(tasks), returned_reason=reason)
        context |= {"sent_back": sent_back(self.report), "can_give_up": can_give_up(self.report)}
        context["correction_reason"] = service.correction_reason(self.report)
        context |= {"filled": sum(task.is_done for task in tasks)}
        context |= {"attach_form": attach_form, "has_errors": bool(attach_form.errors), "removable": True}
        context["attachments"] = current_attachments(self.report) if self.report.pk else []
        context["known"] = known_facts(round_=self.round, organisation=self.target.organisation)
        context["proposal"] = waiting_for(self.target)
        context["can_carry"] = any(task.can_carry for task in tasks)
        return render(self.request, "assessments/progress_edit.html", context)

    def _unsaved(self) -> set[str]:
        """The sections in which this person has typed something that is not saved."""
        forms = drafts.forms_of(actor=self.request.actor, prefix=self.draft_prefix)
        return {form.removeprefix(self.draft_prefix) for form in forms}


class ProgressCarry(OwnProgress):
    """Copying the round before into every section in which nothing stands."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """The button stands on the task list."""
        return redirect("progress_edit", pk)

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Copy, and name what was copied."""
        try:
            report = start_progress(target=self.target, actor=request.actor)
            labels = carry_over(
                report=report, sections=[one.code for one in report.sections], actor=request.actor
            )
        except MoveRefused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(
                request,
                f"「{'」「'.join(labels)}」に、前回の内容をコピーしました。"
                "項目ごとに、直すか、変わりがないことを確認してください。",
            )
        return redirect("progress_edit", pk)


class ProgressCheck(OwnProgress):
    """All answers before handing in, with the way to change each."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the whole form."""
        if not self.is_open:
            return redirect("progress_detail", self.report.pk)
        return self._page([])

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Hand in, or ask for the sign-off; say what is missing."""
        missing = lacks(self.report)
        if missing and self.is_open:
            return self._page(
                [{"sentence": sentence, "target": f"row-{code}"} for code, sentence in missing.items()]
            )
        signing = self.target.organisation.sign_off_required
        act = service.request_sign_off if signing else service.submit_progress
        try:
            act(report=self.report, actor=request.actor)
        except MoveRefused as error:
            if not self.is_open:
                messages.error(request, error.sentence)
                return redirect("progress_detail", self.report.pk)
            return self._page([{"sentence": error.sentence, "target": ""}])
        return redirect("progress_done", pk)

    def _page(self, problems: list[dict[str, str]]) -> HttpResponse:
        opened, words = open_sections(self.report), words_of(self.report)
        rows = [
            {
                "id": f"row-{one.code}",
                "label": one.label,
                "text": words[one.code],
                "url": reverse("progress_section", args=[self.round.pk, one.code])
                if one.code in opened
                else "",
            }
            for one in self.report.sections
        ]
        context = self.context(
            attachments=current_attachments(self.report) if self.report.pk else [],
            rows=rows,
            problems=problems,
            has_errors=bool(problems),
            problem_title=f"提出の前に、直すところが{len(problems)}件あります",
        )
        return render(self.request, "assessments/progress_check.html", context)


class ProgressDone(OwnProgress):
    """The receipt, and what happens next."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the receipt of the last submission, or that a sign-off is asked for."""
        if self.report.state in OPEN_STATES:
            return redirect("progress_edit", pk)
        reports = ProgressReport.objects.for_user(request.actor).select_related("round")
        report = get_object_or_404(reports, pk=self.report.pk)
        last = report.submissions.order_by("-number").first()
        waiting = report.state == FormState.WAITING
        return render(
            request, "assessments/progress_done.html", self.context(submission=last, waiting=waiting)
        )
