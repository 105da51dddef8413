"""Asking for work, taking it, ending it: the rules of a job, one process, no broker."""

import datetime as dt
import signal
import threading
import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from portal import clock
from portal.choices import JobState
from portal.errors import PortalError
from portal.jobs import JobContext, LostLease, cancel, enqueue, register, retry, run_job
from portal.jobs.claims import claim, claim_next, take
from portal.jobs.context import SECONDS_BETWEEN_WRITES
from portal.jobs.errors import TimeIsUp
from portal.jobs.heartbeat import Heartbeat
from portal.jobs.runner import execute
from portal.jobs.worker import Bell
from portal.models import Job, StoredFile
from portal.permissions import PermissionRefused
from tests import factories as f
from tests.conftest import actor_for
from tests.stormapp import kinds


@pytest.fixture
def actor(db):
    """Somebody of an organisation."""
    kinds.register_all()
    return actor_for(f.OrganisationFactory())


@pytest.fixture
def ask(actor):
    """Enqueue a storm kind for her."""

    def _ask(kind="work", *, by=actor, key="", **params):
        return enqueue(f"storm.{kind}", actor=by, params=params, organisation=by.organisation, key=key)

    return _ask


def _expire(job):
    Job.objects.filter(pk=job.pk).update(lease_until=clock.real_now() - dt.timedelta(seconds=1))


# --- asking -------------------------------------------------------------------
def test_a_job_remembers_who_asked_for_whom_and_where_it_waits(ask, actor):
    job = ask("rendered", steps=3)
    job.refresh_from_db()
    assert (job.kind, job.queue, job.state, job.params) == (
        "storm.rendered",
        "render",
        "queued",
        {"steps": 3},
    )
    assert (job.requested_by, job.membership, job.organisation) == (
        actor.user,
        actor.membership,
        actor.organisation,
    )
    assert JobContext(job).actor == actor


def test_the_same_unfinished_work_is_one_job(ask):
    first = ask(key="report-1")
    assert ask(key="report-1") == first
    assert ask("rendered", key="report-1") != first
    assert ask(key="report-2") != first
    run_job(first.pk)
    assert ask(key="report-1") != first


def test_work_without_a_key_is_never_the_same(ask):
    assert ask() != ask()


def test_another_organisations_job_is_not_handed_out(ask):
    ask(key="shared")
    with pytest.raises(PortalError, match="別の団体が依頼しています"):
        ask(by=actor_for(f.OrganisationFactory()), key="shared")


def test_a_person_has_a_limit(ask, settings):
    settings.JOB_LIMIT_PER_USER = 2
    done, _ = ask(), ask()
    with pytest.raises(PortalError, match="2件まで"):
        ask()
    run_job(done.pk)
    assert ask()


def test_an_organisation_has_a_limit(ask, actor, settings):
    settings.JOB_LIMIT_PER_ORGANISATION = 2
    colleague = actor_for(actor.organisation)
    ask()
    ask(by=colleague)
    with pytest.raises(PortalError, match="一つの団体が同時に依頼できる処理は2件まで"):
        ask(by=colleague)


def test_an_unknown_kind_is_refused_at_once(ask):
    with pytest.raises(LookupError):
        ask("nothing")


def test_a_kind_means_one_thing():
    kinds.register_all()
    kinds.register_all()
    with pytest.raises(ImproperlyConfigured, match="twice"):
        register("storm.work", run=kinds.broken, label="別の処理")
    with pytest.raises(ImproperlyConfigured, match="no queue"):
        register("storm.new", run=kinds.work, label="新しい処理", queue="nowhere")


# --- taking -------------------------------------------------------------------
def test_the_oldest_job_of_the_first_queue_is_taken_first(ask):
    late, early, render = ask(), ask(), ask("rendered")
    Job.objects.filter(pk=early.pk).update(created_at=late.created_at - dt.timedelta(minutes=1))
    taken = [claim_next(["render", "default"]) for _ in range(4)]
    assert taken == [render, early, late, None]


def test_a_taken_job_is_not_taken_again_before_its_lease_ends(ask):
    job = ask()
    first = claim(Job.objects.all())
    assert (first.token, first.attempts, first.state) == (1, 1, "running")
    assert claim(Job.objects.all()) is None
    _expire(job)
    second = claim(Job.objects.all())
    assert (second.token, second.attempts) == (2, 2)


def test_a_look_that_is_out_of_date_takes_nothing(ask):
    """The token alone decides, also where the database has no row locks."""
    job = ask()
    seen = Job.objects.get(pk=job.pk)
    claim(Job.objects.all())
    assert take(seen) is False
    assert Job.objects.get().attempts == 1


def test_a_job_without_attempts_left_is_closed_with_a_sentence(ask, settings):
    job = ask()
    for _ in range(3):
        assert claim(Job.objects.all())
        _expire(job)
    assert claim(Job.objects.all()) is None
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 3)
    assert "3回とも途中で止まった" in job.error
    assert str(job.pk)[:8] in job.error
    assert settings.PORTAL_CONTACT in job.error


# --- ending -------------------------------------------------------------------
def test_success_keeps_result_and_effect_together(ask):
    job = ask(steps=2)
    run_job(job.pk)
    job.refresh_from_db()
    (stored,) = StoredFile.objects.all()
    assert (job.state, job.result) == ("succeeded", {"steps": 2, "file": str(stored.pk)})
    assert job.lease_until is None
    assert job.finished_at is not None


def test_running_a_finished_or_unknown_job_does_nothing(ask):
    job = ask()
    run_job(job.pk)
    run_job(job.pk)
    run_job("00000000-0000-0000-0000-000000000000")
    assert StoredFile.objects.count() == 1


def test_an_expected_failure_is_not_tried_again(ask):
    job = ask("expected")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 1)
    assert job.error == "取組状況がまだ提出されていません。提出を待ってから、もう一度依頼してください。"


@pytest.mark.parametrize("name", ["refused", "forbidden"])
def test_errors_of_the_domain_are_expected_failures(ask, name):
    job = ask(name)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == ("failed", 1, "締切を過ぎています。")


@pytest.mark.parametrize("kind", ["broken", "memory", "bomb", "leave", "gone"])
def test_a_fault_is_logged_whole_rests_and_fails_at_the_limit(ask, caplog, settings, kind):
    job = ask()
    Job.objects.filter(pk=job.pk).update(kind=f"storm.{kind}")
    run_job(job.pk)
    job.refresh_from_db()
    rest = job.lease_until - clock.real_now()
    assert job.state == "queued"
    assert 0 < rest.total_seconds() <= settings.JOB_RETRY_SECONDS
    assert caplog.records[-1].exc_info
    run_job(job.pk)
    job.refresh_from_db()
    assert job.attempts == 1, "a resting job is left alone"
    for _ in range(2):
        _expire(job)
        run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 3)
    assert str(job.pk)[:8] in job.error
    assert "ZeroDivision" not in job.error


def test_effects_that_fail_leave_no_row(ask):
    job = ask("late")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "保存できませんでした。")
    assert not StoredFile.objects.exists()


# --- fencing --------------------------------------------------------------------
def test_a_runner_that_lost_its_lease_writes_nothing(ask):
    """The older claim ends after the newer one: whatever its end, nothing of it counts."""
    job = ask()
    old = claim(Job.objects.filter(pk=job.pk))
    _expire(job)
    new = claim(Job.objects.filter(pk=job.pk))
    before = Job.objects.values().get()
    for kind in ("storm.silent", "storm.expected", "storm.broken"):
        old.kind, old.params = kind, {"pause": 0}
        assert execute(old) == "lost"
    assert Job.objects.values().get() == before
    assert not StoredFile.objects.exists()
    assert execute(new) == "succeeded"


def test_progress_is_refused_after_a_cancel(ask, actor):
    job = claim(Job.objects.filter(pk=ask().pk))
    context = JobContext(job)
    context.progress(1, 2, "一つ目")
    cancel(job=Job.objects.get(), actor=actor)
    time.sleep(SECONDS_BETWEEN_WRITES)
    with pytest.raises(LostLease):
        context.progress(2, 2)
    stored = Job.objects.get()
    assert (stored.state, stored.progress_done, stored.progress_note) == ("cancelled", 1, "一つ目")


def test_a_cancelled_running_job_has_no_effect(ask, actor):
    job = claim(Job.objects.filter(pk=ask("silent", pause=0).pk))
    cancel(job=Job.objects.get(), actor=actor)
    assert execute(job) == "lost"
    assert Job.objects.get().state == JobState.CANCELLED
    assert not StoredFile.objects.exists()


# --- calling off, asking again ----------------------------------------------------
@pytest.mark.parametrize("act", [cancel, retry])
def test_strangers_may_not_manage(ask, act):
    with pytest.raises(PermissionRefused):
        act(job=ask(), actor=actor_for(f.OrganisationFactory()))


def test_cancel_twice_is_one_cancel(ask, actor):
    job = cancel(job=ask(), actor=actor)
    assert cancel(job=job, actor=actor).token == 1


def test_retry_starts_the_same_job_anew(ask, actor):
    job = ask("expected")
    run_job(job.pk)
    again = retry(job=job, actor=actor)
    assert (again.pk, again.state, again.attempts, again.error) == (job.pk, "queued", 0, "")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 1)


def test_retry_leads_to_the_job_that_was_asked_for_meanwhile(ask, actor):
    job = ask("expected", key="k")
    run_job(job.pk)
    newer = ask("expected", key="k")
    assert retry(job=job, actor=actor) == newer
    job.refresh_from_db()
    assert job.state == "failed"


def test_retry_keeps_to_the_limits(ask, actor, settings):
    settings.JOB_LIMIT_PER_USER = 1
    job = ask("expected")
    run_job(job.pk)
    ask()
    with pytest.raises(PortalError, match="1件まで"):
        retry(job=job, actor=actor)


# --- heartbeat and alarm ------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_extends_and_writes_progress(settings, transactional_db):
    kinds.register_all()
    settings.JOB_LEASE_SECONDS = 1
    actor = actor_for(f.OrganisationFactory())
    enqueue("storm.work", actor=actor, params={}, organisation=actor.organisation)
    job = claim(Job.objects.all())
    context = JobContext(job)
    with Heartbeat(context):
        context.progress(1, 9, "始め")
        context.progress(5, 9, "半ば")
        time.sleep(1.5)
        row = Job.objects.get()
        assert row.lease_until > clock.real_now()
        assert (row.progress_done, row.progress_note) == (5, "半ば")


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_ends_with_its_runner(settings, transactional_db):
    """A runner's thread that vanished leaves a lease that runs out."""
    kinds.register_all()
    settings.JOB_LEASE_SECONDS = 1
    actor = actor_for(f.OrganisationFactory())
    enqueue("storm.work", actor=actor, params={}, organisation=actor.organisation)
    job = claim(Job.objects.all())
    beats = []

    def vanish():
        heartbeat = Heartbeat(JobContext(job))
        heartbeat.__enter__()
        beats.append(heartbeat._thread)
        connection.close()

    runner = threading.Thread(target=vanish)
    runner.start()
    runner.join()
    beats[0].join(timeout=5)
    assert not beats[0].is_alive()
    time.sleep(1.2)
    assert claim(Job.objects.all()).token == 2


def test_inside_a_transaction_there_is_no_heartbeat(ask):
    heartbeat = Heartbeat(JobContext(claim(Job.objects.filter(pk=ask().pk))))
    with heartbeat:
        assert not heartbeat._thread.is_alive()


def test_the_alarm_tells_a_job_that_its_time_is_up(settings):
    settings.JOB_SOFT_SECONDS, settings.JOB_HARD_SECONDS = 0.1, 60
    before = signal.getsignal(signal.SIGALRM)
    try:
        with pytest.raises(TimeIsUp), Bell(grace=1).limited():
            time.sleep(5)
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    finally:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("arguments", [["--queues", "nowhere"], ["--queues", ","], ["--workers", "0"]])
def test_run_jobs_refuses_what_it_cannot_do(arguments):
    with pytest.raises(CommandError, match="default, render, import"):
        call_command("run_jobs", *arguments)
