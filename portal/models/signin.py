"""A lost second factor: one person asks for its reset, another decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.choices import FactorResetState, Role
from portal.permissions import STANDING_OF_ROLE, Standing

if TYPE_CHECKING:
    from portal.actor import Actor


class FactorResetQuerySet(models.QuerySet["FactorReset"]):
    """Reads of requests."""

    def for_user(self, actor: Actor) -> FactorResetQuerySet:
        """The admin sees all; others those of their own people and those their organisation asked for."""
        if actor.role == Role.ADMIN:
            return self
        own = actor.organisation
        return self.filter(
            Q(membership__organisation=own)
            | Q(asked_as__organisation=own)
            | Q(membership__organisation__parent=own)
        )


class FactorReset(models.Model):
    """A request to take a person's lost factors away (二段階認証の初期化の依頼)."""

    membership = models.ForeignKey(
        "portal.Membership", verbose_name="対象の所属", on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="対象の利用者", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField("理由")
    state = models.CharField(
        "状態", max_length=20, choices=FactorResetState, default=FactorResetState.WAITING
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="依頼者", on_delete=models.PROTECT, related_name="+"
    )
    asked_as = models.ForeignKey(
        "portal.Membership", verbose_name="依頼者の所属", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("依頼日時")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="決定者", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_as = models.ForeignKey(
        "portal.Membership",
        verbose_name="決定者の所属",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField("決定日時", null=True)
    note = models.TextField("決定の理由", blank=True)

    objects = FactorResetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "二段階認証の初期化の依頼"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FactorResetState.values), name="factor_reset_state"),
            # Two people, and neither of them the one whose factor it is.
            models.CheckConstraint(condition=~Q(asked_by=F("user")), name="factor_reset_not_for_oneself"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("user"))),
                name="factor_reset_two_people",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(state="waiting"), name="factor_reset_one_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}（{self.membership.organisation}）"

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """The admin decides; whoever may ask, may look."""
        return STANDING_OF_ROLE[Role.ADMIN] if actor.role == Role.ADMIN else frozenset()
