"""Asking for background work, calling it off, asking again; and the hint to a broker after the commit."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import JobState
from portal.errors import PortalError
from portal.jobs.kinds import kind_of
from portal.models import Job, Organisation, User
from portal.models.jobs import UNFINISHED
from portal.permissions import Action, check

logger = logging.getLogger(__name__)


@transaction.atomic
def enqueue(
    kind: str,
    *,
    actor: Actor,
    params: dict[str, Any],
    organisation: Organisation,
    key: str = "",
    concerns: Organisation | None = None,
) -> Job:
    """Ask for work in the caller's transaction; without its commit there is no job.

    An unfinished job of the same kind and key is returned instead. Raises PortalError when the
    person or the organisation has too many unfinished jobs. `concerns`: whose thing the work is about.
    """
    entry = kind_of(kind)
    # Held until the commit: parallel requests of one person or organisation count one after the other.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)
    existing = _unfinished(kind, key, organisation)
    if existing:
        return existing
    _refuse_too_many(organisation, actor.user)
    job = Job(
        kind=kind,
        key=key,
        params=params,
        queue=entry.queue,
        organisation=organisation,
        requested_by=actor.user,
        membership=actor.membership,
        max_attempts=settings.JOB_MAX_ATTEMPTS,
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        existing = _unfinished(kind, key, organisation)
        if existing is None:
            raise
        return existing
    kick_after_commit(job)
    record(
        AuditCode.JOB_ASKED,
        actor=actor,
        obj=job,
        concerns=concerns or organisation,
        details={"kind": kind, "params": params},
    )
    return job


@transaction.atomic
def cancel(*, job: Job, actor: Actor) -> Job:
    """Call a job off: a queued one never starts, a running one loses its lease and has no effect."""
    check(actor, Action.MANAGE_JOB, job)
    changed = Job.objects.filter(pk=job.pk, state__in=UNFINISHED).update(
        state=JobState.CANCELLED, token=F("token") + 1, lease_until=None, finished_at=clock.now()
    )
    before = job.state
    job.refresh_from_db()
    if changed:
        record(
            AuditCode.JOB_CANCELLED,
            actor=actor,
            obj=job,
            concerns=job.organisation,
            before={"state": before},
            after={"state": job.state},
        )
    if not changed and job.state != JobState.CANCELLED:
        raise PortalError("この処理は、すでに終わっています。画面を開き直して、今の状態を確かめてください。")
    return job


@transaction.atomic
def retry(*, job: Job, actor: Actor) -> Job:
    """Put a failed or cancelled job back in the queue, with all its attempts and at the same address.

    When the same work has been asked for anew meanwhile, that job is returned.
    """
    check(actor, Action.MANAGE_JOB, job)
    Organisation.objects.select_for_update(no_key=True).get(pk=job.organisation_id)
    User.objects.select_for_update(no_key=True).get(pk=job.requested_by_id)
    existing = _unfinished(job.kind, job.key, job.organisation)
    if existing:
        return existing
    _refuse_too_many(job.organisation, job.requested_by)
    changed = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED]).update(
        state=JobState.QUEUED,
        token=F("token") + 1,
        attempts=0,
        lease_until=None,
        progress_done=0,
        progress_total=0,
        progress_note="",
        result={},
        error="",
        started_at=None,
        finished_at=None,
    )
    job.refresh_from_db()
    if changed:
        kick_after_commit(job)
        record(AuditCode.JOB_RETRIED, actor=actor, obj=job, concerns=job.organisation)
    elif job.state not in UNFINISHED:
        raise PortalError("この処理は、すでに完了しています。画面を開き直して、結果を確かめてください。")
    return job


def kick_after_commit(job: Job) -> None:
    """Tell the broker to look at this job once it can be seen by others."""
    transaction.on_commit(lambda: kick(job))


def kick(*jobs: Job) -> None:
    """Tell the broker, when there is one, to look now; a failure is logged only: the sweep looks as well."""
    if not settings.REDIS_URL:
        return
    from portal.celery import hint  # a web process without a broker never loads Celery

    try:
        hint(jobs)
    except Exception:
        logger.warning("the broker could not be told of jobs", exc_info=True)


def _unfinished(kind: str, key: str, organisation: Organisation) -> Job | None:
    """The unfinished job of that kind and key, when key is set."""
    job = Job.objects.unfinished().filter(kind=kind, key=key).first() if key else None
    if job and job.organisation_id != organisation.pk:
        raise PortalError(
            "同じ処理を、別の団体が依頼しています。終わるまで待ってから、もう一度依頼してください。"
        )
    return job


def _refuse_too_many(organisation: Organisation, user: User) -> None:
    unfinished = Job.objects.unfinished()
    if unfinished.filter(requested_by=user).count() >= settings.JOB_LIMIT_PER_USER:
        raise PortalError(
            f"一人が同時に依頼できる処理は{settings.JOB_LIMIT_PER_USER}件までです。"
            "前の処理が終わるまで待ってから、もう一度依頼してください。"
        )
    if unfinished.filter(organisation=organisation).count() >= settings.JOB_LIMIT_PER_ORGANISATION:
        raise PortalError(
            f"一つの団体が同時に依頼できる処理は{settings.JOB_LIMIT_PER_ORGANISATION}件までです。"
            "前の処理が終わるまで待ってから、もう一度依頼してください。"
        )
