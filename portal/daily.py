"""What is done by itself, at every look or once a day; beat and `run_jobs` both drive it.

The mark that a day's work is done is a row. Work that fails has no mark and is tried at the next look;
a machine that was off at the hour does it when it is back. Each work is itself safe to run twice, also at
the same moment: that, and not the mark, is what makes it happen once.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from portal import clock
from portal.models import DailyRun
from portal.outbox.delivery import deliver_due
from portal.registry import Registry

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class DailyWork:
    """Work of a day: its name, what does it, and its place among the others."""

    name: str
    run: Callable[[dt.date], object]
    order: int = 50


@dataclass(frozen=True)
class FrequentWork:
    """What cannot wait for the morning: its name, and what does it, quickly when there is nothing to do."""

    name: str
    run: Callable[[], object]


daily_work: Registry[DailyWork] = Registry()
frequent_work: Registry[FrequentWork] = Registry()


def run_frequent() -> None:
    """Do what every look does; a failure is logged and stops no other."""
    for work in frequent_work.all():
        try:
            work.run()
        except Exception:
            logger.exception("work %s failed; it is tried again at the next look", work.name)


def run_daily() -> list[str]:
    """Do what has not been done today, from the hour on that is set; the names of what was done now."""
    now = clock.now()
    if now.hour < settings.DAILY_HOUR:
        return []
    # One day for everything that follows: midnight may pass meanwhile.
    day = now.date()
    done = set(DailyRun.objects.filter(day=day).values_list("name", flat=True))
    finished = []
    for work in sorted(daily_work.all(), key=lambda one: one.order):
        if work.name in done or not _run(work, day):
            continue
        finished.append(work.name)
    return finished


def _run(work: DailyWork, day: dt.date) -> bool:
    """Do one work and mark it; a failure is logged and stops no other."""
    try:
        work.run(day)
        DailyRun.objects.get_or_create(name=work.name, day=day, defaults={"at": clock.now()})
    except Exception:
        logger.exception("daily work %s failed; it is tried again at the next look", work.name)
        return False
    logger.info("daily work %s done for %s", work.name, day)
    return True


def attend(*, seconds: float, stop: Callable[[], bool] = lambda: False) -> None:
    """One look of a runner between jobs: what is due now, the day's work, then mails that are due."""
    run_frequent()
    run_daily()
    deliver_due(seconds=seconds, stop=stop)
