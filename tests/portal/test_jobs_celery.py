"""The broker only says "look now": it may die, lose everything, and be away (JOB-02)."""

import random
import signal
import sys
import time
from contextlib import ExitStack

import celery
import pytest
import redis
from django.db import transaction

from portal import celery as portal_celery
from portal.jobs.sweep import sweep_jobs
from portal.models import Job
from tests.portal.storms import JOBS, free_port, listens, redis_server, until

pytestmark = pytest.mark.storm
#: The broker is the subject here, not the database.
any_database = pytest.mark.parametrize("storm", ["any"], indirect=True)


@pytest.fixture
def broker(storm, settings, monkeypatch):
    """A port for a Redis of the test's own, and this process told to use it."""
    port = free_port()
    settings.REDIS_URL = settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{port}/0"
    app = portal_celery.build()
    # What the module holds in a web process that was started with REDIS_URL.
    monkeypatch.setattr(portal_celery, "app", app)
    yield port
    app.close()


def worker(storm, port):
    """A Celery worker with beat inside, two processes."""
    beat = storm.folder / f"beat-{time.monotonic_ns()}"
    command = ["-m", "celery", "-A", "portal.celery", "worker", "-c", "2", "-B", "-s", str(beat)]
    queues = ["-Q", "default,render,import", "--without-gossip", "--without-mingle"]
    return storm.start(sys.executable, *command, *queues, REDIS_URL=f"redis://127.0.0.1:{port}/0")


@any_database
def test_a_broker_that_dies_and_forgets_loses_no_job(storm, broker, settings):
    """Redis is killed twice with all it held, the worker tree once; asking stays quick all the while."""
    settings.JOB_MAX_ATTEMPTS = 50
    settings.JOB_LIMIT_PER_USER = JOBS * 2
    chance = random.Random(2025)
    with ExitStack() as stack:
        first = stack.enter_context(redis_server(storm.folder, broker))
        killed = worker(storm, broker)
        jobs = [storm.ask("work", steps=4, pause=0.2) for _ in range(JOBS - 3)]
        until(lambda: Job.objects.exclude(state="queued").exists(), 30, "a job was begun")
        first.kill()
        for _ in range(3):
            begun = time.monotonic()
            jobs.append(storm.ask("work"))
            assert time.monotonic() - begun < 1, "asking for a job waited for the broker"
        time.sleep(chance.uniform(0, 0.5))
        killed.kill()
        second = stack.enter_context(redis_server(storm.folder, broker))
        worker(storm, broker)
        done = storm.states().get("succeeded", 0)
        until(lambda: storm.states().get("succeeded", 0) > done, 30, "the new worker works")
        second.kill()
        stack.enter_context(redis_server(storm.folder, broker))
        storm.all_succeed(jobs, 60 + JOBS)


@any_database
def test_hints_go_to_the_queue_of_the_kind_after_the_commit_only(storm, broker):
    """A rolled back change leaves no hint; a sweep hints again at what is due."""
    with redis_server(storm.folder, broker):
        client = redis.Redis(port=broker)
        with transaction.atomic():
            storm.ask("work")
            transaction.set_rollback(True)
        assert client.llen("default") == 0
        with transaction.atomic():
            storm.ask("rendered")
            assert client.llen("render") == 0
        assert (client.llen("render"), client.llen("default")) == (1, 0)
        assert sweep_jobs() == 1
        assert client.llen("render") == 2
        client.close()


@any_database
def test_a_broker_that_hangs_does_not_hold_up_the_asking(storm, broker):
    """A Redis that accepts and never answers: the job is asked for, the hint is given up."""
    with redis_server(storm.folder, broker) as server:
        server.process.send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        job = storm.ask("work")
        waited = time.monotonic() - begun
        server.process.send_signal(signal.SIGCONT)
    assert Job.objects.get(pk=job.pk).state == "queued"
    assert waited < 3
    assert not listens(broker)


def test_celery_reads_our_settings(settings):
    """The CELERY_ names are those Celery knows; a misspelt one would be silently nothing."""
    app = portal_celery.build()
    known = {name.lower() for name in celery.app.defaults.NAMESPACES} | set(celery.app.defaults.SETTING_KEYS)
    ours = [name for name in dir(settings) if name.startswith("CELERY_")]
    assert [name for name in ours if name.removeprefix("CELERY_").lower() not in known] == []
    conf = app.conf
    assert conf.task_acks_late is False
    assert conf.result_backend is None
    assert conf.worker_prefetch_multiplier == 1
    assert (conf.task_soft_time_limit, conf.task_time_limit) == (270, 300)
    assert conf.broker_transport_options["visibility_timeout"] > conf.task_time_limit
    assert conf.task_publish_retry_policy["max_retries"] == 1
    assert conf.accept_content == ["json"]
    assert {entry["task"] for entry in conf.beat_schedule.values()} <= set(app.tasks)
    app.close()
