"""What the portal itself does without being asked: jobs that were forgotten, and clearing up once a day."""

from __future__ import annotations

import datetime as dt

from portal import clock
from portal.audit.checkpoints import sign_head
from portal.daily import DailyWork, FrequentWork, daily_work, frequent_work
from portal.jobs.sweep import sweep_jobs
from portal.services import drafts
from portal.signin import sessions


def purge_drafts(_day: dt.date) -> None:
    """Texts nobody came back to leave."""
    drafts.purge_drafts()


def clear_sessions(_day: dt.date) -> None:
    """Sessions whose time is over leave, also where nobody signs in."""
    sessions.sweep()


def sign_trail(_day: dt.date) -> None:
    """The end of the audit trail is signed once a day, after what the day's work has recorded."""
    midnight = clock.real_now().astimezone(clock.JAPAN).replace(hour=0, minute=0, second=0, microsecond=0)
    sign_head(since=midnight)


def register() -> None:
    """Make it known; called once when the portal starts."""
    frequent_work.add(FrequentWork("portal.jobs", sweep_jobs))
    daily_work.add(DailyWork("portal.drafts", purge_drafts, order=60))
    daily_work.add(DailyWork("portal.sessions", clear_sessions, order=61))
    daily_work.add(DailyWork("portal.trail", sign_trail, order=99))
