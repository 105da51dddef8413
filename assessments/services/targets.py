"""Whom a round asks for which forms: groups at once, or single organisations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

from assessments.models import (
    Assessment,
    DueExtension,
    IssueReport,
    NotApplicable,
    PrefectureSupport,
    ProgressReport,
    Round,
    RoundTarget,
)
from assessments.services.candidates import candidates, members
from assessments.services.setup import lock_round, refuse_withdrawn
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import MoveRefused
from portal.models import Organisation
from portal.permissions import Action, check

#: How many names a refusal tells before it only counts.
_NAMED = 5


@dataclass(frozen=True)
class Asked:
    """What one organisation is asked for."""

    progress: bool = False
    checklists: bool = False
    issues: bool = False

    @property
    def anything(self) -> bool:
        """Whether it is asked for anything."""
        return self.progress or self.checklists or self.issues

    def columns(self) -> dict[str, bool]:
        """The same as the columns of a target."""
        return {f"asks_{name}": getattr(self, name) for name in KINDS}

    def __or__(self, other: Asked) -> Asked:
        """Both together."""
        return Asked(**{name: getattr(self, name) or getattr(other, name) for name in KINDS})


#: The kinds of forms, in the order in which pages list them.
KINDS = tuple(Asked.__dataclass_fields__)
NOTHING = Asked()


def asked_of_each(round_: Round) -> dict[int, Asked]:
    """Organisation id → what it is asked for."""
    rows = round_.targets.values_list("organisation", *(f"asks_{name}" for name in KINDS))
    return {pk: Asked(*asked) for pk, *asked in rows}


def asked_totals(asked: Iterable[Asked]) -> dict[str, int]:
    """How many are asked for each kind of form."""
    rows = list(asked)
    return {name: sum(getattr(one, name) for one in rows) for name in KINDS}


@transaction.atomic
def add_group(*, round_: Round, group: str, asked: Asked, actor: Actor) -> int:
    """Ask everybody of a group for these forms, besides what they are asked for; returns how many changed."""
    fresh = _mine(round_, actor)
    if not asked.anything:
        raise MoveRefused("求める提出物を選んでください。")
    rows = members(group, owner=fresh.organisation, program=fresh.program)
    before = asked_of_each(fresh)
    wanted = {pk: before.get(pk, NOTHING) | asked for pk in rows.order_by("pk").values_list("pk", flat=True)}
    if not wanted:
        raise MoveRefused("この分類に当てはまる団体が登録されていません。")
    return _write(fresh, before, wanted, actor)


@transaction.atomic
def set_targets(*, round_: Round, wanted: Mapping[int, Asked], actor: Actor) -> int:
    """Set what each of these organisations is asked for; the others stay. Returns how many changed."""
    fresh = _mine(round_, actor)
    known = set(candidates(fresh.organisation).filter(pk__in=wanted).values_list("pk", flat=True))
    if known != set(wanted):
        raise MoveRefused("選べない団体が含まれています。画面を開き直してください。")
    return _write(fresh, asked_of_each(fresh), wanted, actor)


def _mine(round_: Round, actor: Actor) -> Round:
    fresh = lock_round(round_)
    check(actor, Action.MANAGE_ROUND, fresh)
    refuse_withdrawn(fresh)
    if fresh.is_in_force and clock.today() > fresh.closes_on:
        raise MoveRefused("受付が終わったため、対象団体を変えられません。先に受付終了日を延ばしてください。")
    return fresh


def _write(round_: Round, before: Mapping[int, Asked], wanted: Mapping[int, Asked], actor: Actor) -> int:
    changed = {pk: asked for pk, asked in wanted.items() if asked != before.get(pk, NOTHING)}
    if not changed:
        return 0
    _refuse_losing_what_was_written(round_, before, changed)
    gone = [pk for pk, asked in changed.items() if not asked.anything]
    new = [pk for pk in changed if pk not in before]
    RoundTarget.objects.filter(round=round_, organisation__in=gone).delete()
    RoundTarget.objects.bulk_create(
        RoundTarget(round=round_, organisation_id=pk, **changed[pk].columns()) for pk in new
    )
    _update(round_, {pk: asked for pk, asked in changed.items() if pk in before and asked.anything})
    Round.objects.filter(pk=round_.pk).update(version=F("version") + 1)
    record(
        AuditCode.ROUND_TARGETS_CHANGED,
        actor=actor,
        obj=round_,
        before=asked_totals(before.get(pk, NOTHING) for pk in changed),
        after=asked_totals(changed.values()),
        details={"added": new, "removed": gone},
    )
    return len(changed)


def _update(round_: Round, changed: Mapping[int, Asked]) -> None:
    """At most seven statements, however many organisations."""
    for asked in set(changed.values()):
        same = [pk for pk, one in changed.items() if one == asked]
        RoundTarget.objects.filter(round=round_, organisation__in=same).update(**asked.columns())


def _refuse_losing_what_was_written(
    round_: Round, before: Mapping[int, Asked], changed: Mapping[int, Asked]
) -> None:
    lost = {
        name: [
            pk
            for pk, one in changed.items()
            if getattr(before.get(pk, NOTHING), name) and not getattr(one, name)
        ]
        for name in KINDS
    }
    names = sorted(set(_writers(round_, **lost)))
    if names:
        told = "、".join(names[:_NAMED]) + (f"ほか{len(names) - _NAMED}団体" if len(names) > _NAMED else "")
        raise MoveRefused(
            f"{told}は、すでに入力、該当なしの登録または期限の延長があるため、対象から外せません。"
            "提出が不要なときは、団体に「該当なし」を登録してもらってください。"
        )


def _writers(
    round_: Round, *, progress: Iterable[int], checklists: Iterable[int], issues: Iterable[int]
) -> Iterable[str]:
    """Names of those who have written what they would no longer be asked for; a fixed number of queries.

    Of local issues only what was handed in: until then everything stands on the organisation's own list.
    """
    either = {*progress, *checklists, *issues}
    mine = {"round": round_}
    ours = {"target__round": round_}
    written: list[QuerySet] = [
        ProgressReport.objects.filter(**mine, organisation__in=progress),
        PrefectureSupport.objects.filter(**mine, organisation__in=progress).exclude(text=""),
        Assessment.objects.filter(**mine, organisation__in=checklists),
        IssueReport.objects.filter(**mine, organisation__in=issues, submissions__isnull=False),
    ]
    for rows in written:
        yield from rows.order_by().values_list("organisation__name", flat=True)
    for model in (DueExtension, NotApplicable):
        rows = model._default_manager.filter(**ours, target__organisation__in=either)
        yield from rows.order_by().values_list("target__organisation__name", flat=True)


def candidate_rows(round_: Round) -> QuerySet[Organisation]:
    """Whom the owner of the round may ask, prefecture by prefecture, each prefecture before its towns."""
    rows = candidates(round_.organisation).select_related("parent", "municipality", "prefecture")
    last_of_all = Concat("parent__prefecture__code", Value("999999"))
    return rows.annotate(place=Coalesce("municipality__code", "prefecture__code", last_of_all)).order_by(
        "place", "pk"
    )
