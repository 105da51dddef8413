"""What was typed when the session was over: never lost, never carried out, never shown to somebody else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import clock
from tests import factories as f
from tests.portal.signin.people import person, post_sign_in, signed_in

pytestmark = pytest.mark.django_db
TYPED = "三日かけて書いた長い文章。"


@pytest.fixture
def form():
    """A town's officer, and the address and body of a form that saves a text."""
    user = person("municipality")
    organisation = user.memberships.get().organisation
    target = f.RoundTargetFactory(organisation=organisation)
    url = reverse("progress_section", args=[target.round.pk, "issues"])
    return user, url, {"issues": TYPED, "version": 1, "seen": "", "act": "next", "password": "geheim"}


def an_hour_later(monkeypatch) -> None:
    start = timezone.now()
    monkeypatch.setattr(clock, "real_now", lambda: start + dt.timedelta(minutes=61))


def test_it_is_shown_and_can_be_sent_again_by_the_same_person(form, monkeypatch) -> None:
    user, url, body = form
    client = signed_in(user)
    an_hour_later(monkeypatch)
    answer = client.post(url, body)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert TYPED in page
    assert "保存されていません" in page
    assert "geheim" not in page
    assert answer["Cache-Control"] == "no-store, private"
    assert not user.memberships.get().organisation.progress_reports.exists()
    assert post_sign_in(client, user.email)["Location"] == reverse("signin_kept")
    page = client.get(reverse("signin_kept")).content.decode()
    assert f'action="{url}"' in page
    assert f'<input type="hidden" name="issues" value="{TYPED}">' in page
    again = client.post(url, {key: value for key, value in body.items() if key != "password"})
    assert again.status_code == 302
    assert user.memberships.get().organisation.progress_reports.get().issues == TYPED


def test_somebody_else_who_signs_in_there_does_not_see_it(form, monkeypatch) -> None:
    user, url, body = form
    client, other = signed_in(user), person("municipality")
    an_hour_later(monkeypatch)
    client.post(url, body)
    assert post_sign_in(client, other.email)["Location"] == "/"
    assert client.get(reverse("signin_kept"))["Location"] == "/"
    assert not any(TYPED in repr(session.get_decoded()) for session in Session.objects.all())


def test_what_nobody_came_back_for_leaves_the_database(form, monkeypatch) -> None:
    user, url, body = form
    client = signed_in(user)
    an_hour_later(monkeypatch)
    client.post(url, body)
    waiting = client.session.session_key
    monkeypatch.undo()
    assert Session.objects.get(pk=waiting).expire_date < timezone.now() + dt.timedelta(minutes=31)
    Session.objects.filter(pk=waiting).update(expire_date=timezone.now())
    signed_in(person())
    assert not Session.objects.filter(pk=waiting).exists()


def test_it_can_be_dropped(form, monkeypatch) -> None:
    user, url, body = form
    client = signed_in(user)
    an_hour_later(monkeypatch)
    client.post(url, body)
    post_sign_in(client, user.email)
    client.post(reverse("signin_kept_drop"))
    assert client.get(reverse("signin_kept"))["Location"] == "/"


def test_a_session_ended_elsewhere_still_shows_what_was_typed_and_keeps_nothing(form) -> None:
    user, url, body = form
    client = signed_in(user)
    Session.objects.all().delete()
    answer = client.post(url, body)
    assert answer.status_code == 403
    assert TYPED in answer.content.decode()
    assert "新しいタブでサインインする" in answer.content.decode()
    assert Session.objects.count() == 0
    post_sign_in(client, user.email)
    assert client.get(reverse("signin_kept"))["Location"] == "/"


def test_nothing_of_the_sign_in_pages_is_shown_or_kept(form, monkeypatch) -> None:
    user, _url, _body = form
    client = signed_in(user)
    an_hour_later(monkeypatch)
    answer = client.post(reverse("mfa_reauthenticate"), {"code": "12345678", "next": "/"})
    assert answer["Location"].startswith("/accounts/login/")
    assert not any("12345678" in repr(session.get_decoded()) for session in Session.objects.all())


def test_a_stranger_is_sent_to_sign_in(form) -> None:
    _user, url, body = form
    answer = Client().post(url, body)
    assert answer["Location"].startswith("/accounts/login/")


def test_a_forged_form_is_refused_before_it_is_kept(form, monkeypatch) -> None:
    user, url, body = form
    client = signed_in(user)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["session"] = client.cookies["session"].value
    an_hour_later(monkeypatch)
    answer = strict.post(url, body)
    assert TYPED not in answer.content.decode()
    assert not any(TYPED in repr(session.get_decoded()) for session in Session.objects.all())


def test_more_than_fits_is_shown_but_not_kept(form, monkeypatch) -> None:
    user, url, body = form
    client = signed_in(user)
    an_hour_later(monkeypatch)
    answer = client.post(url, {**body, "issues": "長" * 200_001})
    assert "新しいタブでサインインする" in answer.content.decode()
    assert post_sign_in(client, user.email)["Location"] == "/"
