"""The town's whole job with JavaScript switched off."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.steps import Town, sign_in

pytestmark = pytest.mark.browser


def test_a_town_officer_fills_in_and_submits_without_script(open_as):
    watched = open_as(java_script_enabled=False)
    sign_in(watched.page, "ama")
    town = Town(watched.page, script=False)
    town.open_round()
    town.fill_progress()
    town.submit("取組状況を提出しました", "P")
    town.open_round()
    town.fill_checklist("seven_success")
    town.submit("自己点検を提出しました", "C")
    town.link("結果を図で見る").click()
    expect(town.page.locator("figure svg[role=img]").first).to_be_visible()
    assert watched.complaints == []


def test_the_job_is_followed_by_a_link_without_script(open_as):
    watched = open_as(java_script_enabled=False)
    page = watched.page
    sign_in(page, "shimane")
    page.goto("/programs/r7/regions/32/reports/summary/")
    page.get_by_role("button", name="PDFを作成する").click()
    expect(page).to_have_url(re.compile("/jobs/"))
    reload, done = page.get_by_role("link", name="画面を更新する"), page.get_by_text("処理が完了しました")
    last = time.monotonic() + 90
    while not done.count() and time.monotonic() < last:
        with page.expect_navigation():
            reload.click()
    page.get_by_role("main").get_by_role("link", name="結果を開く").click()
    expect(page.get_by_role("link", name=re.compile(r"第1版の\s*PDF"))).to_be_visible()
    assert watched.complaints == []


@pytest.mark.parametrize("width", [390, 320])
def test_menu_filter_and_order_work_without_script(open_as, width):
    page = open_as("miyagi", width=width, java_script_enabled=False).page
    page.goto("/")
    page.get_by_role("button", name="メニュー").click()
    page.get_by_role("navigation", name="主メニュー", exact=True).get_by_role("link", name="市区町村").click()
    page.get_by_role("search").get_by_role("textbox").first.fill("むらた")
    page.get_by_role("button", name="絞り込む").click()
    expect(page.get_by_role("rowheader", name="村田町")).to_be_visible()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    page.get_by_role("link", name="条件を消す").first.click()
    page.get_by_role("columnheader").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("sort="))
