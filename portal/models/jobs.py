"""Background work: the row is the truth, a broker only says "look now"."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.actor import Actor
from portal.choices import JobQueue, JobState
from portal.permissions import Standing

UNFINISHED = [JobState.QUEUED, JobState.RUNNING]


class JobQuerySet(models.QuerySet["Job"]):
    """Reads of jobs."""

    def for_user(self, actor: Actor | None) -> "JobQuerySet":
        """Jobs of the actor's own organisation; nobody's for nobody."""
        return self.filter(organisation=actor.organisation) if actor else self.none()

    def unfinished(self) -> "JobQuerySet":
        """Jobs that still have work before them."""
        return self.filter(state__in=UNFINISHED)


class Job(models.Model):
    """One piece of background work (処理) with lease, fencing token, attempts and progress."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("種類", max_length=60)
    key = models.CharField("重複防止の鍵", max_length=200, blank=True)
    params = models.JSONField("引数", default=dict)
    queue = models.CharField("待ち行列", max_length=20, choices=JobQueue, default=JobQueue.DEFAULT)
    state = models.CharField("状態", max_length=20, choices=JobState, default=JobState.QUEUED)
    organisation = models.ForeignKey("portal.Organisation", verbose_name="団体", on_delete=models.PROTECT)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="依頼者", on_delete=models.PROTECT, related_name="jobs"
    )
    membership = models.ForeignKey(
        "portal.Membership", verbose_name="依頼者の所属", on_delete=models.PROTECT, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField("試行回数", default=0)
    max_attempts = models.PositiveSmallIntegerField("試行の上限", default=3)
    token = models.PositiveIntegerField("世代", default=0)
    lease_until = models.DateTimeField("占有の期限", null=True, blank=True)
    progress_done = models.PositiveIntegerField("済み", default=0)
    progress_total = models.PositiveIntegerField("全体", default=0)
    progress_note = models.CharField("進み具合", max_length=200, blank=True)
    result = models.JSONField("結果", default=dict)
    error = models.TextField("失敗の理由", blank=True)
    created_at = models.DateTimeField("依頼日時")
    started_at = models.DateTimeField("開始日時", null=True, blank=True)
    finished_at = models.DateTimeField("終了日時", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "処理"
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["state", "queue", "created_at"], name="job_waiting"),
            models.Index(fields=["organisation", "-created_at"], name="job_of_organisation"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(condition=Q(queue__in=JobQueue.values), name="job_queue_known"),
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=UNFINISHED) & ~Q(key=""),
                name="job_unfinished_once_per_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen to this job by itself."""
        return self.state not in UNFINISHED

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """The actor is the job's author when it belongs to the actor's organisation."""
        own = actor.organisation.pk == self.organisation_id
        return frozenset({Standing.AUTHOR}) if own else frozenset()
