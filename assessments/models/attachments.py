"""Files that hang on a progress report."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.models.progress import ProgressReport, ProgressSubmission
from assessments.models.rounds import standings_towards
from portal.actor import Actor
from portal.permissions import Standing


class ProgressAttachmentQuerySet(models.QuerySet["ProgressAttachment"]):
    """Reads of attachments."""

    def for_user(self, actor: Actor | None) -> ProgressAttachmentQuerySet:
        """Own ones; of others in one's charge those that a submission names."""
        if actor is None:
            return self.none()
        readable = Q(report__organisation=actor.organisation) | Q(submissions__isnull=False)
        reports = ProgressReport.objects.for_user(actor).order_by()
        return self.filter(readable, report__in=reports.values("pk")).distinct()

    def current(self) -> ProgressAttachmentQuerySet:
        """What hangs on the form now; taken off ones stay for the submissions that name them."""
        return self.filter(removed_at=None)


class ProgressAttachment(models.Model):
    """A file that its author hung on a progress report (添付)."""

    report = models.ForeignKey(
        ProgressReport, verbose_name="取組状況", on_delete=models.PROTECT, related_name="attachments"
    )
    stored_file = models.OneToOneField(
        "portal.StoredFile", verbose_name="ファイル", on_delete=models.PROTECT, related_name="+"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="添付した人", on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("添付日時")
    removed_at = models.DateTimeField("取消日時", null=True, blank=True)
    submissions = models.ManyToManyField(
        ProgressSubmission, verbose_name="提出版", related_name="attachments", blank=True
    )

    objects = ProgressAttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "取組状況の添付"
        ordering = ["uploaded_at", "id"]

    def __str__(self) -> str:
        return str(self.stored_file)

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the report."""
        return standings_towards(actor, self.report.organisation, self.report.round.program_id)
