"""What people do with messages: open them, send one again that did not arrive, choose one mail a day."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import MessageState
from portal.errors import PortalError
from portal.models import NoticeReading, NoticeSetting, OutboxMessage
from portal.models.outbox import IN_TROUBLE
from portal.permissions import Action, check
from portal.services.bulk import BATCH

NO_ADDRESS = "宛先のメールアドレスが登録されていません。団体の通知先メールアドレスを登録してください。"


def open_notice(*, message: OutboxMessage, actor: Actor) -> None:
    """The person has this notice before them; it counts as read from now on."""
    check(actor, Action.VIEW_NOTICES)
    NoticeReading.objects.get_or_create(message=message, user=actor.user, defaults={"at": clock.now()})


def read_all(*, actor: Actor) -> int:
    """All notices of the actor count as read; how many were not yet."""
    check(actor, Action.VIEW_NOTICES)
    unread = list(OutboxMessage.objects.unread_by(actor).values_list("pk", flat=True))
    now = clock.now()
    rows = [NoticeReading(message_id=pk, user=actor.user, at=now) for pk in unread]
    NoticeReading.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(unread)


@transaction.atomic
def retry(*, messages: Iterable[OutboxMessage], actor: Actor) -> int:
    """Send mails in trouble again, to the address the person or office has now; how many.

    A mail that is part of a daily one brings the whole daily one along. Raises PortalError when nothing
    is left in trouble, or when nobody has an address yet.
    """
    chosen = list(messages)
    for message in chosen:
        check(actor, Action.RETRY_MAIL, message)
    heads = {message.digest_id or message.pk for message in chosen}
    rows = list(
        OutboxMessage.objects.select_for_update(of=("self",), no_key=True)
        .filter(Q(pk__in=heads) | Q(digest__in=heads), state__in=IN_TROUBLE)
        .select_related("organisation", "user")
        .order_by("pk")
    )
    if not rows:
        raise PortalError(
            "このメールは、すでに送り直しています。画面を開き直して、今の状態を確かめてください。"
        )
    addressed = [row for row in rows if _put_back(row)]
    if not addressed:
        raise PortalError(NO_ADDRESS)
    fields = ["state", "address", "attempts", "token", "next_attempt_at", "error"]
    OutboxMessage.objects.bulk_update(addressed, fields, batch_size=BATCH)
    one = addressed[0] if len(addressed) == 1 else None
    record(
        AuditCode.MAIL_RETRIED,
        actor=actor,
        obj=one,
        concerns=one.organisation if one else None,
        details={"mails": len(addressed)},
    )
    return len(addressed)


def _put_back(row: OutboxMessage) -> bool:
    """Make a mail wait as on its first day; False when there is still no address for it."""
    row.address = (row.user.email if row.user else None) or row.organisation.notification_address
    row.state = MessageState.WAITING
    row.attempts, row.error = 0, ""
    row.token += 1
    row.next_attempt_at = clock.real_now()
    return bool(row.address)


def wants_digest(actor: Actor) -> tuple[bool, bool]:
    """Whether the person, and whether the office, has chosen one mail a day."""
    rows = NoticeSetting.objects.filter(organisation=actor.organisation, digest=True)
    chosen = set(rows.filter(Q(user=actor.user) | Q(user__isnull=True)).values_list("user_id", flat=True))
    return actor.user.pk in chosen, None in chosen


@transaction.atomic
def set_digest(*, actor: Actor, personal: bool, office: bool | None = None) -> None:
    """Choose one mail a day or one per matter, for oneself and, when given, for the office's address."""
    check(actor, Action.VIEW_NOTICES)
    if office is not None:
        check(actor, Action.SET_OFFICE_MAIL)
    before = wants_digest(actor)
    after = (personal, before[1] if office is None else office)
    if before == after:
        return
    for user, digest in ((actor.user, after[0]), (None, after[1])):
        NoticeSetting.objects.update_or_create(
            organisation=actor.organisation, user=user, defaults={"digest": digest}
        )
    names = ("personal", "office")
    record(
        AuditCode.MAIL_SETTING_CHANGED,
        actor=actor,
        obj=actor.organisation,
        before=dict(zip(names, before, strict=True)),
        after=dict(zip(names, after, strict=True)),
    )
