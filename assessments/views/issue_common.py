"""What the pages of local issues have in common: finding one, tabs, words of its answers, files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from assessments.choices import IssueField, IssueState
from assessments.models import LocalIssue, RoundTarget
from assessments.models.local_issues import AUTHOR_ROLES
from assessments.services.issue_scales import ScaleMissing
from portal.actor import Actor
from portal.choices import OrganisationKind, Role
from portal.exports import Download
from portal.http import PortalRequest, PortalView
from portal.models import Organisation
from portal.permissions import Action, allows, check
from portal.ui.dates import local_date

#: Words for the two questions, and for whether others read the issue.
CONTROLLABLE = {True: "対応できる", False: "対応できない", None: ""}
START_NOW = {True: "着手できる", False: "着手できない", None: ""}
SHARED = {True: "共有している", False: "共有していない"}
HEADER = [
    "順位",
    "地域課題",
    "説明",
    "分野",
    "裨益性",
    "難易度",
    "緊急性",
    "自団体で対応できるか",
    "すぐに着手できるか",
    "担当課",
    "STEP",
    "状態",
    "共有",
    "登録日",
    "更新日",
]
TOWN_HEADER = ["団体コード", "都道府県", "団体"]


def _in_order(column: str, values: Iterable[str]) -> Case:
    """Codes in the order they are listed, not by spelling."""
    cases = [When(**{column: value}, then=Value(place)) for place, value in enumerate(values)]
    return Case(*cases, output_field=IntegerField())


#: Sort keys: expression, words for ascending and for descending.
SORTS: dict[str, tuple[Any, str, str]] = {
    "rank": (F("position"), "順位順", "順位の逆順"),
    "benefit": (F("benefit"), "裨益性の小さい順", "裨益性の大きい順"),
    "difficulty": (F("difficulty"), "難易度の低い順", "難易度の高い順"),
    "urgency": (F("urgency"), "緊急性の低い順", "緊急性の高い順"),
    "field": (_in_order("field", IssueField.values), "分野順", "分野の逆順"),
    "state": (_in_order("state", IssueState.values), "状態順", "状態の逆順"),
    "updated": (F("updated_at"), "更新の古い順", "更新の新しい順"),
}


def ordered(
    rows: QuerySet[LocalIssue], sort: str | None, *, then: list[Any], default: str
) -> tuple[QuerySet[LocalIssue], str]:
    """The rows in the order asked for, what has no value last; and that order in words."""
    key = (sort or "").removeprefix("-")
    if key not in SORTS:
        return rows.order_by(*then), default
    column, rising, falling = SORTS[key]
    if str(sort).startswith("-"):
        return rows.order_by(column.desc(nulls_last=True), *then), falling
    return rows.order_by(column.asc(nulls_last=True), *then), rising


class NeedsScale(PortalView):
    """A page that cannot be shown before the scale is loaded; then it says whom to call."""

    def dispatch(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with the sentence instead of failing."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except ScaleMissing as error:
            context = {"page_title": "地域課題の準備ができていません", "sentence": error.sentence}
            return render(request, "assessments/issue_unready.html", context, status=503)


class FromRound(PortalView):
    """A page of the own list that a round's page may have led to: `?round=` leads back there."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.back_to_round = self._back(request)

    def _back(self, request: PortalRequest) -> str:
        """The page of the round that asks the own organisation for its issues; else nothing."""
        key = request.GET.get("round", "")
        if not key.isascii() or not key.isdecimal() or len(key) > 15:
            return ""
        asked = RoundTarget.objects.for_user(request.actor).filter(
            round=int(key), organisation=request.actor.organisation, asks_issues=True
        )
        return reverse("round_issues", args=[key]) if asked.exists() else ""

    @property
    def here(self) -> str:
        """This page again, with the way back kept."""
        path: str = self.request.path
        return f"{path}?round={self.request.GET['round']}" if self.back_to_round else path


def issue_or_404(request: PortalRequest, pk: int, action: Action) -> LocalIssue:
    """An issue the actor may read (else 404), and the act allowed on it (else 403)."""
    rows = LocalIssue.objects.for_user(request.actor)
    rows = rows.select_related("organisation__parent", "step", "scale", "updated_by")
    issue = get_object_or_404(rows, pk=pk)
    check(request.actor, action, issue)
    return issue


def is_author(actor: Actor) -> bool:
    """Whether the actor's organisation keeps a list of its own."""
    return actor.role in AUTHOR_ROLES


def readers_of(organisation: Organisation) -> str:
    """Who else reads what this organisation shares."""
    if organisation.kind == OrganisationKind.PREFECTURE:
        return "事務局と伴走支援事業者"
    return "都道府県、伴走支援事業者、事務局"


def issue_tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The pages of issues this actor has: those shared by others, and the own list."""
    pages: list[tuple[str, str]] = []
    if actor.role != Role.MUNICIPALITY:
        pages += [("local_issue_list", "共有された地域課題"), ("local_issue_chart", "共有された課題の図")]
    if is_author(actor):
        name = actor.organisation.name
        pages += [("own_issue_list", f"{name}の地域課題"), ("own_issue_chart", f"{name}の課題の図")]
    if is_author(actor) and allows(actor, Action.EDIT_LOCAL_ISSUE):
        pages.append(("own_issue_order", "順位の変更"))
    return [
        {"label": label, "url": reverse(name), "current": name == current, "count": None}
        for name, label in pages
    ]


def cells(issue: LocalIssue) -> list[Any]:
    """One line of a file."""
    return [
        issue.position,
        issue.title,
        issue.description,
        issue.get_field_display(),
        issue.benefit,
        issue.difficulty,
        issue.urgency,
        CONTROLLABLE[issue.controllable],
        START_NOW[issue.start_now],
        issue.department,
        str(issue.step) if issue.step else "",
        "取下げ" if issue.is_withdrawn else issue.get_state_display(),
        SHARED[issue.shared],
        local_date(issue.created_at),
        local_date(issue.updated_at),
    ]


def town_cells(issue: LocalIssue) -> list[Any]:
    """Whose issue it is: code, prefecture, name."""
    organisation = issue.organisation
    town = getattr(organisation, "municipality", None)
    above = organisation.parent
    return [town.code if town else "", above.name if above else "", organisation.name]


def download(title: str, rows: Iterable[LocalIssue], *, towns: bool = False) -> Download:
    """Issues as a file; with the organisations' names when they are of several."""
    if towns:
        return Download(title, [*TOWN_HEADER, *HEADER], [[*town_cells(row), *cells(row)] for row in rows])
    return Download(title, HEADER, [cells(row) for row in rows])


def any_sample(rows: Iterable[LocalIssue]) -> bool:
    """Whether a page shows invented issues and must say so."""
    return any(row.is_sample for row in rows)
