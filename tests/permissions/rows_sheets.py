"""The forms of a round as a file in the permission matrix, and one that waits for the town (代理入力)."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.models import EntryProposal
from assessments.services.sheets.kinds import BEHALF
from portal import clock
from portal.choices import ImportState
from portal.files import store
from portal.models import ImportRun

# fmt: off
ROWS = """
#                                 out    none  A: t1  t2  pf  ve   B: t  pf  ve   sec min exp adm
round_sheet                 GET   in in  403   ok  ok  ok  404   404 404 404   404
round_sheet                 POST  in in  403   go  go  go  404   404 404 404   404
round_sheet_file            GET   in in  403   ok  ok  ok  404   404 404 404   404
round_sheet_file            POST  in in  403   405 405 405 404   404 404 404   404
target_sheet                GET   in in  403   403 404 ok  403   404 404 404   403 403 404 404
target_sheet                POST  in in  403   403 404 go  403   404 404 404   403 403 404 404
target_sheet_file           GET   in in  403   403 404 ok  403   404 404 404   403 403 404 404
target_sheet_file           POST  in in  403   403 404 405 403   404 404 404   403 403 404 404
entry_detail                GET   in in  403   ok  404 ok  404   404 404 404   404
entry_detail                POST  in in  403   405 404 405 404   404 404 404   404
entry_move/review           GET   in in  403   405 404 405 404   404 404 404   404
entry_move/review           POST  in in  403   go  404 403 404   404 404 404   404
entry_move/decline          POST  in in  403   go  404 403 404   404 404 404   404
entry_move/withdraw         POST  in in  403   403 404 go  404   404 404 404   404
entry_move/unknown          POST  in in  403   404
"""

DUTIES = """
round_sheet                 GET   403       403
round_sheet                 POST  403       403
round_sheet_file            GET   403       403
round_sheet_file            POST  403       403
target_sheet                GET   403       403
target_sheet                POST  403       403
target_sheet_file           GET   403       403
target_sheet_file           POST  403       403
entry_move/review           POST  403       403
entry_move/decline          POST  403       403
entry_move/withdraw         POST  403       403
"""
# fmt: on


def furnish_entry(scene: Any) -> None:
    """The prefecture has filled in for the first town; the town has not looked at it."""
    actor = scene.world.actors["prefecture_a"]
    target = scene.a.round.targets.get(organisation=scene.a.towns[0].organisation)
    file = store(
        b"x", name="様式.xlsx", content_type="text/csv", organisation=actor.organisation, by=actor.user
    )
    people = {"organisation": actor.organisation, "requested_by": actor.user, "membership": actor.membership}
    run = ImportRun.objects.create(
        kind=BEHALF,
        params={"round": str(target.round_id), "organisation": str(target.organisation_id)},
        stored_file=file,
        state=ImportState.APPLIED,
        applied_at=clock.now(),
        applied_by=actor.user,
        created_at=clock.now(),
        **people,
    )
    EntryProposal.objects.create(
        target=target, run=run, count=3, by=actor.user, membership=actor.membership, at=clock.now()
    )


def _entry(*more: str) -> Any:
    return lambda scene: [EntryProposal.objects.get().pk, *more]


def _town(scene: Any) -> list[int]:
    return [scene.a.round.pk, scene.a.towns[0].organisation.pk]


ARGUMENTS: dict[str, Any] = {
    "round_sheet": lambda scene: [scene.a.round.pk],
    "round_sheet_file": lambda scene: [scene.a.round.pk],
    "target_sheet": _town,
    "target_sheet_file": _town,
    "entry_detail": _entry(),
    **{f"entry_move/{name}": _entry(name) for name in ("review", "decline", "withdraw", "unknown")},
}


def _file(_scene: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("様式.csv", "項目ID,管理用の印\n".encode())}


POSTED: dict[str, Any] = {
    "round_sheet": _file,
    "target_sheet": _file,
    "entry_move/decline": lambda _: {"reason": "数が違うため"},
}
