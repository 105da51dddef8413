"""The day's work: once a day in Japan, from the hour on, whoever drives it and however often."""

import sys

import pytest

from portal import celery as portal_celery
from portal import daily
from portal.daily import DailyWork, attend, run_daily
from portal.models import DailyRun, OutboxMessage
from portal.outbox import post
from portal.registry import Registry
from tests import factories as f
from tests.portal.outbox.letters import letter
from tests.portal.storms import until
from tests.portal.test_jobs_parallel import together


class Diary:
    """Work that notes for which days it was done."""

    def __init__(self) -> None:
        self.days: list[str] = []
        self.fails = False

    def __call__(self, day) -> None:
        if self.fails:
            raise RuntimeError("not today")
        self.days.append(day.isoformat())


@pytest.fixture
def diary(monkeypatch, settings) -> Diary:
    """One piece of daily work, and the free calendar."""
    settings.PORTAL_TODAY = ""
    found = Diary()
    works: Registry[DailyWork] = Registry()
    works.add(DailyWork("test.diary", found))
    monkeypatch.setattr(daily, "daily_work", works)
    return found


@pytest.mark.django_db
def test_the_days_work_is_done_once(diary, time):
    time.at("2025-09-16T09:00+09:00")
    assert [run_daily(), run_daily()] == [["test.diary"], []]
    assert diary.days == ["2025-09-16"]


@pytest.mark.django_db
def test_it_begins_at_the_hour_in_japan_time(diary, time):
    time.at("2025-09-15T22:59+00:00")  # 7:59 of the 16th in Japan
    assert run_daily() == []
    time.at("2025-09-15T23:00+00:00")
    assert run_daily() == ["test.diary"]
    assert diary.days == ["2025-09-16"]


@pytest.mark.django_db
def test_over_midnight_in_japan_each_day_is_done_once(diary, time):
    time.at("2025-09-16T14:59:59+00:00")  # 23:59:59 of the 16th in Japan
    run_daily()
    time.forward(seconds=2)
    run_daily()
    assert diary.days == ["2025-09-16"]
    time.at("2025-09-17T08:00+09:00")
    run_daily()
    assert diary.days == ["2025-09-16", "2025-09-17"]


@pytest.mark.django_db
def test_midnight_between_two_works_leaves_them_on_one_day(diary, time, monkeypatch):
    time.at("2025-09-16T23:59:59+09:00")
    daily.daily_work.add(DailyWork("test.slow", lambda _day: time.forward(seconds=5), order=1))
    run_daily()
    assert diary.days == ["2025-09-16"]
    assert set(DailyRun.objects.values_list("day", flat=True)) == {DailyRun.objects.first().day}


@pytest.mark.django_db
def test_a_machine_that_was_off_does_it_when_it_is_back(diary, time):
    time.at("2025-09-16T21:30+09:00")
    assert run_daily() == ["test.diary"]


@pytest.mark.django_db
def test_work_that_fails_is_tried_again_and_stops_no_other(diary, time, caplog):
    time.at("2025-09-16T09:00+09:00")
    diary.fails = True
    daily.daily_work.add(DailyWork("test.other", lambda _day: None, order=99))
    assert run_daily() == ["test.other"]
    assert "test.diary failed" in caplog.text
    diary.fails = False
    assert run_daily() == ["test.diary"]


@pytest.mark.django_db
def test_the_fixed_day_of_demo_and_training_counts(diary, settings, time):
    time.at("2026-01-05T09:00+09:00")
    settings.PORTAL_TODAY = "2025-09-16"
    run_daily()
    run_daily()
    assert diary.days == ["2025-09-16"]


@pytest.mark.both_databases
def test_many_at_once_leave_one_mark(storm, diary, time):
    time.at("2025-09-16T09:00+09:00")
    together(run_daily)
    assert DailyRun.objects.count() == 1
    assert run_daily() == []


@pytest.mark.django_db
def test_a_look_does_the_days_work_and_sends_what_waits(diary, time, mailserver):
    time.at("2025-09-16T09:00+09:00")
    post(letter("a"))
    attend(seconds=5)
    attend(seconds=5)
    assert diary.days == ["2025-09-16"]
    assert len(mailserver.received) == 1


def test_beat_asks_for_it_and_the_task_does_it(settings):
    entry = settings.CELERY_BEAT_SCHEDULE["attend"]
    assert entry["task"] == portal_celery.ATTEND
    assert entry["schedule"] == settings.ATTEND_SECONDS
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    application = portal_celery.build()
    assert application.tasks[portal_celery.ATTEND].run.__name__ == "attend"
    application.close()


RUNNER = """
from django.conf import settings
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", {port}
from django.core.management import call_command
call_command("run_jobs", {arguments})
"""


@pytest.mark.storm
@pytest.mark.parametrize("storm", ["any"], indirect=True)
@pytest.mark.parametrize("arguments", ["'--once'", "'--until-idle'", "'--workers', '2'"])
def test_run_jobs_sends_mails_too(storm, mailserver, arguments):
    post(letter("a", organisation=f.OrganisationFactory()))
    script = RUNNER.format(port=mailserver.port, arguments=arguments)
    # The day's work of the apps that have no tables here fails at once; mails go out all the same.
    storm.start(sys.executable, "-c", f"import django; django.setup()\n{script}", DAILY_HOUR=0)
    until(lambda: OutboxMessage.objects.filter(state="sent").exists(), 30, "the mail is sent")
    assert len(mailserver.received) == 1
