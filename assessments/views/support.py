"""The prefecture's part of the towns' forms: which towns have one, and writing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assessments.forms import SupportForm
from assessments.models import PrefectureSupport, Round, RoundTarget
from assessments.services.support import save_prefecture_support
from assessments.views.common import Clash, chosen, conflict, round_or_404
from portal import clock, exports
from portal.errors import EditConflict, MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, allows, check
from portal.views.drafts import DraftsMixin


class SupportList(PortalView):
    """The towns of the round with the state of the prefecture's text about each."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponseBase:
        """Show the towns, those without a text first; the same as a file."""
        round_ = round_or_404(request, pk)
        check(request.actor, Action.EDIT_PREFECTURE_SUPPORT)
        targets = (
            RoundTarget.objects.for_user(request.actor)
            .filter(round=round_, asks_progress=True)
            .exclude(organisation=request.actor.organisation)
            .select_related("organisation__municipality")
            .order_by("organisation__municipality__code", "organisation_id")
        )
        supports = PrefectureSupport.objects.for_user(request.actor).filter(round=round_)
        texts = {row.organisation_id: row for row in supports}
        rows: list[dict[str, Any]] = [
            {"target": target, "support": texts.get(target.organisation_id)} for target in targets
        ]
        rows.sort(key=lambda row: bool(row["support"] and row["support"].text))
        if exports.wanted(request):
            return exports.respond(request, _download(round_, rows))
        context = {
            "round": round_,
            "rows": rows,
            "export_links": exports.links(request),
            "filled": sum(bool(row["support"] and row["support"].text) for row in rows),
            "is_open": round_.is_open(clock.today()),
            "is_sample": round_.program.is_sample,
        }
        return render(request, "assessments/support_list.html", context)


def _download(round_: Round, rows: list[dict[str, Any]]) -> exports.Download:
    lines = []
    for row in rows:
        town = getattr(row["target"].organisation, "municipality", None)
        text = row["support"].text if row["support"] else ""
        lines.append([town.code if town else "", row["target"].organisation.name, text])
    header = ["団体コード", "市町村", "県による支援の状況"]
    return exports.Download(f"{round_.title}_県による支援の状況", header, lines)


class SupportEdit(DraftsMixin):
    """The prefecture writes how it supports one town."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.round = round_or_404(request, kwargs["pk"])
        targets = RoundTarget.objects.for_user(request.actor).select_related("organisation", "round")
        self.organisation = get_object_or_404(
            targets, round=self.round, organisation=kwargs["organisation"], asks_progress=True
        ).organisation
        rows = PrefectureSupport.objects.for_user(request.actor)
        existing = rows.filter(round=self.round, organisation=self.organisation).first()
        self.support = existing or PrefectureSupport(round=self.round, organisation=self.organisation)
        check(request.actor, Action.EDIT_PREFECTURE_SUPPORT, self.support)

    def get(self, request: PortalRequest, pk: int, organisation: int) -> HttpResponse:
        """Show the text."""
        return self._page(SupportForm(initial=self.draft_saved() | self.typed()))

    def post(self, request: PortalRequest, pk: int, organisation: int) -> HttpResponse:
        """Save the text."""
        form = SupportForm(chosen(request, {"text": {"text": self.support.text}}))
        if not form.is_valid():
            return self._page(form)
        try:
            save_prefecture_support(
                round_=self.round,
                organisation=self.organisation,
                text=form.cleaned_data["text"],
                version=form.cleaned_data["version"],
                actor=request.actor,
            )
        except EditConflict as error:
            return self._conflict(error, form.cleaned_data["text"])
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form)
        self.drop_draft()
        messages.success(request, f"{self.organisation}への「県による支援の状況」を保存しました。")
        return redirect("support_list", pk)

    def draft_form(self) -> str:
        """The prefecture's text about one town in one round."""
        return f"support:{self.round.pk}:{self.organisation.pk}"

    def draft_title(self) -> str:
        """Round and town."""
        return f"{self.round.title}　県による支援の状況　{self.organisation}"

    def draft_names(self) -> list[str]:
        """The form's one text."""
        return ["text"]

    def draft_saved(self) -> dict[str, Any]:
        """The text as saved, with its version."""
        return {"text": self.support.text, "version": self.support.version}

    def _page(self, form: SupportForm) -> HttpResponse:
        context = {
            "form": form,
            "round": self.round,
            "organisation": self.organisation,
            "is_open": self.round.is_open(clock.today()),
            "is_sample": self.round.program.is_sample,
            "can_see_report": allows(self.request.actor, Action.VIEW_PROGRESS, self.support),
            **self.draft_context(),
        }
        return render(self.request, "assessments/support_edit.html", context)

    def _conflict(self, error: EditConflict, typed: str) -> HttpResponse:
        current: Any = error.current
        label = "県による支援の状況"
        return conflict(
            self.request,
            title=f"{label}の保存内容の確認",
            clashes=[Clash("text", label, typed, current.text, [("text", typed)])],
            hidden={"version": current.version},
            context={
                "round": self.round,
                "organisation": self.organisation,
                "is_sample": self.round.program.is_sample,
                "sentence": error.sentence,
                "back_url": reverse("support_list", args=[self.round.pk]),
            },
        )
