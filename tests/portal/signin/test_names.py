"""AUT-01, and the two names: address or issued sign-in ID; nothing tells a known name from an unknown one."""

import statistics
import time

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.portal.signin.people import PASSWORD, is_in, person, post_sign_in, signed_in

pytestmark = pytest.mark.django_db
ARGON = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.mark.parametrize(
    "typed", ["tanaka@example.jp", "TANAKA@EXAMPLE.JP", " ｔａｎａｋａ＠ｅｘａｍｐｌｅ．ｊｐ "]
)
def test_the_address_in_whatever_width_and_case(typed: str) -> None:
    person(email="Tanaka@example.jp")
    client = Client()
    assert post_sign_in(client, typed).status_code == 302
    assert is_in(client)


@pytest.mark.parametrize("typed", ["hyogo-0012", "HYOGO-0012", "ｈｙｏｇｏ-００１２"])
def test_a_person_without_an_address_signs_in_by_the_issued_id(typed: str) -> None:
    person(email=None, login_id="Hyogo-0012")
    client = Client()
    assert post_sign_in(client, typed).status_code == 302
    assert is_in(client)


def test_a_person_without_an_address_changes_the_password() -> None:
    user = person(email=None, login_id="hyogo-0012")
    new = "あたらしい山の小径を歩く"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert signed_in(user).post(reverse("account_change_password"), given).status_code == 302
    client = Client()
    assert post_sign_in(client, "hyogo-0012", new).status_code == 302
    assert mail.outbox == []


def test_the_reset_page_says_whom_to_ask_without_an_address(client: Client) -> None:
    page = client.get(reverse("account_reset_password")).content.decode()
    assert "サインインIDを使う方" in page
    assert "所属団体の管理担当者" in page


def answers_alike(first, second) -> None:
    """Status, sentences and cookies are the same, but for the name typed and the token."""
    import re

    def plain(response):
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
        return re.sub(r'value="[^"]*@example\.jp"', "", text)

    assert first.status_code == second.status_code
    assert first.headers.get("Location") == second.headers.get("Location")
    assert plain(first) == plain(second)


def test_sign_in_tells_nothing_about_a_name() -> None:
    user = person()
    inactive = person(is_active=False)
    known = post_sign_in(Client(), user.email, "wrong password here")
    answers_alike(known, post_sign_in(Client(), "nobody@example.jp", "wrong password here"))
    answers_alike(known, post_sign_in(Client(), inactive.email, "wrong password here"))


def test_too_many_tries_tell_nothing_about_a_name() -> None:
    user = person()
    last = {}
    for name in (user.email, "nobody@example.jp"):
        for _ in range(6):
            last[name] = post_sign_in(Client(), name, "wrong password here")
    answers_alike(*last.values())
    assert "約5分待って" in last[user.email].content.decode()


def test_a_reset_tells_nothing_about_a_name() -> None:
    user = person()
    url = reverse("account_reset_password")
    answers_alike(Client().post(url, {"email": user.email}), Client().post(url, {"email": "no@example.jp"}))
    assert [message.to for message in mail.outbox] == [[user.email]]


def test_a_mail_server_that_is_down_tells_nothing_about_a_name(settings, caplog) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    user = person()
    url = reverse("account_reset_password")
    answers_alike(Client().post(url, {"email": user.email}), Client().post(url, {"email": "no@example.jp"}))
    assert "was not sent" in caplog.text


def medians(*acts, rounds: int = 9) -> list[float]:
    """The median seconds of each act, taken in turns."""
    taken: list[list[float]] = [[] for _ in acts]
    for _ in range(rounds):
        for times, act in zip(taken, acts, strict=True):
            start = time.perf_counter()
            act()
            times.append(time.perf_counter() - start)
    return [statistics.median(times) for times in taken]


def test_sign_in_takes_as_long_for_an_unknown_name(settings) -> None:
    settings.PASSWORD_HASHERS = ARGON
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1000/m/ip", "login": "1000/m/ip"}
    user = person(password=PASSWORD)
    user.set_password(PASSWORD)
    user.save()
    known, unknown = medians(
        lambda: post_sign_in(Client(), user.email, "wrong password here"),
        lambda: post_sign_in(Client(), "nobody@example.jp", "wrong password here"),
    )
    assert abs(known - unknown) / max(known, unknown) < 0.2


def test_a_reset_takes_as_long_for_an_unknown_name(settings) -> None:
    settings.PASSWORD_RESET_SECONDS = 0.25
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1000/m/ip"}
    user, url = person(), reverse("account_reset_password")
    known, unknown = medians(
        lambda: Client().post(url, {"email": user.email}),
        lambda: Client().post(url, {"email": "nobody@example.jp"}),
        rounds=7,
    )
    assert abs(known - unknown) / max(known, unknown) < 0.2


def test_a_reset_finds_the_address_however_it_is_stored() -> None:
    person(email="Suzuki@Example.jp")
    Client().post(reverse("account_reset_password"), {"email": "suzuki@example.jp"})
    assert [message.to for message in mail.outbox] == [["Suzuki@Example.jp"]]
