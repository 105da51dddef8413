"""Sign-in and error pages speak our language, in our layout, and say what to do."""

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.permissions import PermissionRefused
from portal.ui.dates import parse_date
from portal.views import errors as error_views
from tests import factories as f

PASSWORD = "a-long-enough-word-25"


@pytest.fixture
def person(db):
    """A person who can sign in, with a verified address and a membership."""
    member = f.MembershipFactory()
    member.user.set_password(PASSWORD)
    member.user.save()
    member.user.emailaddress_set.create(email=member.user.email, verified=True, primary=True)
    return member.user


ANONYMOUS_PAGES = [
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
]
SIGNED_IN_PAGES = ["account_logout", "account_change_password", "account_email", "account_reauthenticate"]


def holds_house_style(html: str) -> bool:
    return 'lang="ja"' in html and 'href="#main"' in html and html.count("<h1") == 1 and "allauth" not in html


@pytest.mark.django_db
@pytest.mark.parametrize("name", ANONYMOUS_PAGES)
def test_pages_before_sign_in(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert holds_house_style(response.content.decode())


@pytest.mark.parametrize("name", SIGNED_IN_PAGES)
def test_pages_of_the_account(client: Client, person, name: str) -> None:
    client.force_login(person)
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert holds_house_style(response.content.decode())


def test_sign_in_and_its_errors(client: Client, person) -> None:
    url = reverse("account_login")
    empty = client.post(url, {}).content.decode()
    assert "<title>エラー：サインイン | " in empty
    assert "メールアドレスまたはサインインIDを入力してください。" in empty
    assert 'href="#id_login"' in empty
    wrong = client.post(url, {"login": person.email, "password": "wrong"}).content.decode()
    assert "サインインIDと、パスワードを、登録のとおりに入力してください。" in wrong
    assert person.email in wrong
    right = client.post(url, {"login": person.email, "password": PASSWORD})
    assert right.status_code == 302


def test_password_rules_are_told_in_our_words(client: Client, person) -> None:
    client.force_login(person)
    given = {"oldpassword": PASSWORD, "password1": "short", "password2": "other"}
    html = client.post(reverse("account_change_password"), given).content.decode()
    assert "パスワードは、12文字以上で入力してください。" in html


def test_the_reset_mail_suffices_alone(client: Client, person) -> None:
    client.post(reverse("account_reset_password"), {"email": person.email})
    message = mail.outbox[0]
    assert message.subject.endswith("パスワードの再設定")
    assert message.alternatives == []
    link = next(line for line in message.body.splitlines() if line.startswith("http"))
    assert "次のアドレスを開いて" in message.body
    page = client.get(link, follow=True).content.decode()
    assert "新しいパスワード" in page


def test_a_change_of_password_is_notified_with_its_moment(client: Client, person) -> None:
    client.force_login(person)
    given = {
        "oldpassword": PASSWORD,
        "password1": "another-long-word-26",
        "password2": "another-long-word-26",
    }
    client.post(reverse("account_change_password"), given)
    body = mail.outbox[0].body
    moment = next(line for line in body.splitlines() if line.startswith("操作した日時："))
    assert parse_date(moment.removeprefix("操作した日時：").split("）")[0] + "）")
    assert "&#x27;" not in body


@pytest.mark.django_db
def test_an_unknown_address_says_what_to_do(client: Client) -> None:
    response = client.get("/nowhere/at/all/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "お探しの画面が見つかりません" in html
    assert "404" not in html


def test_a_refusal_gives_its_reason_and_no_more(rf: RequestFactory) -> None:
    refused = error_views.forbidden(rf.get("/"), PermissionRefused("事務局の担当者だけができます。"))
    assert refused.status_code == 403
    assert "事務局の担当者だけができます。" in refused.content.decode()
    other = error_views.forbidden(rf.get("/"), ValueError("secret detail"))
    assert "secret detail" not in other.content.decode()


def test_a_broken_server_still_says_whom_to_call(rf: RequestFactory, settings) -> None:
    settings.PORTAL_CONTACT = "市町村課（内線1234）"
    response = error_views.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "市町村課（内線1234）" in response.content.decode()


def test_a_stale_form_is_explained(person) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert response.status_code == 403
    assert "画面を開いてから時間がたちすぎました" in response.content.decode()
