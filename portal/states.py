"""State machines: a table of moves per noun, and the one service that makes a move.

Who may make a move stands in `portal.permissions` alone; a move names the
action to ask for. What a move needs beyond that (complete fields, a round
that is open) is checked by the noun's own service before it calls `move`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models, transaction

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.audit.concerns import organisation_of
from portal.errors import MoveRefused
from portal.models import User
from portal.permissions import Action, check


@dataclass(frozen=True)
class Move:
    """One allowed move: from which states, to which, under what name."""

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    action: Action
    needs_reason: bool = False
    #: Nobody may make it on what they wrote or handed in themselves (separation of duties).
    by_another: bool = False


class StateMachine:
    """The moves of one noun.

    `history` is the name of its StatusChange relation, `writers` that of the people who wrote in it;
    `authored_by` names the moves by which somebody makes the content their own (handing in).
    """

    def __init__(
        self,
        *,
        noun: str,
        moves: list[Move],
        authored_by: frozenset[str] = frozenset(),
        history: str = "status_changes",
        writers: str = "writers",
    ) -> None:
        self.noun = noun
        self.history = history
        self.writers = writers
        self.authored_by = authored_by
        self.moves = {move.name: move for move in moves}

    def available(self, state: str) -> list[Move]:
        """The moves that start from a state."""
        return [move for move in self.moves.values() if state in move.sources]

    def is_own_work(self, obj: Any, user: User, move: str = "") -> bool:
        """Whether this person wrote in it or handed it in, in whatever membership.

        With the name of a move, other than by that move: who signed it off once may do so again.
        """
        if getattr(obj, self.writers).filter(pk=user.pk).exists():
            return True
        return bool(getattr(obj, self.history).filter(by=user, action__in=self.authored_by - {move}).exists())

    def own_work_sentence(self, move: Move) -> str:
        """Why somebody may not make this move on their own work."""
        return (
            f"あなたが入力または提出した{self.noun}のため、{move.label}ことができません。"
            "ほかの担当者に依頼してください。"
        )


M = TypeVar("M", bound=models.Model)


@transaction.atomic
def move(
    machine: StateMachine,
    obj: M,
    name: str,
    *,
    actor: Actor,
    reason: str = "",
    more: Mapping[str, Any] | None = None,
) -> M:
    """Make one move under a row lock, write its history row and record it; return the fresh object.

    `more` goes into further columns of the noun's history.

    The entry holds the head of the audit trail until the commit: lock what else is needed before.

    The same move made twice by the same person changes nothing. Raises
    PermissionRefused when the actor may not, MoveRefused when the state does
    not allow it or a needed reason is missing.
    """
    step = machine.moves[name]
    fresh: Any = type(obj)._default_manager.select_for_update(no_key=True).get(pk=obj.pk)
    check(actor, step.action, fresh)
    if fresh.state not in step.sources:
        if _already_done(machine, fresh, step, actor):
            return fresh
        raise MoveRefused(
            f"この{machine.noun}は「{fresh.get_state_display()}」のため、{step.label}ことができません。"
            "画面を開き直して、今の状態を確かめてください。",
            obj,
        )
    if step.by_another and machine.is_own_work(fresh, actor.user, step.name):
        raise MoveRefused(machine.own_work_sentence(step))
    if step.needs_reason and not reason.strip():
        raise MoveRefused(f"{step.label}理由を入力してください。", obj)
    _make(machine, fresh, step, actor, {"reason": reason.strip(), **(more or {})})
    before = fresh.state
    fresh.refresh_from_db()
    record(
        AuditCode.STATE_MOVED,
        actor=actor,
        obj=obj,
        concerns=organisation_of(obj),
        before={"state": before},
        after={"state": fresh.state, "version": fresh.version},
        details={"noun": machine.noun, "act": step.label, "reason_length": len(reason.strip())},
    )
    return fresh


def _make(machine: StateMachine, fresh: Any, step: Move, actor: Actor, told: Mapping[str, Any]) -> None:
    """Change the state, when it is still what it was, and write the history row."""
    changed = (
        type(fresh)
        ._default_manager.filter(pk=fresh.pk, state=fresh.state)
        .update(state=step.target, version=models.F("version") + 1)
    )
    if not changed:  # SQLite has no row locks: the condition is the lock
        raise MoveRefused(
            f"この{machine.noun}は、ほかの人が先に操作しました。画面を開き直してください。", fresh
        )
    getattr(fresh, machine.history).create(
        action=step.name,
        from_state=fresh.state,
        to_state=step.target,
        **told,
        by=actor.user,
        membership=actor.membership,
        at=clock.now(),
    )


def _already_done(machine: StateMachine, obj: Any, step: Move, actor: Actor) -> bool:
    last = getattr(obj, machine.history).order_by("-at", "-id").first()
    return bool(
        last and obj.state == step.target and last.action == step.name and last.by_id == actor.user.pk
    )
