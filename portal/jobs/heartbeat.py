"""Keeps the lease of a running job while its thread lives, and not a moment longer."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType

from django.conf import settings
from django.db import Error, connection

from portal.jobs.context import JobContext

logger = logging.getLogger(__name__)


class Heartbeat:
    """While open, extends the lease three times per lease from a thread with its own connection.

    It ends by itself when the lease is lost, when the runner's thread is gone,
    and when the job has had all the time a job may have.
    """

    def __init__(self, context: JobContext) -> None:
        self.context = context
        self._ended = threading.Event()
        self._runner = threading.current_thread()
        self._deadline = time.monotonic() + settings.JOB_HARD_SECONDS
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{context.job.pk}", daemon=True)

    def __enter__(self) -> None:
        # Inside a caller's transaction no other connection sees the claim: there is nothing to keep.
        if not connection.in_atomic_block:
            self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _beat(self) -> None:
        every = settings.JOB_LEASE_SECONDS / 3
        try:
            while not self._ended.wait(min(every, 1)) and self._may_go_on():
                try:
                    if self.context.is_time_to_keep(every) and not self.context.keep():
                        logger.warning("job %s: lease lost", self.context.job.pk)
                        return
                except Error:
                    logger.warning(
                        "job %s: heartbeat could not be written", self.context.job.pk, exc_info=True
                    )
                    connection.close()
        finally:
            connection.close()

    def _may_go_on(self) -> bool:
        return self._runner.is_alive() and time.monotonic() < self._deadline
