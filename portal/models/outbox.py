"""Messages to people and offices: each stands in the portal (お知らせ) and goes out by mail once (送信箱)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import NegatedExpression

from portal.actor import Actor
from portal.choices import MessageState, OrganisationKind, Role
from portal.permissions import Standing

#: States in which a mail is still before the one who delivers.
ON_ITS_WAY = (MessageState.WAITING, MessageState.SENDING, MessageState.FAILED)
#: States that a person can do something about.
IN_TROUBLE = (MessageState.FAILED, MessageState.GIVEN_UP, MessageState.PORTAL_ONLY)


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    """Reads of messages."""

    def for_user(self, actor: Actor | None) -> OutboxMessageQuerySet:
        """What was sent to the actor, and what the actor's office answers for."""
        if actor is None:
            return self.none()
        return self.filter(_addressed(actor) | _answered_for(actor))

    def addressed_to(self, actor: Actor) -> OutboxMessageQuerySet:
        """What the actor finds under お知らせ: to the person, or to the office as such."""
        return self.filter(_addressed(actor))

    def answered_for(self, actor: Actor) -> OutboxMessageQuerySet:
        """What the actor finds in the 送信箱."""
        return self.filter(_answered_for(actor))

    def with_unread(self, actor: Actor) -> OutboxMessageQuerySet:
        """With `unread`: whether this person has not opened it yet."""
        return self.annotate(unread=_unread(actor))

    def unread_by(self, actor: Actor) -> OutboxMessageQuerySet:
        """Notices this person has not opened yet."""
        return self.addressed_to(actor).filter(_unread(actor))

    def due(self, now: dt.datetime) -> OutboxMessageQuerySet:
        """Mails that may be sent now: waiting, rested after a failure, or left behind by a dead sender."""
        return self.filter(state__in=ON_ITS_WAY, next_attempt_at__lte=now, digest__isnull=True)

    def concerning(self, obj: models.Model) -> OutboxMessageQuerySet:
        """Messages about one object."""
        return self.filter(concerns_type=obj._meta.label, concerns_id=str(obj.pk))


def _unread(actor: Actor) -> NegatedExpression:
    seen = NoticeReading.objects.filter(message=OuterRef("pk"), user=actor.user)
    return ~Exists(seen)


def _addressed(actor: Actor) -> Q:
    mine = Q(user=actor.user) | Q(user__isnull=True)
    return Q(organisation=actor.organisation, in_portal=True) & mine


def _answered_for(actor: Actor) -> Q:
    """A prefecture and the secretariat: what goes out in their name; the administrator: every mail.

    The daily mail that gathers others is not listed: each of its messages shows how it went.
    """
    return Q(in_portal=True) & _in_the_name_of(actor)


def _in_the_name_of(actor: Actor) -> Q:
    if actor.role == Role.ADMIN:
        return Q()
    own = Q(sender=actor.organisation)
    if actor.role == Role.SECRETARIAT:
        return own | Q(sender__isnull=True, organisation__kind=OrganisationKind.PREFECTURE)
    return own if actor.role == Role.PREFECTURE else Q(pk__in=[])


class OutboxMessage(models.Model):
    """One message to one person or office (送信); the key makes sure that it exists once.

    `next_attempt_at` says when it may be sent: after the rest a failure asks for, and while somebody
    is sending it (送信中), when that one counts as dead. `token` is the lock: who drew it writes the end.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField("重複防止の鍵", max_length=200, unique=True)
    kind = models.CharField("種類", max_length=60)
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="宛先の団体", on_delete=models.PROTECT, related_name="messages"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="宛先の利用者",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="messages",
    )
    recipient = models.CharField("宛名", max_length=200, blank=True)
    address = models.EmailField("宛先メールアドレス", blank=True)
    sender = models.ForeignKey(
        "portal.Organisation",
        verbose_name="差出団体",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sent_messages",
    )
    sender_name = models.CharField("差出人", max_length=200, blank=True)
    reply_to = models.EmailField("返信先", blank=True)
    subject = models.CharField("件名", max_length=200)
    body = models.TextField("本文")
    concerns_type = models.CharField("対象の種類", max_length=60, blank=True)
    concerns_id = models.CharField("対象の番号", max_length=60, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="依頼者",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    membership = models.ForeignKey(
        "portal.Membership",
        verbose_name="依頼者の所属",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    in_portal = models.BooleanField("お知らせに載せる", default=True)
    digest = models.ForeignKey(
        "self",
        verbose_name="まとめたメール",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="digested",
    )
    state = models.CharField("状態", max_length=12, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField("試行回数", default=0)
    token = models.PositiveIntegerField("世代", default=0)
    next_attempt_at = models.DateTimeField("次に送る日時")
    created_at = models.DateTimeField("作成日時")
    sent_at = models.DateTimeField("送信日時", null=True, blank=True)
    error = models.TextField("送れなかった理由", blank=True)

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "送信箱"
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="outbox_due"),
            models.Index(fields=["organisation", "user", "-created_at"], name="outbox_notices"),
            models.Index(fields=["sender", "-created_at"], name="outbox_of_sender"),
            models.Index(fields=["concerns_type", "concerns_id"], name="outbox_concerns"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="outbox_state_known"),
            models.CheckConstraint(
                condition=Q(state=MessageState.PORTAL_ONLY) | ~Q(address=""), name="outbox_mail_has_address"
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def chip(self) -> str:
        """The status chip of the mail."""
        return f"mail_{self.state}"

    @property
    def can_retry(self) -> bool:
        """Whether somebody may send it again by hand."""
        return self.state in IN_TROUBLE

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """The standing of the office that answers for the mail; those who get it only read."""
        if actor.role == Role.ADMIN:
            return frozenset({Standing.ADMIN})
        by_portal = self.sender_id is None and self.organisation.kind == OrganisationKind.PREFECTURE
        if actor.role == Role.SECRETARIAT and (by_portal or self.sender_id == actor.organisation.pk):
            return frozenset({Standing.SECRETARIAT})
        own = actor.role == Role.PREFECTURE and self.sender_id == actor.organisation.pk
        return frozenset({Standing.PREFECTURE}) if own else frozenset()


class NoticeReading(models.Model):
    """A person has opened a notice (既読)."""

    message = models.ForeignKey(
        OutboxMessage, verbose_name="お知らせ", on_delete=models.CASCADE, related_name="readings"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="利用者", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("既読日時")

    class Meta:
        verbose_name = verbose_name_plural = "既読"
        ordering = ["message", "user"]
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="notice_read_once")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.user_id}"


class NoticeSetting(models.Model):
    """A person at an organisation, or the office itself, wants one mail a day (メールの受け取り方)."""

    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="利用者",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    digest = models.BooleanField("1日1通にまとめる", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "メールの受け取り方"
        ordering = ["organisation", "user"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="notice_setting_of_person_once"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(user__isnull=True), name="notice_setting_of_office_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.user_id or ''}"
