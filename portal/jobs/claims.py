"""Taking a job: exactly one runner wins, whatever the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, Origin, about, record
from portal.choices import AuditResult, JobState
from portal.jobs.context import lease_end
from portal.models import Job


def due(now: dt.datetime) -> Q:
    """Jobs a runner may take: queued and rested, or running with a lease that has run out.

    `lease_until` of a queued job is the rest it takes after an attempt that went wrong.
    """
    over = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return Q(state__in=[JobState.QUEUED, JobState.RUNNING]) & over


def reference(job: Job) -> str:
    """The number a user tells the help desk; it begins the job's id in log and database."""
    return str(job.pk)[:8]


def stuck_sentence(job: Job) -> str:
    """What the user reads when every attempt ended without a word."""
    return (
        f"処理が{job.attempts}回とも途中で止まったため、中止しました。内容の量が多すぎるおそれがあります。"
        f"「処理をやり直す」を押しても終わらないときは、{settings.PORTAL_CONTACT}に"
        f"問い合わせ番号 {reference(job)} を伝えてください。"
    )


def claim_next(queues: Iterable[str]) -> Job | None:
    """Take the oldest job that is due, queue by queue in the given order."""
    queues = list(queues)
    # A look without a lock first: idle runners must not hold SQLite's one write lock.
    if not Job.objects.filter(due(clock.real_now()), queue__in=queues).exists():
        return None
    for queue in queues:
        job = claim(Job.objects.filter(queue=queue))
        if job:
            return job
    return None


def claim(jobs: QuerySet[Job]) -> Job | None:
    """Take the oldest of these jobs that is due; those without attempts left are closed on the way."""
    while True:
        with transaction.atomic():
            job = (
                jobs.filter(due(clock.real_now()))
                .order_by("created_at", "id")
                .select_for_update(skip_locked=True, no_key=True)
                .first()
            )
            if job is None:
                return None
            taken = take(job)
        if taken:
            return (
                Job.objects.select_related("organisation", "requested_by", "membership__organisation")
                .filter(pk=job.pk, token=job.token + 1)
                .first()
            )


def take(job: Job) -> bool:
    """Give a due job to this runner, or close it when no attempt is left; False when it is not ours."""
    # The token is the lock: on SQLite select_for_update says nothing and does nothing.
    mine = Job.objects.filter(pk=job.pk, token=job.token)
    if job.attempts >= job.max_attempts:
        closed = mine.update(
            state=JobState.FAILED,
            token=F("token") + 1,
            lease_until=None,
            error=stuck_sentence(job),
            finished_at=clock.now(),
        )
        if closed:
            job_failed(job)
        return False
    return bool(
        mine.update(
            state=JobState.RUNNING,
            token=F("token") + 1,
            attempts=F("attempts") + 1,
            lease_until=lease_end(),
            started_at=clock.now(),
        )
    )


def job_failed(job: Job) -> None:
    """Record that a job has come to an end that is not the one wished for."""
    with about(Origin(job_id=job.pk)):
        record(
            AuditCode.JOB_FAILED,
            actor=Actor(user=job.requested_by, membership=job.membership),
            obj=job,
            concerns=job.organisation,
            details={"kind": job.kind, "attempts": job.attempts},
            result=AuditResult.FAILED,
        )
