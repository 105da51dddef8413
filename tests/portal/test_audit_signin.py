"""Signing in, failing to, leaving, changing the own account: recorded, nothing typed is kept (AUD-04)."""

import json
import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from portal.audit import AuditCode
from portal.choices import AuditResult
from portal.models import AuditEntry
from tests import factories as f

pytestmark = pytest.mark.django_db
PASSWORD, WRONG, NEW = "a-long-enough-word-25", "wrong-word-typed-77", "another-long-word-26"


@pytest.fixture
def person():
    member = f.MembershipFactory()
    member.user.set_password(PASSWORD)
    member.user.save()
    EmailAddress.objects.create(user=member.user, email=member.user.email, verified=True, primary=True)
    return member.user


def sign_in(client, person, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": person.email, "password": password})


def last(code) -> AuditEntry:
    return AuditEntry.objects.get(code=code)


def everything() -> str:
    return json.dumps(list(AuditEntry.objects.values()), ensure_ascii=False, default=str)


def test_a_sign_in_names_person_membership_and_address(client, person):
    sign_in(client, person)
    entry = last(AuditCode.SIGNED_IN)
    membership = person.memberships.get()
    assert (entry.user, entry.membership, entry.organisation) == (person, membership, membership.organisation)
    assert (entry.address, entry.result) == ("127.0.0.1", AuditResult.DONE)
    assert entry.request_id


def test_a_failure_names_the_person_there_is(client, person):
    sign_in(client, person, WRONG)
    entry = last(AuditCode.SIGN_IN_FAILED)
    assert (entry.user, entry.result, entry.details) == (person, AuditResult.FAILED, {"known": True})
    assert entry.organisation == person.memberships.get().organisation


def test_a_failure_of_nobody_keeps_nothing_of_what_was_typed(client, person):
    client.post(reverse("account_login"), {"login": "typed@example.jp", "password": WRONG})
    entry = last(AuditCode.SIGN_IN_FAILED)
    assert (entry.user, entry.organisation, entry.details) == (None, None, {"known": False})
    assert "typed@" not in everything()
    assert WRONG not in everything()


def test_known_and_unknown_names_cost_the_same_questions(client, person, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked = []
    for name in (person.email, "nobody@example.jp"):
        with CaptureQueriesContext(connection) as queries:
            client.post(reverse("account_login"), {"login": name, "password": WRONG})
        asked.append(len([one for one in queries if "portal_audit" in one["sql"]]))
    assert asked[0] == asked[1]


def test_leaving_is_recorded(client, person):
    sign_in(client, person)
    client.post(reverse("account_logout"))
    entry = last(AuditCode.SIGNED_OUT)
    assert (entry.user, entry.organisation) == (person, person.memberships.get().organisation)


def test_a_change_of_password_is_recorded(client, person):
    sign_in(client, person)
    given = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), given)
    assert last(AuditCode.PASSWORD_CHANGED).user == person
    assert PASSWORD not in everything()
    assert NEW not in everything()


def test_a_reset_of_the_password_is_recorded_without_its_link(client, person):
    client.post(reverse("account_reset_password"), {"email": person.email})
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]
    form = client.get(link, follow=True).request["PATH_INFO"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert last(AuditCode.PASSWORD_RESET).user == person
    assert link.strip("/").split("/")[-1] not in everything()


def test_a_change_of_the_address_is_recorded_from_asking_to_confirming(client, person):
    sign_in(client, person)
    old = person.email
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"action_add": "", "email": "new@example.jp"})
    entry = last(AuditCode.EMAIL_ASKED)
    assert (entry.user, entry.after) == (person, {"email": "new@example.jp"})
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]
    client.post(link)
    assert last(AuditCode.EMAIL_CONFIRMED).user == person
    changed = last(AuditCode.EMAIL_CHANGED)
    assert (changed.before, changed.after) == ({"email": old}, {"email": "new@example.jp"})
    assert link.strip("/").split("/")[-1] not in everything()


def test_switching_the_membership_is_recorded(client, person):
    other = f.MembershipFactory(user=person)
    client.force_login(person)
    client.post(reverse("membership_switch"), {"membership": other.pk})
    entry = last(AuditCode.MEMBERSHIP_SWITCHED)
    assert (entry.membership, entry.after) == (other, {"membership": other.pk})
