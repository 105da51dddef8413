"""Local issues to write: adding and changing; what is typed is kept until it is saved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.choices import IssueState
from assessments.issue_forms import IssueForm, typed_value
from assessments.services import issues as service
from assessments.services.forms import digest
from assessments.services.issue_scales import scale_in_use, steps
from assessments.views.common import Clash, chosen, conflict
from assessments.views.issue_common import FromRound, NeedsScale, is_author, issue_or_404, readers_of
from portal.errors import EditConflict, MoveRefused
from portal.http import PortalRequest
from portal.permissions import Action, check
from portal.views.drafts import DraftsMixin

#: What a person may change in the text of the conflict page itself; the rest is chosen between.
_EDITABLE = {"description"}


class IssueAdd(DraftsMixin, FromRound, NeedsScale):
    """A new issue at the end of the own list."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        check(request.actor, Action.EDIT_LOCAL_ISSUE)
        if not is_author(request.actor):
            raise Http404

    def get(self, request: PortalRequest) -> HttpResponse:
        """Show the empty form."""
        return self._page(self._form(initial=self.draft_saved() | self.typed()))

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
        self.drop_draft()
        messages.success(request, f"「{issue.title}」を、{issue.position}位に登録しました。")
        return redirect(self.back_to_round or reverse("own_issue_list"))

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
            "save_label": "登録する",
            "cancel_url": self.back_to_round or reverse("own_issue_list"),
            "cancel_label": "登録せずに戻る",
        }
        context |= self.draft_context() | {"saved_texts": ["この地域課題は、まだ登録されていません。"]}
        return render(self.request, "assessments/issue_form.html", context)

    def draft_form(self) -> str:
        """One new issue at a time."""
        return f"issue:new:{self.request.actor.organisation.pk}"

    def draft_title(self) -> str:
        """What it is for."""
        return "地域課題の追加"

    def draft_names(self) -> list[str]:
        """Every control."""
        return [*service.CONTENT, "state"]

    def draft_saved(self) -> dict[str, Any]:
        """The empty form."""
        empty: dict[str, Any] = dict.fromkeys(service.CONTENT, "")
        return empty | {"shared": "no", "state": IssueState.TODO.value, "version": 0}


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


class IssueEdit(DraftsMixin, FromRound, OneIssue):
    """Changing an issue; both versions side by side when somebody was faster."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the form."""
        if self.issue.is_withdrawn:
            return self.back(service.WITHDRAWN)
        return self._page(self._form(initial=self.draft_saved() | self.typed()))

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
        self.drop_draft()
        messages.success(request, f"「{form.cleaned_data['title']}」を保存しました。")
        return redirect(self.back_to_round) if self.back_to_round else self.back()

    def _form(self, *args: Any, **kwargs: Any) -> IssueForm:
        readers = readers_of(self.issue.organisation)
        return IssueForm(*args, scale=scale_in_use(), steps=steps(), readers=readers, **kwargs)

    def _page(self, form: IssueForm) -> HttpResponse:
        context = {
            "form": form,
            "issue": self.issue,
            "page_title": "地域課題の変更",
            "submit_label": "保存する",
            "save_label": "保存する",
            "cancel_url": self.back_to_round or reverse("issue_detail", args=[self.issue.pk]),
            "is_sample": self.issue.is_sample,
        }
        context |= self.draft_context() | {"saved_texts": self._saved_in_words(form)}
        return render(self.request, "assessments/issue_form.html", context)

    def _saved_in_words(self, form: IssueForm) -> list[str]:
        saved = service.content_of(self.issue)
        return [f"{form.fields[name].label}：{_words(form, name, saved[name])}" for name in service.CONTENT]

    def draft_form(self) -> str:
        """One issue."""
        return f"issue:{self.issue.pk}"

    def draft_title(self) -> str:
        """The issue by its name."""
        return f"地域課題「{self.issue.title}」の変更"

    def draft_names(self) -> list[str]:
        """Every control."""
        return list(service.CONTENT)

    def draft_saved(self) -> dict[str, Any]:
        """The stored content as the controls hold it, with the marks of its version."""
        saved = service.content_of(self.issue)
        marks = {"version": self.issue.version, "seen": digest(saved)}
        return {name: typed_value(name, value) for name, value in saved.items()} | marks

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
