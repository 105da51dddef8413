"""Reports of a region and their frozen versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.actor import Actor
from portal.choices import Role
from portal.permissions import Standing
from programs.models import Region
from reports.choices import ReportKind


class ReportQuerySet(models.QuerySet["Report"]):
    """Reads of reports."""

    def for_user(self, actor: Actor | None) -> ReportQuerySet:
        """Reports of one's regions, for prefecture and secretariat: they carry scores by town."""
        if actor is None or actor.role not in (Role.PREFECTURE, Role.SECRETARIAT):
            return self.none()
        return self.filter(region__in=Region.objects.for_user(actor))


class Report(models.Model):
    """One report of one region (報告書)."""

    region = models.ForeignKey(
        Region, verbose_name="支援地域", on_delete=models.PROTECT, related_name="reports"
    )
    kind = models.CharField("種類", max_length=10, choices=ReportKind)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "報告書"
        ordering = ["region", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["region", "kind"], name="report_once_per_kind"),
            models.CheckConstraint(condition=Q(kind__in=ReportKind.values), name="report_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.get_kind_display()}"

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the region."""
        return self.region.roles_of(actor)


class VersionQuerySet(models.QuerySet["Version"]):
    """Reads of versions."""

    def for_user(self, actor: Actor | None) -> VersionQuerySet:
        """Versions of the reports the actor may see."""
        return self.filter(report__in=Report.objects.for_user(actor)) if actor else self.none()


class Version(models.Model):
    """A report frozen at one time: its data, its PDF, who asked (版). Never edited."""

    report = models.ForeignKey(
        Report, verbose_name="報告書", on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField("版番号")
    as_of = models.DateTimeField("データの時点")
    data = models.JSONField("データ")
    pdf = models.OneToOneField(
        "portal.StoredFile", verbose_name="PDF", on_delete=models.PROTECT, related_name="+"
    )
    pages = models.PositiveIntegerField("ページ数")
    job = models.OneToOneField("portal.Job", verbose_name="処理", on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="依頼者", on_delete=models.PROTECT, related_name="+"
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "報告書の版"
        ordering = ["report", "-number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.report} 第{self.number}版"

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the report."""
        return self.report.roles_of(actor)
