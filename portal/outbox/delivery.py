"""Sending what waits: claimed by one runner, tried again with growing rests, given up in words.

A mail is claimed, sent, marked. A runner that dies between the server's "accepted" and the mark is the one
case in which a mail goes twice; both copies then carry the same Message-ID.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
import time
from collections.abc import Callable

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from portal import clock
from portal.choices import MessageState
from portal.models import OutboxMessage
from portal.outbox.kinds import NotWanted, courier_of
from portal.outbox.mail import Trouble, as_mail, trouble_of

logger = logging.getLogger(__name__)

#: The rests after the first, second, … failure, in minutes; after the last one the mail is given up.
REST_MINUTES = (1, 5, 15, 60, 180, 360, 720, 1440)
#: What a mail server, the way to it, or a text no header can hold may raise.
REFUSALS = (smtplib.SMTPException, OSError, ValueError)
MAX_ATTEMPTS = len(REST_MINUTES) + 1
#: Who sends longer than this counts as dead; a mail server has 10 s for each of its few answers.
LEASE_SECONDS = 300


def deliver_due(*, seconds: float = 60, stop: Callable[[], bool] = lambda: False) -> int:
    """Send mails that are due, for about so long; return how many went out.

    When the server is away it stops at once: the others wait without losing an attempt.
    """
    sent = 0
    last = time.monotonic() + seconds
    # A look without a lock first: idle runners must not hold SQLite's one write lock.
    if not OutboxMessage.objects.due(clock.real_now()).exists():
        return 0
    server = get_connection()
    try:
        while time.monotonic() < last and not stop():
            message = claim_next()
            if message is None:
                break
            trouble = _send(message, server)
            if trouble is None:
                sent += 1
                continue
            server.close()
            if trouble.server_away:
                break
    finally:
        server.close()
    return sent


def claim_next() -> OutboxMessage | None:
    """Take the mail that waits longest; those nobody could send are given up on the way."""
    while True:
        now = clock.real_now()
        with transaction.atomic():
            message = (
                OutboxMessage.objects.due(now)
                .order_by("next_attempt_at", "created_at", "id")
                .select_for_update(skip_locked=True, no_key=True)
                .first()
            )
            if message is None:
                return None
            taken = _take(message, now)
        if taken:
            message.token += 1
            message.attempts += 1
            return message


def _take(message: OutboxMessage, now: dt.datetime) -> bool:
    # The token is the lock: on SQLite select_for_update says nothing and does nothing.
    mine = OutboxMessage.objects.filter(pk=message.pk, token=message.token, state=message.state)
    if message.attempts >= MAX_ATTEMPTS:
        _end(message, state=MessageState.GIVEN_UP, error=given_up_sentence("", message.kind))
        return False
    return bool(
        mine.update(
            state=MessageState.SENDING,
            token=F("token") + 1,
            attempts=F("attempts") + 1,
            next_attempt_at=now + dt.timedelta(seconds=LEASE_SECONDS),
        )
    )


def _send(message: OutboxMessage, server: BaseEmailBackend) -> Trouble | None:
    """Hand one mail to the server and mark it; the trouble there was, else None."""
    courier = courier_of(message.kind)
    try:
        # The server first: a secret is made only for a mail that can go.
        server.open()
        mail: EmailMessage = as_mail(message, courier.text(message) if courier else None)
        mail.connection = server
        server.send_messages([mail])
    except NotWanted as reason:
        _end(message, state=MessageState.GIVEN_UP, error=reason.sentence)
        return None
    except REFUSALS as error:
        trouble = trouble_of(error)
        # No addresses and no texts in the log: the row has them.
        logger.warning("mail %s: attempt %s failed: %s", message.pk, message.attempts, type(error).__name__)
        _failed(message, trouble)
        return trouble
    _end(message, state=MessageState.SENT, error="", sent_at=clock.now())
    return None


def _failed(message: OutboxMessage, trouble: Trouble) -> None:
    if trouble.permanent or message.attempts >= MAX_ATTEMPTS:
        _end(message, state=MessageState.GIVEN_UP, error=given_up_sentence(trouble.sentence, message.kind))
        return
    rest = dt.timedelta(minutes=REST_MINUTES[message.attempts - 1])
    sentence = f"{trouble.sentence}時間をおいて、自動でもう一度送ります（{message.attempts}回目の失敗）。"
    _end(message, state=MessageState.FAILED, error=sentence, next_attempt_at=clock.real_now() + rest)


def _end(message: OutboxMessage, *, error: str, **fields: object) -> None:
    """Write how an attempt ended, while it is ours; messages gathered in this mail share its fate."""
    courier = courier_of(message.kind)
    with transaction.atomic():
        mine = OutboxMessage.objects.filter(pk=message.pk, token=message.token)
        if not mine.update(token=F("token") + 1, error=error, **fields):
            return
        OutboxMessage.objects.filter(digest=message.pk).update(error=error, **fields)
        if courier:
            courier.ended(message, error)


def given_up_sentence(reason: str, kind: str = "") -> str:
    """What the sender reads when a mail is not tried again by itself."""
    elsewhere = "" if courier_of(kind) else "内容は、相手のポータルの「お知らせ」に載っています。"
    return (
        f"{reason}メールを届けられませんでした。{elsewhere}"
        "宛先のメールアドレスを確かめて、「もう一度送る」を押してください。"
    )
