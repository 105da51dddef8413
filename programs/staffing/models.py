"""Experts in town halls: who, where, on which half-days."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from portal.actor import Actor
from programs.core.models import Region, Vendor
from programs.staffing.choices import HalfDay, PostingMode, Weekday


class Resident(models.Model):
    """A person stationed by a vendor (常駐支援者)."""

    vendor = models.ForeignKey(
        Vendor, verbose_name="事業者", on_delete=models.PROTECT, related_name="residents"
    )
    name = models.CharField("氏名", max_length=100)
    specialty = models.CharField("専門分野", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "常駐支援者"
        ordering = ["vendor", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "name"],
                name="resident_once_per_vendor",
                violation_error_message="同じ氏名の常駐支援者が、この事業者に登録されています。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PostingQuerySet(models.QuerySet["Posting"]):
    """Reads of postings."""

    def for_user(self, actor: Actor | None) -> PostingQuerySet:
        """Postings of the regions the actor may see."""
        return self.filter(region__in=Region.objects.for_user(actor)) if actor else self.none()

    def with_details(self) -> PostingQuerySet:
        """With people, vendors, hosts, regions and half-days fetched in two queries."""
        return self.select_related(
            "resident__vendor__organisation", "host", "region__program", "region__prefecture"
        ).prefetch_related("slots")


class Posting(models.Model):
    """A resident works at a host with a weekly pattern, from a day until a day (常駐配置)."""

    region = models.ForeignKey(
        Region, verbose_name="支援地域", on_delete=models.PROTECT, related_name="postings"
    )
    resident = models.ForeignKey(
        Resident, verbose_name="常駐支援者", on_delete=models.PROTECT, related_name="postings"
    )
    host = models.ForeignKey(
        "portal.Organisation", verbose_name="受入団体", on_delete=models.PROTECT, related_name="postings"
    )
    mode = models.CharField("方法", max_length=6, choices=PostingMode, default=PostingMode.ONSITE)
    starts_on = models.DateField("開始日")
    ends_on = models.DateField("終了日")

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "常駐配置"
        ordering = ["region", "starts_on", "host__name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=PostingMode.values), name="posting_mode_known"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="posting_ends_after_start",
                violation_error_message="終了日は、開始日以降の日付にしてください。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.host}"


class PostingSlot(models.Model):
    """One half-day of a posting's weekly pattern."""

    posting = models.ForeignKey(
        Posting, verbose_name="常駐配置", on_delete=models.CASCADE, related_name="slots"
    )
    weekday = models.PositiveSmallIntegerField("曜日", choices=Weekday)
    half = models.CharField("午前・午後", max_length=2, choices=HalfDay)

    class Meta:
        verbose_name = verbose_name_plural = "常駐配置の曜日"
        ordering = ["posting", "weekday", "half"]
        constraints = [
            models.UniqueConstraint(fields=["posting", "weekday", "half"], name="posting_slot_once"),
            models.CheckConstraint(
                condition=Q(weekday__in=Weekday.values) & Q(half__in=HalfDay.values),
                name="posting_slot_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()}{self.get_half_display()}"
