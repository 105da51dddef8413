"""A passkey from its registration to the sign-in with it, under the real policy; and the end of a session."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.signin import sessions
from tests.browser.checks import Watched, assert_clean_in_every_state
from tests.browser.site import PASSWORD
from tests.browser.steps import sign_in

pytestmark = pytest.mark.browser


def passkey_device(page: Page) -> None:
    """A device with a screen lock, as Chromium plays it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_registered_and_signs_in(open_as: Callable[..., Watched]) -> None:
    watched = open_as()
    page = watched.page
    passkey_device(page)
    sign_in(page, "ohira")
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="パスキーを登録する").click()
    page.get_by_label("パスワード", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="続ける", exact=True).click()
    page.get_by_label("パスキーの名前").fill("執務室のパソコン")
    page.get_by_role("button", name="パスキーを登録する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("復旧コード")
    page.get_by_role("link", name="保管したので、ホームに進む").click()
    page.get_by_role("button", name="ログアウト").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    page.get_by_role("button", name="パスキーを使う").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ホーム")
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("link", name="執務室のパソコンの名前を変える")).to_be_visible()
    for address in ("", "totp/activate/", "webauthn/add/", "webauthn/", "recovery-codes/generate/"):
        page.goto(f"/accounts/2fa/{address}")
        assert_clean_in_every_state(watched, address)
    for address in ("settings/", "sessions/", "2fa/totp/activate/"):
        page.goto(f"/accounts/{address}")
        assert_clean_in_every_state(watched, address)


def test_the_end_of_a_session_is_told_before(
    open_as: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = open_as()
    page = watched.page
    sign_in(page, "murata")
    monkeypatch.setattr(sessions, "SECONDS_BETWEEN_WRITES", 0)
    monkeypatch.setattr("django.conf.settings.SESSION_IDLE_SECONDS", 4 * 60)
    page.goto("/")
    warning = page.get_by_role("region", name="サインインの時間")
    expect(warning).to_contain_text("あと約4分操作がないと、ログアウトします。")
    monkeypatch.setattr("django.conf.settings.SESSION_IDLE_SECONDS", 60 * 60)
    warning.get_by_role("button", name="続ける").click()
    expect(warning).to_be_hidden()
    assert watched.complaints == []
