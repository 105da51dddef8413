"""Local issues in the permission matrix: their rows, and the issues that stand behind them."""

from __future__ import annotations

from typing import Any

from assessments.models import LocalIssue
from portal.actor import Actor
from tests.factories_issues import make_issue, posted

# fmt: off
ROWS = """
local_issue_list            GET   in in  403   go  go  ok  ok    go  ok  ok    ok  403 403 403
local_issue_list            POST  in in  403   405
local_issue_chart           GET   in in  403   404 404 ok  ok    404 ok  ok    ok  403 403 403
local_issue_chart           POST  in in  403   405
own_issue_list              GET   in in  403   ok  ok  ok  404   ok  ok  404   404 403 403 403
own_issue_list              POST  in in  403   405 405 405 404   405 405 404   404 403 403 403
own_issue_chart             GET   in in  403   ok  ok  ok  404   ok  ok  404   404 403 403 403
own_issue_chart             POST  in in  403   405 405 405 404   405 405 404   404 403 403 403
own_issue_order             GET   in in  403   ok  ok  ok  404   ok  ok  404   404 403 403 403
own_issue_order             POST  in in  403   go  404 404 404   404 404 404   404 403 403 403
issue_add                   GET   in in  403   ok  ok  ok  403   ok  ok  403   403
issue_add                   POST  in in  403   go  go  go  403   go  go  403   403
issue_detail                GET   in in  403   ok  404 ok  ok    404 404 404   ok  404 404 404
issue_detail                POST  in in  403   405
issue_detail/private        GET   in in  403   ok  404 404 404   404 404 404   404
issue_detail/withdrawn      GET   in in  403   ok  404 404 404   404 404 404   404
issue_edit                  GET   in in  403   ok  404 403 403   404 404 404   403 404 404 404
issue_edit                  POST  in in  403   go  404 403 403   404 404 404   403 404 404 404
issue_edit/private          POST  in in  403   go  404 404 404   404 404 404   404
issue_withdraw              GET   in in  403   ok  404 403 403   404 404 404   403 404 404 404
issue_withdraw              POST  in in  403   go  404 403 403   404 404 404   403 404 404 404
issue_restore/withdrawn     GET   in in  403   ok  404 404 404   404 404 404   404
issue_restore/withdrawn     POST  in in  403   go  404 404 404   404 404 404   404
issue_move/resolve          GET   in in  403   ok  404 403 403   404 404 404   403 404 404 404
issue_move/resolve          POST  in in  403   go  404 403 403   404 404 404   403 404 404 404
issue_move/unknown          GET   in in  403   404 404 403 403   404 404 404   403 404 404 404
region_issues               GET   in in  403   403 403 ok  ok    404 404 404   ok  403 404 404
region_issues               POST  in in  403   405
"""

DUTIES = """
own_issue_order             GET   403       403
own_issue_order             POST  403       403
issue_add                   GET   403       403
issue_add                   POST  403       403
issue_edit                  GET   403       403
issue_edit                  POST  403       403
issue_edit/private          POST  403       404
issue_withdraw              GET   403       403
issue_withdraw              POST  403       403
issue_restore/withdrawn     GET   403       404
issue_restore/withdrawn     POST  403       404
issue_move/resolve          GET   403       403
issue_move/resolve          POST  403       403
issue_move/unknown          GET   403       403
"""
# fmt: on

SHARED, PRIVATE, WITHDRAWN = "共有した課題", "共有していない課題", "取り下げた課題"
_WHICH = {"": SHARED, "private": PRIVATE, "withdrawn": WITHDRAWN}
#: Addresses without an argument; the lists among them are known by their names.
EVERYONES = {"local_issue_chart", "own_issue_chart", "own_issue_order", "issue_add"}


def furnish_issues(officer: Actor) -> None:
    """A town's issues: one shared, one not, one withdrawn."""
    more = {"description": "説明の文", "department": "総務課"}
    make_issue(officer, SHARED, shared=True, **more)
    make_issue(officer, PRIVATE, **more)
    make_issue(officer, WITHDRAWN, withdrawn=True, **more)


def grow_issues(officer: Actor, neighbours: list[Actor]) -> None:
    """Twenty more of the town, and two shared ones of each neighbour."""
    for number in range(20):
        make_issue(officer, f"課題{number}", shared=bool(number % 2), benefit=1 + number % 5)
    for neighbour in neighbours:
        make_issue(neighbour, shared=True)
        make_issue(neighbour, shared=True)


def _key(scene: Any, which: str) -> int:
    rows = LocalIssue.objects.filter(organisation=scene.a.towns[0].organisation)
    return int(rows.get(title=_WHICH[which]).pk)


def _issue(which: str = "", *more: Any) -> Any:
    return lambda scene: [_key(scene, which), *more]


ARGUMENTS: dict[str, Any] = {
    **{name: _issue() for name in ("issue_detail", "issue_edit", "issue_withdraw")},
    "issue_detail/private": _issue("private"),
    "issue_detail/withdrawn": _issue("withdrawn"),
    "issue_edit/private": _issue("private"),
    "issue_restore/withdrawn": _issue("withdrawn"),
    "issue_move/resolve": _issue("", "resolve"),
    "issue_move/unknown": _issue("", "delete"),
    "region_issues": lambda scene: [scene.world.program.slug, scene.a.prefecture.code],
}

POSTED: dict[str, Any] = {
    "own_issue_order": lambda scene: {"down": _key(scene, "")},
    "issue_add": lambda _: posted(state="todo"),
    "issue_edit": lambda _: posted(version=1),
    "issue_withdraw": lambda _: {"reason": "ほかの課題と合わせた"},
    "issue_move/resolve": lambda _: {"reason": ""},
}
