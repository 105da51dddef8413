"""Partner municipalities, their plans, promotion bodies and liaisons."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from portal.actor import Actor
from portal.choices import Role
from portal.permissions import Standing
from programs.core.choices import LiaisonField
from programs.core.models.programs import Region


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    """Reads of partnerships."""

    def for_user(self, actor: Actor | None) -> PartnershipQuerySet:
        """Partnerships of the regions the actor may see."""
        return self.filter(region__in=Region.objects.for_user(actor)) if actor else self.none()


class Partnership(models.Model):
    """A municipality or union takes part in a region (連携市町村)."""

    region = models.ForeignKey(
        Region, verbose_name="支援地域", on_delete=models.PROTECT, related_name="partnerships"
    )
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="partnerships"
    )
    position = models.PositiveSmallIntegerField("並び順", default=0)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "連携市町村"
        ordering = ["region", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "organisation"],
                name="partnership_once",
                violation_error_message="この団体は、すでに連携市町村に登録されています。",
            )
        ]

    def __str__(self) -> str:
        return self.organisation.name


class SupportPlan(models.Model):
    """What was planned for one partner at the start (当初計画)."""

    partnership = models.OneToOneField(
        Partnership, verbose_name="連携市町村", on_delete=models.CASCADE, related_name="plan"
    )
    field = models.CharField("取組分野", max_length=100, blank=True)
    issues = models.TextField("課題", blank=True)
    support = models.TextField("伴走支援内容", blank=True)
    onsite_days = models.DecimalField(
        "常駐日数（週）",
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MaxValueValidator(7)],
    )
    online_days = models.DecimalField(
        "オンライン日数（週）",
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MaxValueValidator(7)],
    )
    vendor = models.ForeignKey(
        "programs.Vendor", verbose_name="常駐支援事業者", null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        verbose_name = verbose_name_plural = "当初計画"
        ordering = ["partnership"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(onsite_days__isnull=True) | Q(onsite_days__gte=0, onsite_days__lte=7))
                & (Q(online_days__isnull=True) | Q(online_days__gte=0, online_days__lte=7)),
                name="support_plan_days_within_week",
            )
        ]

    def __str__(self) -> str:
        return str(self.partnership)


class PromotionBody(models.Model):
    """A council or association that carries the region's DX (推進体制)."""

    region = models.ForeignKey(
        Region, verbose_name="支援地域", on_delete=models.CASCADE, related_name="promotion_bodies"
    )
    name = models.CharField("名称", max_length=200)
    note = models.TextField("説明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "推進体制"
        ordering = ["region", "id"]
        constraints = [models.UniqueConstraint(fields=["region", "name"], name="promotion_body_once")]

    def __str__(self) -> str:
        return self.name


class LiaisonAssignmentQuerySet(models.QuerySet["LiaisonAssignment"]):
    """Reads of liaison assignments."""

    def for_user(self, actor: Actor | None) -> LiaisonAssignmentQuerySet:
        """A prefecture's own towns, a town's own, all for the secretariat."""
        if actor is None:
            return self.none()
        scope = {
            Role.PREFECTURE: Q(organisation__parent=actor.organisation),
            Role.MUNICIPALITY: Q(organisation=actor.organisation),
            Role.SECRETARIAT: Q(),
        }.get(actor.role)
        return self.none() if scope is None else self.filter(scope)


class LiaisonAssignment(models.Model):
    """A person of the prefecture, or an outside expert, is a town's DX推進リエゾン for a field."""

    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="市町村", on_delete=models.PROTECT, related_name="liaisons"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="担当者", on_delete=models.PROTECT, related_name="liaison_of"
    )
    field = models.CharField("分野", max_length=20, choices=LiaisonField)
    valid_from = models.DateField("開始日")
    valid_until = models.DateField("終了日", null=True, blank=True)

    objects = LiaisonAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "DX推進リエゾン"
        ordering = ["organisation", "field", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(field__in=LiaisonField.values), name="liaison_field_known"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="liaison_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["organisation", "person", "field", "valid_from"], name="liaison_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_field_display()} {self.person}"

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the town."""
        return self.organisation.roles_of(actor)
