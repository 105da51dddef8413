"""Reminding by hand: whom, with names and addresses, what the mail says, then sending it once."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.forms import RemindForm
from assessments.models import Round
from assessments.services.reminders import (
    Candidate,
    Chosen,
    candidates,
    last_reminders,
    mails_in_trouble,
    owed,
    remind_by_hand,
)
from assessments.views.common import round_or_404
from assessments.views.overview import Overview
from portal import clock
from portal.errors import MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, allows, check

#: The filters of the completion page that a reminder takes over.
FILTERS = ("form", "state", "prefecture", "name", "organisation")


class RoundRemind(PortalView):
    """The organisations that have not handed in, as filtered; a note; send."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.round = round_or_404(request, kwargs["pk"])
        check(request.actor, Action.REMIND)
        self.filters: dict[str, Any] = {name: request.GET.get(name, "") for name in FILTERS}

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show who would get it, and the text."""
        found = self._candidates()
        today = clock.today()
        fresh = [str(one.organisation_id) for one in found if not _reminded_on(one, today)]
        form = RemindForm(found=found, initial={"organisations": fresh, "press": uuid.uuid4()})
        return self._page(form, found)

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the text with the note, or send."""
        found = self._candidates(note=request.POST.get("note", "").strip())
        form = RemindForm(request.POST, found=found)
        if not form.is_valid() or request.POST.get("act") == "preview":
            return self._page(form, found)
        ids = frozenset(int(value) for value in form.cleaned_data["organisations"])
        try:
            count = remind_by_hand(
                round_=self.round,
                chosen=Chosen(**self.filters, ids=ids),
                note=form.cleaned_data["note"],
                press=str(form.cleaned_data["press"]),
                actor=request.actor,
            )
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form, found)
        if count:
            done = f"{count}団体にリマインドを送ります。結果は、「送信箱」で確かめられます。"
            messages.success(request, done)
        else:
            messages.info(request, "このリマインドは、すでに送っています。新しくは送っていません。")
        return redirect("round_detail", pk)

    def _candidates(self, note: str = "") -> list[Candidate]:
        chosen = Chosen(**self.filters)
        return candidates(round_=self.round, chosen=chosen, actor=self.request.actor, note=note)

    def _page(self, form: RemindForm, found: list[Candidate]) -> HttpResponse:
        context = {
            "form": form,
            "round": self.round,
            "candidates": found,
            "example": _example(form, found),
            "filtered": any(self.filters.values()),
            "is_open": self.round.is_open(clock.today()),
            "is_sample": self.round.program.is_sample,
        }
        return render(self.request, "assessments/round_remind.html", context)


def _reminded_on(one: Candidate, today: Any) -> bool:
    return one.last is not None and one.last.astimezone(clock.JAPAN).date() == today


def _example(form: RemindForm, found: list[Candidate]) -> Candidate | None:
    """The first of those that are ticked, else the first of all."""
    ticked = set(form["organisations"].value() or [])
    chosen = [one for one in found if str(one.organisation_id) in ticked]
    return next(iter([*chosen, *found]), None)


def reminders_shown(request: PortalRequest, round_: Round, listing: Overview, page: Any) -> dict[str, Any]:
    """For the completion page: who of its rows was reminded when, where to remind, mails that failed."""
    actor = request.actor
    if not allows(actor, Action.VIEW_OUTBOX):
        return {}
    rows: list[Any] = list(page.object_list)
    last = last_reminders(round_, {item["row"].organisation_id for item in rows})
    can = allows(actor, Action.REMIND) and round_.is_open(clock.today())
    where = reverse("round_remind", args=[round_.pk])
    owing = owed(listing.everything, Chosen(form=listing.wanted.form), actor) if can else {}
    for item in rows:
        pk = item["row"].organisation_id
        item["reminded"] = last.get(pk)
        if pk in owing:
            item["remind_url"] = f"{where}?{_query(organisation=str(pk), form=listing.wanted.form)}"
    # The button takes over what the page is filtered by.
    filters = {name: getattr(listing.wanted, name) for name in ("form", "state", "prefecture", "name")}
    some = can and owed(listing.everything, Chosen(**filters), actor)
    return {
        "show_reminders": True,
        "remind_url": f"{where}?{_query(**filters)}" if some else "",
        "trouble": mails_in_trouble(round_, actor),
    }


def _query(**filters: str | None) -> str:
    return urlencode({name: value for name, value in filters.items() if value})
