"""Running one claimed job to its end, whatever that end is."""

from __future__ import annotations

import datetime as dt
import logging
import uuid

from django.conf import settings
from django.db import connection, transaction

from portal import clock
from portal.audit import AuditCode, Origin, about, record
from portal.choices import JobState
from portal.errors import PortalError
from portal.jobs.claims import claim, job_failed, reference
from portal.jobs.context import JobContext, Outcome
from portal.jobs.errors import JobFailed, LostLease, RunnerStopping
from portal.jobs.heartbeat import Heartbeat
from portal.jobs.kinds import kind_of
from portal.jobs.queue import kick_after_commit
from portal.models import Job
from portal.permissions import PermissionRefused

logger = logging.getLogger(__name__)


def run_job(job_id: uuid.UUID | str) -> None:
    """Take this job when it is due and run it; does nothing when another has it or it is finished."""
    job = claim(Job.objects.filter(pk=job_id))
    if job:
        execute(job)


def execute(job: Job) -> str:
    """Run a claimed job to its end; return how it ended, for the runner's own line.

    Nothing a job raises gets out, not even MemoryError or SystemExit: one bad
    job must not end the runner of all others.
    """
    with about(Origin(job_id=job.pk)):
        return _to_its_end(JobContext(job))


def _to_its_end(context: JobContext) -> str:
    job = context.job
    try:
        return _attempt(context)
    except LostLease:
        logger.warning("job %s %s: lease lost, nothing written", job.kind, job.pk)
        return "lost"
    except (JobFailed, PortalError, PermissionRefused) as error:
        return _fail(context, str(error))
    except RunnerStopping:
        return _put_back(context)
    except BaseException:
        logger.exception("job %s %s: attempt %s failed", job.kind, job.pk, job.attempts)
        return _try_again(context)


def _attempt(context: JobContext) -> str:
    with Heartbeat(context):
        outcome = kind_of(context.job.kind).run(context)
    # The finishing transaction locks the row, which keeps it ours without a heartbeat.
    _finish(context, outcome)
    return JobState.SUCCEEDED.value


@transaction.atomic
def _finish(context: JobContext, outcome: Outcome) -> None:
    """Effects, result and state in one transaction, only while the token is ours."""
    job = context.mine().select_for_update(no_key=True).first()
    if job is None:
        raise LostLease
    result = dict(outcome.result)
    if outcome.apply:
        result.update(outcome.apply(job) or {})
    done = context.mine().update(
        state=JobState.SUCCEEDED, result=result, error="", lease_until=None, finished_at=clock.now()
    )
    if not done:
        raise LostLease
    details = {"kind": job.kind, "attempts": job.attempts}
    record(AuditCode.JOB_SUCCEEDED, actor=context.actor, obj=job, concerns=job.organisation, details=details)


def _fail(context: JobContext, sentence: str) -> str:
    return _record(context, JobState.FAILED, error=sentence, lease_until=None, finished_at=clock.now())


def _put_back(context: JobContext) -> str:
    """The runner ends, the job did nothing wrong: the attempt does not count."""
    return _record(context, JobState.QUEUED, attempts=max(context.job.attempts - 1, 0), lease_until=None)


def _try_again(context: JobContext) -> str:
    job = context.job
    if job.attempts >= job.max_attempts:
        return _fail(
            context,
            f"予期しない問題が起き、{job.attempts}回試しましたが完了できませんでした。"
            "時間をおいて「処理をやり直す」を押してください。それでも完了しないときは、"
            f"{settings.PORTAL_CONTACT}に問い合わせ番号 {reference(job)} を伝えてください。",
        )
    rest = dt.timedelta(seconds=settings.JOB_RETRY_SECONDS)
    return _record(context, JobState.QUEUED, lease_until=clock.real_now() + rest)


def _record(context: JobContext, state: JobState, **fields: object) -> str:
    """Write an end that is not success; when even that fails, the lease runs out and closes the attempt."""
    try:
        if not connection.in_atomic_block:
            connection.close()  # an exception may have struck inside the driver: begin anew
        with transaction.atomic():
            written = context.mine().update(state=state, **fields)
            if written and state == JobState.QUEUED:
                kick_after_commit(context.job)
            elif written:
                job_failed(context.job)
    except Exception:
        logger.exception("job %s %s: its end could not be written", context.job.kind, context.job.pk)
        return "lost"
    return state.value if written else "lost"
