"""Looking after organisations, memberships and accounts: they change and end, nothing is deleted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import Duty, HandoverState, OrganisationKind
from portal.errors import PortalError
from portal.models import Membership, Organisation, User
from portal.people.handover import vacancy_after
from portal.permissions import Action, check

#: Organisations that hand in forms, and so may ask for a sign-off before.
SIGNING = (OrganisationKind.MUNICIPALITY, OrganisationKind.UNION)
ONE_DAY = dt.timedelta(days=1)


@transaction.atomic
def change_organisation(*, organisation: Organisation, values: dict[str, Any], actor: Actor) -> Organisation:
    """Set telephone, notification address and the sign-off before handing in."""
    check(actor, Action.EDIT_ORGANISATION, organisation)
    row = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    if values.get("sign_off_required") and not row.sign_off_required:
        _refuse_sign_off(row)
    before, after = _apply(row, values)
    if after:
        row.save(update_fields=list(after))
        concerns = None if row.pk == actor.organisation.pk else row
        record(
            AuditCode.ORGANISATION_CHANGED,
            actor=actor,
            obj=row,
            concerns=concerns,
            before=before,
            after=after,
        )
    return row


def _refuse_sign_off(row: Organisation) -> None:
    if row.kind not in SIGNING:
        raise PortalError("提出前の決裁は、市区町村と組合だけが使えます。")
    deciders = Membership.objects.active(clock.today()).filter(organisation=row, duty=Duty.APPROVER)
    if not deciders.exists():
        raise PortalError(
            "決裁者が登録されていないため、提出前の決裁を求められません。先に、決裁者を招待してください。"
        )


def _apply(row: Any, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set what differs; return it before and after."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    return before, changed


def _locked(membership: Membership) -> Membership:
    rows = Membership.objects.select_for_update(of=("self",), no_key=True).select_related(
        "organisation", "user"
    )
    return rows.get(pk=membership.pk)


@transaction.atomic
def change_membership(*, membership: Membership, values: dict[str, Any], actor: Actor) -> Membership:
    """Set department, telephone and 代理; role, duty and dates have their own ways."""
    check(actor, Action.EDIT_MEMBERSHIP, membership)
    row = _locked(membership)
    before, after = _apply(row, values)
    if after:
        row.save(update_fields=list(after))
        record(
            AuditCode.MEMBERSHIP_CHANGED,
            actor=actor, obj=row, concerns=row.organisation, before=before, after=after,
        )  # fmt: skip
    return row


@transaction.atomic
def end_membership(*, membership: Membership, last_day: dt.date, knowing: bool, actor: Actor) -> Membership:
    """End a membership after its last day; the row and the name stay in every record.

    Ending the last one in force of an office must be meant (`knowing`): nobody would be in charge.
    """
    check(actor, Action.EDIT_MEMBERSHIP, membership)
    row = _locked(membership)
    if row.user_id == actor.user.pk:
        raise PortalError("自分の所属は終えられません。ほかの管理の担当者に依頼してください。")
    if row.withdrawn_at or (row.valid_until and row.valid_until < clock.today()):
        raise PortalError("この所属は、すでに終わっています。")
    if row.handovers.filter(state=HandoverState.PREPARED).exists():
        raise PortalError("引継ぎが準備されています。先に、引継ぎを取りやめてください。")
    if last_day < clock.today() - ONE_DAY:
        raise PortalError(
            "終了日は、昨日以降の日付にしてください。今日から使えなくするときは、昨日の日付にします。"
        )
    if not knowing and vacancy_after(row.organisation, row, last_day + ONE_DAY):
        raise PortalError(
            f"この所属を終えると、{row.organisation.name}の担当者がいなくなります。"
            "先に後任者を招待するか、「担当者がいなくなることを確認した」を選んでください。"
        )
    before = {"valid_until": row.valid_until, "withdrawn_at": row.withdrawn_at}
    if last_day < row.valid_from:
        row.withdrawn_at = clock.now()
    else:
        row.valid_until = last_day
    row.save(update_fields=["valid_until", "withdrawn_at"])
    after = {"valid_until": row.valid_until, "withdrawn_at": row.withdrawn_at}
    record(
        AuditCode.MEMBERSHIP_ENDED,
        actor=actor, obj=row, concerns=row.organisation, before=before, after=after,
    )  # fmt: skip
    return row


@transaction.atomic
def keep_membership(*, membership: Membership, actor: Actor) -> Membership:
    """Undo an end that has not come yet."""
    check(actor, Action.EDIT_MEMBERSHIP, membership)
    row = _locked(membership)
    if row.handovers.filter(state=HandoverState.PREPARED).exists():
        raise PortalError("引継ぎが準備されています。引継ぎの画面で「引継ぎを取りやめる」を押してください。")
    if row.withdrawn_at or row.valid_until is None or row.valid_until < clock.today():
        raise PortalError("この所属の終了は、取り消せません。もう一度招待してください。")
    before, row.valid_until = {"valid_until": row.valid_until}, None
    row.save(update_fields=["valid_until"])
    record(
        AuditCode.MEMBERSHIP_KEPT,
        actor=actor, obj=row, concerns=row.organisation, before=before, after={"valid_until": None},
    )  # fmt: skip
    return row


@transaction.atomic
def set_account_active(*, person: User, active: bool, actor: Actor) -> User:
    """Stop an account at once, or let it sign in again; memberships stay as they are."""
    check(actor, Action.MANAGE_ACCOUNT, person)
    if person.pk == actor.user.pk:
        raise PortalError("自分のアカウントは停止できません。ほかのシステム管理者に依頼してください。")
    row = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if row.is_active != active:
        row.is_active = active
        row.save(update_fields=["is_active"])
        code = AuditCode.ACCOUNT_ENABLED if active else AuditCode.ACCOUNT_DISABLED
        record(code, actor=actor, obj=row, before={"is_active": not active}, after={"is_active": active})
    return row
