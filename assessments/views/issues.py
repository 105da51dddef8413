"""Local issues to read: the own list, the own chart, one issue."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render

from assessments.issue_forms import WITHDRAWN, OwnIssueFilter
from assessments.models import LocalIssue
from assessments.services.issue_chart import issue_chart
from assessments.services.issue_scales import scale_in_use
from assessments.services.issues import HISTORY_LABELS
from assessments.states import ISSUE
from assessments.views.issue_common import (
    CONTROLLABLE,
    SHARED,
    START_NOW,
    NeedsScale,
    any_sample,
    download,
    is_author,
    issue_or_404,
    issue_tabs,
    ordered,
    readers_of,
)
from portal import exports
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, Standing, allows, check

PER_PAGE = 50


class OwnIssuesView(NeedsScale):
    """A page about the list of the actor's own organisation."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        check(request.actor, Action.VIEW_LOCAL_ISSUES)
        if not is_author(request.actor):
            raise Http404
        self.filter = OwnIssueFilter(request.GET)

    def rows(self) -> QuerySet[LocalIssue]:
        """The own issues under the filters of the address."""
        rows = LocalIssue.objects.for_user(self.request.actor)
        rows = rows.filter(organisation=self.request.actor.organisation).select_related("step")
        field, state = self.filter.value("field"), self.filter.value("state")
        if state == WITHDRAWN:
            rows = rows.filter(withdrawn_at__isnull=False)
        else:
            rows = rows.active()
            rows = rows.filter(state=state) if state else rows
        return rows.filter(field=field) if field else rows


class OwnIssueList(OwnIssuesView):
    """The own issues in their order."""

    def get(self, request: PortalRequest) -> HttpResponseBase:
        """Show them, or hand them out as a file."""
        rows, order = ordered(self.rows(), request.GET.get("sort"), then=["position", "pk"], default="順位順")
        name = request.actor.organisation.name
        if exports.wanted(request):
            return exports.respond(request, download(f"{name}の地域課題", rows))
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": page,
            "page_title": f"{name}の地域課題",
            "filter_form": self.filter,
            "export_links": exports.links(request),
            "order": order,
            "tabs": issue_tabs(request.actor, "own_issue_list"),
            "can_edit": allows(request.actor, Action.EDIT_LOCAL_ISSUE),
            "readers": readers_of(request.actor.organisation),
            "is_sample": any_sample(page.object_list),
            "empty_sentence": "条件に合う地域課題はありません。" if request.GET else "",
        }
        return render(request, "assessments/own_issue_list.html", context)


class OwnIssueChart(OwnIssuesView):
    """The own issues as a quadrant chart; the numbers are their ranks."""

    def get(self, request: PortalRequest) -> HttpResponseBase:
        """Show it."""
        shown = self.rows().filter(withdrawn_at__isnull=True).select_related("scale")
        rows = list(shown.order_by("position", "pk"))
        title = f"{request.actor.organisation.name}の地域課題"
        chart = issue_chart([(row.position or 0, row) for row in rows], scale_in_use(), title=title)
        context = {
            "page_title": f"{title}の図",
            "page_lead": "番号は、順位です。",
            "chart": chart,
            "filter_form": self.filter,
            "tabs": issue_tabs(request.actor, "own_issue_chart"),
            "is_sample": any_sample(rows),
        }
        return render(request, "assessments/issue_chart.html", context)


class IssueDetail(PortalView):
    """One issue as its reader may see it: the history is its own organisation's alone."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponseBase:
        """Show it."""
        issue = issue_or_404(request, pk, Action.VIEW_LOCAL_ISSUES)
        mine = Standing.AUTHOR in issue.roles_of(request.actor)
        edits = allows(request.actor, Action.EDIT_LOCAL_ISSUE, issue)
        context = {
            "issue": issue,
            "page_title": issue.title,
            "mine": mine,
            "ratings": _ratings(issue),
            "controllable": CONTROLLABLE[issue.controllable],
            "start_now": START_NOW[issue.start_now],
            "shared": SHARED[issue.shared],
            "readers": readers_of(issue.organisation),
            "can_edit": edits and not issue.is_withdrawn,
            "can_restore": edits and issue.is_withdrawn,
            "moves": ISSUE.available(issue.state) if edits and not issue.is_withdrawn else [],
            "history": _history(issue) if mine else [],
            "is_sample": issue.is_sample,
        }
        return render(request, "assessments/issue_detail.html", context)


def _ratings(issue: LocalIssue) -> list[dict[str, Any]]:
    """Each criterion with the level chosen, in the words of the scale it was rated with."""
    found = []
    for criterion in issue.scale.criteria.prefetch_related("levels"):
        chosen = getattr(issue, criterion.code)
        level = next((row for row in criterion.levels.all() if row.level == chosen), None)
        found.append({"criterion": criterion, "level": level})
    return found


def _history(issue: LocalIssue) -> list[dict[str, Any]]:
    rows = issue.status_changes.select_related("by", "membership__organisation").order_by("-at", "-id")
    return [
        {
            "label": ISSUE.moves[row.action].label
            if row.action in ISSUE.moves
            else HISTORY_LABELS[row.action],
            "state": WITHDRAWN if row.action == "withdraw" else row.to_state,
            "by": row.by.name,
            "organisation": row.membership.organisation.name,
            "at": row.at,
            "reason": row.reason,
        }
        for row in rows
    ]
