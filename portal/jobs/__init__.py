"""Background work: ask with `enqueue`, name the work with `register`; the row decides, see docs/jobs.md."""

from portal.jobs.context import JobContext, Outcome
from portal.jobs.errors import JobFailed, LostLease
from portal.jobs.kinds import kind_of, register
from portal.jobs.queue import cancel, enqueue, retry
from portal.jobs.runner import run_job

__all__ = [
    "JobContext",
    "JobFailed",
    "LostLease",
    "Outcome",
    "cancel",
    "enqueue",
    "kind_of",
    "register",
    "retry",
    "run_job",
]
