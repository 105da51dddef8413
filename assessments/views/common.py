"""What the pages of a round have in common: finding it, one's own place in it, answering a conflict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from assessments.models import Round, RoundTarget
from portal.http import PortalRequest
from portal.models import Organisation


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
    """The 409 page: both texts side by side, a choice per field; nothing typed is lost."""
    page = {"page_title": title, "clashes": list(clashes), "hidden": hidden, "has_errors": True}
    return render(request, template, context | page, status=409)


def chosen(request: PortalRequest, saved: dict[str, dict[str, str]]) -> Any:
    """The posted data with the saved contents put in where the user chose them on the conflict page."""
    data = request.POST.copy()
    for key, values in saved.items():
        if data.get(f"use_{key}") == "saved":
            for name, value in values.items():
                data[name] = value
    return data
