"""A later due day for one organisation (期限の延長): granted, changed, withdrawn, each with its reason."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from assessments.choices import ExtensionKind
from assessments.models import DueExtension, RoundTarget
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import MoveRefused
from portal.permissions import Action, allows, check
from portal.ui import errors
from portal.ui.dates import jdate

_CODES: dict[str, AuditCode] = {
    ExtensionKind.GRANTED: AuditCode.EXTENSION_GRANTED,
    ExtensionKind.CHANGED: AuditCode.EXTENSION_CHANGED,
    ExtensionKind.WITHDRAWN: AuditCode.EXTENSION_WITHDRAWN,
}


def can_extend(target: RoundTarget, actor: Actor) -> bool:
    """Whether the actor may give this organisation a later day now."""
    return allows(actor, Action.EXTEND_DUE, target) and target.round.is_in_force and not _is_closed(target)


def can_withdraw(target: RoundTarget, actor: Actor) -> bool:
    """Whether there is an extension to withdraw that has not passed."""
    return can_extend(target, actor) and target.is_extended and not _has_passed(target)


@transaction.atomic
def extend_due(*, target: RoundTarget, due_on: dt.date, reason: str, actor: Actor) -> RoundTarget:
    """Give one organisation a later due day, or change the one it has, up to the round's closing day."""
    fresh = _locked(target)
    check(actor, Action.EXTEND_DUE, fresh)
    _refuse_closed(fresh)
    round_ = fresh.round
    if due_on <= round_.due_on:
        raise MoveRefused(
            f"延長した提出期限は、この報告回の提出期限（{jdate(round_.due_on, weekday=False)}）より"
            "後の日付にしてください。"
        )
    if due_on < clock.today():
        raise MoveRefused(errors.not_before("延長した提出期限", "今日", clock.today()))
    if due_on > round_.closes_on:
        raise MoveRefused(
            errors.not_after("延長した提出期限", "受付終了日", round_.closes_on)
            + "さらに延ばすときは、報告回を設定した団体に、受付終了日の延長を依頼してください。"
        )
    if fresh.is_extended and fresh.extended_to == due_on:
        return fresh
    running = fresh.is_extended and not _has_passed(fresh)
    return _decide(fresh, ExtensionKind.CHANGED if running else ExtensionKind.GRANTED, due_on, reason, actor)


@transaction.atomic
def withdraw_extension(*, target: RoundTarget, reason: str, actor: Actor) -> RoundTarget:
    """Back to the round's due day, until the extended day has passed. Twice does nothing."""
    fresh = _locked(target)
    check(actor, Action.EXTEND_DUE, fresh)
    if fresh.extended_to is None:
        return fresh
    _refuse_closed(fresh)
    if _has_passed(fresh):
        raise MoveRefused(
            f"延長した提出期限（{jdate(fresh.extended_to, weekday=False)}）を過ぎたため、取り消せません。"
        )
    return _decide(fresh, ExtensionKind.WITHDRAWN, None, reason, actor)


def _locked(target: RoundTarget) -> RoundTarget:
    rows = RoundTarget.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("round__program", "organisation").get(pk=target.pk)


def _is_closed(target: RoundTarget) -> bool:
    return clock.today() > target.round.closes_on


def _has_passed(target: RoundTarget) -> bool:
    return target.extended_to is not None and clock.today() > target.extended_to


def _refuse_closed(target: RoundTarget) -> None:
    if not target.round.is_in_force:
        raise MoveRefused("この報告回は、まだ確定していないか、取りやめられています。")
    if _is_closed(target):
        raise MoveRefused(
            f"受付は、{jdate(target.round.closes_on)}に終わったため、提出期限を変えられません。"
        )


def _decide(
    target: RoundTarget, kind: ExtensionKind, due_on: dt.date | None, reason: str, actor: Actor
) -> RoundTarget:
    if not reason.strip():
        raise MoveRefused(errors.required("理由"))
    before = target.extended_to
    RoundTarget.objects.filter(pk=target.pk).update(extended_to=due_on)
    DueExtension.objects.create(
        target=target,
        kind=kind,
        due_on=due_on,
        reason=reason.strip(),
        by=actor.user,
        membership=actor.membership,
        at=clock.now(),
    )
    target.extended_to = due_on
    record(
        _CODES[kind],
        actor=actor,
        obj=target,
        concerns=target.organisation,
        before={"due_on": before.isoformat() if before else target.round.due_on.isoformat()},
        after={"due_on": target.due_on.isoformat()},
        details={"reason": reason.strip()},
    )
    return target
