"""What is due by its date and not by a job: looked at every few minutes by beat, or by idle runners."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.cache import cache

from portal.registry import routines

logger = logging.getLogger(__name__)
KEY = "portal.routines"


def run_routines() -> None:
    """Run each routine; one that fails is logged and tried next time, and stops no other."""
    for routine in routines.all():
        try:
            routine()
        except Exception:
            logger.exception("a routine failed")


def run_routines_when_due() -> None:
    """The same for idle runners: one of them, every `ROUTINE_SECONDS`."""
    if not settings.REDIS_URL and cache.add(KEY, True, timeout=settings.ROUTINE_SECONDS):
        run_routines()
