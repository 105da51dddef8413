"""Progress reports as PDF, for paper."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from assessments.models.progress import ProgressReport, ProgressSubmission
from assessments.models.rounds import standings_towards
from portal.actor import Actor
from portal.permissions import Standing


class ProgressPrintQuerySet(models.QuerySet["ProgressPrint"]):
    """Reads of printed forms."""

    def for_user(self, actor: Actor | None) -> ProgressPrintQuerySet:
        """Those that the own organisation had made, of forms it may still read."""
        if actor is None:
            return self.none()
        reports = ProgressReport.objects.for_user(actor).order_by()
        return self.filter(organisation=actor.organisation, report__in=reports.values("pk"))


class ProgressPrint(models.Model):
    """A progress report as PDF (印刷用PDF): as it stood, marked 案, or a submission of it."""

    report = models.ForeignKey(
        ProgressReport, verbose_name="取組状況", on_delete=models.PROTECT, related_name="prints"
    )
    submission = models.ForeignKey(
        ProgressSubmission,
        verbose_name="提出版",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="依頼した団体", on_delete=models.PROTECT, related_name="+"
    )
    stored_file = models.OneToOneField(
        "portal.StoredFile", verbose_name="PDF", on_delete=models.PROTECT, related_name="+"
    )
    pages = models.PositiveIntegerField("ページ数")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="依頼者", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("作成日時")

    objects = ProgressPrintQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "取組状況の印刷用PDF"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return str(self.stored_file)

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the report."""
        return standings_towards(actor, self.report.organisation, self.report.round.program_id)
