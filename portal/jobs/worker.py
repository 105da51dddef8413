"""One runner process: takes jobs one after the other, keeps to its time, ends when asked."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from django.conf import settings
from django.db import Error, close_old_connections, connections

from portal import clock
from portal.choices import JobQueue
from portal.daily import attend
from portal.jobs.claims import claim_next
from portal.jobs.errors import RunnerStopping, TimeIsUp
from portal.jobs.runner import execute
from portal.models import Job

logger = logging.getLogger(__name__)

#: The signals that ask a runner to end.
ENDING = (signal.SIGTERM, signal.SIGINT)
POLL_SECONDS = 0.5
#: The rest after the database could not be asked.
AWAY_SECONDS = 2.0
#: A process that ran so many jobs makes room for a fresh one, whatever they leaked.
JOBS_PER_PROCESS = 50
#: One look at mails and the day's work takes about this long at most, so that it ends within the grace.
ATTEND_LIMIT = 10.0


@dataclass(frozen=True)
class Orders:
    """What a runner was started to do."""

    queues: tuple[str, ...]
    until_idle: bool
    once: bool
    grace: float
    report: Callable[[str], None]


class Bell:
    """Signals and the one alarm of a runner process.

    SIGTERM and SIGINT ask the runner to end: an idle one ends, a busy one has
    `grace` seconds to finish its job before it is put back. A job that is over
    its time is told so by an exception; one that does not listen is ended with
    its process by the kernel, and its lease closes the attempt.
    """

    def __init__(self, grace: float) -> None:
        self.grace = grace
        self.stopping = False
        self.busy = False

    def install(self) -> None:
        """Listen; only in the main thread of a process of the runner's own."""
        for number in ENDING:
            signal.signal(number, self._asked_to_end)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)

    @contextmanager
    def limited(self) -> Iterator[None]:
        """The time one job has."""
        signal.signal(signal.SIGALRM, self._ring)
        self.busy = True
        self._set(self.grace if self.stopping else settings.JOB_SOFT_SECONDS)
        try:
            yield
        finally:
            self.busy = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _asked_to_end(self, _number: int, _frame: FrameType | None) -> None:
        if self.busy and not self.stopping:
            self._set(self.grace)
        self.stopping = True

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        if not self.busy:
            return
        # From now on the alarm ends the process: no handler a job could swallow.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        self._set(settings.JOB_HARD_SECONDS - settings.JOB_SOFT_SECONDS)
        raise RunnerStopping if self.stopping else TimeIsUp

    @staticmethod
    def _set(seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01))


class Attendance:
    """A runner of the default queue looks after mails and the day's work every `ATTEND_SECONDS`."""

    def __init__(self, orders: Orders, bell: Bell) -> None:
        self.bell = bell
        self.next = time.monotonic() if JobQueue.DEFAULT in orders.queues else float("inf")

    def look(self) -> None:
        """Look when it is time; nothing that goes wrong there ends the runner."""
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + settings.ATTEND_SECONDS
        try:
            with self.bell.limited():
                attend(seconds=ATTEND_LIMIT, stop=lambda: self.bell.stopping)
        except BaseException:
            logger.exception("mails or the day's work could not be looked after")
            connections.close_all()


def work(orders: Orders, starter: int) -> None:
    """Take and run jobs until asked to end, until none is left, or until the starting process is gone."""
    bell = Bell(orders.grace)
    bell.install()
    ran = 0
    attendance = Attendance(orders, bell)
    while not bell.stopping and os.getppid() == starter and ran < JOBS_PER_PROCESS:
        try:
            close_old_connections()
            attendance.look()
            job = claim_next(orders.queues)
            if job:
                ran += 1
                _run(job, bell, orders.report)
            if orders.once or (job is None and orders.until_idle and _idle(orders.queues)):
                break
        except Error:
            logger.exception("the database could not be asked for jobs")
            connections.close_all()
            job = None
            time.sleep(AWAY_SECONDS)
        if job is None:
            time.sleep(POLL_SECONDS)
    connections.close_all()


def _run(job: Job, bell: Bell, report: Callable[[str], None]) -> None:
    started = time.monotonic()
    with bell.limited():
        end = execute(job)
    report(
        f"{clock.real_now():%H:%M:%S} {job.kind} {job.pk} attempt {job.attempts}: "
        f"{end} {time.monotonic() - started:.1f}s"
    )


def _idle(queues: tuple[str, ...]) -> bool:
    return not Job.objects.unfinished().filter(queue__in=queues).exists()
