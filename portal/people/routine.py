"""What people need looked at by itself: hand-overs whose day has come, offices without anybody."""

from __future__ import annotations

from portal.people.handover import close_due
from portal.people.vacancies import look_for_vacancies


def look_after_people() -> None:
    """Safe to run at any time and by many at once: hand-overs close once, a vacancy is told once."""
    close_due()
    look_for_vacancies()
