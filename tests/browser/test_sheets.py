"""The workbook of a round before the screen: a town fills in its own, and its prefecture one for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from assessments.models import ProgressReport, Round
from tests.assessments.sheets.conftest import fill
from tests.browser.checks import Watched, assert_clean_everywhere

pytestmark = pytest.mark.browser

WAIT = 30_000


def _report() -> ProgressReport:
    return ProgressReport.objects.get(round=_round(), organisation__municipality__code="043222")


def _round() -> Round:
    return Round.objects.get(program__slug="r7", stage="midterm")


def seen(watched: Watched, name: str) -> None:
    """Clean at every width; and a picture where somebody wants to look."""
    assert_clean_everywhere(watched, name)
    folder = os.environ.get("PORTAL_PICTURES")
    for width in (1280, 390) if folder else ():
        watched.page.set_viewport_size({"width": width, "height": 900})
        watched.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def filled_in(watched: Watched, folder: Path, **texts: str) -> Path:
    """Download the workbook, fill it in, and give its path."""
    with watched.page.expect_download() as download:
        watched.page.get_by_role("link", name="様式を保存する（Excel）").click()
    path = folder / "様式.xlsx"
    download.value.save_as(path)
    book = load_workbook(path)
    for key, text in texts.items():
        fill(book, key.replace("__", "."), text)
    book.save(path)
    return path


def send(watched: Watched, path: Path) -> None:
    """Choose the file and come to the preview."""
    page = watched.page
    page.get_by_label("取り込むファイル").set_input_files(path)
    page.get_by_role("button", name="内容を確認する").click()
    page.get_by_role("link", name="内容を確認する").click(timeout=WAIT)


def test_a_town_fills_in_offline_and_chooses_where_both_sides_changed(open_as, tmp_path):
    town = open_as("murata")
    page = town.page
    page.goto(f"/rounds/{_round().pk}/")
    page.get_by_role("link", name="Excelで入力する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Excelで入力する")
    seen(town, "sheet-start")

    path = filled_in(
        town, tmp_path, text__overview="あ" * 2001, fields__counter="△", text__activities="7月に話し合った。"
    )
    send(town, path)
    expect(page.get_by_role("heading", name="2か所の誤りがあります")).to_be_visible()
    seen(town, "sheet-errors")

    page.goto(f"/rounds/{_round().pk}/sheet/")
    path = filled_in(
        town,
        tmp_path,
        text__overview="ファイルで直した概要。\n2行目もあります。",
        text__activities="ファイルで直した取組。",
        fields__counter="○",
    )
    ProgressReport.objects.filter(pk=_report().pk).update(overview="画面であとから直した概要。")
    send(town, path)
    expect(page.get_by_role("heading", name="画面にも別の内容がある項目（1件）")).to_be_visible()
    seen(town, "sheet-conflict")
    page.get_by_role("button", name="件を反映する").click()
    expect(page.get_by_text("1件残っています")).to_be_visible()
    page.get_by_label("ファイルの内容にする").check()
    page.get_by_role("button", name="件を反映する").click()
    page.get_by_role("link", name="結果を見る").click(timeout=WAIT)
    expect(page.get_by_role("heading", name="反映しました")).to_be_visible()
    seen(town, "sheet-applied")
    report = _report()
    assert report.overview == "ファイルで直した概要。\n2行目もあります。"
    assert report.activities == "ファイルで直した取組。"
    assert town.complaints == []


def test_a_prefecture_fills_in_for_a_town_without_script(open_as, tmp_path):
    officer = open_as("miyagi", java_script_enabled=False)
    organisation = _report().organisation_id
    officer.page.goto(f"/rounds/{_round().pk}/targets/{organisation}/")
    officer.page.get_by_role("link", name="代わりに入力する").click()
    path = filled_in(officer, tmp_path, text__effective_support="県が聞き取った支援。")
    page = officer.page
    page.get_by_label("取り込むファイル").set_input_files(path)
    page.get_by_role("button", name="内容を確認する").click()
    _until_done(page, "内容を確認する")
    page.get_by_role("button", name="件の確認を市町村に依頼する").click()
    _until_done(page, "結果を見る")
    expect(page.get_by_role("heading", name="市町村に確認を依頼しました")).to_be_visible()

    town = open_as("murata")
    town.page.goto("/tasks/")
    town.page.get_by_role("main").get_by_role("link", name="県が代わりに入力した内容の確認").first.click()
    expect(town.page.get_by_role("heading", level=1)).to_have_text("県の代理入力")
    seen(town, "entry-town")
    town.page.goto(f"/rounds/{_round().pk}/progress/")
    expect(town.page.get_by_role("heading", name="県が代わりに入力した内容があります")).to_be_visible()
    seen(town, "entry-form")
    town.page.get_by_role("link", name="内容を見る").click()
    town.page.get_by_role("button", name="内容を確認する").click()
    town.page.get_by_role("link", name="内容を確認する").click(timeout=WAIT)
    expect(town.page.get_by_role("button", name="件を反映する")).to_be_visible()
    seen(town, "entry-preview")
    town.page.get_by_role("button", name="件を反映する").click()
    town.page.get_by_role("link", name="結果を見る").click(timeout=WAIT)
    assert _report().effective_support == "県が聞き取った支援。"
    watched = open_as("miyagi")
    watched.page.goto(f"/rounds/{_round().pk}/targets/{organisation}/sheet/")
    seen(watched, "entry-prefecture")
    watched.page.get_by_role("main").get_by_role("link", name="の代理入力").first.click()
    expect(watched.page.get_by_role("main").get_by_text("反映済み").first).to_be_visible()
    seen(watched, "entry-taken")


def _until_done(page, label: str) -> None:
    """Without script somebody loads the page of the job again until it has ended, and follows its link."""
    link = page.get_by_role("main").get_by_role("link", name=label)
    for _ in range(40):
        if link.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    link.first.click()
