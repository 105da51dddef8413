"""What is done with one local issue besides its content: moving on, withdrawing and bringing back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from assessments.issue_forms import NeededReasonForm, OptionalReasonForm
from assessments.models import LocalIssue
from assessments.services import issues as service
from assessments.states import ISSUE
from assessments.views.issue_edit import OneIssue
from portal.errors import MoveRefused
from portal.http import PortalRequest
from portal.ui.forms import PortalForm


class Asking(OneIssue):
    """A page that names the issue and the effect, asks for a reason, and acts when confirmed."""

    def form(self, *data: Any) -> PortalForm:
        """What is asked for."""
        return OptionalReasonForm(*data)

    def words(self) -> dict[str, str]:
        """Title, effect and label of the act."""
        raise NotImplementedError

    def act(self, reason: str) -> str:
        """Do it; the sentence that tells so."""
        raise NotImplementedError

    def get(self, request: PortalRequest, **_kwargs: Any) -> HttpResponse:
        """Ask."""
        return self._page(self.form())

    def post(self, request: PortalRequest, **_kwargs: Any) -> HttpResponse:
        """Do it, and show the issue as it stands then."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            done = self.act(form.cleaned_data.get("reason", ""))
        except MoveRefused as error:
            return self.back(error.sentence)
        messages.success(request, done)
        return self.back()

    def _page(self, form: PortalForm) -> HttpResponse:
        words = self.words()
        context = {
            **words,
            "form": form,
            "issue": self.issue,
            "page_title": words["title"],
            "is_sample": self.issue.is_sample,
        }
        return render(self.request, "assessments/issue_confirm.html", context)


class IssueMove(Asking):
    """One move of its state."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if kwargs["move"] not in ISSUE.moves:
            raise Http404
        self.step = ISSUE.moves[kwargs["move"]]

    def form(self, *data: Any) -> PortalForm:
        return NeededReasonForm(*data) if self.step.needs_reason else OptionalReasonForm(*data)

    def words(self) -> dict[str, str]:
        target = LocalIssue(state=self.step.target).get_state_display()
        return {
            "title": f"状態を「{target}」にします",
            "effect": f"今の状態は「{self.issue.get_state_display()}」です。"
            "理由は、自団体の経過にだけ残り、共有している相手には表示されません。",
            "label": self.step.label,
        }

    def act(self, reason: str) -> str:
        issue = service.move_issue(
            issue=self.issue, name=self.step.name, actor=self.request.actor, reason=reason
        )
        return f"「{issue.title}」の状態を、「{issue.get_state_display()}」にしました。"


class IssueWithdraw(Asking):
    """Taking an issue off the list."""

    def words(self) -> dict[str, str]:
        return {
            "title": "地域課題を取り下げます",
            "effect": "取り下げると、一覧と図に表示されなくなり、共有も止まります。"
            "内容と経過は残り、あとで取下げを取り消せます。",
            "label": "取り下げる",
        }

    def act(self, reason: str) -> str:
        issue = service.withdraw_issue(issue=self.issue, actor=self.request.actor, reason=reason)
        return f"「{issue.title}」を取り下げました。この画面から、取下げを取り消せます。"


class IssueRestore(Asking):
    """Bringing a withdrawn issue back."""

    def form(self, *data: Any) -> PortalForm:
        return PortalForm(*data)

    def words(self) -> dict[str, str]:
        return {
            "title": "地域課題の取下げを取り消します",
            "effect": "取り消すと、一覧のいちばん下の順位に戻ります。共有は、しない状態になります。",
            "label": "取下げを取り消す",
        }

    def act(self, reason: str) -> str:
        issue = service.restore_issue(issue=self.issue, actor=self.request.actor)
        return f"「{issue.title}」の取下げを取り消し、{issue.position}位にしました。"
