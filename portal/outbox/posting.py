"""Writing messages: rows in the caller's transaction, each key once, whatever runs beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import F

from portal import clock
from portal.actor import Actor
from portal.choices import MessageState
from portal.models import NoticeSetting, Organisation, OutboxMessage, User
from portal.models.outbox import ON_ITS_WAY
from portal.services.bulk import BATCH


@dataclass(frozen=True)
class Letter:
    """One message before it is written; `key` names what must happen once.

    Without `user` it is to the office as such. Without `address` it stands in the portal only, and the
    sender is shown that no mail could go. `urgent` mails are never held back for a daily digest.
    """

    key: str
    kind: str
    organisation: Organisation
    subject: str
    body: str
    user: User | None = None
    recipient: str = ""
    address: str = ""
    sender: Organisation | None = None
    sender_name: str = ""
    reply_to: str = ""
    concerns: models.Model | None = None
    urgent: bool = False
    in_portal: bool = True


def post(letter: Letter, *, actor: Actor | None = None) -> OutboxMessage | None:
    """Write one message; None when its key is there already."""
    written = post_all([letter], actor=actor)
    return written[0] if written else None


@transaction.atomic
def post_all(letters: Iterable[Letter], *, actor: Actor | None = None) -> list[OutboxMessage]:
    """Write messages in the caller's transaction; return those that were not there yet.

    `actor` is who asked for them; nobody when the portal does it by itself. Keys are written in
    order, so that two who write the same ones wait for each other and never for a third.
    """
    rows = sorted(_rows(list(letters), actor), key=lambda row: row.key)
    if not rows:
        return []
    OutboxMessage.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    # Ids are drawn here, not by the database: those found again are the ones written by us.
    written = set(OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [row for row in rows if row.pk in written]


def call_back(objects: Iterable[models.Model], *, reason: str) -> int:
    """Mails about these objects that have not gone out stay here; how many. `reason` says why.

    For kinds whose text is made when they go out: one that is just being sent loses its secret with the
    row it belongs to, which the caller has locked.
    """
    rows = list(objects)
    if not rows:
        return 0
    waiting = OutboxMessage.objects.filter(
        concerns_type=rows[0]._meta.label, concerns_id__in=[str(row.pk) for row in rows], state__in=ON_ITS_WAY
    )
    return waiting.update(state=MessageState.GIVEN_UP, token=F("token") + 1, error=reason)


def _rows(letters: Sequence[Letter], actor: Actor | None) -> list[OutboxMessage]:
    digests = _digests(letters)
    now, real = clock.now(), clock.real_now()
    return [
        OutboxMessage(
            key=letter.key,
            kind=letter.kind,
            organisation=letter.organisation,
            user=letter.user,
            recipient=one_line(letter.recipient),
            address=letter.address,
            sender=letter.sender,
            sender_name=one_line(letter.sender_name),
            reply_to=letter.reply_to,
            subject=one_line(letter.subject),
            body=letter.body,
            concerns_type=letter.concerns._meta.label if letter.concerns else "",
            concerns_id=str(letter.concerns.pk) if letter.concerns else "",
            requested_by=actor.user if actor else None,
            membership=actor.membership if actor else None,
            in_portal=letter.in_portal,
            state=_first_state(letter, digests),
            next_attempt_at=real,
            created_at=now,
        )
        for letter in letters
    ]


def _first_state(letter: Letter, digests: set[tuple[int, int | None]]) -> MessageState:
    if not letter.address:
        return MessageState.PORTAL_ONLY
    whose = (letter.organisation.pk, letter.user.pk if letter.user else None)
    return MessageState.HELD if whose in digests and not letter.urgent else MessageState.WAITING


def _digests(letters: Sequence[Letter]) -> set[tuple[int, int | None]]:
    """Who of these wants one mail a day."""
    offices = {letter.organisation.pk for letter in letters if letter.address and not letter.urgent}
    settings = NoticeSetting.objects.filter(organisation__in=offices, digest=True)
    return set(settings.values_list("organisation_id", "user_id"))


def one_line(text: str) -> str:
    """Text for a header line: no line breaks, no control characters, not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
