"""AUT-11: what a password may be."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from portal.choices import OrganisationKind
from tests import factories as f
from tests.portal.signin.people import PASSWORD, post_sign_in, signed_in


@pytest.fixture
def official(db):
    """Somebody of a town whose names are known."""
    prefecture = f.OrganisationFactory(kind=OrganisationKind.PREFECTURE, name="宮城県")
    town = f.OrganisationFactory(kind=OrganisationKind.MUNICIPALITY, name="村田町", parent=prefecture)
    user = f.UserFactory(name="県庁 太郎", email="taro.kencho@town.murata.jp")
    f.MembershipFactory(user=user, organisation=town)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("みじかい言葉です", "password_too_short"),
        ("elevenchars", "password_too_short"),
        ("password123456", "password_too_common"),
        ("Passw0rd!Passw0rd!", "password_too_common"),
        ("パスワードパスワード2025", "password_too_common"),
        ("sakura20250401!!", "password_too_common"),
        ("よろしくお願いします2025", "password_too_common"),
        ("aaaaaaaaaaaaaaaa", "password_too_common"),
        ("abc1abc1abc1abc1", "password_too_common"),
        ("qwertyuiop1234567890", "password_too_common"),
        ("あいうえおかきくけこさし", "password_too_common"),
        ("市町村DX伴走支援ポータル", "password_context"),
        ("村田町役場2025!!!", "password_context"),
        ("宮城県ポータル-2025", "password_context"),
        ("県庁太郎のdxポータル", "password_context"),
        ("murata-taro-2025", "password_context"),
    ],
)
def test_refused(official, password: str, code: str) -> None:
    assert code in {error.code for error in _errors(password, official)}


def _errors(password: str, user) -> list[ValidationError]:
    with pytest.raises(ValidationError) as caught:
        validate_password(password, user)
    return caught.value.error_list


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "onlysmallletterslikethese",
        "夕方の港で犬が三匹あくびした",
        "  空白で始まり空白で終わる言葉  ",
        "雨の日の村田町で買った青い傘と古い地図",
        "長い言葉" * 3 + "山道を歩く人の足音と遠い汽笛と朝の光" * 4,
    ],
)
def test_taken(official, password: str) -> None:
    validate_password(password, official)


def test_spaces_and_japanese_are_kept_as_they_were_typed(official) -> None:
    new = "  夕方の港で 犬が三匹あくびした  "
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert signed_in(official).post(reverse("account_change_password"), given).status_code == 302
    assert post_sign_in(Client(), official.email, new.strip()).status_code == 200
    assert post_sign_in(Client(), official.email, new).status_code == 302


def test_the_page_says_why(official) -> None:
    given = {"oldpassword": PASSWORD, "password1": "村田町役場2025!!!", "password2": "村田町役場2025!!!"}
    page = signed_in(official).post(reverse("account_change_password"), given).content.decode()
    assert "団体名、メールアドレス、ポータルの名称を除いても8文字以上" in page
    assert "定期的な変更は必要ありません" in page
