"""Reporting rounds and who is asked for what."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from assessments.choices import RoundStage
from portal.actor import Actor
from portal.choices import Role
from portal.permissions import STANDING_OF_ROLE, Standing
from programs.models import Region


class RoundQuerySet(models.QuerySet["Round"]):
    """Reads of rounds."""

    def for_user(self, actor: Actor | None) -> RoundQuerySet:
        """Rounds that ask the actor's organisation or one in its charge for something."""
        if actor is None:
            return self.none()
        targets = RoundTarget.objects.for_user(actor)
        return self.filter(pk__in=targets.values("round"))


class Round(models.Model):
    """One reporting round of a program (報告回); each of its days ends at 24:00 Japan time."""

    program = models.ForeignKey(
        "programs.Program", verbose_name="事業", on_delete=models.PROTECT, related_name="rounds"
    )
    title = models.CharField("名称", max_length=100)
    stage = models.CharField("段階", max_length=10, choices=RoundStage)
    opens_on = models.DateField("受付開始日")
    due_on = models.DateField("提出期限")
    closes_on = models.DateField("受付終了日")
    frameworks = models.ManyToManyField(
        "assessments.Framework", verbose_name="点検票", blank=True, related_name="rounds"
    )

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "報告回"
        ordering = ["-opens_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "title"], name="round_title_once"),
            models.CheckConstraint(condition=Q(stage__in=RoundStage.values), name="round_stage_known"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")) & Q(closes_on__gte=F("due_on")),
                name="round_dates_ordered",
                violation_error_message="受付開始日、提出期限、受付終了日を、この順の日付にしてください。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_open(self, today: dt.date) -> bool:
        """Whether forms can be handed in today (late ones too, until the round closes)."""
        return self.opens_on <= today <= self.closes_on

    def is_overdue(self, today: dt.date) -> bool:
        """Whether the due day is over."""
        return today > self.due_on

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """A round belongs to nobody alone: what the role is everywhere, for those it concerns."""
        concerned = Round.objects.for_user(actor).filter(pk=self.pk).exists()
        return STANDING_OF_ROLE[actor.role] if concerned else frozenset()


class RoundTargetQuerySet(models.QuerySet["RoundTarget"]):
    """Reads of round targets."""

    def for_user(self, actor: Actor | None) -> RoundTargetQuerySet:
        """Own targets; a prefecture also its towns', a vendor its regions', the state side all."""
        if actor is None:
            return self.none()
        scope = organisations_scope(actor, program="round__program")
        return self.none() if scope is None else self.filter(scope)


class RoundTarget(models.Model):
    """An organisation is asked for forms in a round (報告対象)."""

    round = models.ForeignKey(Round, verbose_name="報告回", on_delete=models.CASCADE, related_name="targets")
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="round_targets"
    )
    asks_progress = models.BooleanField("取組状況を求める", default=False)
    asks_checklists = models.BooleanField("自己点検を求める", default=False)

    objects = RoundTargetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "報告対象"
        ordering = ["round", "organisation__parent_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="round_target_once"),
            models.CheckConstraint(
                condition=Q(asks_progress=True) | Q(asks_checklists=True), name="round_target_asks_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.organisation}"

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the organisation that is asked."""
        return standings_towards(actor, self.organisation, self.round.program_id)


def organisations_scope(actor: Actor, *, program: str) -> Q | None:
    """Which rows with an `organisation` the actor is concerned with, drafts or not; None for nobody.

    `program` is the lookup from the row to its program: a vendor is concerned
    only with partners of the regions it is contracted for in that year.
    """
    own = Q(organisation=actor.organisation)
    if actor.role == Role.PREFECTURE:
        return own | Q(organisation__parent=actor.organisation)
    if actor.role == Role.MUNICIPALITY:
        return own
    if actor.role == Role.VENDOR:
        regions = Region.objects.for_user(actor)
        return Q(
            organisation__partnerships__region__in=regions,
            **{program: F("organisation__partnerships__region__program")},
        )
    return Q() if actor.role in (Role.SECRETARIAT, Role.MINISTRY) else None


def standings_towards(actor: Actor, organisation: models.Model, program_id: int) -> frozenset[Standing]:
    """What the actor is to a form of this organisation in this program."""
    if organisation.pk == actor.organisation.pk:
        return frozenset({Standing.AUTHOR})
    if actor.role == Role.PREFECTURE:
        in_charge = organisation.parent_id == actor.organisation.pk  # type: ignore[attr-defined]
        return frozenset({Standing.PREFECTURE}) if in_charge else frozenset()
    if actor.role == Role.VENDOR:
        regions = Region.objects.for_user(actor).filter(
            program=program_id, partnerships__organisation=organisation.pk
        )
        return frozenset({Standing.VENDOR}) if regions.exists() else frozenset()
    if actor.role in (Role.SECRETARIAT, Role.MINISTRY):
        return STANDING_OF_ROLE[actor.role]
    return frozenset()
