"""Setting up a round: making, changing, copying, confirming and withdrawing it.

Until a round opens everything about it may change; once it is open only what harms nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F

from assessments.models import Framework, Round, RoundGuide, RoundTarget
from assessments.services.candidates import candidates
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import EditConflict, MoveRefused
from portal.permissions import Action, check
from portal.ui import errors
from portal.ui.dates import jdate
from programs.models import Program

CHANGED_ELSEWHERE = (
    "ほかの画面で、この報告回の設定が先に保存されました。画面を開き直して、今の設定を確かめてください。"
)
#: The dates of a round, each with its word.
DATES = {"opens_on": "受付開始日", "due_on": "提出期限", "closes_on": "受付終了日"}
#: What is fixed once those asked have seen the round open, and why, in the words of the refusal.
_FIXED = {
    "program": "事業は、受付が始まったあとは変えられません。",
    "title": "名称は、受付が始まったあとは変えられません。市町村が、この名称で提出物を見分けているためです。",
    "stage": "段階は、受付が始まったあとは変えられません。報告書が、この段階の回答を使うためです。",
    "period_from": "対象期間は、受付が始まったあとは変えられません。書かれた内容と合わなくなるためです。",
    "period_to": "対象期間は、受付が始まったあとは変えられません。書かれた内容と合わなくなるためです。",
    "opens_on": "受付開始日は、受付が始まったあとは変えられません。",
    "request_text": "依頼文は、受付が始まったあとは変えられません。補足は、記入要領に加えてください。",
    "frameworks": "点検票は、受付が始まったあとは変えられません。回答中の団体の提出物が変わるためです。",
}


class SetupRefused(MoveRefused):
    """Some of the set-up cannot be; `reasons` tells of each field why."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__("".join(dict.fromkeys(reasons.values())))
        self.reasons = reasons


@dataclass(frozen=True)
class Setup:
    """What is set about a round itself; whom it asks is set with `targets`."""

    program: Program
    title: str
    stage: str
    period_from: dt.date | None
    period_to: dt.date | None
    opens_on: dt.date
    due_on: dt.date
    closes_on: dt.date
    request_text: str = ""
    frameworks: tuple[Framework, ...] = ()

    def columns(self) -> dict[str, object]:
        """Everything that is a column of the row."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "frameworks"}


def setup_of(round_: Round) -> Setup:
    """The set-up of a round as it stands."""
    names = [name for name in Setup.__dataclass_fields__ if name != "frameworks"]
    values = {name: getattr(round_, name) for name in names}
    return Setup(**values, frameworks=tuple(round_.frameworks.all()))


@transaction.atomic
def create_round(*, setup: Setup, actor: Actor, source: Round | None = None) -> Round:
    """A new round of the actor's organisation, in preparation; with whom `source` asks, and its guides."""
    check(actor, Action.CREATE_ROUND)
    if source is not None:
        check(actor, Action.MANAGE_ROUND, source)
    _refuse_malformed(setup)
    _refuse_taken(setup, actor.organisation.pk)
    round_ = Round.objects.create(organisation=actor.organisation, **setup.columns())
    round_.frameworks.set(setup.frameworks)
    if source is not None:
        _copy_parts(source, round_)
    told = {"copied_from": source.pk} if source else {}
    record(AuditCode.ROUND_CREATED, actor=actor, obj=round_, after=_told(setup), details=told)
    return round_


def _copy_parts(source: Round, round_: Round) -> None:
    still_there = source.targets.filter(organisation__in=candidates(round_.organisation))
    RoundTarget.objects.bulk_create(
        RoundTarget(
            round=round_,
            organisation_id=row.organisation_id,
            asks_progress=row.asks_progress,
            asks_checklists=row.asks_checklists,
            asks_issues=row.asks_issues,
        )
        for row in still_there
    )
    RoundGuide.objects.bulk_create(
        RoundGuide(round=round_, kind=row.kind, stored_file_id=row.stored_file_id, attached_at=clock.now())
        for row in source.guides.filter(removed_at__isnull=True)
    )


def proposed_copy(source: Round, program: Program) -> Setup:
    """The set-up of a round as a proposal: each date the same day of the first year that is not past."""
    years = 1
    while _in_years(source.opens_on, years) < clock.today():
        years += 1
    setup = setup_of(source)
    names = (*DATES, "period_from", "period_to")
    moved: dict[str, Any] = {
        name: _in_years(value, years) for name in names if (value := getattr(setup, name))
    }
    return replace(setup, program=program, **moved)


def _in_years(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


@transaction.atomic
def change_round(*, round_: Round, setup: Setup, version: int, actor: Actor) -> Round:
    """Change the set-up when nobody changed it since `version`; once open, only to later dates."""
    fresh = lock_round(round_)
    check(actor, Action.MANAGE_ROUND, fresh)
    refuse_withdrawn(fresh)
    if fresh.version != version:
        raise EditConflict(CHANGED_ELSEWHERE, fresh)
    _refuse_malformed(setup)
    before = setup_of(fresh)
    if fresh.has_begun(clock.today()):
        _refuse_harm(before, setup)
    elif fresh.confirmed_at:
        _refuse_past_opening(setup)
    _refuse_taken(setup, fresh.organisation_id, but=fresh)
    if before == setup:
        return fresh
    Round.objects.filter(pk=fresh.pk).update(**setup.columns(), version=F("version") + 1)
    fresh.frameworks.set(setup.frameworks)
    fresh.refresh_from_db()
    told = _told(before), _told(setup)
    changed = {name for name in told[0] if told[0][name] != told[1][name]}
    record(
        AuditCode.ROUND_CHANGED,
        actor=actor,
        obj=fresh,
        before={name: told[0][name] for name in changed},
        after={name: told[1][name] for name in changed},
    )
    return fresh


def _refuse_malformed(setup: Setup) -> None:
    found: dict[str, str] = {}
    if setup.due_on < setup.opens_on:
        found["due_on"] = errors.not_before("提出期限", "受付開始日", setup.opens_on)
    if setup.closes_on < setup.due_on:
        found["closes_on"] = errors.not_before("受付終了日", "提出期限", setup.due_on)
    if setup.period_from and setup.period_to and setup.period_to < setup.period_from:
        found["period_to"] = errors.not_before("対象期間の最終日", "対象期間の初日", setup.period_from)
    if found:
        raise SetupRefused(found)


def _refuse_taken(setup: Setup, owner: int, but: Round | None = None) -> None:
    same = Round.objects.filter(
        program=setup.program, organisation=owner, title=setup.title, withdrawn_at__isnull=True
    )
    if (same.exclude(pk=but.pk) if but else same).exists():
        raise SetupRefused({"title": errors.taken("名称")})


def _refuse_harm(before: Setup, after: Setup) -> None:
    """Later dates harm nobody; each other change is refused with its reason."""
    found = {name: why for name, why in _FIXED.items() if _differs(before, after, name)}
    for name in ("due_on", "closes_on"):
        old, new = getattr(before, name), getattr(after, name)
        if new < old:
            found[name] = (
                f"{DATES[name]}は、受付が始まったあとは早められません。"
                f"今の日付（{jdate(old, weekday=False)}）以降にしてください。"
            )
    if found:
        raise SetupRefused(found)


def _differs(before: Setup, after: Setup, name: str) -> bool:
    old, new = getattr(before, name), getattr(after, name)
    return {row.pk for row in old} != {row.pk for row in new} if name == "frameworks" else old != new


def _refuse_past_opening(setup: Setup) -> None:
    if setup.opens_on < clock.today():
        raise SetupRefused({"opens_on": errors.not_before("受付開始日", "今日", clock.today())})


def hindrances(round_: Round, counts: AskedCounts) -> Iterator[str]:
    """What keeps a round from being confirmed."""
    checklists = counts.checklists
    chosen = round_.frameworks.exists()
    if not any(counts):
        yield "対象団体を選んでください。"
    if checklists and not chosen:
        yield "自己点検を求める団体があります。点検票を選んでください。"
    if chosen and not checklists:
        yield "点検票が選ばれています。自己点検を求める団体を選ぶか、点検票を外してください。"
    if not (round_.period_from and round_.period_to):
        yield "対象期間を入力してください。"
    if round_.opens_on < clock.today():
        yield errors.not_before("受付開始日", "今日", clock.today())


@transaction.atomic
def confirm_round(*, round_: Round, actor: Actor) -> Round:
    """Put the round in force: from now on those asked see it, and from its opening day they write."""
    fresh = lock_round(round_)
    check(actor, Action.MANAGE_ROUND, fresh)
    refuse_withdrawn(fresh)
    if fresh.confirmed_at:
        return fresh
    counts = asked_counts(fresh)
    why = list(hindrances(fresh, counts))
    if why:
        raise MoveRefused("".join(why))
    Round.objects.filter(pk=fresh.pk).update(confirmed_at=clock.now(), version=F("version") + 1)
    fresh.refresh_from_db()
    asked = counts._asdict()
    record(AuditCode.ROUND_CONFIRMED, actor=actor, obj=fresh, after=_told(setup_of(fresh)), details=asked)
    return fresh


@transaction.atomic
def withdraw_round(*, round_: Round, reason: str, actor: Actor) -> Round:
    """Call a round off before it opens, with a reason; it stays on record. Twice does nothing."""
    fresh = lock_round(round_)
    check(actor, Action.MANAGE_ROUND, fresh)
    if fresh.withdrawn_at:
        return fresh
    if fresh.has_begun(clock.today()):
        raise MoveRefused(
            f"この報告回は、{jdate(fresh.opens_on)}に受付が始まっているため、取りやめることができません。"
        )
    if not reason.strip():
        raise MoveRefused("取りやめる理由を入力してください。")
    Round.objects.filter(pk=fresh.pk).update(
        withdrawn_at=clock.now(), withdrawn_reason=reason.strip(), version=F("version") + 1
    )
    fresh.refresh_from_db()
    record(AuditCode.ROUND_WITHDRAWN, actor=actor, obj=fresh, details={"reason": reason.strip()})
    return fresh


class AskedCounts(NamedTuple):
    """How many organisations are asked for each kind of form."""

    progress: int = 0
    checklists: int = 0
    issues: int = 0


def asked_counts(round_: Round) -> AskedCounts:
    """How many organisations a round asks for what."""
    rows = list(round_.targets.values_list("asks_progress", "asks_checklists", "asks_issues"))
    return AskedCounts(*(sum(column) for column in zip(*rows, strict=True)))


def lock_round(round_: Round) -> Round:
    """The row as it stands, locked on PostgreSQL until the transaction ends (SQLite: one writer anyway)."""
    rows = Round.objects.select_for_update(of=("self",), no_key=True).select_related(
        "program", "organisation"
    )
    return rows.get(pk=round_.pk)


def refuse_withdrawn(round_: Round) -> None:
    """Raise for a round that was called off."""
    if round_.withdrawn_at:
        raise MoveRefused("この報告回は取りやめたため、変えられません。写して、新しく作ってください。")


def _told(setup: Setup) -> dict[str, object]:
    """The set-up for the audit trail: of the letter its length only."""
    values = setup.columns() | {
        "program": setup.program.slug,
        "request_text": len(setup.request_text),
        "frameworks": [f"{row.code} {row.version}" for row in setup.frameworks],
    }
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()
    }
