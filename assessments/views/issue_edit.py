"""Local issues to write: adding, changing, moving on, withdrawing and bringing back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.issue_forms import (
    IssueForm,
    NeededReasonForm,
    OptionalReasonForm,
    issue_initial,
    typed_value,
)
from assessments.models import LocalIssue
from assessments.services import issues as service
from assessments.services.forms import digest
from assessments.services.issue_scales import scale_in_use, steps
from assessments.states import ISSUE
from assessments.views.common import Clash, chosen, conflict
from assessments.views.issue_common import NeedsScale, is_author, issue_or_404, readers_of
from portal.errors import EditConflict, MoveRefused
from portal.http import PortalRequest
from portal.permissions import Action, check
from portal.ui.forms import PortalForm

#: What a person may change in the text of the conflict page itself; the rest is chosen between.
_EDITABLE = {"description"}


class IssueAdd(NeedsScale):
    """A new issue at the end of the own list."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        check(request.actor, Action.EDIT_LOCAL_ISSUE)
        if not is_author(request.actor):
            raise Http404

    def get(self, request: PortalRequest) -> HttpResponse:
        """Show the empty form."""
        return self._page(self._form(initial={"version": 0, "shared": False}))

    def post(self, request: PortalRequest) -> HttpResponse:
        """Add it."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            issue = service.add_issue(
                values=form.values(), state=form.cleaned_data["state"], actor=request.actor
            )
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form)
        messages.success(request, f"「{issue.title}」を、{issue.position}位に登録しました。")
        return redirect("own_issue_list")

    def _form(self, *args: Any, **kwargs: Any) -> IssueForm:
        readers = readers_of(self.request.actor.organisation)
        return IssueForm(
            *args, scale=scale_in_use(), steps=steps(), readers=readers, asks_state=True, **kwargs
        )

    def _page(self, form: IssueForm) -> HttpResponse:
        context = {
            "form": form,
            "page_title": "地域課題の追加",
            "submit_label": "登録する",
            "cancel_url": reverse("own_issue_list"),
            "cancel_label": "登録せずに戻る",
        }
        return render(self.request, "assessments/issue_form.html", context)


class OneIssue(NeedsScale):
    """A page on which an issue of the own organisation is changed."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.issue = issue_or_404(request, kwargs["pk"], Action.EDIT_LOCAL_ISSUE)

    def back(self, sentence: str = "") -> HttpResponse:
        """To the issue; with a sentence when something was refused."""
        if sentence:
            messages.error(self.request, sentence)
        return redirect("issue_detail", self.issue.pk)


class IssueEdit(OneIssue):
    """Changing an issue; both versions side by side when somebody was faster."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the form."""
        if self.issue.is_withdrawn:
            return self.back(service.WITHDRAWN)
        values = service.content_of(self.issue)
        shown = {"version": self.issue.version, "seen": digest(values)}
        return self._page(self._form(initial=issue_initial(values) | shown))

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Save it."""
        saved = service.content_of(self.issue)
        form = self._form(
            chosen(request, {name: {name: typed_value(name, value)} for name, value in saved.items()})
        )
        if not form.is_valid():
            return self._page(form)
        try:
            service.save_issue(
                issue=self.issue,
                values=form.values(),
                version=form.cleaned_data["version"],
                seen=form.cleaned_data["seen"],
                actor=request.actor,
            )
        except EditConflict as error:
            return self._conflict(error, form)
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form)
        messages.success(request, f"「{form.cleaned_data['title']}」を保存しました。")
        return self.back()

    def _form(self, *args: Any, **kwargs: Any) -> IssueForm:
        readers = readers_of(self.issue.organisation)
        return IssueForm(*args, scale=scale_in_use(), steps=steps(), readers=readers, **kwargs)

    def _page(self, form: IssueForm) -> HttpResponse:
        context = {
            "form": form,
            "issue": self.issue,
            "page_title": "地域課題の変更",
            "submit_label": "保存する",
            "cancel_url": reverse("issue_detail", args=[self.issue.pk]),
            "is_sample": self.issue.is_sample,
        }
        return render(self.request, "assessments/issue_form.html", context)

    def _conflict(self, error: EditConflict, form: IssueForm) -> HttpResponse:
        current: Any = error.current
        saved, typed = service.content_of(current), form.values()
        clashes, hidden = [], {"version": current.version, "seen": digest(saved)}
        for name in service.CONTENT:
            posted = typed_value(name, typed[name])
            if typed[name] == saved[name]:
                hidden[name] = posted
                continue
            clashes.append(
                Clash(
                    key=name,
                    label=str(form.fields[name].label),
                    mine=_words(form, name, typed[name]),
                    saved=_words(form, name, saved[name]),
                    typed=[(name, posted)],
                    editable=name in _EDITABLE,
                )
            )
        return conflict(
            self.request,
            title="地域課題の保存内容の確認",
            clashes=clashes,
            hidden=hidden,
            context={
                "issue": current,
                "sentence": error.sentence,
                "back_url": reverse("issue_detail", args=[current.pk]),
                "is_sample": current.is_sample,
            },
            template="assessments/issue_conflict.html",
        )


def _words(form: IssueForm, name: str, value: Any) -> str:
    """What a stored value is called on the screen."""
    choices = dict(getattr(form.fields[name], "choices", []))
    posted = typed_value(name, value)
    return str(choices.get(posted, posted)) or "（入力なし）"


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
