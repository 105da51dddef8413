"""One mail a day for those who chose it; each message shows how the daily mail went."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.models import NoticeSetting, OutboxMessage
from portal.outbox import post
from portal.outbox.delivery import deliver_due
from portal.outbox.digests import gather
from portal.outbox.handling import retry
from tests import factories as f
from tests.conftest import actor_for
from tests.portal.outbox.letters import letter
from tests.portal.test_jobs_parallel import together

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 9, 16)


def reader(**more):
    """Somebody who wants one mail a day."""
    membership = f.MembershipFactory(**more)
    NoticeSetting.objects.create(organisation=membership.organisation, user=membership.user, digest=True)
    return membership


def to(membership, key, **more):
    user = membership.user
    return post(letter(key, organisation=membership.organisation, user=user, address=user.email, **more))


def test_a_day_is_one_mail_with_every_text(mailserver):
    membership = reader()
    for key in "abc":
        to(membership, key, body=f"本文{key}")
    assert deliver_due() == 0
    assert gather(DAY) == 1
    assert deliver_due() == 1
    (mail,) = mailserver.received
    assert mail["To"] == membership.user.email
    assert mail["Subject"].strip() == "お知らせ3件（2025年9月16日（火））"
    text = mail.get_content()
    assert all(f"本文{key}" in text and f"お知らせ {key}" in text for key in "abc")
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"sent"}


def test_gathering_twice_makes_one_mail_and_the_rest_waits_for_tomorrow(mailserver):
    membership = reader()
    to(membership, "a")
    assert gather(DAY) == 1
    to(membership, "b")
    assert gather(DAY) == 0
    assert OutboxMessage.objects.get(key="b").state == "held"
    assert gather(DAY + dt.timedelta(days=1)) == 1
    assert deliver_due() == 2


def test_people_and_offices_get_one_each(mailserver):
    membership = reader()
    NoticeSetting.objects.create(organisation=membership.organisation, digest=True)
    to(membership, "a")
    post(letter("b", organisation=membership.organisation))
    to(reader(), "c")
    assert gather(DAY) == 3


def test_the_daily_mail_is_no_notice_of_its_own(client_of):
    membership = reader()
    to(membership, "a")
    gather(DAY)
    actor = actor_for(membership.organisation, user=membership.user, valid_from=dt.date(2021, 4, 1))
    keys = OutboxMessage.objects.addressed_to(actor).values_list("key", flat=True)
    assert list(keys) == ["a"]


def test_a_daily_mail_that_fails_shows_on_each_message_and_is_sent_again_whole(mailserver):
    membership = reader()
    prefecture = actor_for(f.OrganisationFactory(kind="prefecture"))
    mailserver.refusals[membership.user.email] = "550 unknown"
    rows = [to(membership, key, sender=prefecture.organisation) for key in "ab"]
    gather(DAY)
    deliver_due()
    for row in rows:
        row.refresh_from_db()
        assert row.state == "given_up"
        assert row.error
    mailserver.refusals.clear()
    retry(messages=rows[:1], actor=prefecture)
    assert deliver_due() == 1
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.both_databases
def test_many_who_gather_at_once_make_one_mail(storm):
    membership = reader()
    for key in "abc":
        to(membership, key)
    made = together(lambda: gather(DAY))
    assert sum(made) == 1
    assert OutboxMessage.objects.filter(in_portal=False).count() == 1


def test_the_number_of_queries_is_the_same_for_one_and_for_many(django_assert_num_queries):
    def prepare(number):
        for _ in range(number):
            membership = reader()
            to(membership, f"{membership.pk}")

    prepare(1)
    with CaptureQueriesContext(connection) as few:
        gather(DAY)
    prepare(30)
    with django_assert_num_queries(len(few.captured_queries)):
        gather(DAY + dt.timedelta(days=1))
