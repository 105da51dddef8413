"""Two runners of the same reminders at the same moment: each is written and sent once, on both databases."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection

from assessments.models import Reminder
from assessments.services.reminders import Chosen, remind_by_hand, send_due_reminders
from portal import daily
from portal.models import AuditEntry, DailyRun, OutboxMessage
from portal.outbox.delivery import deliver_due
from tests import factories as f
from tests.conftest import actor_for, build_world
from tests.factories_assessments import make_round
from tests.portal import storms

pytestmark = pytest.mark.both_databases
RUNNERS, TOWNS = 6, 12
DAY14 = dt.date(2025, 9, 16)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path, settings, django_db_blocker):
    """A database of the test's own with every table, used by all threads."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path}/race.sqlite3"
        if request.param == "postgres":
            url = stack.enter_context(storms.postgres_database())
        stack.enter_context(django_db_blocker.unblock())
        stack.enter_context(storms.default_database(url))
        call_command("migrate", verbosity=0)
        yield


def at_once(act):
    """Do the same in all runners at the same moment."""
    start = Barrier(RUNNERS)

    def run(_number):
        start.wait(timeout=20)
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(RUNNERS) as pool:
        return list(pool.map(run, range(RUNNERS)))


def test_runners_side_by_side(database, monkeypatch):
    moment = dt.datetime(2025, 9, 16, 0, tzinfo=dt.UTC)
    monkeypatch.setattr("portal.clock.real_now", lambda: moment)
    world = build_world()
    towns = [f.MunicipalityFactory(prefecture=world.prefecture_a).organisation for _ in range(TOWNS)]
    for town in towns:
        actor_for(town)
    round_ = make_round(world.program, *towns)

    assert sum(at_once(lambda: send_due_reminders(DAY14))) == TOWNS
    assert (Reminder.objects.count(), OutboxMessage.objects.count()) == (TOWNS, TOWNS)
    assert AuditEntry.objects.filter(code="reminder.sent").count() == 1

    at_once(daily.run_daily)
    assert (Reminder.objects.count(), DailyRun.objects.count()) == (TOWNS, len(daily.daily_work.all()))

    prefecture = world.actors["prefecture_a"]
    pressed = at_once(
        lambda: remind_by_hand(round_=round_, chosen=Chosen(), note="", press="p1", actor=prefecture)
    )
    assert sum(pressed) == TOWNS
    assert Reminder.objects.filter(kind="by_hand").count() == TOWNS

    assert sum(at_once(deliver_due)) == TOWNS * 2
    assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("sent", 1)}
