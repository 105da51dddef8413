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

#: The most characters a letter of request (依頼文) takes.
REQUEST_LIMIT = 4000
#: Rounds that have been set up to the end and not been called off.
_IN_FORCE = {"confirmed_at__isnull": False, "withdrawn_at__isnull": True}


class RoundQuerySet(models.QuerySet["Round"]):
    """Reads of rounds."""

    def for_user(self, actor: Actor | None) -> RoundQuerySet:
        """Rounds one's own organisation set up, and confirmed ones that ask it or one in its charge."""
        if actor is None:
            return self.none()
        scope = organisations_scope(actor, program="round__program")
        if scope is None:
            return self.none()
        asked = RoundTarget.objects.filter(scope).order_by()
        return self.filter(
            Q(organisation=actor.organisation) | Q(confirmed_at__isnull=False, pk__in=asked.values("round"))
        )

    def in_force(self) -> RoundQuerySet:
        """Rounds that ask somebody for something: confirmed and not withdrawn."""
        return self.filter(**_IN_FORCE)


class Round(models.Model):
    """One reporting round of a program (報告回); each of its days ends at 24:00 Japan time.

    It belongs to the organisation that set it up: a prefecture for itself and its towns, or the
    secretariat for all. Until it is confirmed nobody else sees it; it is withdrawn, never deleted.
    """

    program = models.ForeignKey(
        "programs.Program", verbose_name="事業", on_delete=models.PROTECT, related_name="rounds"
    )
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="設定した団体", on_delete=models.PROTECT, related_name="rounds"
    )
    title = models.CharField("名称", max_length=100)
    stage = models.CharField("段階", max_length=10, choices=RoundStage)
    period_from = models.DateField("対象期間の初日", null=True, blank=True)
    period_to = models.DateField("対象期間の最終日", null=True, blank=True)
    opens_on = models.DateField("受付開始日")
    due_on = models.DateField("提出期限")
    closes_on = models.DateField("受付終了日")
    frameworks = models.ManyToManyField(
        "assessments.Framework", verbose_name="点検票", blank=True, related_name="rounds"
    )
    request_text = models.TextField("依頼文", blank=True, max_length=REQUEST_LIMIT)
    version = models.PositiveIntegerField("版", default=1)
    confirmed_at = models.DateTimeField("設定の確定日時", null=True, blank=True)
    withdrawn_at = models.DateTimeField("取りやめの日時", null=True, blank=True)
    withdrawn_reason = models.TextField("取りやめの理由", blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "報告回"
        ordering = ["-opens_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "organisation", "title"],
                condition=Q(withdrawn_at__isnull=True),
                name="round_title_once",
            ),
            models.CheckConstraint(condition=Q(stage__in=RoundStage.values), name="round_stage_known"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")) & Q(closes_on__gte=F("due_on")),
                name="round_dates_ordered",
                violation_error_message="受付開始日、提出期限、受付終了日を、この順の日付にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(period_from__isnull=True)
                | Q(period_to__isnull=True)
                | Q(period_to__gte=F("period_from")),
                name="round_period_ordered",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_in_force(self) -> bool:
        """Whether it asks anybody for anything: confirmed and not withdrawn."""
        return self.confirmed_at is not None and self.withdrawn_at is None

    def is_open(self, today: dt.date) -> bool:
        """Whether forms can be handed in today (late ones too, until the round closes)."""
        return self.is_in_force and self.opens_on <= today <= self.closes_on

    def has_begun(self, today: dt.date) -> bool:
        """Whether those asked may have seen it open: from then on its set-up is nearly fixed."""
        return self.is_in_force and today >= self.opens_on

    def is_overdue(self, today: dt.date) -> bool:
        """Whether the due day is over."""
        return today > self.due_on

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """AUTHOR is who set it up; to the others it concerns the actor is what the role is everywhere."""
        everywhere = STANDING_OF_ROLE[actor.role] - {Standing.AUTHOR}
        if actor.organisation.pk == self.organisation_id:
            return everywhere | {Standing.AUTHOR}
        concerned = Round.objects.for_user(actor).filter(pk=self.pk).exists()
        return everywhere if concerned else frozenset()


class RoundTargetQuerySet(models.QuerySet["RoundTarget"]):
    """Reads of round targets."""

    def for_user(self, actor: Actor | None) -> RoundTargetQuerySet:
        """Own targets; a prefecture also its towns', a vendor its regions', the state side all.

        Of rounds in force only: what is being set up, or was called off, asks nobody for anything.
        """
        if actor is None:
            return self.none()
        scope = organisations_scope(actor, program="round__program")
        return self.none() if scope is None else self.in_force().filter(scope)

    def in_force(self) -> RoundTargetQuerySet:
        """Targets of rounds that ask somebody for something: confirmed and not withdrawn."""
        return self.filter(**{f"round__{name}": value for name, value in _IN_FORCE.items()})


class RoundTarget(models.Model):
    """An organisation is asked for forms in a round (報告対象)."""

    round = models.ForeignKey(Round, verbose_name="報告回", on_delete=models.CASCADE, related_name="targets")
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="round_targets"
    )
    asks_progress = models.BooleanField("取組状況を求める", default=False)
    asks_checklists = models.BooleanField("自己点検を求める", default=False)
    asks_issues = models.BooleanField("地域課題を求める", default=False)
    extended_to = models.DateField("延長した提出期限", null=True, blank=True)

    objects = RoundTargetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "報告対象"
        ordering = ["round", "organisation__parent_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="round_target_once"),
            models.CheckConstraint(
                condition=Q(asks_progress=True) | Q(asks_checklists=True) | Q(asks_issues=True),
                name="round_target_asks_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.organisation}"

    @property
    def due_on(self) -> dt.date:
        """The last day for this organisation: the round's, or a later one it was given."""
        return max(self.round.due_on, self.extended_to) if self.extended_to else self.round.due_on

    @property
    def is_extended(self) -> bool:
        """Whether it has a later day than the others."""
        return self.due_on > self.round.due_on

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
