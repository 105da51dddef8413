"""Runners are killed, paused and poisoned; each job ends once, with one effect (JOB-01, 03, 04, 05, 08)."""

import os
import random
import signal
import time

import pytest

from portal.models import Job
from tests.portal.storms import JOBS, LEASE, until

pytestmark = pytest.mark.storm
both_databases = pytest.mark.both_databases
#: The processes are the subject here, not the database.
any_database = pytest.mark.parametrize("storm", ["any"], indirect=True)


@both_databases
def test_killed_runners_lose_no_job_and_repeat_no_effect(storm, settings):
    """JOB-01: kill -9 of whole trees and of single runners at random moments."""
    settings.JOB_MAX_ATTEMPTS = 50  # chance may hit one job often; the limit has its own test
    settings.JOB_LIMIT_PER_USER = JOBS
    chance = random.Random(2025)
    jobs = [storm.ask("work", steps=5, pause=0.2) for _ in range(JOBS)]
    for _ in range(max(2, JOBS // 6)):
        runner = storm.runner(workers=2)
        until(lambda: Job.objects.filter(state="running").exists(), 20, "a job was begun")
        time.sleep(chance.uniform(0, 1.0))
        for child in runner.children()[:1]:
            os.kill(child, signal.SIGKILL)
        time.sleep(chance.uniform(0, 1.0))
        runner.kill()
    assert storm.states() != {"succeeded": JOBS}
    storm.runner(workers=2)
    storm.all_succeed(jobs, 30 + JOBS)


@both_databases
def test_poison_fails_after_three_attempts_and_the_queue_goes_on(storm):
    """JOB-03: jobs that kill, exhaust, leave or outlast their runner."""
    runner = storm.runner(workers=2, STORM_SOFT_SECONDS=0.5, JOB_LEASE_SECONDS=1)
    poison = [storm.ask(kind) for kind in ("kill", "memory", "bomb", "leave", "endless", "deaf")]
    good = [storm.ask("work") for _ in range(3)]
    until(lambda: storm.states() == {"failed": 6, "succeeded": 3}, 60, "poison failed, the rest done")
    for job in poison:
        job.refresh_from_db()
        assert storm.starts(job) == 3, job.kind
        assert str(job.pk)[:8] in job.error
    assert all(len(storm.effects(job)) == 1 for job in good)
    assert runner.process.poll() is None
    more = storm.ask("work")
    until(lambda: storm.effects(more), 15, "the runner still works")


@both_databases
def test_a_paused_runner_that_comes_back_changes_nothing(storm):
    """JOB-05: SIGSTOP beyond the lease, another runner finishes, SIGCONT."""
    job = storm.ask("silent", pause=1.5)
    slow = storm.runner(workers=1)
    until(lambda: storm.starts(job) == 1, 20, "the first runner has begun")
    os.killpg(slow.process.pid, signal.SIGSTOP)
    storm.runner(workers=1)
    until(lambda: storm.states() == {"succeeded": 1}, 30, "the second runner has finished")
    job.refresh_from_db()
    (effect,) = storm.effects(job)
    os.killpg(slow.process.pid, signal.SIGCONT)
    until(lambda: "lost" in slow.text(), 20, "the first runner has noticed")
    assert storm.starts(job) == 2
    assert storm.effects(job) == [effect]
    assert (storm.folder / "media" / effect.file.name).read_text() == f"token {job.token}"
    written = [path for path in (storm.folder / "media").rglob("*") if path.is_file()]
    assert len(written) == 1
    after = Job.objects.get(pk=job.pk)
    assert (after.token, after.result, after.finished_at) == (job.token, job.result, job.finished_at)


@any_database
def test_a_heartbeat_keeps_a_long_job(storm):
    """A job longer than its lease stays with its runner while that one lives."""
    job = storm.ask("silent", pause=LEASE * 1.6)
    storm.runner(workers=2)
    storm.all_succeed([job], 30)
    assert storm.starts(job) == 1


ASK = """
import os, signal
from django.db import transaction
from portal.actor import Actor
from portal.jobs import enqueue
from portal.models import Membership
row = Membership.objects.get(pk={membership})
with transaction.atomic():
    {before}
    enqueue("storm.work", actor=Actor(row.user, row), params={{}}, organisation=row.organisation)
    {after}
"""


@both_databases
def test_a_crash_between_commit_and_hint_loses_nothing(storm):
    """JOB-04: killed in on_commit, before the broker could be told."""
    death = "transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))"
    code = ASK.format(membership=storm.actor.membership.pk, before=death, after="pass")
    assert storm.python(code) == -signal.SIGKILL
    job = Job.objects.get()
    assert job.state == "queued"
    assert storm.runner("--until-idle").process.wait(timeout=30) == 0
    storm.all_succeed([job], 1)


@both_databases
def test_what_is_rolled_back_was_never_asked(storm):
    """JOB-04: the change that asks for a job fails after it asked."""
    code = ASK.format(membership=storm.actor.membership.pk, before="pass", after="raise SystemExit(7)")
    assert storm.python(code) == 7
    runner = storm.runner("--until-idle")
    assert runner.process.wait(timeout=30) == 0
    assert not Job.objects.exists()
    assert not storm.log.exists()


@any_database
@pytest.mark.parametrize(("grace", "state", "attempts"), [("20", "succeeded", 1), ("0.2", "queued", 0)])
def test_a_runner_asked_to_end_finishes_or_puts_back(storm, grace, state, attempts):
    """JOB-08: SIGTERM during a job; no process is left behind."""
    job = storm.ask("silent", pause=2)
    runner = storm.runner("--grace", grace, workers=2)
    until(lambda: storm.starts(job) == 1, 20, "the job has begun")
    children = runner.children()
    assert len(children) == 2
    assert runner.end() == 0
    assert not any(os.path.exists(f"/proc/{child}") for child in children)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == (state, attempts, None)
    assert len(storm.effects(job)) == attempts


@any_database
def test_runners_whose_starter_is_killed_end_by_themselves(storm):
    """JOB-08: kill -9 of the supervisor alone leaves no runner behind, and its job is finished."""
    job = storm.ask("silent", pause=1)
    runner = storm.runner(workers=2)
    until(lambda: storm.starts(job) == 1, 20, "the job has begun")
    children = runner.children()
    runner.process.kill()
    runner.process.wait(timeout=10)
    until(lambda: not any(os.path.exists(f"/proc/{child}") for child in children), 15, "no runner is left")
    storm.all_succeed([job], 1)
