"""Names, codes and passkeys that no form sends: each is a wrong answer, none a fault of the server."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.portal.signin.people import confirm, enrol, person, post_sign_in, signed_in

pytestmark = pytest.mark.django_db
HALF = '{"id":"eA","rawId":"eA","type":"public-key","response":'
CREDENTIALS = [
    "",
    "{",
    "null",
    "1",
    "[]",
    '"x"',
    '{"a":1}',
    '{"id":"x","rawId":"x","type":"public-key","response":"x"}',
    HALF + '{"clientDataJSON":"e30","attestationObject":"AA"}}',
    HALF + '{"clientDataJSON":"e30","attestationObject":"oA"}}',
    HALF + '{"clientDataJSON":"AA","authenticatorData":"AA","signature":"AA","userHandle":"zzz"}}',
    HALF + '{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":null}}',
    '{"response":{"userHandle":"enp6enp6enp6enp6enp6enp6eno"}}',
]


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_passkeys(credential: str) -> None:
    client = Client()
    client.get(reverse("mfa_login_webauthn"), HTTP_ACCEPT="application/json")
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert answer["Location"] == reverse("account_login")
    user = person()
    client = signed_in(user)
    confirm(client)
    client.get(reverse("mfa_add_webauthn"))
    answer = client.post(reverse("mfa_add_webauthn"), {"credential": credential, "name": "端末"})
    assert answer.status_code == 200
    assert not user.authenticator_set.exists()


@pytest.mark.parametrize("code", ["あいう", "é", "９" * 6, "9" * 5000, "-1", "1 2 3"])
def test_codes(code: str) -> None:
    user = person()
    enrol(signed_in(user))
    client = Client()
    post_sign_in(client, user.email)
    for field in ("code", "credential"):
        assert client.post(reverse("mfa_authenticate"), {field: code}).status_code == 200


@pytest.mark.parametrize("name", ["あいう", "@", "a@b@c", "%" * 500, "'; drop table", "Ⅷ@example.jp"])
def test_names(name: str) -> None:
    assert post_sign_in(Client(), name).status_code == 200
    assert Client().post(reverse("account_reset_password"), {"email": name}).status_code in {200, 302}
