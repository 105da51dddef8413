"""What is done with a progress report: accept, return, withdraw, sign off, send back, correct."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from assessments.forms import MoveForm, ReturnForm
from assessments.services import progress as service
from assessments.services.comment_threads import open_counts
from assessments.services.corrections import correct_progress, give_up_correction
from assessments.views.common import report_or_404
from portal.errors import MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, check


@dataclass(frozen=True)
class MovePage:
    """How a move is asked and answered: its words and its service."""

    action: Action
    title: str
    effect: str
    label: str
    done: str
    service: Callable[..., Any]
    #: What is asked for with it: label and help of the reason; empty when none is needed.
    reason: tuple[str, str] | None = None
    #: Where it leads, with the number of the round; else to the form.
    leads_to: str = ""
    #: Whether to say before how many comments are not resolved.
    counts_comments: bool = False


MOVES = {
    "accept": MovePage(
        Action.REVIEW_PROGRESS,
        "取組状況を受理します",
        "受理すると、この団体は内容を直せなくなります。受理したことは、団体の画面と、お知らせのメールで伝わります。",
        "受理する",
        "取組状況を受理しました。",
        service.accept_progress,
        counts_comments=True,
    ),
    "withdraw": MovePage(
        Action.EDIT_PROGRESS,
        "提出した取組状況を取り下げます",
        "取り下げると作成中に戻り、県には内容が表示されなくなります。直したあと、もう一度提出してください。",
        "取り下げる",
        "取組状況を取り下げました。直したあと、もう一度提出してください。",
        service.withdraw_progress,
    ),
    "sign-off": MovePage(
        Action.SIGN_OFF_PROGRESS,
        "取組状況を決裁して提出します",
        "決裁すると、県の担当者に提出されます。提出したあとは、差し戻されるまで直せません。",
        "決裁して提出する",
        "取組状況を決裁し、提出しました。",
        service.sign_off_progress,
        counts_comments=True,
    ),
    "recall": MovePage(
        Action.RECALL_PROGRESS,
        "決裁待ちの取組状況を入力に戻します",
        "入力に戻すと、決裁の依頼は取り消されます。直したあと、もう一度決裁を依頼してください。",
        "入力に戻す",
        "取組状況を入力に戻しました。",
        service.recall_progress,
    ),
    "send-back": MovePage(
        Action.SIGN_OFF_PROGRESS,
        "取組状況を庁内で差し戻します",
        "差し戻すと、入力した担当者が直せるようになります。庁内だけの差戻しです。"
        "県などほかの団体には、知らされません。",
        "庁内で差し戻す",
        "取組状況を、庁内で差し戻しました。",
        service.send_back_progress,
        reason=("差し戻す理由と直してほしい点", "庁内の担当者だけに表示され、お知らせでも届きます。"),
    ),
    "correct": MovePage(
        Action.EDIT_PROGRESS,
        "受理された取組状況を訂正します",
        "訂正を始めると、すべての項目を直せるようになります。直したあと、もう一度提出してください。"
        "訂正したものが受理されるまで、県には、受理された内容が表示されます。",
        "訂正を始める",
        "取組状況の訂正を始めました。直したあと、もう一度提出してください。",
        correct_progress,
        reason=("訂正の理由", "県の担当者にも表示されます。訂正したものと一緒に残ります。"),
        leads_to="progress_edit",
    ),
    "give-up": MovePage(
        Action.EDIT_PROGRESS,
        "取組状況の訂正をやめます",
        "訂正をやめると、訂正のために入力した内容は消え、受理された内容に戻ります。",
        "訂正をやめる",
        "取組状況の訂正をやめました。受理された内容に戻りました。",
        give_up_correction,
    ),
}


class ProgressMove(PortalView):
    """A page that names the form and the effect, and makes the move when confirmed."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.report = report_or_404(request, kwargs["pk"])
        if kwargs["move"] not in MOVES:
            raise Http404
        self.page = MOVES[kwargs["move"]]
        check(request.actor, self.page.action, self.report)

    def get(self, request: PortalRequest, pk: int, move: str) -> HttpResponse:
        """Ask."""
        return self._page(self._form())

    def _form(self, *data: Any) -> MoveForm:
        label, help_text = self.page.reason or ("", "")
        return MoveForm(*data, label=label, help_text=help_text)

    def _page(self, form: MoveForm) -> HttpResponse:
        context = {
            "page": self.page,
            "form": form,
            "report": self.report,
            "round": self.report.round,
            "organisation": self.report.organisation,
            "is_sample": self.report.round.program.is_sample,
        }
        if self.page.counts_comments:
            counted = open_counts(report=self.report, actor=self.request.actor)
            context["comments_open"] = counted.total()
        return render(self.request, "assessments/progress_move.html", context)

    def post(self, request: PortalRequest, pk: int, move: str) -> HttpResponse:
        """Do it, and show the form with its new state."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            self.page.service(report=self.report, actor=request.actor, **form.cleaned_data)
        except MoveRefused as error:
            messages.error(request, error.sentence)
            return redirect("progress_detail", pk)
        messages.success(request, f"{self.report.organisation}の{self.page.done}")
        if self.page.leads_to:
            return redirect(self.page.leads_to, self.report.round_id)
        return redirect("progress_detail", pk)


class ProgressReturn(PortalView):
    """Giving a form back: which sections, and why."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.report = report_or_404(request, kwargs["pk"])
        check(request.actor, Action.REVIEW_PROGRESS, self.report)

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Ask for the sections and the reason."""
        return self._page(ReturnForm(offered=self.report.sections))

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Return the form."""
        form = ReturnForm(request.POST, offered=self.report.sections)
        if not form.is_valid():
            return self._page(form)
        try:
            service.return_progress(report=self.report, actor=request.actor, **form.cleaned_data)
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form)
        messages.success(request, f"{self.report.organisation}の取組状況を差し戻しました。")
        return redirect("progress_detail", pk)

    def _page(self, form: ReturnForm) -> HttpResponse:
        context = {
            "form": form,
            "report": self.report,
            "round": self.report.round,
            "organisation": self.report.organisation,
            "is_sample": self.report.round.program.is_sample,
        }
        return render(self.request, "assessments/progress_return.html", context)
