"""The mails of invitations: the job makes each link at the moment it sends it."""

from __future__ import annotations

import logging
import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import AuditResult, LinkKind
from portal.errors import PortalError
from portal.jobs import JobContext, JobFailed, Outcome, register
from portal.models import Invitation, Membership
from portal.people.invitations import SEND, expiry, locked
from portal.people.tokens import hash_of, link_of, new_token
from portal.permissions import Action, check

logger = logging.getLogger(__name__)
REFUSED = "相手のメールサーバーが受け取りませんでした。メールアドレスを確認してください。"
AWAY = "メールサーバーに接続できませんでした。時間をおいて、もう一度送ってください。"


def run_send(context: JobContext) -> Outcome:
    """Send the invitations of the job that have not been sent since it was asked for."""
    actor = context.actor
    if not Membership.objects.active(clock.today()).filter(pk=actor.membership.pk).exists():
        raise JobFailed(
            "依頼した人の所属が終わったため、招待を送りませんでした。担当者が送り直してください。"
        )
    keys = context.params["invitations"]
    sent = failed = 0
    for number, key in enumerate(keys):
        context.progress(number, len(keys), "招待のメールを送っています")
        invitation = Invitation.objects.select_related("organisation__parent").filter(pk=key).first()
        if invitation is None or not _is_due(invitation, context):
            continue
        error = send(invitation=invitation, actor=actor)
        sent, failed = sent + (not error), failed + bool(error)
    if failed and not sent and len(keys) == 1:
        raise JobFailed(error)
    return Outcome(result={"sent": sent, "failed": failed})


def _is_due(invitation: Invitation, context: JobContext) -> bool:
    again = invitation.sent_at is not None and invitation.sent_at >= context.job.created_at
    return invitation.is_open and bool(invitation.email) and not (again and invitation.token_hash)


def send(*, invitation: Invitation, actor: Actor) -> str:
    """Send one mail with a new link; return what went wrong, in words, or nothing."""
    check(actor, Action.INVITE_PERSON, invitation)
    token = new_token()
    try:
        with transaction.atomic():
            row = locked(invitation)
            row.token_hash, row.link_kind = hash_of(token), LinkKind.MAIL
            row.expires_at = expiry(row.valid_from)
            row.save(update_fields=["token_hash", "link_kind", "expires_at"])
    except PortalError:
        return ""  # used or revoked meanwhile: nothing to send
    row.organisation = invitation.organisation
    error = _mail(row, actor, token)
    with transaction.atomic():
        row.sent_at, row.sent_count, row.send_error = clock.now(), row.sent_count + 1, error
        if error:
            row.token_hash = None
        mine = Invitation.objects.open().filter(pk=row.pk)
        mine.update(
            sent_at=row.sent_at, sent_count=row.sent_count, send_error=error,
            **({"token_hash": None} if error else {}),
        )  # fmt: skip
        record(
            AuditCode.INVITATION_NOT_SENT if error else AuditCode.INVITATION_SENT,
            actor=actor,
            obj=row,
            concerns=row.organisation,
            details={"email": row.email, "count": row.sent_count, "reason": error},
            result=AuditResult.FAILED if error else AuditResult.DONE,
        )
    return error


def _mail(invitation: Invitation, actor: Actor, token: str) -> str:
    context = {
        "invitation": invitation,
        "link": link_of(token),
        "inviter": actor,
        "portal_name": settings.PORTAL_NAME,
    }
    body = render_to_string("people/mail/invitation.txt", context)
    office = invitation.organisation.full_name
    subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{office}の担当者としての登録のお願い"
    try:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [invitation.email])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
        logger.warning("invitation %s was refused by the mail server", invitation.pk)
        return REFUSED
    except (smtplib.SMTPException, OSError):
        logger.warning("invitation %s could not be sent", invitation.pk, exc_info=True)
        return AWAY
    return ""


def register_jobs() -> None:
    """Make the kind known to web and runners."""
    register(SEND, run=run_send, label="招待のメールの送信")
