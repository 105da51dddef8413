"""Rounds: the list, and one round with what to do next and who has handed in what."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from assessments.choices import ASSESSMENT_HANDED_IN, HANDED_IN, FormState
from assessments.models import FormComment, PrefectureSupport, Round, RoundTarget
from assessments.services.counts import round_counts
from assessments.services.own import OwnForm, own_forms
from assessments.services.status import NOT_APPLICABLE, round_state
from assessments.views.common import round_or_404
from assessments.views.overview import Overview
from assessments.views.reminders import reminders_shown
from portal import clock, exports
from portal.exports import Download
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, allows, check
from portal.ui.chips import CHIPS
from portal.ui.dates import fiscal
from programs.core.views.regions import region_tabs
from programs.models import Region

PER_PAGE = 50


class RoundList(PortalView):
    """The rounds that concern the actor, the latest first."""

    def get(self, request: PortalRequest) -> HttpResponseBase:
        """Show them, or hand them out as a file."""
        check(request.actor, Action.VIEW_ROUNDS)
        rounds = Round.objects.for_user(request.actor).select_related("program")
        if exports.wanted(request):
            return exports.respond(request, _rounds_download("報告回の一覧", request, rounds))
        context = {"page": _round_page(request, rounds), "page_title": "報告回"}
        context["export_links"] = exports.links(request)
        context["can_create"] = allows(request.actor, Action.CREATE_ROUND)
        return render(request, "assessments/round_list.html", context)


class RegionRounds(PortalView):
    """The rounds of one region's year, as a tab of the region."""

    def get(self, request: PortalRequest, slug: str, code: str) -> HttpResponseBase:
        """Show them, or hand them out as a file."""
        regions = Region.objects.for_user(request.actor).with_names().distinct()
        region = get_object_or_404(regions, program__slug=slug, prefecture__code=code)
        check(request.actor, Action.VIEW_ROUNDS, region)
        place = region.prefecture.organisation
        asked = RoundTarget.objects.for_user(request.actor).order_by()
        asked = asked.filter(Q(organisation=place) | Q(organisation__parent=place))
        rounds = Round.objects.for_user(request.actor).filter(program=region.program)
        rounds = rounds.filter(Q(organisation=place) | Q(pk__in=asked.values("round")))
        rounds = rounds.select_related("program")
        if exports.wanted(request):
            title = f"{region.prefecture.name}の報告回"
            return exports.respond(request, _rounds_download(title, request, rounds, region))
        context = {
            "region": region,
            "page": _round_page(request, rounds, region),
            "export_links": exports.links(request),
            "page_title": "報告回",
            "tabs": region_tabs(request.actor, region, "region_rounds"),
            "is_sample": region.program.is_sample,
        }
        return render(request, "assessments/region_rounds.html", context)


def _round_page(request: PortalRequest, rounds: Any, region: Region | None = None) -> Any:
    page = Paginator(rounds, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = _round_rows(request, list(page.object_list), region)
    return page


def _round_rows(request: PortalRequest, rounds: list[Round], region: Region | None) -> list[dict[str, Any]]:
    prefecture = region.prefecture.organisation if region else None
    counts = round_counts(rounds, request.actor, prefecture=prefecture)
    query = f"?prefecture={prefecture.pk}" if prefecture else ""
    return [
        {
            "round": round_,
            "url": _round_url(request, round_) + query,
            "state": round_state(round_, clock.today()),
            "count": counts[round_.pk],
        }
        for round_ in rounds
    ]


def _round_url(request: PortalRequest, round_: Round) -> str:
    """The round's page; for who set it up, what is in preparation or called off leads to its set-up."""
    mine = round_.organisation_id == request.actor.organisation.pk
    unseen = mine and not round_.is_in_force and allows(request.actor, Action.MANAGE_ROUND, round_)
    return reverse("round_setup" if unseen else "round_detail", args=[round_.pk])


def _rounds_download(
    title: str, request: PortalRequest, rounds: Any, region: Region | None = None
) -> Download:
    header = [
        "報告回",
        "年度",
        "状態",
        "受付開始日",
        "提出期限",
        "受付終了日",
        "提出済み（件）",
        "対象（件）",
    ]
    return Download(title, header, [_round_cells(row) for row in _round_rows(request, list(rounds), region)])


def _round_cells(row: dict[str, Any]) -> list[Any]:
    round_ = row["round"]
    days = [round_.opens_on, round_.due_on, round_.closes_on]
    year = fiscal(round_.program.fiscal_year)
    return [round_.title, year, CHIPS[row["state"]][2], *days, row["count"].done, row["count"].asked]


#: States, of either kind of form, in which nothing is left to do for its author.
_IN = {*HANDED_IN, *ASSESSMENT_HANDED_IN, NOT_APPLICABLE}


class RoundDetail(PortalView):
    """One round: the own forms to fill in, and for those in charge of others who has handed in what."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponseBase:
        """Show it, or hand the table out as a file."""
        round_ = round_or_404(request, pk)
        check(request.actor, Action.VIEW_ROUNDS)
        if exports.wanted(request):
            listing = Overview(request, round_)
            return exports.respond(request, listing.download(f"{round_.title}の提出状況"))
        mine = RoundTarget.objects.for_user(request.actor).select_related("round")
        target = mine.filter(round=round_, organisation=request.actor.organisation).first()
        own = own_forms(request.actor, [round_]) if allows(request.actor, Action.VIEW_OWN_FORMS) else []
        others = (
            RoundTarget.objects.for_user(request.actor)
            .filter(round=round_)
            .exclude(organisation=request.actor.organisation)
            .exists()
        )
        context = {
            "round": round_,
            "state": round_state(round_, clock.today()),
            "own": own,
            "next": _next(own),
            "to_sign": _to_sign(request, own),
            "can_fill": any(form.is_open for form in own),
            "all_in": all(form.state in _IN for form in own),
            "target": target,
            "due_on": target.due_on if target else round_.due_on,
            "extension": target.extensions.order_by("-id").first() if target and target.is_extended else None,
            "days_left": ((target.due_on if target else round_.due_on) - clock.today()).days,
            "guides": round_.guides.filter(removed_at__isnull=True).select_related("stored_file"),
            "owner": round_.organisation,
            "can_manage": allows(request.actor, Action.MANAGE_ROUND, round_),
            "is_sample": round_.program.is_sample,
        }
        if not others:
            return render(request, "assessments/round_detail.html", context)
        listing = Overview(request, round_)
        context |= listing.context() | self._support(request, round_)
        if allows(request.actor, Action.VIEW_COMMENTS):
            talk = FormComment.objects.for_user(request.actor).filter(report__round=round_)
            context |= {"talk": True, "comments_open": talk.unresolved().count()}
        context |= reminders_shown(request, round_, listing, context["page"])
        return render(request, "assessments/round_overview.html", context)

    def _support(self, request: PortalRequest, round_: Round) -> dict[str, Any]:
        if not allows(request.actor, Action.EDIT_PREFECTURE_SUPPORT):
            return {}
        towns = (
            RoundTarget.objects.for_user(request.actor)
            .filter(round=round_, asks_progress=True)
            .exclude(organisation=request.actor.organisation)
        )
        written = (
            PrefectureSupport.objects.for_user(request.actor)
            .filter(round=round_, organisation__in=towns.values("organisation"))
            .exclude(text="")
        )
        return {"support_total": towns.count(), "support_filled": written.count()}


def _to_sign(request: PortalRequest, own: list[OwnForm]) -> OwnForm | None:
    if not allows(request.actor, Action.SIGN_OFF_PROGRESS):
        return None
    return next((form for form in own if form.state == FormState.WAITING), None)


def _next(own: list[OwnForm]) -> OwnForm | None:
    return next((form for form in own if form.is_open), None)
