"""Who was reminded of a round, when and why; the row makes sure that it happens once."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.choices import ReminderKind
from assessments.models.rounds import Round, organisations_scope
from portal.actor import Actor
from portal.choices import Role


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Reads of reminders."""

    def for_user(self, actor: Actor | None) -> ReminderQuerySet:
        """One's own, and those to organisations in one's charge; a vendor sees none."""
        if actor is None or actor.role == Role.VENDOR:
            return self.none()
        scope = organisations_scope(actor, program="round__program")
        return self.none() if scope is None else self.filter(scope)


class Reminder(models.Model):
    """An organisation was reminded of a round (リマインド): its mails stand in the outbox.

    `day` is the day it was meant for, which is not the day it was sent when the machine was off.
    `press` tells one press of the button from another; it is empty when the portal reminds by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(
        Round, verbose_name="報告回", on_delete=models.PROTECT, related_name="reminders"
    )
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="reminders"
    )
    kind = models.CharField("種類", max_length=10, choices=ReminderKind)
    day = models.DateField("対象の日")
    press = models.CharField("送信の番号", max_length=36, blank=True)
    forms = models.JSONField("未提出のもの", default=list)
    note = models.TextField("連絡", blank=True)
    at = models.DateTimeField("日時")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="送った人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    membership = models.ForeignKey(
        "portal.Membership",
        verbose_name="送った人の所属",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "リマインド"
        ordering = ["-at", "organisation"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "organisation", "kind", "day"],
                condition=Q(press=""),
                name="reminder_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["round", "organisation", "press"],
                condition=~Q(press=""),
                name="reminder_once_a_press",
            ),
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="reminder_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.round_id} {self.kind} {self.day}"
