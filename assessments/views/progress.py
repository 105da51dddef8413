"""The author's pages of a progress report: task list, one section a page, check, done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assessments.choices import OPEN_STATES, FormState
from assessments.forms import AttachForm, SectionForm
from assessments.models import ProgressReport
from assessments.models.progress import SECTIONS
from assessments.services import progress as service
from assessments.services.attachments import current_attachments
from assessments.services.forms import digest, start_progress
from assessments.services.previous import previous_submission
from assessments.views.common import Clash, chosen, conflict, own_target_or_404, round_or_404
from portal.errors import EditConflict, MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, check
from portal.ui import errors
from portal.views.drafts import DraftsMixin


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
    def is_open(self) -> bool:
        """Whether the form can be written; else its page shows what was handed in."""
        return self.report.state in OPEN_STATES

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page of the form shows."""
        base = {"round": self.round, "report": self.report, "is_sample": self.round.program.is_sample}
        return base | {"organisation": self.target.organisation, "target": self.target} | more


class ProgressEdit(OwnProgress):
    """The task list: four sections with their states, and the way to handing in."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the list, or what was handed in."""
        if not self.is_open:
            return redirect("progress_detail", self.report.pk)
        return self.page(AttachForm())

    def page(self, attach_form: AttachForm) -> HttpResponse:
        """The list, with the box for files as it was left."""
        last = self.report.submissions.order_by("-number").first() if self.report.pk else None
        tasks = [self._task(section, last) for section in SECTIONS]
        reason = ""
        if self.report.state == FormState.RETURNED:
            returned = self.report.status_changes.filter(action="return").order_by("-at", "-id").first()
            reason = returned.reason if returned else ""
        done = sum(task["filled"] for task in tasks)
        context = self.context(tasks=tasks, filled=done, total=len(tasks), returned_reason=reason)
        context |= {"attach_form": attach_form, "has_errors": bool(attach_form.errors), "removable": True}
        context["attachments"] = current_attachments(self.report) if self.report.pk else []
        return render(self.request, "assessments/progress_edit.html", context)

    def _task(self, section: str, last: Any) -> dict[str, Any]:
        text = getattr(self.report, section)
        filled = bool(text.strip())
        chip, word = ("accepted", "入力済み") if filled else ("todo", "未入力")
        is_open = section in service.open_sections(self.report)
        if is_open and self.report.state == FormState.RETURNED:
            changed = last is None or last.content["sections"].get(section) != text
            chip, word = ("accepted", "直し済み") if changed else ("returned", "差戻し")
        return {
            "label": service.section_label(section),
            "url": reverse("progress_section", args=[self.round.pk, section]) if is_open else "",
            "chip": chip,
            "word": word,
            "filled": filled,
        }


class ProgressSection(DraftsMixin, OwnProgress):
    """One section a page: label, help, what was said the round before, text with counter."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.section = kwargs["section"]
        if self.section not in SECTIONS:
            raise Http404

    def get(self, request: PortalRequest, pk: int, section: str) -> HttpResponse:
        """Show the section."""
        if section not in service.open_sections(self.report):
            return redirect("progress_edit", pk)
        return self._page(SectionForm(section=section, initial=self.draft_saved() | self.typed()))

    def post(self, request: PortalRequest, pk: int, section: str) -> HttpResponse:
        """Save, and go on or stay."""
        going_on = request.POST.get("act", "next") == "next"
        data = chosen(request, {section: {section: getattr(self.report, section)}})
        form = SectionForm(data, section=section, required=going_on)
        if not form.is_valid():
            return self._page(form)
        try:
            report = start_progress(target=self.target, actor=request.actor)
            service.save_progress(
                report=report,
                values={section: form.cleaned_data[section]},
                version=form.cleaned_data["version"],
                seen=form.cleaned_data["seen"],
                actor=request.actor,
            )
        except EditConflict as error:
            return self._conflict(error, form.cleaned_data[section])
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form)
        self.drop_draft()
        messages.success(request, f"「{service.section_label(section)}」の下書きを保存しました。")
        return redirect(self._next() if going_on else request.path)

    def draft_form(self) -> str:
        """One section of one report."""
        return f"progress:{self.round.pk}:{self.target.organisation.pk}:{self.section}"

    def draft_title(self) -> str:
        """Round and section."""
        return f"{self.round.title}　取組状況　{service.section_label(self.section)}"

    def draft_names(self) -> list[str]:
        """The section's one control."""
        return [self.section]

    def draft_saved(self) -> dict[str, Any]:
        """The section as saved, with the marks of its version."""
        return self._shown(self.report)

    def _shown(self, report: ProgressReport) -> dict[str, Any]:
        text = getattr(report, self.section)
        return {self.section: text, "version": report.version, "seen": digest({self.section: text})}

    def _next(self) -> str:
        """The next section that may be written, else the check page."""
        later = SECTIONS[SECTIONS.index(self.section) + 1 :]
        following = [name for name in later if name in service.open_sections(self.report)]
        if self.report.state == FormState.DRAFT and following:
            return reverse("progress_section", args=[self.round.pk, following[0]])
        return reverse("progress_check", args=[self.round.pk])

    def _page(self, form: SectionForm) -> HttpResponse:
        before = previous_submission(round_=self.round, organisation=self.target.organisation)
        context = self.context(
            form=form,
            section_field=form[self.section],
            page_title=service.section_label(self.section),
            number=SECTIONS.index(self.section) + 1,
            total=len(SECTIONS),
            previous=before.content["sections"].get(self.section, "") if before else "",
            previous_label=f"前回（{before.report.round.title}）の記入内容を見る" if before else "",
            **self.draft_context(),
        )
        return render(self.request, "assessments/progress_section.html", context)

    def _conflict(self, error: EditConflict, typed: str) -> HttpResponse:
        current = error.current
        label = service.section_label(self.section)
        clash = Clash(
            key=self.section,
            label=label,
            mine=typed,
            saved=getattr(current, self.section),
            typed=[(self.section, typed)],
        )
        shown = self._shown(current)  # type: ignore[arg-type]
        hidden = {
            "version": shown["version"],
            "seen": shown["seen"],
            "act": self.request.POST.get("act", "next"),
        }
        context = self.context(
            sentence=error.sentence, back_url=reverse("progress_edit", args=[self.round.pk])
        )
        return conflict(
            self.request, title=f"{label}の保存内容の確認", clashes=[clash], hidden=hidden, context=context
        )


class ProgressCheck(OwnProgress):
    """All answers before handing in, with the way to change each."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the whole form."""
        if not self.is_open:
            return redirect("progress_detail", self.report.pk)
        return self._page([])

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Hand in, or ask for the sign-off; say what is missing."""
        missing = service.missing_sections(self.report)
        if missing and self.is_open:
            return self._page(
                [
                    {
                        "sentence": f"{service.section_label(name)}を入力してください。",
                        "target": f"row-{name}",
                    }
                    for name in missing
                ]
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
        opened = service.open_sections(self.report)
        rows = [
            {
                "id": f"row-{name}",
                "label": service.section_label(name),
                "text": getattr(self.report, name),
                "url": reverse("progress_section", args=[self.round.pk, name]) if name in opened else "",
            }
            for name in SECTIONS
        ]
        context = self.context(
            attachments=current_attachments(self.report) if self.report.pk else [],
            rows=rows,
            problems=problems,
            has_errors=bool(problems),
            problem_title=f"提出の前に、直すところが{len(problems)}件あります",
        )
        return render(self.request, "assessments/progress_check.html", context)


def _missing(section: str) -> dict[str, str]:
    return {"sentence": errors.required(service.section_label(section)), "target": f"row-{section}"}


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
