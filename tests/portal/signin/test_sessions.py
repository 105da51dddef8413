"""AUT-10: every change that matters gives the session a new life, and time ends it; nothing typed is lost."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import clock
from portal.models import AuditEntry
from portal.signin import sessions
from tests.portal.signin.people import (
    PASSWORD,
    codes_recorded,
    enrol,
    is_in,
    membership_of,
    person,
    post_sign_in,
    signed_in,
)

pytestmark = pytest.mark.django_db
MINUTE = 60


@pytest.fixture
def later(monkeypatch):
    """Let time pass: `later(minutes)` from the start of the test."""
    start = timezone.now()

    def pass_minutes(minutes: float) -> None:
        monkeypatch.setattr(clock, "real_now", lambda: start + dt.timedelta(minutes=minutes))

    return pass_minutes


def test_the_key_changes_at_sign_in() -> None:
    user, client = person(), Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["session"] = session.session_key
    post_sign_in(client, user.email)
    assert client.session.session_key != session.session_key
    thief = Client()
    thief.cookies["session"] = session.session_key
    assert not is_in(thief)


def copy_of(client: Client) -> Client:
    """Somebody who has copied the key of a session."""
    thief = Client()
    thief.cookies["session"] = client.cookies["session"].value
    return thief


def test_signing_out_kills_the_key_and_clears_the_browser() -> None:
    client = signed_in(person())
    thief = copy_of(client)
    answer = client.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(thief)
    assert not UserSession.objects.exists()


def test_a_new_password_kills_all_keys() -> None:
    user = person()
    client, elsewhere = signed_in(user), signed_in(user)
    thief = copy_of(client)
    new = "夕方の港で犬が三匹あくびした"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), given).status_code == 302
    assert not any(is_in(browser) for browser in (client, elsewhere, thief))
    assert "password.changed" in codes_recorded()


def test_a_reset_signs_nobody_in_and_ends_all_sessions() -> None:
    from django.core import mail

    user = person()
    elsewhere, client = signed_in(user), Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    form = client.get(link, follow=True)
    new = "夕方の港で犬が三匹あくびした"
    done = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert done["Location"] == reverse("account_reset_password_from_key_done")
    assert not is_in(client)
    assert not is_in(elsewhere)
    assert "期限が切れています" in client.get(link, follow=True).content.decode()
    assert post_sign_in(client, user.email, new).status_code == 302
    assert f"{user.name} 様" in mail.outbox[0].body
    assert "3日以内に" in mail.outbox[0].body


def test_a_change_of_factor_kills_the_old_key() -> None:
    client = signed_in(person())
    thief = copy_of(client)
    enrol(client)
    assert is_in(client)
    assert not is_in(thief)


def test_somebody_made_inactive_is_out_on_the_next_request() -> None:
    user = person()
    client = signed_in(user)
    user.is_active = False
    user.save()
    assert not is_in(client)


def test_an_hour_without_use_ends_it(later) -> None:
    client = signed_in(person())
    thief = copy_of(client)
    later(59)
    assert is_in(client)
    later(59 + 59)
    assert is_in(client)
    later(59 + 59 + 61)
    answer = client.get(reverse("home"))
    assert answer["Location"].startswith("/accounts/login/")
    assert "操作がない時間が続いたため" in client.get(answer["Location"]).content.decode()
    assert not is_in(thief)
    assert "signin.timed_out" in codes_recorded()


def test_twelve_hours_end_it_however_it_is_used(later) -> None:
    client = signed_in(person())
    for minutes in range(50, 12 * 60, 50):
        later(minutes)
        assert is_in(client)
    later(12 * 60 + 1)
    assert not is_in(client)
    assert "長い時間がたったため" in client.get(reverse("account_login")).content.decode()


def test_an_open_page_that_asks_by_itself_keeps_nobody_signed_in(later) -> None:
    client = signed_in(person())
    for minutes in range(5, 60, 5):
        later(minutes)
        asked = client.get(reverse("signin_status"), headers={"X-Requested-With": "fetch"})
        assert asked.json()["idle"] == (60 - minutes) * MINUTE
        client.get(reverse("job_list"), headers={"X-Requested-With": "fetch"})
    later(61)
    assert not is_in(client)


def test_going_on_lengthens_it(later) -> None:
    client = signed_in(person())
    later(57)
    answer = client.post(reverse("signin_ping"), headers={"X-Requested-With": "fetch"})
    assert answer.json() == {"idle": 60 * MINUTE, "absolute": (12 * 60 - 57) * MINUTE}
    later(57 + 59)
    assert is_in(client)


def test_going_on_works_without_script(later) -> None:
    client = signed_in(person())
    later(57)
    assert client.post(reverse("signin_ping")).status_code == 302
    later(57 + 59)
    assert is_in(client)


def test_the_page_carries_the_warning(later) -> None:
    client = signed_in(person())
    later(10)
    page = client.get(reverse("home")).content.decode()
    assert 'data-warn="300"' in page
    assert f'data-idle="{60 * MINUTE}"' in page
    assert f'data-absolute="{(12 * 60 - 10) * MINUTE}"' in page


def test_the_list_shows_device_time_and_address_and_ends_the_others() -> None:
    user = person()
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126 Safari/537.36 Edg/126"
    here = signed_in(user, HTTP_USER_AGENT=edge, REMOTE_ADDR="203.0.113.5")
    elsewhere, other = signed_in(user), signed_in(person())
    page = here.get(reverse("usersessions_list")).content.decode()
    assert "Windows・Edge（この端末）" in page
    assert "203.0.113.5" in page
    assert "この端末以外をログアウトする" in page
    assert here.post(reverse("usersessions_list")).status_code == 302
    assert is_in(here)
    assert is_in(other)
    assert not is_in(elsewhere)


def test_the_admin_ends_the_sessions_of_a_person() -> None:
    user, admin = person(), person("operator")
    client, boss = signed_in(user), signed_in(admin)
    boss.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/"})
    url = reverse("signin_end_sessions", args=[membership_of(user).pk])
    assert f'action="{url}"' in boss.get(reverse("signin_people")).content.decode()
    assert boss.post(url).status_code == 302
    assert not is_in(client)
    entry = AuditEntry.objects.get(code="signin.sessions_ended")
    assert (entry.user, entry.object_id, entry.details["count"]) == (admin, str(user.pk), 1)


def test_sessions_that_were_never_used_end_too() -> None:
    user, client = person(), Client()
    client.force_login(user)
    assert sessions.end_sessions(user=user) == 1
    assert not is_in(client)
