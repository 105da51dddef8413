"""Comments on a progress report: write, answer, resolve, open again, take back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assessments.comment_forms import AnswerForm, CommentForm, within
from assessments.models import FormComment, ProgressReport
from assessments.services import comments as service
from assessments.services.comment_threads import Thread, threads
from assessments.services.sections import label_of
from assessments.views.common import report_or_404
from portal.errors import MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, allows, check
from portal.views.drafts import DraftsMixin


def comments_context(request: PortalRequest, report: ProgressReport) -> dict[str, Any]:
    """What a form's page shows of the talk about it; nothing for those who take no part in it."""
    if not allows(request.actor, Action.VIEW_COMMENTS, report):
        return {}
    found = threads(report=report, actor=request.actor)
    opened = [thread for thread in found if thread.is_open]
    writes = allows(request.actor, Action.COMMENT_ON_FORM, report)
    shared = service.may_share(report)
    speaks = writes and (shared or request.actor.organisation == report.organisation)
    return {
        "talk": True,
        "threads": found,
        "comments_open": len(opened),
        "comments_resolved": sum(thread.comment.resolved_at is not None for thread in found),
        "comment_form": comment_form(request, report) if speaks else None,
        "may_resolve": allows(request.actor, Action.RESOLVE_COMMENT, report),
        "within": within(request.actor.organisation),
    }


def comment_form(request: PortalRequest, report: ProgressReport, *data: Any, **more: Any) -> CommentForm:
    """The form for a comment of this reader on this report."""
    office, shared = request.actor.organisation, service.may_share(report)
    return CommentForm(*data, sections=report.sections, office=office, shared=shared, **more)


def section_links(found: list[Thread]) -> dict[str, dict[str, Any]]:
    """Section → how many comments are open there, and the address of the first."""
    links: dict[str, dict[str, Any]] = {}
    for thread in found:
        if thread.is_open and thread.comment.code:
            link = links.setdefault(thread.comment.code, {"count": 0, "url": f"#c{thread.comment.pk}"})
            link["count"] += 1
    return links


class CommentWrite(DraftsMixin):
    """A page for one text about a form, kept while it is typed."""

    report: ProgressReport
    form_class: Callable[..., AnswerForm]

    def draft_title(self) -> str:
        """Round, and whose form."""
        return f"{self.report.round.title}　{self.report.organisation}の取組状況へのコメント"

    def draft_names(self) -> list[str]:
        """The text alone: what it is about and for whom is quickly chosen again."""
        return ["text"]

    def draft_saved(self) -> dict[str, Any]:
        """Nothing stands there before."""
        return {"text": ""}

    def page(self, form: AnswerForm, **more: Any) -> HttpResponse:
        """The form, with what it is about above it."""
        context = {
            "form": form,
            "report": self.report,
            "round": self.report.round,
            "organisation": self.report.organisation,
            "is_sample": self.report.round.program.is_sample,
            "within": within(self.request.actor.organisation),
            "actor": self.request.actor,
        }
        return render(self.request, "assessments/comment_form.html", context | self.draft_context() | more)

    def done(self, comment: FormComment, sentence: str) -> HttpResponse:
        """Back to the form, at the comment."""
        self.drop_draft()
        messages.success(self.request, sentence)
        return redirect(_at(comment))


def _at(comment: FormComment) -> str:
    return f"{reverse('progress_detail', args=[comment.report_id])}#c{comment.pk}"


class ProgressComment(CommentWrite):
    """A new comment on a form."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.report = report_or_404(request, kwargs["pk"])
        check(request.actor, Action.COMMENT_ON_FORM, self.report)

    def draft_form(self) -> str:
        """One's own office's, so that others do not learn who is writing."""
        return f"comment:{self.report.pk}:{self.request.actor.organisation.pk}"

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Ask for the text."""
        initial = {"code": request.GET.get("section", "")} | self.typed()
        return self._page(comment_form(request, self.report, initial=initial))

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Keep the comment, and show it on the form's page."""
        form = comment_form(request, self.report, request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            comment = service.comment_on_form(report=self.report, actor=request.actor, **form.cleaned_data)
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form)
        return self.done(comment, "コメントを送りました。")

    def _page(self, form: CommentForm) -> HttpResponse:
        return self.page(form, page_title=f"{self.report.organisation}の取組状況にコメントを書く")


def comment_or_404(request: PortalRequest, pk: int) -> FormComment:
    """A comment that the actor may read."""
    rows = FormComment.objects.for_user(request.actor).select_related(
        "report__round__program", "report__organisation__parent", "organisation", "by", "parent__report"
    )
    return get_object_or_404(rows, pk=pk)


class CommentAnswer(CommentWrite):
    """An answer to a comment."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = comment_or_404(request, kwargs["pk"])
        check(request.actor, Action.COMMENT_ON_FORM, found)
        self.comment = found.parent or found
        self.report = found.report

    def draft_form(self) -> str:
        """One's own office's answer to one comment."""
        return f"answer:{self.comment.pk}:{self.request.actor.organisation.pk}"

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Ask for the text, under what is answered."""
        return self._page(AnswerForm(initial=self.typed()))

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Keep the answer, and show it on the form's page."""
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self._page(form)
        answer = service.answer_comment(
            comment=self.comment, text=form.cleaned_data["text"], actor=request.actor
        )
        return self.done(answer, "返事を送りました。")

    def _page(self, form: AnswerForm) -> HttpResponse:
        label = label_of(self.report, self.comment.code) if self.comment.code else ""
        return self.page(form, page_title="コメントに返事を書く", answered=self.comment, label=label)


@dataclass(frozen=True)
class CommentAct:
    """What is done with a comment: its words, its right, its service."""

    action: Action
    title: str
    effect: str
    label: str
    done: str
    service: Callable[..., None]


ACTS = {
    "resolve": CommentAct(
        Action.RESOLVE_COMMENT,
        "コメントを解決済みにします",
        "解決済みにしたコメントは、いつでも未解決に戻せます。",
        "解決済みにする",
        "コメントを解決済みにしました。",
        service.resolve_comment,
    ),
    "reopen": CommentAct(
        Action.RESOLVE_COMMENT,
        "コメントを未解決に戻します",
        "未解決のコメントとして、もう一度数えられます。",
        "未解決に戻す",
        "コメントを未解決に戻しました。",
        service.reopen_comment,
    ),
    "withdraw": CommentAct(
        Action.COMMENT_ON_FORM,
        "コメントを取り下げます",
        "取り下げると、コメントの文は表示されなくなります。書いた日時と氏名は残ります。元に戻すことはできません。",
        "取り下げる",
        "コメントを取り下げました。",
        service.withdraw_comment,
    ),
}


class CommentMove(PortalView):
    """Resolving, opening again and taking back: by the button of the thread, or after asking."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.comment = comment_or_404(request, kwargs["pk"])
        if kwargs["act"] not in ACTS:
            raise Http404
        self.act = ACTS[kwargs["act"]]
        check(request.actor, self.act.action, self.comment)

    def get(self, request: PortalRequest, pk: int, act: str) -> HttpResponse:
        """Ask."""
        report = self.comment.report
        context = {
            "act": self.act,
            "comment": self.comment,
            "report": report,
            "round": report.round,
            "organisation": report.organisation,
            "is_sample": report.round.program.is_sample,
        }
        return render(request, "assessments/comment_act.html", context)

    def post(self, request: PortalRequest, pk: int, act: str) -> HttpResponse:
        """Do it, and show the comment."""
        try:
            self.act.service(comment=self.comment, actor=request.actor)
        except MoveRefused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, self.act.done)
        return redirect(_at(self.comment))
