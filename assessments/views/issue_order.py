"""The order of the own issues: one step up or down by button, or all ranks as numbers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assessments.issue_forms import OrderForm, rank_name
from assessments.models import LocalIssue
from assessments.services.issue_order import order_seen, save_order, step_issue
from assessments.views.issue_common import FromRound, any_sample, issue_tabs
from assessments.views.issues import OwnIssuesView
from portal.errors import EditConflict
from portal.http import PortalRequest
from portal.permissions import Action, check

_STEPS = {"up": -1, "down": 1}


class OwnIssueOrder(FromRound, OwnIssuesView):
    """All own issues with a number each, and buttons to move one by one step."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        check(request.actor, Action.EDIT_LOCAL_ISSUE)

    def get(self, request: PortalRequest) -> HttpResponse:
        """Show the list."""
        issues = self._issues()
        return self._page(issues, OrderForm(issues=issues, initial=_seen(issues)))

    def post(self, request: PortalRequest) -> HttpResponse:
        """One step, or all numbers."""
        for name, steps in _STEPS.items():
            if name in request.POST:
                return self._step(request.POST[name], steps)
        issues = self._issues()
        form = OrderForm(request.POST, issues=issues)
        if not form.is_valid():
            return self._page(issues, form)
        try:
            changed = save_order(ranks=form.ranks(), seen=form.cleaned_data["seen"], actor=self.request.actor)
        except EditConflict as error:
            return self._conflict(error.sentence)
        messages.success(request, "順位を保存しました。" if changed else "順位に変わりはありません。")
        return redirect(self.back_to_round or reverse("own_issue_order"))

    def _issues(self) -> list[LocalIssue]:
        rows = LocalIssue.objects.for_user(self.request.actor)
        rows = rows.filter(organisation=self.request.actor.organisation).active()
        return list(rows.order_by("position", "pk"))

    def _step(self, key: str, steps: int) -> HttpResponse:
        rows = LocalIssue.objects.for_user(self.request.actor)
        rows = rows.filter(organisation=self.request.actor.organisation)
        issue = get_object_or_404(rows, pk=key if key.isdecimal() else 0)
        rank = step_issue(issue=issue, steps=steps, actor=self.request.actor)
        if not rank:
            messages.error(self.request, "この地域課題は取り下げられているため、順位を変えられません。")
            return redirect(self.here)
        messages.success(self.request, f"「{issue.title}」を{rank}位にしました。")
        return redirect(f"{self.here}#issue-{issue.pk}")

    def _conflict(self, sentence: str) -> HttpResponse:
        """The list as it stands now with the numbers as typed: nothing is lost, nothing is saved."""
        issues = self._issues()
        data = self.request.POST.copy()
        data["seen"] = _seen(issues)["seen"]
        for issue in issues:
            data.setdefault(rank_name(issue.pk), str(issue.position))
        form = OrderForm(data, issues=issues)
        return self._page(issues, form, conflict=sentence, status=409)

    def _page(
        self, issues: list[LocalIssue], form: OrderForm, *, conflict: str = "", status: int = 200
    ) -> HttpResponse:
        rows = [{"issue": issue, "field": form[rank_name(issue.pk)]} for issue in issues]
        context: dict[str, Any] = {
            "form": form,
            "rows": rows,
            "conflict": conflict,
            "cancel_url": self.back_to_round or reverse("own_issue_list"),
            "back_to_round": self.back_to_round,
            "has_errors": bool(conflict),
            "page_title": "順位の変更",
            "tabs": issue_tabs(self.request.actor, "own_issue_order"),
            "is_sample": any_sample(issues),
        }
        return render(self.request, "assessments/own_issue_order.html", context, status=status)


def _seen(issues: list[LocalIssue]) -> dict[str, str]:
    return {"seen": order_seen([issue.pk for issue in issues])}
