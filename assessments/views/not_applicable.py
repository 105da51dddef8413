"""該当なし: a form that does not apply to one's own organisation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from assessments.choices import FormKind
from assessments.models import Framework
from assessments.round_forms import NotApplicableForm
from assessments.services import not_applicable as service
from assessments.services.status import ISSUES_FORM, PROGRESS_FORM, asked_frameworks
from assessments.views.common import own_target_or_404, round_or_404
from portal import clock
from portal.errors import MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, check


class OwnFormPage(PortalView):
    """A page about one form that the actor's own organisation is asked for."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.round = round_or_404(request, kwargs["pk"])
        self.target = own_target_or_404(request, self.round)
        self.form = self._form(request, kwargs["form"])
        check(request.actor, Action.DECLARE_NOT_APPLICABLE, self.target)

    def _form(self, request: PortalRequest, form: str) -> service.OneForm:
        if form == PROGRESS_FORM and self.target.asks_progress:
            return FormKind.PROGRESS
        if form == ISSUES_FORM and self.target.asks_issues:
            return FormKind.ISSUES
        if not form.isdecimal() or len(form) > 15 or not self.target.asks_checklists:
            raise Http404
        asked = [row.pk for row in asked_frameworks(self.round, self.target.organisation.kind)]
        return get_object_or_404(Framework.objects.for_user(request.actor).filter(pk__in=asked), pk=form)

    @property
    def label(self) -> str:
        """The name of the form."""
        return self.form.name if isinstance(self.form, Framework) else str(self.form.label)


class FormNotApplicable(OwnFormPage):
    """Saying that the form does not apply; once said, what was said."""

    def get(self, request: PortalRequest, pk: int, form: str) -> HttpResponse:
        """Ask for the reason, or show it."""
        return self._page(NotApplicableForm())

    def post(self, request: PortalRequest, pk: int, form: str) -> HttpResponse:
        """Register it."""
        page = NotApplicableForm(request.POST)
        if not page.is_valid():
            return self._page(page)
        try:
            service.declare_not_applicable(
                target=self.target,
                form=self.form,
                reason=page.cleaned_data["reason"],
                actor=request.actor,
            )
        except MoveRefused as error:
            page.add_error(None, error.sentence)
            return self._page(page)
        messages.success(request, f"{self.label}を「該当なし」として登録しました。")
        return redirect("round_detail", pk)

    def _page(self, form: NotApplicableForm) -> HttpResponse:
        context = {
            "form": form,
            "round": self.round,
            "organisation": self.target.organisation,
            "label": self.label,
            "code": self.kwargs["form"],
            "said": service.in_force(self.target, self.form),
            "is_open": self.round.is_open(clock.today()),
            "is_sample": self.round.program.is_sample,
        }
        return render(self.request, "assessments/setup/not_applicable.html", context)


class NotApplicableUndo(OwnFormPage):
    """Taking it back."""

    def post(self, request: PortalRequest, pk: int, form: str) -> HttpResponse:
        """Do it."""
        try:
            service.undo_not_applicable(target=self.target, form=self.form, actor=request.actor)
        except MoveRefused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, f"{self.label}の「該当なし」を取り消しました。入力できます。")
        return redirect("round_detail", pk)
