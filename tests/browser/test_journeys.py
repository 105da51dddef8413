"""The main job from sign-in to the PDF, as town and prefecture do it; and an import by the operator."""

from __future__ import annotations

import re
import subprocess
import unicodedata

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import assert_clean_everywhere
from tests.browser.steps import ROUND, TEXTS, Town, sign_in

pytestmark = pytest.mark.browser

REASON = "実施した月を書いてください。"
CORRECTED = "7月と8月に業務の棚卸しを3回行った。"


def said(pdf: str) -> str:
    """The text of a PDF without the line breaks that the page width made."""
    done = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, check=True)
    return re.sub(r"\s+", "", done.stdout.decode())


@pytest.fixture(scope="module")
def handed_in() -> dict[str, str]:
    """The receipts of the town, kept for the journeys that go on from there."""
    return {}


def test_a_town_officer_fills_in_and_submits(open_as, handed_in):
    watched = open_as()
    sign_in(watched.page, "takanezawa")
    town = Town(watched.page)
    town.open_round()
    town.fill_progress()
    handed_in["progress"] = town.submit("取組状況を提出しました", "P")
    assert_clean_everywhere(watched)
    town.open_round()
    town.fill_checklist("seven_success")
    handed_in["checklist"] = town.submit("自己点検を提出しました", "C")
    assert_clean_everywhere(watched)
    town.link("結果を図で見る").click()
    expect(town.page.locator("figure svg[role=img]").first).to_be_visible()
    assert watched.complaints == []


def test_b_the_prefecture_returns_the_town_corrects_the_prefecture_accepts(open_as, handed_in):
    assert handed_in, "this journey goes on where the town has submitted: run the whole file"
    officer, clerk = open_as(), open_as()
    sign_in(officer.page, "tochigi")
    sign_in(clerk.page, "takanezawa")
    prefecture, town = Town(officer.page), Town(clerk.page)
    _open_form(prefecture)
    expect(prefecture.page.get_by_text(TEXTS["取組の概要"])).to_be_visible()
    expect(prefecture.page.get_by_text(handed_in["progress"])).to_be_visible()
    _return(prefecture)
    assert_clean_everywhere(officer)
    _open_returned(town)
    assert_clean_everywhere(clerk)
    _correct(town)
    _open_form(prefecture)
    expect(prefecture.page.get_by_text(CORRECTED)).to_be_visible()
    prefecture.link("受理する").click()
    prefecture.button("受理する").click()
    prefecture.status("取組状況を受理しました。")
    town.page.goto("/rounds/")
    town.page.get_by_role("main").get_by_role("link", name=ROUND).first.click()
    expect(town.page.get_by_role("main").get_by_role("listitem").filter(has_text="取組状況")).to_contain_text(
        "受理"
    )
    assert officer.complaints == clerk.complaints == []


def _open_form(prefecture: Town) -> None:
    prefecture.page.goto("/")
    prefecture.link_like("取組状況の確認").click()
    prefecture.page.get_by_role("main").get_by_role("link", name="高根沢町の取組状況").first.click()
    prefecture.heading("高根沢町の取組状況")


def _return(prefecture: Town) -> None:
    prefecture.link("差し戻す").click()
    prefecture.button("差し戻す").click()
    expect(prefecture.page.locator("[data-focus]")).to_be_focused()
    prefecture.page.get_by_role("checkbox", name="これまでの取組").check()
    prefecture.page.get_by_label("差し戻す理由と直してほしい点").fill(REASON)
    prefecture.button("差し戻す").click()
    prefecture.status("差し戻しました")


def _open_returned(town: Town) -> None:
    town.page.goto("/")
    town.link_like("取組状況の修正と再提出").click()
    expect(town.page.get_by_text(REASON)).to_be_visible()
    expect(town.link("取組の概要と分野")).to_have_count(0)


def _correct(town: Town) -> None:
    town.link("これまでの取組").click()
    town.text_box("これまでの取組").fill(CORRECTED)
    town.button("保存して次へ進む").click()
    town.submit("取組状況を提出しました", "P")


def test_c_the_prefecture_renders_the_report_and_reads_what_the_town_typed(open_as, handed_in, tmp_path):
    assert handed_in, "this journey goes on where the town has submitted: run the whole file"
    watched = open_as()
    page = watched.page
    sign_in(page, "tochigi")
    page.goto("/programs/r7/regions/09/reports/")
    page.get_by_role("main").get_by_role("link", name="中間報告書").first.click()
    page.get_by_role("button", name="PDFを作成する").click()
    expect(page).to_have_url(re.compile("/jobs/"))
    page.evaluate("window.stayed = true")
    expect(page.get_by_role("heading", name="処理が完了しました")).to_be_visible(timeout=90_000)
    assert page.evaluate("window.stayed"), "the page updated itself, without a reload"
    assert_clean_everywhere(watched)
    page.get_by_role("main").get_by_role("link", name="結果を開く").click()
    expect(page).not_to_have_url(re.compile("/jobs/"))
    assert_clean_everywhere(watched)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(r"第1版の\s*PDF")).click()
    assert re.fullmatch(r"2025_栃木県_中間報告書_第1版\.pdf", download.value.suggested_filename)
    download.value.save_as(tmp_path / "report.pdf")
    text = said(str(tmp_path / "report.pdf"))
    for typed in (TEXTS["取組の概要"], CORRECTED, TEXTS["見えてきた課題"], TEXTS["有効と思われる支援"]):
        assert re.sub(r"\s+", "", typed) in text
    assert "見本データ（値は架空）" in unicodedata.normalize("NFC", text)
    assert watched.complaints == []


def test_d_the_operator_imports_municipalities_after_a_look_at_the_changes(open_as, tmp_path):
    watched = open_as()
    page = watched.page
    sign_in(page, "admin")
    page.goto("/imports/")
    page.get_by_role("main").get_by_role("link", name="市区町村を取り込む").click()
    sheet = tmp_path / "市区町村.csv"
    sheet.write_text("団体コード,人口（人）\n043222,一万\n", encoding="cp932")
    page.locator("input[type=file]").set_input_files(sheet)
    page.get_by_role("button", name="内容を確認する").click()
    _done(page)
    expect(page.get_by_role("heading", level=2).filter(has_text="誤り")).to_be_visible()
    assert_clean_everywhere(watched)
    page.get_by_role("link", name="直したファイルを選ぶ").click()
    with page.expect_download() as template:
        page.get_by_role("link", name="今の内容が入った様式（CSV）").click()
    template.value.save_as(sheet)
    rows = sheet.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    changed = [row for row in rows if row.startswith("043222,")]
    typed = changed[0].replace(",9816,", ",１０９９９,")
    sheet.write_text(rows[0].replace("²", "2") + typed, encoding="cp932")
    page.locator("input[type=file]").set_input_files(sheet)
    page.get_by_role("button", name="内容を確認する").click()
    _done(page)
    expect(page.get_by_role("row").filter(has_text="村田町")).to_contain_text("10,999")
    assert_clean_everywhere(watched)
    page.get_by_role("button", name="1件を取り込む").click()
    _done(page)
    page.goto("/municipalities/043222/")
    expect(page.get_by_role("main")).to_contain_text("10,999")
    assert watched.complaints == []


def _done(page: Page) -> None:
    expect(page.get_by_role("heading", name="処理が完了しました")).to_be_visible(timeout=60_000)
    page.get_by_role("main").locator(".banner a").click()


def test_e_two_colleagues_at_one_field_lose_nothing(open_as):
    first, second = open_as("inagawa"), open_as("inagawa")
    label = "取組の概要"
    for watched in (first, second):
        town = Town(watched.page)
        town.open_round()
        town.link("取組状況").click()
        town.link("取組の概要と分野").click()
    first.page.get_by_role("textbox", name=label).fill("先に保存した文。")
    Town(first.page).button("下書きを保存する").click()
    Town(first.page).status("保存しました")
    second.page.get_by_role("textbox", name=label).fill("あとから保存した文。")
    Town(second.page).button("下書きを保存する").click()
    expect(second.page.get_by_role("main")).to_contain_text("先に保存した文。")
    expect(second.page.get_by_role("textbox")).to_have_value("あとから保存した文。")
    assert [said for said in second.complaints if "409" not in said] == []
    second.complaints.clear()
    assert_clean_everywhere(second)
    second.page.get_by_role("radio", name="自分が入力した内容を残す").check()
    second.page.get_by_role("button", name="選んだ内容を保存する").click()
    expect(second.page.get_by_role("textbox", name=label)).to_have_value("あとから保存した文。")
    assert first.complaints == []
