"""Hand-over of an office (引継ぎ): prepared in advance, undone until its day, done by its day.

Rights follow the dates of memberships, so that on the day the old person is out and the new one in
even when nothing runs. What hangs on the person and not on the office moves through
`registry.handover_hooks` when the hand-over is closed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import DUTIES_OF_ROLE, HandoverState
from portal.errors import PortalError
from portal.models import Handover, Invitation, Membership, Organisation, User
from portal.models.people import HandoverQuerySet
from portal.people.invitations import Invitee, ask_to_send, call_off, invitation_of
from portal.permissions import Action, allows, check
from portal.registry import handover_hooks

ONE_DAY = dt.timedelta(days=1)
BATCH = 500
PREPARED_ALREADY = "この所属の引継ぎは、すでに準備されています。取りやめてから、準備し直してください。"


def problem_of(row: Handover, *, today: dt.date) -> str:
    """Why this hand-over cannot be prepared, as a sentence; empty when it can. Asks no database."""
    leaving = row.leaving
    rules = (
        (row.effective_on < today, f"適用日は、今日（{_day(today)}）以降の日付にしてください。"),
        (
            leaving.withdrawn_at is not None
            or (leaving.valid_until is not None and leaving.valid_until < today),
            "前任者の所属は、すでに終わっています。前任者を確認してください。",
        ),
        (
            row.effective_on <= leaving.valid_from,
            f"適用日は、前任者の開始日（{_day(leaving.valid_from)}）より後の日付にしてください。",
        ),
        (
            row.duty not in DUTIES_OF_ROLE[leaving.role],
            "この役割では選べない担当です。担当を選び直してください。",
        ),
        (
            bool(row.successor_email)
            and row.successor_email.casefold() == (row.person.email or "").casefold(),
            "前任者と後任者が同じ人です。後任のメールアドレスを確認してください。",
        ),
    )
    return next((sentence for wrong, sentence in rules if wrong), "")


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@transaction.atomic
def prepare(*, row: Handover, actor: Actor) -> Handover:
    """Prepare one hand-over; `row` says leaving membership, successor and day, and is not yet written."""
    check(actor, Action.PREPARE_HANDOVER, row.leaving)
    row.leaving = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "user")
        .get(pk=row.leaving_id)
    )
    row.organisation, row.person = row.leaving.organisation, row.leaving.user
    if sentence := problem_of(row, today=clock.today()) or _own_profit(row, actor):
        raise PortalError(sentence)
    arrange([row], actor)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise PortalError(PREPARED_ALREADY) from error
    tell_prepared([row], actor)
    close_due()
    row.refresh_from_db()
    return row


def _own_profit(row: Handover, actor: Actor) -> str:
    """A town's 決裁者 names another person, with the same duty: nobody gives themselves a part."""
    if allows(actor, Action.INVITE_PERSON, row.organisation):
        return ""
    if row.duty != row.leaving.duty:
        return "担当を変える引継ぎは、都道府県に依頼してください。"
    same = row.successor_email.casefold() == (actor.user.email or "").casefold()
    return "自分を後任者にすることはできません。" if same and row.successor_email else ""


def arrange(rows: Sequence[Handover], actor: Actor) -> None:
    """End the leaving memberships and bring in the successors, in a fixed number of queries a batch.

    A successor the actor already knows (by address, among the people they may see) gets the
    membership at once; everybody else an invitation. The rows themselves are written by the caller.
    """
    known = _known(rows, actor)
    memberships, invitations = [], []
    for row in rows:
        row.prepared_by, row.membership, row.prepared_at = actor.user, actor.membership, clock.now()
        row.state, row.until_before = HandoverState.PREPARED, row.leaving.valid_until
        last = row.effective_on - ONE_DAY
        row.leaving.valid_until = min(row.leaving.valid_until or last, last)
        user = known.get(row.successor_email.casefold()) if row.successor_email else None
        if user:
            row.successor = _membership_of(row, user)
            memberships.append(row.successor)
        else:
            row.invitation = invitation_of(_invitee_of(row), actor)
            invitations.append(row.invitation)
    Membership.objects.bulk_update([row.leaving for row in rows], ["valid_until"], batch_size=BATCH)
    try:
        with transaction.atomic():
            Membership.objects.bulk_create(memberships, batch_size=BATCH)
            Invitation.objects.bulk_create(invitations, batch_size=BATCH)
    except IntegrityError as error:
        raise PortalError(
            "後任者には、同じ担当の所属か招待が、すでにあります。所属と招待の一覧を確認してください。"
        ) from error
    for row in rows:  # ids are known now
        row.successor, row.invitation = row.successor, row.invitation
    ask_to_send(invitations, actor)


def _known(rows: Sequence[Handover], actor: Actor) -> dict[str, User]:
    wanted = {row.successor_email.casefold() for row in rows if row.successor_email}
    people = User.objects.for_user(actor).filter(is_active=True, email__in=_spellings(rows))
    return {str(user.email).casefold(): user for user in people if str(user.email).casefold() in wanted}


def _spellings(rows: Sequence[Handover]) -> set[str]:
    given = {row.successor_email for row in rows if row.successor_email}
    return given | {email.lower() for email in given}


def _membership_of(row: Handover, user: User) -> Membership:
    return Membership(
        user=user,
        organisation=row.organisation,
        role=row.leaving.role,
        duty=row.duty,
        department=row.department,
        phone=row.phone,
        valid_from=row.effective_on,
    )


def _invitee_of(row: Handover) -> Invitee:
    return Invitee(
        organisation=row.organisation,
        name=row.successor_name,
        duty=row.duty,
        valid_from=row.effective_on,
        email=row.successor_email,
        department=row.department,
        phone=row.phone,
    )


def tell_prepared(rows: Sequence[Handover], actor: Actor) -> None:
    """One entry of the trail, however many offices; call last."""
    single = rows[0] if len(rows) == 1 else None
    record(
        AuditCode.HANDOVER_PREPARED,
        actor=actor,
        obj=single if single and single.pk else None,
        concerns=single.organisation if single else None,
        details={"count": len(rows), "offices": [_told(row) for row in rows]},
    )


def _told(row: Handover) -> dict[str, object]:
    return {
        "organisation": row.organisation_id,
        "leaving": row.leaving_id,
        "successor": row.successor_name,
        "effective_on": row.effective_on,
    }


@transaction.atomic
def withdraw(*, row: Handover, actor: Actor) -> Handover:
    """Call a prepared hand-over off before its day: everything is as it was."""
    check(actor, Action.PREPARE_HANDOVER, row)
    row = (
        Handover.objects.select_for_update(of=("self",), no_key=True)
        .select_related("leaving__organisation", "invitation", "successor", "organisation", "person")
        .get(pk=row.pk)
    )
    if not row.may_be_withdrawn(clock.today()):
        raise PortalError(
            "適用日を過ぎた引継ぎは、取りやめられません。元に戻すときは、前任者をもう一度招待してください。"
        )
    leaving = row.leaving
    if leaving.valid_until == min(row.until_before or row.effective_on - ONE_DAY, row.effective_on - ONE_DAY):
        leaving.valid_until = row.until_before
        leaving.save(update_fields=["valid_until"])
    if row.successor:
        row.successor.withdrawn_at = clock.now()
        row.successor.save(update_fields=["withdrawn_at"])
    if row.invitation and row.invitation.is_open:
        call_off([row.invitation], actor)
    row.state, row.ended_at, row.withdrawn_by = HandoverState.WITHDRAWN, clock.now(), actor.user
    row.save(update_fields=["state", "ended_at", "withdrawn_by"])
    record(AuditCode.HANDOVER_WITHDRAWN, actor=actor, obj=row, concerns=row.organisation, details=_told(row))
    return row


def successor_joined(invitation: Invitation, membership: Membership) -> None:
    """The successor has registered: the hand-over knows them now; on or after its day it is closed."""
    rows = Handover.objects.prepared().filter(invitation=invitation)
    if rows.update(successor=membership):
        close_due()


def close_due() -> int:
    """Close every hand-over whose day has come and whose successor is known; return how many.

    Runs at every look of beat or a runner, and at once where a person waits for it. Twice is once.
    """
    due = Handover.objects.prepared().filter(effective_on__lte=clock.today(), successor__isnull=False)
    # A look without a lock first: idle runners must not hold SQLite's one write lock.
    return _close(due) if due.exists() else 0


@transaction.atomic
def _close(due: HandoverQuerySet) -> int:
    rows = list(
        due.select_for_update(of=("self",), skip_locked=True, no_key=True).select_related(
            "successor__user", "leaving", "person", "organisation"
        )
    )
    if not rows:
        return 0
    moved = {hook.label: hook.move(rows) for hook in handover_hooks.all()}
    Handover.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=HandoverState.DONE, ended_at=clock.now()
    )
    record(
        AuditCode.HANDOVER_DONE,
        obj=rows[0] if len(rows) == 1 else None,
        concerns=rows[0].organisation if len(rows) == 1 else None,
        details={"count": len(rows), "moved": moved, "offices": [_told(row) for row in rows]},
    )
    return len(rows)


def goes_with(row: Handover) -> list[tuple[str, int]]:
    """What besides the office's own work moves to the successor, by name and number."""
    return [(hook.label, hook.count([row])) for hook in handover_hooks.all()]


def vacancy_after(organisation: Organisation, leaving: Membership, day: dt.date) -> bool:
    """Whether nobody would be in charge on that day once this membership has ended."""
    others = Membership.objects.active(day).filter(organisation=organisation, user__is_active=True)
    return not others.exclude(pk=leaving.pk).exists()
