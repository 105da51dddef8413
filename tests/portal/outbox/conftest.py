"""A mail server of the test's own, a clock that can be put forward, and a database on each engine."""

import datetime as dt

import pytest
from django.db import connections

from portal import clock
from portal.models import DailyRun, NoticeReading, NoticeSetting, OutboxMessage
from tests.portal.outbox.mailserver import MailServer, listening


@pytest.fixture
def mailserver(settings):
    """A mail server that listens, and the portal told of it."""
    world = MailServer()
    with listening(world):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", world.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = False
        settings.EMAIL_TIMEOUT = 5
        settings.DEFAULT_FROM_EMAIL = "portal@example.jp"
        yield world


class Time:
    """The machine's clock as a test sets it."""

    def __init__(self) -> None:
        self.now = clock.real_now()

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(**span)

    def at(self, text: str) -> None:
        """Set it to a moment, with its zone."""
        self.now = dt.datetime.fromisoformat(text)


@pytest.fixture
def time(monkeypatch) -> Time:
    """A clock that moves only when told."""
    told = Time()
    monkeypatch.setattr(clock, "real_now", lambda: told.now)
    return told


@pytest.fixture
def storm(storm):
    """The storm of the jobs, with no message left from an earlier one."""
    with connections["default"].cursor() as cursor:
        for model in (NoticeReading, NoticeSetting, OutboxMessage, DailyRun):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    return storm
