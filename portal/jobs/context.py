"""What a running job holds: its parameters, its lease, a way to say how far it is."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from portal import clock
from portal.actor import Actor
from portal.choices import JobState
from portal.jobs.errors import LostLease
from portal.models import Job

#: Progress is written at most this often; a job may report every row it handles.
SECONDS_BETWEEN_WRITES = 0.5


@dataclass
class Outcome:
    """What a job came to.

    `apply` makes the effects: it runs inside the transaction that finishes the
    job, only while the lease is held, and what it returns joins the result.
    """

    result: dict[str, Any] = field(default_factory=dict)
    apply: Callable[[Job], dict[str, Any] | None] | None = None


def lease_end() -> dt.datetime:
    """Until when a lease taken or extended now holds."""
    return clock.real_now() + dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)


class JobContext:
    """One attempt at one job; every write carries its token, so that a late runner changes nothing."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.token = job.token
        self._lost = threading.Event()
        self._written = 0.0
        self._progress: dict[str, Any] = {}
        self._unwritten = False

    @property
    def params(self) -> dict[str, Any]:
        """What the job was asked to do."""
        return self.job.params

    @property
    def actor(self) -> Actor:
        """For whom the job runs: rights are checked with this, again, when the job runs."""
        return Actor(user=self.job.requested_by, membership=self.job.membership)

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Say how far the job is; raises LostLease when another runner has it or it was cancelled."""
        self._progress = {"progress_done": done, "progress_total": total, "progress_note": note[:200]}
        self._unwritten = True
        if self._lost.is_set():
            raise LostLease
        if time.monotonic() - self._written >= SECONDS_BETWEEN_WRITES and not self.keep():
            raise LostLease

    def mine(self) -> QuerySet[Job]:
        """The job's row while this attempt holds it; empty afterwards."""
        return Job.objects.filter(pk=self.job.pk, token=self.token, state=JobState.RUNNING)

    def is_time_to_keep(self, every: float) -> bool:
        """Whether there is progress nobody has seen, or the lease was last extended so many seconds ago."""
        return self._unwritten or time.monotonic() - self._written >= every

    def keep(self) -> bool:
        """Extend the lease and write the progress in one UPDATE; False when the lease is lost."""
        self._written = time.monotonic()
        self._unwritten = False
        if not self.mine().update(lease_until=lease_end(), **self._progress):
            self._lost.set()
        return not self._lost.is_set()
