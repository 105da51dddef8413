"""Double clicks and floods: many askers at once, on both databases (JOB-07)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal.errors import PortalError
from portal.jobs import run_job
from portal.jobs.claims import claim
from portal.models import Job

pytestmark = pytest.mark.both_databases
ASKERS = 8


def together(act, count=ASKERS):
    """Do the same in many threads at the same moment; what each came to."""
    barrier = Barrier(count)

    def one(_number):
        barrier.wait(timeout=10)
        try:
            return act()
        except PortalError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_the_same_work_asked_many_times_at_once_is_one_job(storm):
    jobs = together(lambda: storm.ask("work", key="report-1"))
    assert Job.objects.count() == 1
    assert {job.pk for job in jobs} == {Job.objects.get().pk}


def test_the_limits_hold_against_a_flood(storm, settings):
    settings.JOB_LIMIT_PER_USER = 3
    answers = together(lambda: storm.ask("work"))
    assert Job.objects.count() == 3
    refused = [answer for answer in answers if isinstance(answer, PortalError)]
    assert len(refused) == ASKERS - 3


def test_a_job_is_taken_by_one_runner_only(storm):
    storm.ask("work")
    taken = together(lambda: claim(Job.objects.all()))
    assert len([job for job in taken if job]) == 1
    assert Job.objects.get().attempts == 1


def test_many_clicks_on_retry_are_one_retry(storm):
    job = storm.ask("expected", key="report-1")
    run_job(job.pk)

    def click():
        client = Client()
        client.force_login(storm.actor.user)
        return client.post(reverse("job_retry", args=[job.pk])).status_code

    assert together(click) == [302] * ASKERS
    job.refresh_from_db()
    assert (Job.objects.count(), job.state, job.token) == (1, "queued", 2)
