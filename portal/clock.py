"""The one place that says what day it is.

Business time (deadlines, reports, what screens call today) honours
`PORTAL_TODAY`, which demo and tests set. Leases, sessions and anything that
guards against time itself use `real_now`.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

JAPAN = ZoneInfo("Asia/Tokyo")


def real_now() -> dt.datetime:
    """The machine's own time."""
    return timezone.now()


def fixed_today() -> dt.date | None:
    """The day set by `PORTAL_TODAY`, or None when the calendar runs freely."""
    return dt.date.fromisoformat(settings.PORTAL_TODAY) if settings.PORTAL_TODAY else None


def now() -> dt.datetime:
    """Business time: the real time of day (Japan), on the fixed day when one is set."""
    real = real_now().astimezone(JAPAN)
    fixed = fixed_today()
    return dt.datetime.combine(fixed, real.timetz()) if fixed else real


def today() -> dt.date:
    """The business day in Japan; a due day ends at 24:00 of it."""
    return now().date()
