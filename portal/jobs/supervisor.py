"""Keeps a number of runner processes alive; a job that takes its process down costs only that process."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from multiprocessing.process import BaseProcess
from types import FrameType

from django.db import connections

from portal.jobs.worker import ENDING, Orders, work

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
#: A runner that keeps dying at once must not take the machine with it.
RESTART_SECONDS = 0.5
#: Beyond their grace, runners get so long before they are killed; their leases close the attempts.
PATIENCE_SECONDS = 5.0


class Supervisor:
    """Starts runners, starts them again when they end, ends them when asked."""

    def __init__(self, orders: Orders, count: int) -> None:
        self.orders = orders
        self.count = count
        self.stopping = False
        self.done = 0
        self.runners: list[BaseProcess] = []

    def run(self) -> None:
        """Stay until asked to end or, with `until_idle`, until every runner has found nothing left."""
        for number in ENDING:
            signal.signal(number, self._asked_to_end)
        try:
            while not self.stopping and self.done < self.count:
                self._fill()
                time.sleep(LOOK_SECONDS)
                self._reap()
        finally:
            self._end()

    def _asked_to_end(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _fill(self) -> None:
        while len(self.runners) + self.done < self.count:
            # A runner is a fork of this process, which has no threads and here no connection.
            connections.close_all()
            runner = multiprocessing.get_context("fork").Process(target=work, args=[self.orders, os.getpid()])
            # A signal between fork and the runner's own handlers waits until it has them.
            signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
            try:
                runner.start()
            finally:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
            self.runners.append(runner)

    def _reap(self) -> None:
        for runner in [one for one in self.runners if not one.is_alive()]:
            self.runners.remove(runner)
            if runner.exitcode:
                logger.warning("runner %s ended with code %s", runner.pid, runner.exitcode)
                time.sleep(RESTART_SECONDS)
            elif self.orders.until_idle or self.orders.once:
                self.done += 1

    def _end(self) -> None:
        for runner in self.runners:
            runner.terminate()
        last = time.monotonic() + self.orders.grace + PATIENCE_SECONDS
        for runner in self.runners:
            runner.join(max(last - time.monotonic(), 0))
            if runner.is_alive():
                runner.kill()
                runner.join()
