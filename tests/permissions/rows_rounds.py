"""The permission matrix of setting up rounds, extensions and 該当なし; joined to the table in `table.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.models import DueExtension, NotApplicable, Round, RoundGuide, RoundTarget
from portal import clock
from portal.files import store
from portal.models import StoredFile
from tests import factories as f
from tests.portal import samples

# fmt: off
ROWS = """
#                                 out    none  A: t1  t2  pf  ve   B: t  pf  ve   sec min exp adm
round_new                   GET   in in  403   403 403 ok  403   403 ok  403   ok  403 403 403
round_new                   POST  in in  403   403 403 go  403   403 go  403   go  403 403 403
round_copy                  GET   in in  403   403 403 ok  403   404 404 404   403 403 404 404
round_copy                  POST  in in  403   403 403 go  403   404 404 404   403 403 404 404
round_setup                 GET   in in  403   403 403 ok  403   404 404 404   403 403 404 404
round_setup                 POST  in in  403   403 403 405 403   404 404 404   403 403 404 404
round_setup/draft           GET   in in  403   404 404 ok  404   404 404 404   404
round_detail/draft          GET   in in  403   404 404 ok  404   404 404 404   404
round_edit                  GET   in in  403   403 403 ok  403   404 404 404   403 403 404 404
round_edit                  POST  in in  403   403 403 go  403   404 404 404   403 403 404 404
round_edit/draft            POST  in in  403   404 404 go  404   404 404 404   404
round_targets               GET   in in  403   403 403 ok  403   404 404 404   403 403 404 404
round_targets               POST  in in  403   403 403 go  403   404 404 404   403 403 404 404
round_guides                GET   in in  403   403 403 ok  403   404 404 404   403 403 404 404
round_guides                POST  in in  403   403 403 go  403   404 404 404   403 403 404 404
guide_remove                GET   in in  403   403 403 405 403   404 404 404   403 403 404 404
guide_remove                POST  in in  403   403 403 go  403   404 404 404   403 403 404 404
round_confirm               GET   in in  403   403 403 405 403   404 404 404   403 403 404 404
round_confirm               POST  in in  403   403 403 go  403   404 404 404   403 403 404 404
round_confirm/draft         POST  in in  403   404 404 go  404   404 404 404   404
round_withdraw              GET   in in  403   403 403 ok  403   404 404 404   403 403 404 404
round_withdraw              POST  in in  403   403 403 go  403   404 404 404   403 403 404 404
round_guide                 GET   in in  403   ok  ok  ok  ok    404 404 404   ok  ok  404 404
round_guide                 POST  in in  403   405
round_guide/draft           GET   in in  403   404 404 ok  404   404 404 404   404
round_target                GET   in in  403   ok  404 ok  403   404 404 404   ok  403 404 404
round_target                POST  in in  403   405 404 405 403   404 404 404   405 403 404 404
target_extend               GET   in in  403   403 404 ok  403   404 404 404   ok  403 404 404
target_extend               POST  in in  403   403 404 go  403   404 404 404   go  403 404 404
extension_withdraw          GET   in in  403   404 403 ok  403   404 404 404   ok  403 404 404
extension_withdraw          POST  in in  403   404 403 go  403   404 404 404   go  403 404 404
not_applicable              GET   in in  403   ok  ok  ok  404   404 404 404   404
not_applicable              POST  in in  403   ok  go  go  404   404 404 404   404
not_applicable/unknown      GET   in in  403   404
not_applicable_undo         GET   in in  403   405 405 405 404   404 404 404   404
not_applicable_undo         POST  in in  403   go  go  go  404   404 404 404   404
"""

#: What the one who signs off for town A1, and the one who only reads for prefecture A, get instead.
DUTIES = """
#                                 approver  reader
round_new                   GET   403       403
round_new                   POST  403       403
round_copy                  GET   403       403
round_copy                  POST  403       403
round_setup                 GET   403       403
round_setup                 POST  403       403
round_setup/draft           GET   404       403
round_edit                  GET   403       403
round_edit                  POST  403       403
round_edit/draft            POST  404       403
round_targets               GET   403       403
round_targets               POST  403       403
round_guides                GET   403       403
round_guides                POST  403       403
guide_remove                GET   403       403
guide_remove                POST  403       403
round_confirm               GET   403       403
round_confirm               POST  403       403
round_confirm/draft         POST  404       403
round_withdraw              GET   403       403
round_withdraw              POST  403       403
target_extend               GET   403       403
target_extend               POST  403       403
extension_withdraw          GET   404       403
extension_withdraw          POST  404       403
not_applicable              GET   403       403
not_applicable              POST  403       403
not_applicable_undo         GET   403       403
not_applicable_undo         POST  403       403
"""
# fmt: on

PLANNED, DRAFT = "受付前の報告回", "準備中の報告回"


def furnish_rounds(world: Any, *sides: Any) -> None:
    """For each prefecture a planned round and one in preparation, with guides; A's second town has longer."""
    for side in sides:
        owner = side.prefecture.organisation
        for title, confirmed in ((PLANNED, clock.now()), (DRAFT, None)):
            round_ = f.RoundFactory(
                program=world.program,
                organisation=owner,
                title=title,
                confirmed_at=confirmed,
                period_from=dt.date(2025, 9, 1),
                period_to=dt.date(2026, 1, 31),
                opens_on=dt.date(2026, 2, 2),
                due_on=dt.date(2026, 2, 27),
                closes_on=dt.date(2026, 3, 13),
                request_text="依頼の文",
            )
            for organisation in [owner, *(town.organisation for town in side.towns)]:
                f.RoundTargetFactory(round=round_, organisation=organisation, asks_checklists=False)
            stored = store(
                b"%PDF-1.7", name="記入要領.pdf", content_type="application/pdf", organisation=owner, by=None
            )
            RoundGuide.objects.create(
                round=round_, kind="how_to", stored_file=stored, attached_at=clock.now()
            )
    second = RoundTarget.objects.filter(round=sides[0].round, organisation=sides[0].towns[1].organisation)
    second.update(extended_to=dt.date(2025, 10, 6))


def plant_rounds(found: Any, scene: Any) -> None:
    """Marks in everything of B's rounds: letters, file names, reasons of extensions and of 該当なし."""
    owner, actor = scene.b.prefecture.organisation, scene.world.actors["prefecture_b"]
    found.set(Round.objects.filter(organisation=owner), "request_text")
    target = RoundTarget.objects.get(round=scene.b.round, organisation=scene.b.towns[0].organisation)
    RoundTarget.objects.filter(pk=target.pk).update(extended_to=dt.date(2025, 10, 6))
    DueExtension.objects.create(
        target=target,
        kind="granted",
        due_on=dt.date(2025, 10, 6),
        reason="理由",
        by=actor.user,
        membership=actor.membership,
        at=clock.now(),
    )
    NotApplicable.objects.create(target=target, form="progress", reason="理由", by=actor.user, at=clock.now())
    found.set(DueExtension.objects.filter(target=target), "reason")
    found.set(NotApplicable.objects.filter(target=target), "reason")
    found.marks["RoundGuide.name"] = "カナリア記入要領"
    guides = RoundGuide.objects.filter(round__organisation=owner)
    StoredFile.objects.filter(pk__in=guides.values("stored_file")).update(name=found.marks["RoundGuide.name"])


Make = Callable[[Any], Any]


def _of_a(scene: Any, title: str) -> Round:
    return Round.objects.get(title=title, organisation=scene.a.prefecture.organisation)


def _guide(title: str) -> Make:
    def arguments(scene: Any) -> list[int]:
        round_ = _of_a(scene, title)
        return [round_.pk, round_.guides.get().pk]

    return arguments


def _planned(scene: Any) -> list[int]:
    return [_of_a(scene, PLANNED).pk]


def _draft(scene: Any) -> list[int]:
    return [_of_a(scene, DRAFT).pk]


def _running(scene: Any) -> list[int]:
    return [scene.a.round.pk]


def _town(number: int) -> Make:
    return lambda scene: [scene.a.round.pk, scene.a.towns[number].organisation.pk]


def _form(code: str) -> Make:
    return lambda scene: [scene.a.round.pk, code]


ARGUMENTS: dict[str, Make] = {
    "round_copy": _running,
    "round_setup": _running,
    "round_setup/draft": _draft,
    "round_detail/draft": _draft,
    "round_edit": _running,
    "round_edit/draft": _draft,
    "round_targets": _running,
    "round_guides": _running,
    "guide_remove": _guide(PLANNED),
    "round_confirm": _planned,
    "round_confirm/draft": _draft,
    "round_withdraw": _planned,
    "round_guide": _guide(PLANNED),
    "round_guide/draft": _guide(DRAFT),
    "round_target": _town(0),
    "target_extend": _town(0),
    "extension_withdraw": _town(1),
    "not_applicable": _form("progress"),
    "not_applicable/unknown": _form("nothing"),
    "not_applicable_undo": _form("progress"),
}


def _whole_round(scene: Any) -> dict[str, Any]:
    return {
        "program": scene.world.program.pk,
        "title": "新しい報告回",
        "stage": "final",
        "period_from": "2025-09-01",
        "period_to": "2026-01-31",
        "opens_on": "2026-02-02",
        "due_on": "2026-02-27",
        "closes_on": "2026-03-13",
        "frameworks": [scene.framework.pk],
        "request_text": "依頼の文",
        "version": 1,
    }


POSTED: dict[str, Make] = {
    "round_new": _whole_round,
    "round_copy": _whole_round,
    "round_edit": lambda _: {"due_on": "2025-10-01", "closes_on": "2025-10-20", "version": 1},
    "round_edit/draft": _whole_round,
    "round_targets": lambda _: {"act": "group", "group": "towns", "forms_asked": ["progress"]},
    "round_guides": lambda _: {
        "kind": "example",
        "file": SimpleUploadedFile("記入例.pdf", samples.pdf()),
    },
    "round_withdraw": lambda _: {"reason": "日程を見直すため"},
    "target_extend": lambda _: {"due_on": "2025-10-06", "reason": "災害対応のため"},
    "extension_withdraw": lambda _: {"reason": "提出できるため"},
    "not_applicable": lambda _: {"reason": "対象となる取組がないため"},
}
