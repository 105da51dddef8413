"""Mails go out once each: two runners at once, kill -9 in the middle, the mail server away and back."""

import datetime as dt
import sys

import pytest

from portal import clock
from portal.models import OutboxMessage
from portal.outbox import post, post_all
from portal.outbox.delivery import LEASE_SECONDS, MAX_ATTEMPTS, REST_MINUTES, claim_next, deliver_due
from portal.outbox.delivery import _end as end
from tests import factories as f
from tests.portal.outbox.letters import letter
from tests.portal.outbox.mailserver import MailServer, listening
from tests.portal.storms import free_port, until
from tests.portal.test_jobs_parallel import together


def state(key: str) -> OutboxMessage:
    return OutboxMessage.objects.get(key=key)


@pytest.mark.django_db
def test_a_mail_is_plain_text_in_the_name_of_the_office(mailserver):
    row = post(letter("a", reply_to="shichoson@example.jp"))
    assert deliver_due() == 1
    (mail,) = mailserver.received
    assert mail["From"] == "試験県市町村課 <portal@example.jp>"
    assert mail["To"] == "a@example.jp"
    assert mail["Reply-To"] == "shichoson@example.jp"
    assert mail["Subject"] == "お知らせ a"
    assert mail["Message-ID"] == f"<{row.pk}@example.jp>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == ["本文です。", "2行目です。"]
    assert state("a").state == "sent"
    assert state("a").sent_at is not None


@pytest.mark.django_db
def test_a_second_run_sends_nothing(mailserver):
    post(letter("a"))
    assert [deliver_due(), deliver_due()] == [1, 0]
    assert len(mailserver.received) == 1


@pytest.mark.django_db
def test_a_server_that_is_away_costs_one_mail_one_attempt_and_the_others_none(settings, time):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    post_all([letter("a"), letter("b"), letter("c")])
    assert deliver_due() == 0
    tried = [(row.attempts, row.state) for row in OutboxMessage.objects.order_by("-attempts", "key")]
    assert tried == [(1, "failed"), (0, "waiting"), (0, "waiting")]
    failed = OutboxMessage.objects.get(state="failed")
    assert "メールサーバーにつながらないか、応答がありませんでした。" in failed.error
    assert failed.next_attempt_at == time.now + dt.timedelta(minutes=1)


@pytest.mark.django_db
def test_when_the_server_is_back_everything_goes_out_once(settings, time):
    world = MailServer(port=free_port())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", world.port, 5
    post_all([letter(key) for key in "abcde"])
    for _ in range(4):
        deliver_due()
        time.forward(seconds=30)
    with listening(world):
        time.forward(minutes=20)
        assert deliver_due() == 5
        assert deliver_due() == 0
    assert len(set(world.ids())) == len(world.received) == 5


@pytest.mark.django_db
def test_rests_grow_and_after_the_last_one_people_are_told(mailserver, time):
    mailserver.refusals["a@example.jp"] = "451 later"
    post(letter("a"))
    rests = []
    for _ in range(MAX_ATTEMPTS):
        deliver_due()
        rests.append(state("a").next_attempt_at - time.now)
        time.now = state("a").next_attempt_at
    assert [rest.total_seconds() / 60 for rest in rests[:-1]] == list(REST_MINUTES)
    row = state("a")
    assert (row.state, row.attempts) == ("given_up", MAX_ATTEMPTS)
    assert row.error.endswith("宛先のメールアドレスを確かめて、「もう一度送る」を押してください。")
    time.forward(days=30)
    assert deliver_due() == 0
    assert mailserver.received == []


@pytest.mark.django_db
def test_an_address_nobody_has_is_given_up_at_once_and_stops_nobody(mailserver):
    mailserver.refusals["a@example.jp"] = "550 no such user"
    post_all([letter("a"), letter("b")])
    assert deliver_due() == 1
    assert (state("a").state, state("b").state) == ("given_up", "sent")
    assert "応答 550" in state("a").error


@pytest.mark.django_db
def test_a_mail_that_cannot_be_made_stops_nobody(mailserver):
    post_all([letter("a", reply_to="x\ny@example.jp"), letter("b")])
    assert deliver_due() == 1
    assert (state("a").state, state("b").state) == ("failed", "sent")


@pytest.mark.django_db
def test_who_lost_the_claim_writes_nothing(time):
    post(letter("a"))
    slow = claim_next()
    time.forward(seconds=LEASE_SECONDS + 1)
    quick = claim_next()
    assert quick is not None
    end(slow, state="failed", error="遅い")
    assert state("a").state == "sending"
    end(quick, state="sent", error="")
    end(slow, state="failed", error="遅い")
    assert (state("a").state, state("a").error) == ("sent", "")


@pytest.mark.django_db
def test_while_one_sends_nobody_else_finds_it(time):
    post(letter("a"))
    assert claim_next() is not None
    assert claim_next() is None
    time.forward(seconds=LEASE_SECONDS - 1)
    assert claim_next() is None


@pytest.mark.django_db
def test_a_mail_that_kills_every_runner_is_given_up(time):
    post(letter("a"))
    for _ in range(MAX_ATTEMPTS):
        assert claim_next() is not None
        time.forward(seconds=LEASE_SECONDS + 1)
    assert claim_next() is None
    assert state("a").state == "given_up"
    assert state("a").error


@pytest.mark.django_db
def test_it_ends_when_asked_to(mailserver):
    post_all([letter(key) for key in "abc"])
    assert deliver_due(stop=lambda: len(mailserver.received) == 1) == 1
    assert deliver_due(seconds=0) == 0


@pytest.mark.both_databases
def test_runners_side_by_side_send_each_mail_once(storm, mailserver):
    office = f.OrganisationFactory()
    post_all([letter(f"k{number:02d}", organisation=office) for number in range(24)])
    sent = together(deliver_due)
    assert sum(sent) == 24
    assert len(set(mailserver.ids())) == len(mailserver.received) == 24
    assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("sent", 1)}


SENDER = """
from django.conf import settings
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", {port}
from portal.outbox.delivery import deliver_due
deliver_due()
"""


@pytest.mark.storm
@pytest.mark.both_databases
def test_kill_9_in_the_middle_of_sending(storm, mailserver, monkeypatch):
    """The server has the text and has not answered when the runner is killed: it goes out once, later."""
    post(letter("a", organisation=f.OrganisationFactory()))
    mailserver.silent.set()
    script = "import django; django.setup()\n" + SENDER.format(port=mailserver.port)
    runner = storm.start(sys.executable, "-c", script)
    until(mailserver.taken.is_set, 30, "the server has the text")
    runner.kill()
    mailserver.silent.clear()
    assert state("a").state == "sending"
    assert deliver_due() == 0, "somebody may still be sending it"
    later = clock.real_now() + dt.timedelta(seconds=LEASE_SECONDS + 1)
    monkeypatch.setattr(clock, "real_now", lambda: later)
    assert deliver_due() == 1
    assert len(mailserver.received) == 1
    assert (state("a").state, state("a").attempts) == ("sent", 2)
