"""The mails of invitations: each link is made at the moment its mail goes out, and kept nowhere."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import AuditResult, LinkKind
from portal.errors import PortalError
from portal.models import Invitation, Membership, OutboxMessage
from portal.outbox import Courier, NotWanted
from portal.people.invitations import expiry, locked
from portal.people.tokens import hash_of, link_of, new_token
from portal.permissions import Action, PermissionRefused, check

ASKER_GONE = "依頼した人の所属が終わったため、招待を送りませんでした。担当者が送り直してください。"


def text(message: OutboxMessage) -> str:
    """The text with a new link; links sent before are dead. NotWanted when nobody waits for it any more."""
    invitation = Invitation.objects.filter(pk=message.concerns_id).first()
    actor = _asker(message)
    if invitation is None or actor is None:
        raise NotWanted(ASKER_GONE)
    token = new_token()
    with transaction.atomic():
        row = _wanted(invitation, message, actor)
        row.token_hash, row.link_kind = hash_of(token), LinkKind.MAIL
        row.expires_at = expiry(row.valid_from)
        row.save(update_fields=["token_hash", "link_kind", "expires_at"])
    context = {
        "invitation": row,
        "link": link_of(token),
        "inviter": actor,
        "portal_name": settings.PORTAL_NAME,
    }
    return render_to_string("people/mail/invitation.txt", context)


def _asker(message: OutboxMessage) -> Actor | None:
    """Who asked for the mail, while that membership is in force: rights may have gone since."""
    rows = Membership.objects.active(clock.today()).select_related("user", "organisation__parent")
    membership = rows.filter(pk=message.membership_id).first() if message.membership_id else None
    return Actor(user=membership.user, membership=membership) if membership else None


def _wanted(invitation: Invitation, message: OutboxMessage, actor: Actor) -> Invitation:
    """The locked row, when it is still open and this mail was not called back."""
    try:
        row = locked(invitation)
        check(actor, Action.INVITE_PERSON, row)
    except PortalError as error:
        raise NotWanted(error.sentence) from error
    except PermissionRefused as error:
        raise NotWanted(error.reason) from error
    if not OutboxMessage.objects.filter(pk=message.pk, token=message.token).exists():
        raise NotWanted("この招待のメールは、送らないことになりました。")
    return row


def ended(message: OutboxMessage, error: str) -> None:
    """Write on the invitation how it went; a mail that did not arrive leaves no link behind."""
    row = (
        Invitation.objects.open()
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=message.concerns_id)
        .first()
    )
    if row is None:
        return
    row.sent_at, row.sent_count, row.send_error = clock.now(), row.sent_count + 1, error
    if error:
        row.token_hash = None
    row.save(update_fields=["sent_at", "sent_count", "send_error", "token_hash"])
    record(
        AuditCode.INVITATION_NOT_SENT if error else AuditCode.INVITATION_SENT,
        actor=_asker(message),
        obj=row,
        concerns=row.organisation,
        details={"email": row.email, "count": row.sent_count, "reason": error},
        result=AuditResult.FAILED if error else AuditResult.DONE,
    )


COURIER = Courier(text=text, ended=ended)
