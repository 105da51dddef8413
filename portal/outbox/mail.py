"""A message as a plain text mail, and what a mail server's refusal means."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from portal.models import OutboxMessage


@dataclass(frozen=True)
class Trouble:
    """Why a mail could not be sent: in words, whether the server is to blame, whether trying again helps."""

    sentence: str
    server_away: bool = False
    permanent: bool = False


def as_mail(message: OutboxMessage, text: str | None = None) -> EmailMessage:
    """The mail of a message: plain text, in the name of its sender, always with the same Message-ID.

    `text` takes the place of the stored one for kinds whose text is made when they go out.
    """
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    domain = address.rpartition("@")[2] or "localhost"
    return EmailMessage(
        subject=message.subject,
        body=message.body if text is None else text,
        from_email=formataddr((message.sender_name or name or settings.PORTAL_NAME, address)),
        to=[message.address],
        reply_to=[message.reply_to] if message.reply_to else [],
        headers={
            "Message-ID": f"<{message.pk}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
        },
    )


def trouble_of(error: Exception) -> Trouble:
    """What a failure of the mail server, or of the way to it, means for this mail and the others."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return _refused(max(codes, default=0))
    if isinstance(error, smtplib.SMTPDataError):
        return _refused(error.smtp_code)
    if isinstance(error, smtplib.SMTPException | OSError):
        return Trouble("メールサーバーにつながらないか、応答がありませんでした。", server_away=True)
    return Trouble("メールを作成できませんでした。")


def _refused(code: int) -> Trouble:
    if code >= 500:
        return Trouble(f"宛先のメールサーバーが受け取りませんでした（応答 {code}）。", permanent=True)
    return Trouble(f"宛先のメールサーバーが、今は受け取れません（応答 {code}）。")
