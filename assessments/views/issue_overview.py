"""Issues that towns and prefectures share: the list, its tab on a region, and the chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from assessments.choices import IssueState
from assessments.issue_forms import SharedIssueFilter
from assessments.models import LocalIssue
from assessments.services.issue_chart import issue_chart
from assessments.services.issue_scales import scale_in_use
from assessments.views.issue_common import NeedsScale, any_sample, download, issue_tabs, ordered
from assessments.views.issues import PER_PAGE
from portal import exports
from portal.choices import Role
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, check
from programs.core.views.regions import region_tabs
from programs.models import Partnership, Region

#: Towns by their codes, unions and prefectures after them, then the rank each gave its issue.
DEFAULT_ORDER: list[Any] = [
    F("organisation__parent_id").asc(nulls_last=True),
    F("organisation__municipality__code").asc(nulls_last=True),
    F("organisation__name"),
    F("position"),
    F("pk"),
]


class Shared:
    """Issues shared by others, under the filters of the address."""

    def __init__(self, request: PortalRequest, everything: QuerySet[LocalIssue]) -> None:
        self.request = request
        self.everything = everything
        sharers = _sharers(everything)
        self.form = SharedIssueFilter(request.GET, towns=sharers.towns, prefectures=sharers.prefectures)
        self.state = self.form.value("state")
        wanted = {"organisation": self.form.value("town"), "field": self.form.value("field")}
        self.unstated = everything.filter(**{name: value for name, value in wanted.items() if value})
        if "prefecture" in self.form.fields and (above := self.form.value("prefecture")):
            inside = Q(organisation__parent=above) | Q(organisation=above)
            self.unstated = self.unstated.filter(inside)
        listed = self.unstated.filter(state=self.state) if self.state else self.unstated
        self.rows, self.order = ordered(
            listed.select_related("organisation__parent", "organisation__municipality", "step"),
            request.GET.get("sort"),
            then=DEFAULT_ORDER,
            default="団体、順位の順",
        )

    def context(self) -> dict[str, Any]:
        """What the page shows."""
        page = Paginator(self.rows, PER_PAGE).get_page(self.request.GET.get("page"))
        return {
            "page": page,
            "filter_form": self.form,
            "export_links": exports.links(self.request),
            "order": self.order,
            "state_tabs": self._state_tabs(),
            "is_sample": any_sample(page.object_list),
            "empty_sentence": "条件に合う地域課題はありません。"
            if self.request.GET
            else "共有された地域課題は、まだありません。",
        }

    def _state_tabs(self) -> list[dict[str, Any]]:
        """One link per state with its count under the present filters; each count is what its link lists."""
        counts = dict(self.unstated.order_by().values_list("state").annotate(Count("pk")))
        items: list[tuple[str, str, int]] = [("", "すべて", sum(counts.values()))]
        items += [(state.value, state.label, counts[state]) for state in IssueState if state in counts]
        found = []
        for state, label, number in items:
            query = self.request.GET.copy()
            for name in ("page", "state", "sort", exports.PARAMETER):
                query.pop(name, None)
            if state:
                query["state"] = state
            current = state == (self.state or "")
            found.append(
                {"label": label, "count": number, "url": f"?{query.urlencode()}", "current": current}
            )
        return found


@dataclass(frozen=True)
class Sharers:
    """Who shares something, for the filters: organisations, and the prefectures they belong to."""

    towns: list[tuple[str, str]]
    prefectures: list[tuple[str, str]]


def _sharers(issues: QuerySet[LocalIssue]) -> Sharers:
    rows = (
        issues.order_by()
        .values_list(
            Coalesce("organisation__parent", "organisation"),
            Coalesce("organisation__parent__name", "organisation__name"),
            "organisation__municipality__code",
            "organisation__name",
            "organisation",
        )
        .distinct()
    )
    found = sorted(rows, key=lambda row: (row[0], row[2] or "9", row[3]))
    above = {row[0]: row[1] for row in found}
    towns = []
    for prefecture, above_name, _code, name, key in found:
        full = name if key == prefecture or len(above) < 2 else f"{above_name}{name}"
        towns.append((str(key), full))
    return Sharers(towns, [(str(key), name) for key, name in above.items()])


def shared_with(request: PortalRequest) -> QuerySet[LocalIssue]:
    """What others share with the actor."""
    rows = LocalIssue.objects.for_user(request.actor).active()
    return rows.exclude(organisation=request.actor.organisation)


class LocalIssueList(PortalView):
    """The menu's page: a town's own list, for those in charge of others what these share."""

    def get(self, request: PortalRequest) -> HttpResponseBase:
        """Show them, or hand them out as a file."""
        check(request.actor, Action.VIEW_LOCAL_ISSUES)
        if request.actor.role == Role.MUNICIPALITY:
            return redirect("own_issue_list")
        shared = Shared(request, shared_with(request))
        if exports.wanted(request):
            return exports.respond(request, download("共有された地域課題", shared.rows, towns=True))
        context = {
            **shared.context(),
            "page_title": "共有された地域課題",
            "page_lead": "市町村などが共有している地域課題です。順位は、それぞれの団体が付けたものです。",
            "tabs": issue_tabs(request.actor, "local_issue_list"),
        }
        return render(request, "assessments/local_issue_list.html", context)


class LocalIssueChart(NeedsScale):
    """The shared issues as a quadrant chart, numbered in the order of the list."""

    def get(self, request: PortalRequest) -> HttpResponseBase:
        """Show it."""
        check(request.actor, Action.VIEW_LOCAL_ISSUES)
        if request.actor.role == Role.MUNICIPALITY:
            raise Http404
        shared = Shared(request, shared_with(request))
        rows = list(shared.rows.select_related("scale").order_by(*DEFAULT_ORDER))
        title = "共有された地域課題"
        context = {
            "page_title": f"{title}の図",
            "page_lead": "団体を選ぶと、その団体の課題だけの図になります。番号は、「番号の一覧」の番号です。",
            "chart": issue_chart(list(enumerate(rows, start=1)), scale_in_use(), title=title),
            "filter_form": shared.form,
            "tabs": issue_tabs(request.actor, "local_issue_chart"),
            "with_towns": True,
            "is_sample": any_sample(rows),
        }
        return render(request, "assessments/issue_chart.html", context)


class RegionIssues(PortalView):
    """The issues that a region's partners and its prefecture share, as a tab of the region."""

    def get(self, request: PortalRequest, slug: str, code: str) -> HttpResponseBase:
        """Show them, or hand them out as a file."""
        regions = Region.objects.for_user(request.actor).with_names().distinct()
        region = get_object_or_404(regions, program__slug=slug, prefecture__code=code)
        check(request.actor, Action.VIEW_LOCAL_ISSUES, region)
        partners = Partnership.objects.for_user(request.actor).filter(region=region).order_by()
        inside = shared_with(request).filter(
            Q(organisation__in=partners.values("organisation"))
            | Q(organisation=region.prefecture.organisation)
        )
        shared = Shared(request, inside)
        title = f"{region.prefecture.name}の地域課題"
        if exports.wanted(request):
            return exports.respond(request, download(title, shared.rows, towns=True))
        context = {
            **shared.context(),
            "page_title": title,
            "region": region,
            "tabs": region_tabs(request.actor, region, "region_issues"),
        }
        context["is_sample"] = context["is_sample"] or region.program.is_sample
        return render(request, "assessments/region_issues.html", context)
