"""All that is done by itself is done once: run twice, over midnight in Japan, by two processes at once."""

from __future__ import annotations

import datetime as dt
import sys
from contextlib import ExitStack

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import call_command

from portal import celery as portal_celery
from portal import clock, daily
from portal.daily import FrequentWork, attend, daily_work, frequent_work, run_frequent
from portal.jobs import run_job
from portal.models import DailyRun, OutboxMessage
from portal.registry import Registry
from tests.conftest import build_world
from tests.portal import storms
from tests.portal.scheduled import CASES, EVENING, NIGHT, TODAY, TOMORROW

WORKS = {work.name: work for work in (*daily_work.all(), *frequent_work.all())}
names = pytest.mark.parametrize("name", sorted(CASES))


class Hand:
    """The machine's clock as a test sets it."""

    def __init__(self) -> None:
        self.at(EVENING)

    def at(self, text: str) -> None:
        """Set it."""
        self.now = dt.datetime.fromisoformat(text)


@pytest.fixture
def hand(monkeypatch, settings) -> Hand:
    """The evening; the calendar runs freely."""
    told = Hand()
    settings.PORTAL_TODAY = ""
    monkeypatch.setattr(clock, "real_now", lambda: told.now)
    return told


@pytest.fixture
def hints(monkeypatch, settings) -> list:
    """What the broker was told."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    given: list = []
    monkeypatch.setattr(portal_celery, "hint", given.extend)
    return given


def follow(hints: list) -> None:
    """What a worker does with what the broker was told."""
    for job in hints:
        run_job(job.pk)


@pytest.fixture
def only(monkeypatch, name):
    """The scheduler with this one piece of work."""
    for kind, registry in (("daily_work", daily_work), ("frequent_work", frequent_work)):
        chosen: Registry = Registry()
        for work in registry.all():
            if work.name == name:
                chosen.add(work)
        monkeypatch.setattr(daily, kind, chosen)


def test_every_piece_of_work_has_its_case():
    assert set(CASES) == set(WORKS)
    assert len(WORKS) == len(daily_work.all()) + len(frequent_work.all()), "two works of one name"


@names
def test_run_twice_at_the_same_moment_it_is_done_once(world, hand, hints, name):
    case, work = CASES[name], WORKS[name]
    hand.at(NIGHT)
    case.prepare(world)
    assert case.effects() != case.night
    given = () if work in frequent_work.all() else (TOMORROW,)
    for _ in range(2):
        work.run(*given)
        follow(hints)
        assert case.effects() == case.night


@names
def test_over_midnight_it_is_done_once(world, hand, hints, only, name):
    case = CASES[name]
    case.prepare(world)
    for moment, wanted in ((EVENING, case.evening), (NIGHT, case.night)):
        hand.at(moment)
        for _ in range(2):
            attend(seconds=5)
            follow(hints)
            assert case.effects() == wanted
            sent = OutboxMessage.objects.filter(state="sent", digest__isnull=True)
            assert len(mail.outbox) == sent.count()
    assert set(DailyRun.objects.values_list("day", flat=True)) <= {TODAY}


def test_a_lost_hint_is_given_again_at_every_look(world, hand, hints):
    CASES["portal.jobs"].prepare(world)
    for number in (1, 2):
        run_frequent()
        assert len(hints) == number


def test_what_fails_at_a_look_stops_nothing_else(monkeypatch, caplog):
    def broken() -> None:
        raise RuntimeError("fault")

    seen: list[int] = []
    works: Registry[FrequentWork] = Registry()
    works.add(FrequentWork("test.broken", broken))
    works.add(FrequentWork("test.other", lambda: seen.append(1)))
    monkeypatch.setattr(daily, "frequent_work", works)
    run_frequent()
    assert seen == [1]
    assert "test.broken failed" in caplog.text


LOOK = """
import pathlib, time
from django.conf import settings
settings.PORTAL_TODAY, settings.DAILY_HOUR = "{day}", 0
from portal.daily import attend
from portal.jobs import run_job
from portal.models import Job
import tests.portal.scheduled
jobs = list(Job.objects.values_list("pk", flat=True))
pathlib.Path("{ready}").touch()
while not pathlib.Path("{go}").exists():
    time.sleep(0.01)
attend(seconds=30)
for pk in jobs:
    run_job(pk)
"""


@pytest.fixture(scope="module")
def done_by_two(tmp_path_factory, django_db_blocker):
    """PostgreSQL with every case in it, and two processes that have looked at it at the same moment."""
    folder = tmp_path_factory.mktemp("scheduled")
    with ExitStack() as stack:
        url = stack.enter_context(storms.postgres_database())
        stack.enter_context(django_db_blocker.unblock())
        stack.enter_context(storms.default_database(url))
        call_command("migrate", verbosity=0)
        world = build_world()
        before = django_settings.PORTAL_TODAY
        django_settings.PORTAL_TODAY = TOMORROW.isoformat()
        stack.callback(setattr, django_settings, "PORTAL_TODAY", before)
        for case in CASES.values():
            case.prepare(world)
        storm = storms.Storm(url=url, folder=folder, actor=world.actors["admin"])
        stack.callback(storm.clear)
        go, marks = folder / "go", [folder / f"ready-{number}" for number in (1, 2)]
        for mark in marks:
            script = LOOK.format(day=TOMORROW, ready=mark, go=go)
            storm.start(sys.executable, "-c", f"import django; django.setup()\n{script}")
        storms.until(lambda: all(mark.exists() for mark in marks), 60, "both processes are ready")
        go.touch()
        ends = [started.process.wait(timeout=60) for started in storm.started]
        assert ends == [0, 0], [started.text() for started in storm.started]
        yield [started.text() for started in storm.started]


@pytest.mark.storm
@names
def test_by_two_processes_at_once_it_is_done_once(done_by_two, name):
    assert CASES[name].effects() == CASES[name].night


@pytest.mark.storm
def test_two_processes_leave_one_mark_and_send_each_mail_once(done_by_two):
    assert not any("failed" in text or "Traceback" in text for text in done_by_two), done_by_two
    assert sorted(DailyRun.objects.values_list("name", flat=True)) == sorted(
        work.name for work in daily_work.all()
    )
    mails = OutboxMessage.objects.filter(digest__isnull=True)
    assert set(mails.values_list("state", "attempts")) == {("sent", 1)}
