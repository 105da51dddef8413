"""Reading a progress report, and what is done with it: accept, return, withdraw, sign off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from assessments.choices import OPEN_STATES, FormState
from assessments.forms import ReturnForm
from assessments.models import PrefectureSupport, ProgressAttachment, ProgressReport
from assessments.models.progress import SECTIONS
from assessments.services import progress as service
from assessments.services.attachments import attachments_of, current_attachments
from assessments.states import PROGRESS
from assessments.views.common import target_of
from portal.errors import MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, allows, check

#: Moves that only the form's own organisation needs to know of.
_INTERNAL = {"request_sign_off", "recall", "recall_returned"}


def report_or_404(request: PortalRequest, pk: int) -> ProgressReport:
    """A progress report the actor may read."""
    reports = ProgressReport.objects.for_user(request.actor)
    return get_object_or_404(reports.select_related("round__program", "organisation__parent"), pk=pk)


class ProgressDetail(PortalView):
    """A progress report as its reader may see it: the author's own row, for others the last snapshot."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show it; a reviewer's first look closes the time for withdrawing."""
        report = report_or_404(request, pk)
        check(request.actor, Action.VIEW_PROGRESS, report)
        service.mark_opened(report=report, actor=request.actor)
        mine = allows(request.actor, Action.VIEW_OWN_FORMS, report)
        submission = (
            report.submissions.select_related("by").order_by("-number").first()
            if mine
            else service.shown_submission(report)
        )
        context = {
            "round": report.round,
            "report": report,
            "organisation": report.organisation,
            "target": target_of(request, report.round, report.organisation),
            "is_sample": report.round.program.is_sample,
            "submission": submission,
            "sections": _sections(report, submission, mine=mine),
            "attachments": _attachments(report, submission, mine=mine),
            "support": _support(request, report),
            "history": _history(report, mine=mine),
            **_acts(request, report, mine=mine),
        }
        return render(request, "assessments/progress_detail.html", context)


def _sections(report: ProgressReport, submission: Any, *, mine: bool) -> list[dict[str, str]]:
    if not mine and submission is None:
        return []
    kept = {} if mine else submission.content["sections"]
    return [
        {
            "label": service.section_label(name),
            "text": getattr(report, name) if mine else kept.get(name, ""),
        }
        for name in SECTIONS
    ]


def _attachments(report: ProgressReport, submission: Any, *, mine: bool) -> list[ProgressAttachment]:
    if mine:
        return current_attachments(report)
    return attachments_of(submission) if submission else []


def _support(request: PortalRequest, report: ProgressReport) -> PrefectureSupport | None:
    rows = PrefectureSupport.objects.for_user(request.actor)
    return rows.filter(round=report.round, organisation=report.organisation).first()


def _history(report: ProgressReport, *, mine: bool) -> list[dict[str, Any]]:
    rows = report.status_changes.select_related("by", "membership__organisation").order_by("-at", "-id")
    return [
        {
            "label": PROGRESS.moves[row.action].label,
            "state": row.to_state,
            "by": row.by.name,
            "organisation": row.membership.organisation.name,
            "at": row.at,
            "reason": row.reason,
        }
        for row in rows
        if mine or row.action not in _INTERNAL
    ]


def _acts(request: PortalRequest, report: ProgressReport, *, mine: bool) -> dict[str, Any]:
    submitted = report.state == FormState.SUBMITTED
    waiting = report.state == FormState.WAITING
    writes = mine and allows(request.actor, Action.EDIT_PROGRESS, report)
    signs = waiting and allows(request.actor, Action.SIGN_OFF_PROGRESS, report)
    reviews = submitted and allows(request.actor, Action.REVIEW_PROGRESS, report)
    own_work = (signs or reviews) and PROGRESS.is_own_work(report, request.actor.user)
    move = PROGRESS.moves["sign_off" if waiting else "accept"]
    return {
        "mine": mine,
        "waiting": mine and waiting,
        "can_edit": writes and report.state in OPEN_STATES,
        "can_withdraw": writes and service.can_withdraw(report),
        "can_recall": mine and waiting,
        "can_sign_off": signs and not own_work,
        "can_review": reviews,
        "can_accept": reviews and not own_work,
        "own_work": PROGRESS.own_work_sentence(move) if own_work else "",
        "returned_labels": [service.section_label(name) for name in report.returned_sections],
    }


@dataclass(frozen=True)
class MovePage:
    """How a move is asked and answered: its words and its service."""

    action: Action
    title: str
    effect: str
    label: str
    done: str
    service: Callable[..., Any]


MOVES = {
    "accept": MovePage(
        Action.REVIEW_PROGRESS,
        "取組状況を受理します",
        "受理すると、この団体は内容を直せなくなります。受理したことは、団体の画面に表示されます。",
        "受理する",
        "取組状況を受理しました。",
        service.accept_progress,
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
    ),
    "recall": MovePage(
        Action.RECALL_PROGRESS,
        "決裁待ちの取組状況を入力に戻します",
        "入力に戻すと、決裁の依頼は取り消されます。直したあと、もう一度決裁を依頼してください。",
        "入力に戻す",
        "取組状況を入力に戻しました。",
        service.recall_progress,
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
        context = {
            "page": self.page,
            "report": self.report,
            "round": self.report.round,
            "organisation": self.report.organisation,
            "is_sample": self.report.round.program.is_sample,
        }
        return render(request, "assessments/progress_move.html", context)

    def post(self, request: PortalRequest, pk: int, move: str) -> HttpResponse:
        """Do it, and show the form with its new state."""
        try:
            self.page.service(report=self.report, actor=request.actor)
        except MoveRefused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, f"{self.report.organisation}の{self.page.done}")
        return redirect("progress_detail", pk)


class ProgressReturn(PortalView):
    """Giving a form back: which sections, and why."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.report = report_or_404(request, kwargs["pk"])
        check(request.actor, Action.REVIEW_PROGRESS, self.report)

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Ask for the sections and the reason."""
        return self._page(ReturnForm())

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Return the form."""
        form = ReturnForm(request.POST)
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
