"""What the pages of a round have in common: finding it, one's own place in it, answering a conflict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from assessments.models import ProgressReport, Round, RoundTarget
from portal.http import PortalRequest
from portal.models import Organisation
from portal.states import StateMachine


def round_or_404(request: PortalRequest, pk: int) -> Round:
    """A round that concerns the actor."""
    rounds = Round.objects.for_user(request.actor).select_related("program")
    return get_object_or_404(rounds, pk=pk)


def own_target_or_404(request: PortalRequest, round_: Round) -> RoundTarget:
    """What the round asks of the actor's own organisation; those who are not asked find nothing."""
    targets = RoundTarget.objects.for_user(request.actor).select_related("round__program", "organisation")
    return get_object_or_404(targets, round=round_, organisation=request.actor.organisation)


def target_of(request: PortalRequest, round_: Round, organisation: Organisation) -> RoundTarget | None:
    """What the round asks of an organisation, with its own due day; None when it is asked no longer."""
    targets = RoundTarget.objects.for_user(request.actor).select_related("round")
    return targets.filter(round=round_, organisation=organisation).first()


def report_or_404(request: PortalRequest, pk: int) -> ProgressReport:
    """A progress report the actor may read."""
    reports = ProgressReport.objects.for_user(request.actor)
    return get_object_or_404(reports.select_related("round__program", "organisation__parent"), pk=pk)


@dataclass(frozen=True)
class Clash:
    """One thing two people wrote at once: both texts, and the controls that carry what was typed."""

    key: str
    label: str
    mine: str
    saved: str
    typed: list[tuple[str, str]] = field(default_factory=list)
    editable: bool = True


def conflict(
    request: PortalRequest,
    *,
    title: str,
    clashes: Iterable[Clash],
    hidden: dict[str, Any],
    context: dict[str, Any],
    template: str = "assessments/conflict.html",
) -> HttpResponse:
    """The 409 page: both texts side by side, a choice per field; nothing typed is lost.

    `hidden` goes along as it is; a list is several controls of one name.
    """
    along = [
        (name, one)
        for name, value in hidden.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    page = {"page_title": title, "clashes": list(clashes), "hidden": along, "has_errors": True}
    return render(request, template, context | page, status=409)


def chosen(request: PortalRequest, saved: dict[str, dict[str, Any]]) -> Any:
    """The posted data with the saved contents put in where the user chose them on the conflict page."""
    data = request.POST.copy()
    for key, values in saved.items():
        if data.get(f"use_{key}") == "saved":
            for name, value in values.items():
                data.setlist(name, value if isinstance(value, list) else [value])
    return data


def history_rows(machine: StateMachine, form: Any) -> list[dict[str, Any]]:
    """The history of a form, the newest first, as `parts/history.html` shows it."""
    rows = form.status_changes.select_related("by", "membership__organisation").order_by("-at", "-id")
    return [
        {
            "action": row.action,
            "label": machine.moves[row.action].label,
            "state": row.to_state,
            "by": row.by.name,
            "organisation": row.membership.organisation.name,
            "at": row.at,
            "reason": row.reason,
            "row": row,
        }
        for row in rows
    ]
