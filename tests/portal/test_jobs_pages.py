"""The pages of background work: own jobs only, progress with and without script, cancel and retry."""

import uuid

import pytest
from django.urls import reverse

from portal.jobs import enqueue, run_job
from portal.models import Job
from tests import factories as f
from tests.conftest import actor_for
from tests.stormapp import kinds

SIGN_IN = "/accounts/login/"


@pytest.fixture
def actor(db):
    """Somebody of an organisation."""
    kinds.register_all()
    return actor_for(f.OrganisationFactory())


@pytest.fixture
def page(actor, client_of):
    """Her browser."""
    return client_of(actor)


@pytest.fixture
def ask(actor):
    """Enqueue a storm kind for her."""

    def _ask(kind, of=actor, **params):
        return enqueue(f"storm.{kind}", actor=of, params=params, organisation=of.organisation)

    return _ask


def detail(job) -> str:
    return reverse("job_detail", args=[job.pk])


def test_list_shows_the_own_organisations_jobs(page, ask):
    other = actor_for(f.OrganisationFactory())
    job, foreign = ask("work"), ask("rendered", of=other)
    html = page.get(reverse("job_list")).content.decode()
    assert detail(job) in html
    assert "試験（work）" in html
    assert "待機中" in html
    assert str(foreign.pk) not in html


def test_list_asks_no_more_questions_for_more_rows(page, ask, django_assert_max_num_queries):
    ask("work")
    page.get(reverse("job_list"))
    with django_assert_max_num_queries(20) as few:
        page.get(reverse("job_list"))
    for _ in range(10):
        ask("work")
    with django_assert_max_num_queries(len(few.captured_queries)):
        page.get(reverse("job_list"))


def test_empty_list_says_so(page):
    assert "依頼した処理は、まだありません。" in page.get(reverse("job_list")).content.decode()


@pytest.mark.parametrize("name", ["job_detail", "job_cancel", "job_retry"])
def test_another_organisations_job_does_not_exist(client_of, ask, name):
    job = ask("work")
    stranger = client_of(actor_for(f.OrganisationFactory()))
    address = reverse(name, args=[job.pk])
    answer = stranger.get(address) if name == "job_detail" else stranger.post(address)
    assert answer.status_code == 404
    job.refresh_from_db()
    assert job.state == "queued"


@pytest.mark.parametrize("name", ["job_list", "job_detail", "job_cancel", "job_retry"])
def test_anonymous_people_are_asked_to_sign_in(client, db, name):
    address = reverse(name, args=[] if name == "job_list" else [uuid.uuid4()])
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize("name", ["job_cancel", "job_retry"])
def test_changes_are_posts(page, ask, name):
    assert page.get(reverse(name, args=[ask("work").pk])).status_code == 405


def test_waiting_job_asks_again_with_and_without_script(page, ask):
    job = ask("work")
    html = page.get(detail(job)).content.decode()
    assert f'data-poll="{detail(job)}?part=1"' in html
    assert f'href="{detail(job)}">' in html
    assert "画面を更新する" in html
    assert "data-done" not in html
    assert "処理を取り消す" in html
    assert "処理をやり直す" not in html


def test_running_job_shows_how_far_it_is(page, ask):
    job = ask("work")
    Job.objects.filter(pk=job.pk).update(
        state="running", progress_done=1200, progress_total=3000, progress_note="保存しています"
    )
    part = page.get(detail(job), {"part": 1}).content.decode()
    assert "<html" not in part
    assert 'max="3000" value="1200"' in part
    assert "3,000のうち1,200まで済みました。" in part
    assert "保存しています" in part
    assert "data-done" not in part


def test_finished_part_ends_the_asking_and_leads_to_the_result(page, ask):
    job = ask("rendered")
    run_job(job.pk)
    part = page.get(detail(job), {"part": 1}).content.decode()
    assert "data-done" in part
    assert f'href="/jobs/?of={job.pk}"' in part
    assert "試験の結果を見る" in part
    assert "処理を取り消す" not in part
    assert "data-poll" not in page.get(detail(job)).content.decode()


def test_expected_failure_is_told_in_its_own_words_and_can_be_retried(page, ask):
    job = ask("expected")
    run_job(job.pk)
    html = page.get(detail(job)).content.decode()
    assert "取組状況がまだ提出されていません。" in html
    answer = page.post(reverse("job_retry", args=[job.pk]), follow=True)
    assert "処理をもう一度受け付けました。" in answer.content.decode()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error, job.finished_at) == ("queued", 0, "", None)


def test_cancel_and_its_sentence(page, ask):
    job = ask("work")
    answer = page.post(reverse("job_cancel", args=[job.pk]), follow=True)
    assert "処理を取り消しました。" in answer.content.decode()
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("cancelled", 0)


def test_what_is_done_is_neither_cancelled_nor_retried(page, ask):
    job = ask("work")
    run_job(job.pk)
    job.refresh_from_db()
    for name, words in (("job_cancel", "すでに終わっています"), ("job_retry", "すでに完了しています")):
        answer = page.post(reverse(name, args=[job.pk]), follow=True)
        assert words in answer.content.decode()
    assert Job.objects.values().get() == {
        field.attname: getattr(job, field.attname) for field in Job._meta.fields
    }


def test_a_kind_this_process_does_not_know_still_has_a_page(page, ask):
    job = ask("work")
    Job.objects.filter(pk=job.pk).update(kind="gone", state="succeeded")
    answer = page.get(detail(job))
    assert answer.status_code == 200
    assert "gone" in answer.content.decode()
