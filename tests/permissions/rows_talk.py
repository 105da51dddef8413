"""Rows of the permission matrix for what is said about a form, its moves and its prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assessments.choices import CommentVisibility
from assessments.models import FormComment, ProgressPrint, ProgressReport
from portal import clock
from portal.actor import Actor
from portal.files import store

if TYPE_CHECKING:
    from tests.permissions.canaries import Canaries
    from tests.permissions.scene import Scene

# fmt: off
ROWS = """
#                                 out    none  A: t1  t2  pf  ve   B: t  pf  ve   sec min exp adm
progress_comment            GET   in in  403   ok  404 ok  403   404 404 404   ok  403 404 404
progress_comment            POST  in in  403   go  404 go  403   404 404 404   go  403 404 404
progress_comment/draft      GET   in in  403   404 ok  404 404   404 404 404   404
progress_comment/draft      POST  in in  403   404 go  404 404   404 404 404   404
comment_answer              GET   in in  403   ok  404 ok  404   404 404 404   ok  404 404 404
comment_answer              POST  in in  403   go  404 go  404   404 404 404   go  404 404 404
comment_answer/internal     GET   in in  403   404 404 ok  404   404 404 404   404
comment_answer/internal     POST  in in  403   404 404 go  404   404 404 404   404
comment_move/resolve        GET   in in  403   ok  404 ok  404   404 404 404   ok  404 404 404
comment_move/resolve        POST  in in  403   go  404 go  404   404 404 404   go  404 404 404
comment_move/internal       GET   in in  403   404 404 ok  404   404 404 404   404
comment_move/internal       POST  in in  403   404 404 go  404   404 404 404   404
comment_move/withdraw       GET   in in  403   ok  404 ok  404   404 404 404   ok  404 404 404
comment_move/withdraw       POST  in in  403   403 404 go  404   404 404 404   403 404 404 404
comment_move/unknown        GET   in in  403   404
round_comments              GET   in in  403   ok  ok  ok  403   404 404 404   ok  403 404 404
round_comments              POST  in in  403   405
progress_move/send-back     GET   in in  403   403 404 403 403   404 404 404   403 403 404 404
progress_move/send-back     POST  in in  403   403 404 403 403   404 404 404   403 403 404 404
progress_move/correct       GET   in in  403   ok  404 403 403   404 404 404   403 403 404 404
progress_move/correct       POST  in in  403   go  404 403 403   404 404 404   403 403 404 404
progress_move/give-up       GET   in in  403   ok  404 403 403   404 404 404   403 403 404 404
progress_move/give-up       POST  in in  403   go  404 403 403   404 404 404   403 403 404 404
progress_print              GET   in in  403   ok  404 ok  403   404 404 404   ok  403 404 404
progress_print              POST  in in  403   405
progress_print/draft        GET   in in  403   404 ok  404 404   404 404 404   404
progress_pdf                GET   in in  403   405
progress_pdf                POST  in in  403   go  404 go  403   404 404 404   go  403 404 404
progress_print_file         GET   in in  403   ok  404 404 404   404 404 404   404
progress_print_file         POST  in in  403   405
"""

#: What the one who signs off for town A1, and the one who only reads for prefecture A, get instead.
DUTIES = """
progress_comment            GET   ok        403
progress_comment            POST  go        403
comment_answer              GET   ok        403
comment_answer              POST  go        403
comment_answer/internal     GET   404       403
comment_answer/internal     POST  404       403
comment_move/resolve        GET   ok        403
comment_move/resolve        POST  go        403
comment_move/internal       GET   404       403
comment_move/internal       POST  404       403
comment_move/withdraw       GET   ok        403
comment_move/withdraw       POST  403       403
progress_move/recall        GET   403       403
progress_move/send-back     GET   ok        403
progress_move/send-back     POST  go        403
progress_move/correct       GET   403       403
progress_move/correct       POST  403       403
progress_move/give-up       GET   403       403
progress_move/give-up       POST  403       403
"""
# fmt: on

SHARED, INTERNAL, ANSWER = "共有したコメントの文", "県の中のコメントの文", "町の返事の文"


def furnish_talk(scene: Scene) -> None:
    """On the form of town A1: a shared comment with its answer, one of the prefecture's own, a print."""
    prefecture, town = scene.world.actors["prefecture_a"], scene.world.actors["town_a1"]
    shared = _comment(scene, prefecture, SHARED)
    _comment(scene, town, ANSWER, parent=shared)
    _comment(scene, prefecture, INTERNAL, visibility=CommentVisibility.INTERNAL)
    _print(scene.a.submitted, town)


def _print(report: ProgressReport, actor: Actor) -> None:
    stored = store(
        b"%PDF-1.7\n%%EOF\n",
        name="取組状況.pdf",
        content_type="application/pdf",
        organisation=actor.organisation,
        by=actor.user,
    )
    ProgressPrint.objects.create(
        report=report,
        submission=report.submissions.last(),
        organisation=actor.organisation,
        stored_file=stored,
        pages=1,
        requested_by=actor.user,
        at=clock.now(),
    )


def _comment(scene: Scene, actor: Actor, text: str, **more: Any) -> FormComment:
    values = {"code": "issues", "visibility": CommentVisibility.SHARED} | more
    return FormComment.objects.create(
        report=scene.a.submitted,
        text=text,
        organisation=actor.organisation,
        by=actor.user,
        membership=actor.membership,
        at=clock.now(),
        **values,
    )


def grow_talk(scene: Scene) -> None:
    """Twenty more comments with answers on one form."""
    for number in range(20):
        first = _comment(scene, scene.world.actors["prefecture_a"], f"{number}番目のコメント")
        _comment(scene, scene.world.actors["town_a1"], f"{number}番目の返事", parent=first)


def plant_talk(scene: Scene, canaries: Canaries) -> None:
    """A mark in what B's people say about B's form, and a print of it."""
    report, town = scene.b.submitted, scene.world.actors["town_b"]
    FormComment.objects.create(
        report=report,
        text="Bのコメント",
        code="issues",
        visibility=CommentVisibility.SHARED,
        organisation=town.organisation,
        by=town.user,
        membership=town.membership,
        at=clock.now(),
    )
    canaries.set(FormComment.objects.filter(report=report), "text")
    _print(report, town)


def _first(scene: Scene, visibility: str) -> int:
    rows = FormComment.objects.threads().filter(report=scene.a.submitted, visibility=visibility)
    return rows.order_by("pk").values_list("pk", flat=True)[0]


def _key(visibility: str, *more: Any) -> Any:
    return lambda scene: [_first(scene, visibility), *more]


def _report(*more: Any) -> Any:
    return lambda scene: [scene.a.submitted.pk, *more]


ARGUMENTS: dict[str, Any] = {
    "progress_comment": _report(),
    "progress_comment/draft": lambda scene: [scene.a.draft.pk],
    "comment_answer": _key("shared"),
    "comment_answer/internal": _key("internal"),
    "comment_move/resolve": _key("shared", "resolve"),
    "comment_move/internal": _key("internal", "resolve"),
    "comment_move/withdraw": _key("shared", "withdraw"),
    "comment_move/unknown": _key("shared", "delete"),
    "round_comments": lambda scene: [scene.a.round.pk],
    "progress_move/send-back": _report("send-back"),
    "progress_move/correct": _report("correct"),
    "progress_move/give-up": _report("give-up"),
    "progress_print": _report(),
    "progress_print/draft": lambda scene: [scene.a.draft.pk],
    "progress_pdf": _report(),
    "progress_print_file": lambda scene: [ProgressPrint.objects.get(report=scene.a.submitted).stored_file_id],
}

_SAID = {"code": "issues", "visibility": "internal", "text": "コメントの文"}
POSTED: dict[str, Any] = {
    "progress_comment": lambda _: _SAID,
    "comment_answer": lambda _: {"text": "返事の文"},
    "progress_move/send-back": lambda _: {"reason": "直してください"},
    "progress_move/correct": lambda _: {"reason": "誤りがありました"},
}
