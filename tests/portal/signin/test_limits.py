"""AUT-04 and AUT-05: guessing is slowed, an office behind one address stays in, addresses are real."""

import time
from unittest.mock import patch

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from tests.portal.signin.people import codes_recorded, person, post_sign_in

pytestmark = pytest.mark.django_db
WRONG = "wrong password here"


def test_ten_people_mistype_behind_one_address_and_the_eleventh_signs_in() -> None:
    for user in [person() for _ in range(10)]:
        for _ in range(4):
            post_sign_in(Client(), user.email, WRONG)
    assert post_sign_in(Client(), person().email).status_code == 302


def test_who_locks_one_name_touches_no_other() -> None:
    attacked, other = person(), person()
    for _ in range(8):
        post_sign_in(Client(), attacked.email, WRONG, REMOTE_ADDR="203.0.113.9")
    assert post_sign_in(Client(), attacked.email).status_code == 200
    assert post_sign_in(Client(), other.email).status_code == 302


def test_the_right_password_is_refused_meanwhile_and_taken_after_five_minutes() -> None:
    user = person()
    for _ in range(5):
        post_sign_in(Client(), user.email, WRONG)
    refused = post_sign_in(Client(), user.email)
    assert "約5分待って、もう一度入力してください。" in refused.content.decode()
    start = time.time()
    with patch("allauth.core.internal.ratelimit.time.time", lambda: start + 200):
        assert "約2分待って" in post_sign_in(Client(), user.email).content.decode()
    with patch("allauth.core.internal.ratelimit.time.time", lambda: start + 301):
        assert post_sign_in(Client(), user.email).status_code == 302
    assert codes_recorded().count("signin.limited") == 1


def test_a_page_says_how_long_to_wait(settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "2/m/ip"}
    url = reverse("account_reset_password")
    answers = [Client().post(url, {"email": f"a{n}@example.jp"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "約1分待って" in answers[-1].content.decode()
    assert answers[-1]["Retry-After"] == "60"
    assert codes_recorded() == ["signin.limited"]


def forwarded(chain: str) -> dict[str, str]:
    """What a request looks like behind one proxy that adds the address it saw."""
    return {"HTTP_X_FORWARDED_FOR": chain, "REMOTE_ADDR": "127.0.0.1"}


def test_a_made_up_address_does_not_get_round_a_limit(settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/ip"}
    for n in range(3):
        post_sign_in(Client(), f"a{n}@example.jp", WRONG, **forwarded(f"198.51.100.{n}, 203.0.113.9"))
    more = post_sign_in(Client(), "b@example.jp", WRONG, **forwarded("198.51.100.77, 203.0.113.9"))
    assert "受付を一時止めています" in more.content.decode()
    other = post_sign_in(Client(), "b@example.jp", WRONG, **forwarded("203.0.113.9, 203.0.113.10"))
    assert "受付を一時止めています" not in other.content.decode()


def test_a_session_is_listed_with_the_address_the_proxy_saw(settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user = person()
    post_sign_in(Client(), user.email, **forwarded("198.51.100.1, 203.0.113.9"))
    assert UserSession.objects.get(user=user).ip == "203.0.113.9"


def test_without_a_proxy_nobody_chooses_an_address() -> None:
    user = person()
    post_sign_in(Client(), user.email, HTTP_X_FORWARDED_FOR="198.51.100.1", REMOTE_ADDR="203.0.113.5")
    assert UserSession.objects.get(user=user).ip == "203.0.113.5"
