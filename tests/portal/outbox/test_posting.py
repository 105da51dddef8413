"""A message is written with its cause, and once."""

import pytest
from django.db import transaction

from portal.models import NoticeSetting, OutboxMessage
from portal.outbox import post, post_all
from tests import factories as f
from tests.conftest import actor_for
from tests.portal.outbox.letters import letter
from tests.portal.test_jobs_parallel import together


@pytest.mark.django_db
def test_the_same_key_again_does_nothing():
    first = post(letter("a"))
    assert first is not None
    assert post(letter("a", subject="別の件名")) is None
    assert OutboxMessage.objects.get().subject == "お知らせ a"


@pytest.mark.django_db
def test_without_the_callers_commit_there_is_no_message():
    with transaction.atomic():
        post(letter("a"))
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_only_what_is_new_is_returned():
    post(letter("b"))
    written = post_all([letter("c"), letter("b"), letter("a")])
    assert [row.key for row in written] == ["a", "c"]


@pytest.mark.django_db
def test_who_asked_and_what_it_is_about_are_kept():
    actor = actor_for(f.OrganisationFactory())
    row = post(letter("a", concerns=actor.organisation), actor=actor)
    row.refresh_from_db()
    assert (row.requested_by, row.membership) == (actor.user, actor.membership)
    assert list(OutboxMessage.objects.concerning(actor.organisation)) == [row]


@pytest.mark.django_db
def test_without_an_address_it_stands_in_the_portal_only():
    row = post(letter("a", address=""))
    assert row.state == "portal_only"
    assert row.can_retry


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["件名\nBcc: all@example.jp", "件名\r\n\r\n本文", "件名\x00終わり"])
def test_a_subject_stays_one_line(text):
    row = post(letter("a", subject=text, sender_name=text))
    assert row.subject.isprintable()
    assert row.sender_name.isprintable()


@pytest.mark.django_db
def test_mails_of_who_wants_one_a_day_are_held_unless_urgent():
    office = f.OrganisationFactory()
    NoticeSetting.objects.create(organisation=office, digest=True)
    held, urgent = (post(letter(key, organisation=office, urgent=key == "u")) for key in ("h", "u"))
    other = post(letter("o"))
    assert [row.state for row in (held, urgent, other)] == ["held", "waiting", "waiting"]


@pytest.mark.both_databases
def test_many_who_post_the_same_keys_at_once_write_each_once(storm):
    office = f.OrganisationFactory()
    keys = [f"k{number:02d}" for number in range(20)]
    counts = together(lambda: len(post_all([letter(key, organisation=office) for key in keys])))
    assert OutboxMessage.objects.count() == 20
    assert sum(counts) == 20
