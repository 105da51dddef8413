"""One organisation in a round: the state of its forms, and its due day (期限の延長)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from assessments.models import RoundTarget
from assessments.round_forms import ExtensionForm, ExtensionWithdrawForm
from assessments.services import extensions as service
from assessments.services.status import round_status
from assessments.views.common import round_or_404
from assessments.views.overview import form_url
from portal.errors import MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, allows, check


class OneTarget(PortalView):
    """A page about one organisation that a round asks."""

    action = Action.VIEW_TARGET

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.round = round_or_404(request, kwargs["pk"])
        targets = RoundTarget.objects.for_user(request.actor).distinct()
        self.target = get_object_or_404(
            targets.select_related("round__program", "organisation__parent"),
            round=self.round,
            organisation=kwargs["organisation"],
        )
        check(request.actor, self.action, self.target)

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page about the target shows."""
        base = {"round": self.round, "target": self.target, "organisation": self.target.organisation}
        return base | {"is_sample": self.round.program.is_sample} | more

    def _leave(self) -> HttpResponse:
        return redirect("round_target", self.round.pk, self.target.organisation_id)


class TargetDetail(OneTarget):
    """Its forms with their states, what it declared 該当なし and why, and its due day with the history."""

    def get(self, request: PortalRequest, pk: int, organisation: int) -> HttpResponse:
        """Show it."""
        rows = round_status(self.round, request.actor, organisation_id=self.target.organisation_id)
        rows.sort(key=lambda row: row.order)
        absent = self.target.not_applicable.filter(undone_at__isnull=True)
        reasons = {row.code: row for row in absent.select_related("by")}
        forms = [{"row": row, "url": form_url(row), "absent": reasons.get(row.form)} for row in rows]
        history = self.target.extensions.select_related("by", "membership__organisation").order_by("-id")
        context = self.context(
            forms=forms,
            history=history,
            can_extend=service.can_extend(self.target, request.actor),
            can_withdraw=service.can_withdraw(self.target, request.actor),
            can_enter=allows(request.actor, Action.ENTER_ON_BEHALF, self.target),
        )
        return render(request, "assessments/setup/target.html", context)


class TargetExtend(OneTarget):
    """Giving one organisation a later due day, or changing it."""

    action = Action.EXTEND_DUE

    def get(self, request: PortalRequest, pk: int, organisation: int) -> HttpResponse:
        """Ask for day and reason."""
        return self._page(ExtensionForm(initial={"due_on": self.target.extended_to}))

    def post(self, request: PortalRequest, pk: int, organisation: int) -> HttpResponse:
        """Do it."""
        form = ExtensionForm(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            service.extend_due(target=self.target, actor=request.actor, **form.cleaned_data)
        except MoveRefused as error:
            form.add_error("due_on", error.sentence)
            return self._page(form)
        messages.success(request, f"{self.target.organisation}の提出期限を延長しました。")
        return self._leave()

    def _page(self, form: ExtensionForm) -> HttpResponse:
        return render(self.request, "assessments/setup/extend.html", self.context(form=form))


class ExtensionWithdraw(OneTarget):
    """Taking an extension back."""

    action = Action.EXTEND_DUE

    def get(self, request: PortalRequest, pk: int, organisation: int) -> HttpResponse:
        """Ask for the reason."""
        return self._page(ExtensionWithdrawForm())

    def post(self, request: PortalRequest, pk: int, organisation: int) -> HttpResponse:
        """Do it."""
        form = ExtensionWithdrawForm(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            service.withdraw_extension(target=self.target, actor=request.actor, **form.cleaned_data)
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form)
        messages.success(request, f"{self.target.organisation}の提出期限の延長を取り消しました。")
        return self._leave()

    def _page(self, form: ExtensionWithdrawForm) -> HttpResponse:
        return render(self.request, "assessments/setup/extension_withdraw.html", self.context(form=form))
