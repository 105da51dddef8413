"""What a prefecture and its municipalities asked for (希望する伴走支援)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from portal.actor import Actor
from portal.permissions import Standing
from programs.calls.choices import ApplicationSection
from programs.core.models import Region


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Reads of applications."""

    def for_user(self, actor: Actor | None) -> ApplicationQuerySet:
        """Applications of the regions the actor may see."""
        return self.filter(region__in=Region.objects.for_user(actor)) if actor else self.none()


class Application(models.Model):
    """The wishes of one region as they were written (希望する伴走支援)."""

    region = models.OneToOneField(
        Region, verbose_name="支援地域", on_delete=models.CASCADE, related_name="application"
    )
    appendix = models.CharField("別紙番号", max_length=20, blank=True)
    previously_selected_evidence = models.TextField("過年度の選定に触れた記載", blank=True)
    contact_department = models.CharField("担当課", max_length=200, blank=True)
    source_name = models.CharField("取込元のファイル名", max_length=255)
    source_sha256 = models.CharField("取込元の指紋", max_length=64)
    imported_at = models.DateTimeField("取込日時")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "希望する伴走支援"
        ordering = ["region"]

    def __str__(self) -> str:
        return f"{self.region} 希望する伴走支援"

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the region."""
        return self.region.roles_of(actor)


class ApplicationLine(models.Model):
    """One paragraph of an application with the organisation label kept as written (e.g. 3町村)."""

    application = models.ForeignKey(Application, verbose_name="希望する伴走支援", on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField("並び順")
    organisation_label = models.CharField("団体（記載のまま）", max_length=200)
    organisation = models.ForeignKey(
        "portal.Organisation",
        verbose_name="団体",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        abstract = True
        ordering = ["application", "position"]

    def __str__(self) -> str:
        return self.organisation_label


class ApplicationItem(ApplicationLine):
    """A text line of one section; category, heading, department and year only where the section has them."""

    section = models.CharField("章", max_length=20, choices=ApplicationSection)
    category = models.CharField("区分", max_length=100, blank=True)
    heading = models.CharField("見出し", max_length=300, blank=True)
    department = models.CharField("担当課", max_length=300, blank=True)
    fiscal_year_label = models.CharField("年度（記載のまま）", max_length=50, blank=True)
    text = models.TextField("本文", blank=True, help_text="役割分担では空です。分担は、1つずつ記録します。")

    class Meta(ApplicationLine.Meta):
        verbose_name = verbose_name_plural = "希望する伴走支援の記載"
        default_related_name = "items"
        constraints = [
            models.CheckConstraint(
                condition=Q(section__in=ApplicationSection.values), name="application_item_section_known"
            ),
            models.UniqueConstraint(
                fields=["application", "section", "position"], name="application_item_position_once"
            ),
        ]


class ApplicationDuty(models.Model):
    """One duty of a line of 役割分担, in the order it was written."""

    item = models.ForeignKey(
        ApplicationItem, verbose_name="役割分担の記載", on_delete=models.CASCADE, related_name="duties"
    )
    position = models.PositiveSmallIntegerField("並び順")
    text = models.TextField("分担")

    class Meta:
        verbose_name = verbose_name_plural = "役割分担の内容"
        ordering = ["item", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="application_duty_position_once")
        ]

    def __str__(self) -> str:
        return self.text[:50]


class ResidentRequest(ApplicationLine):
    """How many residents were wished for, how often, on site or online (常駐の希望)."""

    headcount_min = models.PositiveSmallIntegerField("人数（下限）", null=True, blank=True)
    headcount_max = models.PositiveSmallIntegerField("人数（上限）", null=True, blank=True)
    days_per_week_min = models.DecimalField(
        "週の日数（下限）", max_digits=3, decimal_places=1, null=True, blank=True
    )
    days_per_week_max = models.DecimalField(
        "週の日数（上限）", max_digits=3, decimal_places=1, null=True, blank=True
    )
    mode = models.CharField("方法（記載のまま）", max_length=50, blank=True)
    quote = models.TextField("記載")

    class Meta(ApplicationLine.Meta):
        verbose_name = verbose_name_plural = "常駐の希望"
        default_related_name = "resident_requests"
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(headcount_min__isnull=True)
                    | Q(headcount_max__isnull=True)
                    | Q(headcount_max__gte=F("headcount_min"))
                )
                & (
                    Q(days_per_week_min__isnull=True)
                    | Q(days_per_week_max__isnull=True)
                    | Q(days_per_week_max__gte=F("days_per_week_min"))
                ),
                name="resident_request_ranges_ordered",
            ),
            models.UniqueConstraint(
                fields=["application", "position"], name="resident_request_position_once"
            ),
        ]
