"""What a prefecture filled in for a town, until the town has looked at it (代理入力)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.choices import ProposalState
from assessments.models.round_parts import REASON_LIMIT
from assessments.models.rounds import RoundTarget
from portal.actor import Actor
from portal.choices import Role
from portal.permissions import Standing


class EntryProposalQuerySet(models.QuerySet["EntryProposal"]):
    """Reads of what was filled in for others."""

    def for_user(self, actor: Actor | None) -> EntryProposalQuerySet:
        """What was filled in for one's own organisation, or by one's prefecture for its towns."""
        if actor is None:
            return self.none()
        scope = Q(target__organisation=actor.organisation)
        if actor.role == Role.PREFECTURE:
            scope |= Q(target__organisation__parent=actor.organisation)
        return self.filter(scope)

    def waiting(self) -> EntryProposalQuerySet:
        """Those the town has not decided on."""
        return self.filter(state=ProposalState.WAITING)


class EntryProposal(models.Model):
    """A file a prefecture filled in for a town (代理入力); it counts only when the town takes it over."""

    target = models.ForeignKey(
        RoundTarget, verbose_name="報告対象", on_delete=models.PROTECT, related_name="proposals"
    )
    run = models.OneToOneField(
        "portal.ImportRun", verbose_name="取り込み", on_delete=models.PROTECT, related_name="proposal"
    )
    state = models.CharField("状態", max_length=20, choices=ProposalState, default=ProposalState.WAITING)
    count = models.PositiveIntegerField("入力した項目の数")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="入力した人", on_delete=models.PROTECT, related_name="+"
    )
    membership = models.ForeignKey(
        "portal.Membership", verbose_name="入力した人の所属", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("依頼日時")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="決めた人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    ended_at = models.DateTimeField("決めた日時", null=True, blank=True)
    reason = models.TextField("理由", blank=True, max_length=REASON_LIMIT)

    objects = EntryProposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "代理入力"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["target"], condition=Q(state="entry_waiting"), name="entry_proposal_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProposalState.values), name="entry_proposal_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="entry_waiting", ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state="entry_waiting") & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="entry_proposal_ended_with_person_and_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} 代理入力"

    @property
    def is_waiting(self) -> bool:
        """Whether the town has still to decide."""
        return self.state == ProposalState.WAITING

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the town."""
        return self.target.roles_of(actor)
