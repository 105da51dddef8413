"""The permission matrix of handing local issues in: rows, and the lists that stand behind them."""

from __future__ import annotations

from typing import Any

from assessments.models import IssueReport, Round
from assessments.services.issue_reports import list_of, list_seen
from portal import clock
from portal.actor import Actor
from tests import factories as f
from tests.factories_issues import asked_for_issues, hand_in, make_issue

# fmt: off
ROWS = """
#                                 out    none  A: t1  t2  pf  ve   B: t  pf  ve   sec min exp adm
round_issues                GET   in in  403   go  ok  ok  404   404 404 404   404
round_issues                POST  in in  403   go  go  409 404   404 404 404   404
round_issues/unasked        GET   in in  403   404
round_issues_done           GET   in in  403   ok  go  go  404   404 404 404   404
round_issues_done           POST  in in  403   405 405 405 404   404 404 404   404
issue_report                GET   in in  403   ok  404 ok  404   404 404 404   ok  404 404 404
issue_report                POST  in in  403   405
issue_report/draft          GET   in in  403   404 404 ok  404   404 404 404   404
issue_report_confirm        GET   in in  403   403 404 ok  404   404 404 404   ok  404 404 404
issue_report_confirm        POST  in in  403   403 404 go  404   404 404 404   go  404 404 404
issue_report_confirm/draft  POST  in in  403   404 404 403 404   404 404 404   404
issue_report_reopen         GET   in in  403   403 404 ok  404   404 404 404   ok  404 404 404
issue_report_reopen         POST  in in  403   403 404 go  404   404 404 404   go  404 404 404
"""

DUTIES = """
round_issues                GET   403       403
round_issues                POST  403       403
round_issues_done           GET   403       403
round_issues_done           POST  403       403
issue_report_confirm        GET   403       403
issue_report_confirm        POST  403       403
issue_report_confirm/draft  POST  404       403
issue_report_reopen         GET   403       403
issue_report_reopen         POST  403       403
"""
# fmt: on

TITLE = "地域課題を求める報告回"


def furnish_issue_reports(world: Any, *sides: Any) -> None:
    """A round for each prefecture and its towns: the first town has handed in, the prefecture has begun."""
    for side, town in zip(sides, ("town_a1", "town_b"), strict=True):
        owner = side.prefecture.organisation
        towns = [one.organisation for one in side.towns]
        round_ = asked_for_issues(world.program, owner, *towns, title=TITLE, organisation=owner)
        hand_in(round_, world.actors[town])
        IssueReport.objects.create(round=round_, organisation=owner, begun_at=clock.now())
    make_issue(world.actors["prefecture_a"], "県の課題")
    make_issue(world.actors["town_a2"], "2つ目の町の課題")


def grow_issue_reports(scene: Any, officers: list[Actor]) -> None:
    """Each of these towns is asked for its issues too, and has handed them in."""
    round_ = the_round(scene)
    asked = set(round_.targets.values_list("organisation", flat=True))
    for officer in officers:
        if officer.organisation.pk not in asked:
            f.RoundTargetFactory(round=round_, organisation=officer.organisation, asks_issues=True)
            hand_in(round_, officer)


def plant_issue_reports(found: Any, scene: Any) -> None:
    """Marks in what B has handed in."""
    mark = found.marks["IssueReportSubmission.content"] = "カナリア提出した課題"
    (report,) = IssueReport.objects.filter(organisation=scene.world.town_b.organisation)
    content = report.submissions.get().content
    for issue in content["issues"]:
        issue.update(dict.fromkeys(("title", "description", "department"), mark))
    report.submissions.update(content=content)


def the_round(scene: Any) -> Round:
    """Prefecture A's round that asks for issues."""
    return Round.objects.get(title=TITLE, organisation=scene.a.prefecture.organisation)


def _round(scene: Any) -> list[int]:
    return [the_round(scene).pk]


def _of_town(scene: Any) -> list[int]:
    town = scene.a.towns[0].organisation
    return [IssueReport.objects.get(round=the_round(scene), organisation=town).pk]


def _of_prefecture(scene: Any) -> list[int]:
    owner = scene.a.prefecture.organisation
    return [IssueReport.objects.get(round=the_round(scene), organisation=owner).pk]


ARGUMENTS: dict[str, Any] = {
    "round_issues": _round,
    "round_issues_done": _round,
    "round_issues/unasked": lambda scene: [scene.a.round.pk],
    "issue_report": _of_town,
    "issue_report_confirm": _of_town,
    "issue_report_reopen": _of_town,
    "issue_report/draft": _of_prefecture,
    "issue_report_confirm/draft": _of_prefecture,
}


def _list_of_the_second_town(scene: Any) -> dict[str, Any]:
    """What only the second town has been shown."""
    return {"seen": list_seen(list_of(scene.a.towns[1].organisation)), "knowing": "on"}


POSTED: dict[str, Any] = {
    "round_issues": _list_of_the_second_town,
    "issue_report_reopen": lambda _: {"reason": "緊急性を確かめてください"},
}
