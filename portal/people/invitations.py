"""Inviting: make, send by a job, send again, print as a letter, revoke."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import DUTIES_OF_ROLE, ROLE_OF_KIND, LinkKind
from portal.errors import PortalError
from portal.models import Invitation, Membership, Organisation, OutboxMessage
from portal.outbox import Letter, call_back, post_all
from portal.people.tokens import hash_of, new_login_id, new_token
from portal.permissions import Action, check

KIND = "portal.invitation"
DOUBLE = "同じ団体・担当・開始日の招待が、すでにあります。招待の一覧を確認してください。"


@dataclass(frozen=True)
class Invitee:
    """Who is asked to do what, where, from when until when."""

    organisation: Organisation
    name: str
    duty: str
    valid_from: dt.date
    email: str = ""
    department: str = ""
    phone: str = ""
    valid_until: dt.date | None = None
    deputy: bool = False


def expiry(valid_from: dt.date) -> dt.datetime:
    """Until when a link made now can be used; one for a later day lives until after that day."""
    period = dt.timedelta(days=settings.INVITATION_DAYS)
    begins = dt.datetime.combine(valid_from, dt.time(0, 0), clock.JAPAN)
    return max(clock.now(), begins) + period


def invitation_of(invitee: Invitee, actor: Actor) -> Invitation:
    """The row of an invitation, not yet written."""
    return Invitation(
        organisation=invitee.organisation,
        role=ROLE_OF_KIND[invitee.organisation.kind],
        duty=invitee.duty,
        name=invitee.name,
        email=invitee.email,
        department=invitee.department,
        phone=invitee.phone,
        valid_from=invitee.valid_from,
        valid_until=invitee.valid_until,
        deputy=invitee.deputy,
        invited_by=actor.user,
        membership=actor.membership,
        invited_at=clock.now(),
        expires_at=expiry(invitee.valid_from),
    )


def refuse_unknown_duty(organisation: Organisation, duty: str) -> None:
    """Raise PortalError unless the organisation's role knows this duty."""
    if duty not in DUTIES_OF_ROLE[ROLE_OF_KIND[organisation.kind]]:
        raise PortalError(f"{organisation.name}の利用者に、この担当は選べません。担当を選び直してください。")


@transaction.atomic
def invite(*, invitee: Invitee, actor: Actor) -> Invitation:
    """Invite a person; the mail goes out through the outbox, without an address a letter is printed.

    Whether the address has an account already makes no difference here.
    """
    check(actor, Action.INVITE_PERSON, invitee.organisation)
    refuse_unknown_duty(invitee.organisation, invitee.duty)
    if invitee.email:
        _refuse_member(invitee)
    invitation = invitation_of(invitee, actor)
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        raise PortalError(DOUBLE) from error
    if invitation.email:
        ask_to_send([invitation], actor)
    _tell(AuditCode.INVITATION_MADE, invitation, actor, {"email": invitation.email})
    return invitation


def _refuse_member(invitee: Invitee) -> None:
    """The people of an organisation are known to who looks after it: no secret is told."""
    same = Membership.objects.active(clock.today()).filter(
        organisation=invitee.organisation, user__email__iexact=invitee.email, duty=invitee.duty
    )
    if same.exists():
        raise PortalError("この人は、同じ担当で、すでに登録されています。所属の一覧を確認してください。")


def ask_to_send(invitations: Sequence[Invitation], actor: Actor) -> None:
    """Ask for the mails of new invitations; call inside the transaction that made them."""
    post_all([_letter(row, 1) for row in invitations if row.email], actor=actor)


def _letter(invitation: Invitation, number: int) -> Letter:
    """The mail without its text, which holds the link: `sending` makes both when it goes out.

    It stands in no お知らせ: the person has none yet, and the office has nothing to do with it.
    """
    office = invitation.organisation.full_name
    return Letter(
        key=f"invitation:{invitation.pk}:{number}",
        kind=KIND,
        organisation=invitation.organisation,
        recipient=invitation.name,
        address=invitation.email,
        subject=f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{office}の担当者としての登録のお願い",
        body="",
        sender_name=settings.PORTAL_NAME,
        concerns=invitation,
        urgent=True,
        in_portal=False,
    )


def locked(invitation: Invitation) -> Invitation:
    """The row as it stands, held until the commit; PortalError when it is used or revoked."""
    row = (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .get(pk=invitation.pk)
    )
    if row.used_at:
        raise PortalError("この招待は、すでに登録に使われています。")
    if row.revoked_at:
        raise PortalError("この招待は、すでに取り消されています。")
    return row


@transaction.atomic
def resend(*, invitation: Invitation, actor: Actor) -> Invitation:
    """Ask for another mail; the link sent before is dead from now on."""
    check(actor, Action.INVITE_PERSON, invitation)
    row = locked(invitation)
    if not row.email:
        raise PortalError("メールアドレスのない招待は、書面で渡してください。")
    row.token_hash, row.send_error = None, ""
    row.save(update_fields=["token_hash", "send_error"])
    call_back([row], reason="新しい招待のメールを送るため、送りませんでした。")
    number = OutboxMessage.objects.concerning(row).count() + 1
    post_all([_letter(row, number)], actor=actor)
    _tell(AuditCode.INVITATION_ASKED_AGAIN, row, actor, {"email": row.email})
    return row


@transaction.atomic
def make_letter(*, invitation: Invitation, actor: Actor) -> tuple[Invitation, str]:
    """A new link for a letter, told once to who prints it; links made before are dead.

    A person without an address gets a sign-in ID, the same in every letter of this invitation.
    """
    check(actor, Action.INVITE_PERSON, invitation)
    row = locked(invitation)
    token = new_token()
    row.token_hash, row.link_kind = hash_of(token), LinkKind.LETTER
    row.expires_at, row.send_error = expiry(row.valid_from), ""
    row.letter_count += 1
    if not row.email and not row.login_id:
        row.login_id = new_login_id()
    row.save()
    # A mail that goes out later would make a new link and kill the letter's.
    call_back([row], reason="招待の書面を作ったため、送りませんでした。")
    _tell(AuditCode.INVITATION_LETTER, row, actor, {"number": row.letter_count, "login_id": row.login_id})
    return row, token


@transaction.atomic
def revoke(*, invitation: Invitation, actor: Actor) -> Invitation:
    """Take an invitation back; its link is dead from now on."""
    check(actor, Action.INVITE_PERSON, invitation)
    row = locked(invitation)
    if hasattr(row, "handover") and row.handover.may_be_withdrawn(clock.today()):
        raise PortalError("引継ぎのための招待です。引継ぎの画面で「引継ぎを取りやめる」を押してください。")
    call_off([row], actor)
    _tell(AuditCode.INVITATION_REVOKED, row, actor, {})
    return row


def call_off(invitations: Sequence[Invitation], actor: Actor) -> None:
    """Make the links of these invitations dead."""
    for row in invitations:
        row.revoked_at, row.revoked_by, row.token_hash = clock.now(), actor.user, None
    Invitation.objects.bulk_update(invitations, ["revoked_at", "revoked_by", "token_hash"])
    call_back(invitations, reason="招待が取り消されたため、送りませんでした。")


def _tell(code: AuditCode, row: Invitation, actor: Actor, details: dict[str, object]) -> None:
    after = {"name": row.name, "role": row.role, "duty": row.duty, "valid_from": row.valid_from}
    record(code, actor=actor, obj=row, concerns=row.organisation, after=after, details=details)
