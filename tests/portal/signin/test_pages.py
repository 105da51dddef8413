"""Every page of the second factor and of sessions speaks our language, in our layout."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

from tests.portal.signin.people import confirm, enrol, person, post_sign_in, signed_in

pytestmark = pytest.mark.django_db
ENGLISH = re.compile(
    r"authenticat|security key|two-factor|sign (in|out)|session|recovery|allauth", re.IGNORECASE
)
PAGES = [
    "signin_settings",
    "mfa_index",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_reauthenticate",
    "usersessions_list",
]


def words(html: str) -> str:
    """What people read: no tags, no addresses, no browser's name of itself."""
    return re.sub(r"<[^>]+>", " ", html)


def in_house_style(html: str) -> None:
    assert 'lang="ja"' in html
    assert html.count("<h1") == 1
    assert "style=" not in html
    assert "placeholder" not in html
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not ENGLISH.search(words(html)), ENGLISH.search(words(html))


@pytest.fixture
def enrolled():
    """Somebody with an app and a passkey, just confirmed."""
    user = person()
    client = signed_in(user)
    enrol(client)
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "執務室", "credential": {}})
    confirm(client)
    return user, client


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_somebody_with_factors(enrolled, name: str, monkeypatch) -> None:
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.get_credentials", lambda _user: [])
    response = enrolled[1].get(reverse(name))
    assert response.status_code == 200
    in_house_style(response.content.decode())


@pytest.mark.parametrize("name", ["mfa_remove_webauthn", "mfa_edit_webauthn"])
def test_pages_of_a_passkey(enrolled, name: str) -> None:
    user, client = enrolled
    key = user.authenticator_set.get(type="webauthn")
    page = client.get(reverse(name, args=[key.pk])).content.decode()
    in_house_style(page)
    assert "執務室" in page


@pytest.mark.parametrize("name", ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn"])
def test_pages_of_somebody_without(name: str) -> None:
    client = signed_in(person())
    confirm(client)
    in_house_style(client.get(reverse(name)).content.decode())


def test_the_question_for_a_code() -> None:
    user = person()
    enrol(signed_in(user))
    client = Client()
    post_sign_in(client, user.email)
    in_house_style(client.get(reverse("mfa_authenticate")).content.decode())
    wrong = client.post(reverse("mfa_authenticate"), {"code": "0"}).content.decode()
    in_house_style(wrong)
    assert "<title>エラー：" in wrong


@pytest.mark.parametrize("name", ["account/phone_change.html", "account/email_change.html"])
def test_the_library_pages_with_styles_are_replaced(name: str) -> None:
    assert "style=" not in get_template(name).template.source


def test_a_secret_is_shown_in_groups() -> None:
    client = signed_in(person())
    confirm(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert re.search(r'class="secret">([A-Z2-7]{4} ){7}[A-Z2-7]{4}<', page)
