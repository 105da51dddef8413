"""The second look: jobs whose hint was lost, and what crashes left on the disk."""

from __future__ import annotations

import logging

from django.conf import settings

from portal import clock
from portal.jobs.claims import due
from portal.jobs.queue import kick
from portal.models import Job

logger = logging.getLogger(__name__)

#: One sweep hints at so many jobs, oldest first: a long queue must not fill the broker every time.
HINTS_PER_SWEEP = 200


def sweep_jobs() -> int:
    """Hint again at every job that is due; return how many. Without a broker nobody needs a hint."""
    if not settings.REDIS_URL:
        return 0
    jobs = Job.objects.filter(due(clock.real_now())).order_by("created_at", "id")[:HINTS_PER_SWEEP]
    found = list(jobs)
    if found:
        kick(*found)
        logger.info("sweep: hinted at %s jobs", len(found))
    return len(found)
