"""AUT-07, AUT-08, AUT-09: codes work once, secrets are not in the database, the last factor stays."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal.signin import keys
from portal.signin.mfa import PortalMFAAdapter
from tests.portal.signin.people import (
    codes_recorded,
    confirm,
    enrol,
    is_in,
    person,
    post_sign_in,
    recovery_codes,
    signed_in,
    totp,
)

pytestmark = pytest.mark.django_db
CODE = "mfa_authenticate"


def half_in(user) -> Client:
    """A browser that has given the password, and waits for the code."""
    client = Client()
    assert post_sign_in(client, user.email)["Location"] == reverse(CODE)
    return client


def test_a_code_works_once() -> None:
    user = person()
    secret = enrol(signed_in(user))
    code = totp(secret)
    assert half_in(user).post(reverse(CODE), {"code": code}).status_code == 302
    again = half_in(user).post(reverse(CODE), {"code": code})
    assert "認証コードを確かめて、もう一度入力してください。" in again.content.decode()


def test_a_code_of_another_half_minute_is_refused() -> None:
    import time

    user = person()
    secret = enrol(signed_in(user))
    answer = half_in(user).post(reverse(CODE), {"code": totp(secret, time.time() - 90)})
    assert answer.status_code == 200


def test_guessing_codes_is_stopped() -> None:
    user = person()
    secret = enrol(signed_in(user))
    client = half_in(user)
    pages = [client.post(reverse(CODE), {"code": f"{n:06d}"}).content.decode() for n in range(20)]
    assert sum("認証コードを確かめて" in page for page in pages) == 5
    assert sum("受付を一時止めています" in page for page in pages) == 15
    assert client.post(reverse(CODE), {"code": totp(secret)}).status_code == 200
    assert codes_recorded().count("signin.factor_failed") == 5


def test_a_recovery_code_works_once_and_the_person_is_told() -> None:
    user = person()
    client = signed_in(user)
    enrol(client)
    codes = recovery_codes(client)
    mail.outbox.clear()
    assert half_in(user).post(reverse(CODE), {"code": codes[0]}).status_code == 302
    assert half_in(user).post(reverse(CODE), {"code": codes[0]}).status_code == 200
    assert half_in(user).post(reverse(CODE), {"code": codes[1]}).status_code == 302
    assert [message.subject for message in mail.outbox] == [
        "【市町村DX伴走支援ポータル】復旧コードの使用"
    ] * 2
    assert user.name in mail.outbox[0].body
    assert "残りの復旧コードは9個" in mail.outbox[0].body
    assert codes_recorded().count("signin.recovery_used") == 2


def test_recovery_codes_are_shown_once() -> None:
    client = signed_in(person())
    enrol(client)
    assert len(recovery_codes(client)) == 10
    assert recovery_codes(client) == []
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 403


def dump() -> str:
    """Every row of every table, as text, and every session opened."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            found.append(repr(cursor.fetchall()))
    sessions = apps.get_model("sessions", "Session").objects.all()
    return "\n".join([*found, *(repr(session.get_decoded()) for session in sessions)])


def test_no_secret_stands_in_the_database() -> None:
    user = person()
    client = signed_in(user)
    secret = enrol(client)
    codes = recovery_codes(client)
    row = Authenticator.objects.get(user=user, type="recovery_codes")
    seed = keys.decrypt(row.data["seed"])
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": user.email})
    link = re.search(r"/reset/key/[^/]+-([^/]+-[^/]+)/", mail.outbox[0].body)
    held = dump()
    assert user.email in held  # the dump sees what there is
    for hidden in (secret, seed, *codes, link[1]):
        assert hidden not in held


def test_a_new_key_reads_what_the_old_one_wrote(settings, capsys) -> None:
    settings.MFA_ENCRYPTION_KEYS = ["a" * 40]
    user = person()
    secret = enrol(signed_in(user))
    settings.MFA_ENCRYPTION_KEYS = ["b" * 40, "a" * 40]
    assert half_in(user).post(reverse(CODE), {"code": totp(secret)}).status_code == 302
    call_command("rotate_mfa_keys")
    assert capsys.readouterr().out == "2 rows encrypted anew.\n"
    settings.MFA_ENCRYPTION_KEYS = ["b" * 40]
    row = Authenticator.objects.get(user=user, type="totp")
    assert keys.decrypt(row.data["secret"]) == secret
    settings.MFA_ENCRYPTION_KEYS = ["a" * 40]
    with pytest.raises(InvalidToken):
        keys.decrypt(row.data["secret"])


def passkey(user, name: str = "執務室のパソコン") -> Authenticator:
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": name, "credential": {}})


@pytest.mark.usefixtures("demanding")
def test_the_last_factor_stays_where_it_is_demanded() -> None:
    user = person()
    client = signed_in(user)
    enrol(client)
    page = client.get(reverse("mfa_deactivate_totp")).content.decode()
    assert "ほかの方法を先に登録してから、削除してください。" in page
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=user, type="totp").exists()


@pytest.mark.usefixtures("demanding")
def test_the_last_passkey_stays_where_it_is_demanded() -> None:
    user = person()
    client = signed_in(user)
    enrol(client)
    key = passkey(user)
    Authenticator.objects.filter(user=user, type="totp").delete()
    url = reverse("mfa_remove_webauthn", args=[key.pk])
    assert "このパスキーは削除できません" in client.get(url).content.decode()
    client.post(url)
    assert Authenticator.objects.filter(pk=key.pk).exists()


@pytest.mark.usefixtures("demanding")
def test_one_of_two_may_go() -> None:
    user = person()
    client = signed_in(user)
    enrol(client)
    key = passkey(user)
    assert client.post(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 302
    assert not Authenticator.objects.filter(pk=key.pk).exists()
    assert mail.outbox[-1].subject.endswith("パスキーの登録の削除")


def test_a_town_may_remove_its_only_factor() -> None:
    user = person("municipality")
    client = signed_in(user)
    enrol(client)
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()
    assert codes_recorded().count("signin.factor_removed") == 2


def test_the_passkey_of_somebody_else_does_not_exist() -> None:
    client = signed_in(person())
    confirm(client)
    key = passkey(person())
    assert client.post(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 404


@pytest.mark.parametrize(
    "name", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes", "signin_totp_qr"]
)
def test_factors_change_only_after_a_recent_answer(name: str) -> None:
    client = signed_in(person())
    answer = client.get(reverse(name))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_a_wrong_answer_is_recorded() -> None:
    client = signed_in(person())
    page = client.post(reverse("account_reauthenticate"), {"password": "wrong password here"})
    assert "パスワードを、正しく入力してください。" in page.content.decode()
    assert "signin.reauth_failed" in codes_recorded()


def test_the_person_is_told_of_a_new_factor() -> None:
    user = person()
    enrol(signed_in(user))
    message = mail.outbox[-1]
    assert message.subject.endswith("認証アプリの登録")
    assert message.alternatives == []
    assert f"{user.name} 様" in message.body
    assert "「サインインの設定」" in message.body
    assert "signin.factor_added" in codes_recorded()


def test_the_picture_of_the_secret_is_a_view_without_styles() -> None:
    client = signed_in(person())
    confirm(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert "data:image" not in page
    assert reverse("signin_totp_qr") in page
    picture = client.get(reverse("signin_totp_qr"))
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture["Cache-Control"] == "no-store, private"
    assert b"style" not in picture.content
    assert client.get(reverse("home")).status_code == 200


def test_without_a_waiting_secret_there_is_no_picture() -> None:
    client = signed_in(person())
    confirm(client)
    assert client.get(reverse("signin_totp_qr")).status_code == 404


def test_nothing_is_stored_in_clear_by_the_adapter() -> None:
    adapter = PortalMFAAdapter()
    assert adapter.encrypt("SECRET") != "SECRET"
    assert adapter.decrypt(adapter.encrypt("SECRET")) == "SECRET"


def test_a_new_factor_ends_the_other_sessions() -> None:
    user = person()
    here, elsewhere = signed_in(user), signed_in(user)
    old = here.session.session_key
    enrol(here)
    assert here.session.session_key != old
    assert is_in(here)
    assert not is_in(elsewhere)
