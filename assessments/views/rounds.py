"""Rounds: the list, and one round with what to do next and who has handed in what."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from assessments.choices import ASSESSMENT_HANDED_IN, HANDED_IN, FormState
from assessments.forms import StatusFilterForm
from assessments.models import PrefectureSupport, Round, RoundTarget
from assessments.services.counts import round_counts
from assessments.services.own import OwnForm, own_forms
from assessments.services.status import PROGRESS_FORM, FormStatus, counts_by_state, round_state, round_status
from assessments.views.common import round_or_404
from assessments.views.reminders import reminders_shown
from portal import clock, exports
from portal.exports import Download
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, allows, check
from portal.ui.chips import CHIPS
from portal.ui.dates import fiscal, local_date
from programs.core.views.regions import region_tabs
from programs.models import Region

PER_PAGE = 50
#: States in which others than the author find something to read.
_READABLE = {"submitted", "accepted", "confirmed", "returned"}


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
        return render(request, "assessments/round_list.html", context)


class RegionRounds(PortalView):
    """The rounds of one region's year, as a tab of the region."""

    def get(self, request: PortalRequest, slug: str, code: str) -> HttpResponseBase:
        """Show them, or hand them out as a file."""
        regions = Region.objects.for_user(request.actor).with_names().distinct()
        region = get_object_or_404(regions, program__slug=slug, prefecture__code=code)
        check(request.actor, Action.VIEW_ROUNDS, region)
        rounds = Round.objects.for_user(request.actor).filter(program=region.program)
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
            "url": reverse("round_detail", args=[round_.pk]) + query,
            "state": round_state(round_, clock.today()),
            "count": counts[round_.pk],
        }
        for round_ in rounds
    ]


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
_IN = {*HANDED_IN, *ASSESSMENT_HANDED_IN}


class RoundDetail(PortalView):
    """One round: the own forms to fill in, and for those in charge of others who has handed in what."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponseBase:
        """Show it, or hand the table out as a file."""
        round_ = round_or_404(request, pk)
        check(request.actor, Action.VIEW_ROUNDS)
        if exports.wanted(request):
            listing = _Listing(request, round_)
            return exports.respond(request, listing.download(f"{round_.title}の提出状況"))
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
            "all_in": all(form.state in _IN for form in own),
            "days_left": (round_.due_on - clock.today()).days,
            "is_sample": round_.program.is_sample,
        }
        if not others:
            return render(request, "assessments/round_detail.html", context)
        listing = _Listing(request, round_)
        context |= listing.context() | self._support(request, round_)
        context |= reminders_shown(request, round_, context["page"], listing.asked.urlencode())
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


class _Listing:
    """The table of a round under the filters of the address; 取組状況 when no form is chosen."""

    def __init__(self, request: PortalRequest, round_: Round) -> None:
        self.request = request
        self.everything = round_status(round_, request.actor)
        self.asked = request.GET.copy()
        if "form" not in self.asked and any(row.form == PROGRESS_FORM for row in self.everything):
            self.asked["form"] = PROGRESS_FORM
        self.form = StatusFilterForm(
            self.asked,
            kinds=_first_seen((row.form, row.form_label, row.order) for row in self.everything),
            prefectures=sorted({(str(row.prefecture_id), row.prefecture) for row in self.everything}),
            states=[(state, CHIPS[state][2]) for state in counts_by_state(self.everything)],
        )
        names = [name for name in ("form", "prefecture") if name in self.form.fields]
        wanted: dict[str, Any] = {name: self.form.value(name) for name in names}
        self.rows = [row for row in self.everything if _fits(row, wanted)]
        self.state = self.form.value("state")
        self.listed = [row for row in self.rows if self.state in (None, row.state)]

    def context(self) -> dict[str, Any]:
        """What the page shows."""
        page = Paginator(self.listed, PER_PAGE).get_page(self.request.GET.get("page"))
        rows: Any = [{"row": row, "url": _url(row)} for row in page.object_list]
        page.object_list = rows
        return {
            "page": page,
            "filter_form": self.form,
            "export_links": exports.links(self.request),
            "tabs": _state_tabs(self.asked, self.rows, self.state),
            "unit": "件",
            "order": "対応が必要な状態の順",
            "show_prefecture": "prefecture" in self.form.fields,
            "handed_in": sum(row.is_done for row in self.everything),
            "asked": len(self.everything),
        }

    def download(self, title: str) -> Download:
        """All rows of the list, not only those of one page."""
        header = ["団体コード", "団体", "都道府県", "提出物", "状態", "提出日", "期限までの日数"]
        return Download(title, header, [_cells(row) for row in self.listed])


def _cells(row: FormStatus) -> list[Any]:
    day = local_date(row.handed_in_at) if row.handed_in_at else None
    left = None if row.is_done else row.days_left
    return [row.code, row.organisation, row.prefecture, row.form_label, row.state_label, day, left]


def _to_sign(request: PortalRequest, own: list[OwnForm]) -> OwnForm | None:
    if not allows(request.actor, Action.SIGN_OFF_PROGRESS):
        return None
    return next((form for form in own if form.state == FormState.WAITING), None)


def _next(own: list[OwnForm]) -> OwnForm | None:
    return next((form for form in own if form.is_open), None)


def _first_seen(rows: Any) -> list[tuple[str, str]]:
    found = {code: (order, label) for code, label, order in rows}
    return [(code, label) for code, (_order, label) in sorted(found.items(), key=lambda item: item[1])]


def _fits(row: FormStatus, wanted: dict[str, Any]) -> bool:
    values = {"form": row.form, "prefecture": str(row.prefecture_id)}
    return all(value is None or values[name] == value for name, value in wanted.items())


def _state_tabs(asked: QueryDict, rows: list[FormStatus], current: str | None) -> list[dict[str, Any]]:
    """One link per state with its count under the present filters; each count is what its link lists."""
    items = [{"state": None, "label": "すべて", "count": len(rows)}]
    items += [
        {"state": state, "label": CHIPS[state][2], "count": number}
        for state, number in counts_by_state(rows).items()
    ]
    for item in items:
        query = asked.copy()
        query.pop("page", None)
        query.pop("state", None)
        if item["state"]:
            query["state"] = str(item["state"])
        item |= {"url": f"?{query.urlencode()}", "current": item["state"] == current}
    return items


def _url(row: FormStatus) -> str:
    if row.object_id is None or row.state not in _READABLE:
        return ""
    return reverse(
        "progress_detail" if row.form == PROGRESS_FORM else "assessment_detail", args=[row.object_id]
    )
