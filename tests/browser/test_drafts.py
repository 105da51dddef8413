"""Nothing typed is lost: session gone, network gone, a colleague at the same form (CON-04)."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from assessments.models import ProgressReport, Round
from tests.browser.checks import assert_clean_everywhere
from tests.browser.steps import sign_in

pytestmark = pytest.mark.browser

LABEL = "見えてきた課題"
TYPED = "髙橋さんが休むと、窓口の手順が止まる。"
DISCARD = "入力を破棄して、保存されている内容に戻す"
KEPT = re.compile("分に下書きを保存しました$")


@pytest.fixture
def address() -> str:
    """The section 見えてきた課題 of the round that is open now."""
    round_ = Round.objects.get(program__slug="r7", stage="midterm")
    return f"/rounds/{round_.pk}/progress/sections/issues/"


def stored() -> str:
    """What the row of 村田町 says; the draft never touches it."""
    return ProgressReport.objects.get(
        round__program__slug="r7", round__stage="midterm", organisation__municipality__code="043222"
    ).issues


def status(page: Page):
    """The line in the foot of the form."""
    return page.locator("#save-status")


def test_typed_text_survives_a_lost_session_and_is_offered_again(open_as, address):
    before = stored()
    watched = open_as()
    page = watched.page
    sign_in(page, "murata")
    page.goto(address)
    page.get_by_role("textbox", name=LABEL).fill(TYPED)
    expect(status(page)).to_have_text(KEPT)
    page.context.clear_cookies()
    sign_in(page, "murata")
    page.get_by_role("link", name=re.compile("保存していない入力が1件あります")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("保存していない入力")
    assert_clean_everywhere(watched)
    page.get_by_role("link", name="入力の続きに戻す").click()
    expect(page.get_by_role("heading", name="保存していない入力を表示しています")).to_be_visible()
    expect(page.get_by_role("textbox", name=LABEL)).to_have_value(TYPED)
    assert_clean_everywhere(watched)
    page.get_by_role("button", name=DISCARD).click()
    expect(page.get_by_text("保存していない入力を破棄しました。")).to_be_visible()
    assert stored() == before
    assert watched.complaints == []


def test_a_session_that_ended_meanwhile_is_told_and_the_text_stays(open_as, address):
    page = open_as().page
    sign_in(page, "murata")
    page.goto(address)
    cookie = next(one for one in page.context.cookies() if one["name"] == "session")
    Session.objects.filter(session_key=cookie["value"]).delete()
    page.get_by_role("textbox", name=LABEL).fill(TYPED)
    expect(status(page)).to_have_text(re.compile("^保存できませんでした。"))
    expect(page.get_by_role("textbox", name=LABEL)).to_have_value(TYPED)


def test_without_a_network_the_page_says_so_and_keeps_the_text_when_it_is_back(open_as, address):
    page = open_as("murata").page
    page.goto(address)
    page.context.set_offline(True)
    page.get_by_role("textbox", name=LABEL).fill(TYPED)
    expect(status(page)).to_have_text(re.compile("^保存できませんでした。"))
    page.context.set_offline(False)
    expect(status(page)).to_have_text(KEPT, timeout=15_000)
    expect(page.get_by_role("textbox", name=LABEL)).to_have_value(TYPED)
    page.goto(address)
    page.get_by_role("button", name=DISCARD).click()


def test_without_script_the_button_keeps_the_text(open_as, address):
    before = stored()
    page = open_as("murata", java_script_enabled=False).page
    page.goto(address)
    page.get_by_role("textbox", name=LABEL).fill(TYPED)
    page.get_by_role("button", name="下書きを保存する").click()
    expect(page.get_by_text("の下書きを保存しました。")).to_be_visible()
    assert stored() == TYPED
    page.get_by_role("textbox", name=LABEL).fill(before)
    page.get_by_role("button", name="下書きを保存する").click()
