"""A form from the first word to 受理: lost session, conflict, 決裁, return; with and without script."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from assessments.models import ProgressReport, Round
from portal.choices import Duty
from portal.models import Organisation, User
from portal.signin import sessions
from tests.browser.checks import Watched, assert_clean
from tests.browser.site import PASSWORD
from tests.browser.steps import NEXT, SECTIONS, TEXTS, Town, sign_in
from tests.conftest import actor_for

pytestmark = pytest.mark.browser

FIRST = "担当者が一人のため、休むと窓口が止まる。"
COLLEAGUE = "同僚が先に保存した文。"
MENDED = "担当者を二人にし、手順を書き出した。"
ASKED = "いつから始めたかを書いてください。"
INSIDE = "課長の名前を消してください。"
#: What the browser notes when a page says no: sent without a session, or against a newer version.
SAYS_NO = re.compile("status of (403|409)")
#: Town, its officer, the officer's prefecture, and how the browser is set: each way once.
WAYS = [
    pytest.param(("伊丹市", "itami", "hyogo", 1280, True), id="1280"),
    pytest.param(("太子町", "taishi", "hyogo", 390, True), id="390"),
    pytest.param(("加茂市", "kamo", "niigata", 1280, False), id="1280-no-script"),
    pytest.param(("北杜市", "hokuto", "yamanashi", 390, False), id="390-no-script"),
]


@dataclass
class Journey:
    """The people of one town and its prefecture, each before a screen of their own."""

    town: Town
    colleague: Town
    approver: Town
    prefecture: Town
    watched: list[Watched]
    script: bool
    name: str
    officer: str

    def look(self, one: Town, where: str) -> None:
        """The page as it is now is clean; a page that says no makes the browser note its status."""
        seen = next(each for each in self.watched if each.page is one.page)
        seen.complaints[:] = [said for said in seen.complaints if not SAYS_NO.search(said)]
        assert_clean(seen, where, script=self.script)

    def open_section(self, one: Town, label: str) -> None:
        """The task list, and a section of it."""
        one.open_round()
        one.link("取組状況").click()
        one.link(label).click()
        one.heading(label)


@pytest.fixture
def journey(request, open_as) -> Journey:
    """A town that wants 決裁 before it hands in, with a colleague and somebody who signs."""
    name, officer, prefecture, width, script = request.param
    town = Organisation.objects.get(
        name=name, kind="municipality", memberships__user__email=f"{officer}@example.jp"
    )
    Organisation.objects.filter(pk=town.pk).update(sign_off_required=True)
    people = {officer: None, "colleague": Duty.EDITOR, "approver": Duty.APPROVER}
    watched = []
    for person, duty in people.items():
        known = person if duty is None else f"{officer}-{person}"
        if duty is not None:
            actor = actor_for(town, duty=duty)
            User.objects.filter(pk=actor.user.pk).update(email=f"{known}@example.jp")
        watched.append(open_as("" if duty is None else known, width=width, java_script_enabled=script))
    watched.append(open_as(prefecture, width=width, java_script_enabled=script))
    sign_in(watched[0].page, officer)
    screens = [Town(one.page, script=script) for one in watched]
    return Journey(*screens, watched=watched, script=script, name=name, officer=officer)


@pytest.mark.parametrize("journey", WAYS, indirect=True)
def test_from_the_first_word_to_acceptance(journey: Journey):
    _type_and_lose_the_session(journey)
    _meet_a_colleague(journey)
    _fill_the_rest(journey)
    _sign_off(journey, first=True)
    _give_back_and_mend(journey)
    _sign_off(journey, first=False)
    _accept(journey)
    assert [said for one in journey.watched for said in one.complaints] == []


def _report(journey: Journey) -> ProgressReport:
    round_ = Round.objects.get(program__slug="r7", stage="midterm")
    return ProgressReport.objects.get(round=round_, organisation__name=journey.name)


def _type_and_lose_the_session(journey: Journey) -> None:
    """With script the draft is offered again; without it, what was sent too late is."""
    town, page = journey.town, journey.town.page
    journey.open_section(town, "見えてきた課題")
    journey.look(town, "section, empty")
    town.text_box("見えてきた課題").fill(FIRST)
    if journey.script:
        expect(page.locator("#save-status")).to_have_text(re.compile("下書きを保存しました$"))
        page.context.clear_cookies()
        sign_in(page, journey.officer)
        page.get_by_role("link", name=re.compile("保存していない入力が1件あります")).click()
        town.link("入力の続きに戻す").click()
        expect(page.get_by_role("heading", name="保存していない入力を表示しています")).to_be_visible()
        journey.look(town, "draft offered")
        town.button("下書きを保存する").click()
    else:
        _leave_for_two_hours(page)
        town.button("下書きを保存する").click()
        expect(page.get_by_role("main")).to_contain_text(FIRST)
        journey.look(town, "sent too late")
        town.link("サインインして送り直す").click()
        sign_in_here(page, journey.officer)
        expect(page.get_by_role("main")).to_contain_text(FIRST)
        journey.look(town, "kept text")
        town.button("この内容を送り直す").click()
    town.status("保存しました")
    expect(town.text_box("見えてきた課題")).to_have_value(FIRST)
    assert _report(journey).issues == FIRST


def _leave_for_two_hours(page: Page) -> None:
    cookie = next(one for one in page.context.cookies() if one["name"] == "session")
    session = SessionStore(session_key=cookie["value"])
    session[sessions.ACTIVE] -= 2 * 60 * 60
    session.save()


def sign_in_here(page: Page, person: str) -> None:
    """Sign in on the page that asked for it."""
    page.get_by_label("メールアドレス").fill(f"{person}@example.jp")
    page.get_by_label("パスワード", exact=False).first.fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="サインインする").click()


def _meet_a_colleague(journey: Journey) -> None:
    """Both have the section open; who is second chooses between both texts."""
    first, second = journey.colleague, journey.town
    for one in (first, second):
        journey.open_section(one, "見えてきた課題")
    first.text_box("見えてきた課題").fill(COLLEAGUE)
    first.button("下書きを保存する").click()
    first.status("保存しました")
    second.text_box("見えてきた課題").fill(TEXTS["見えてきた課題"])
    second.button("下書きを保存する").click()
    expect(second.page.get_by_role("main")).to_contain_text(COLLEAGUE)
    expect(second.page.get_by_role("main")).to_contain_text("まだ保存していません")
    journey.look(second, "409")
    second.page.get_by_role("radio", name="自分が入力した内容を残す").check()
    second.button("選んだ内容を保存する").click()
    second.status("保存しました")
    expect(second.text_box("見えてきた課題")).to_have_value(TEXTS["見えてきた課題"])


def _fill_the_rest(journey: Journey) -> None:
    town = journey.town
    journey.open_section(town, "取組の概要と分野")
    for label, text in TEXTS.items():
        town.heading(SECTIONS.get(label, label))
        town.choose()
        town.text_box(label).fill("")
        town.button(NEXT).click()
        town.summary(f"{label}を入力してください。")
        journey.look(town, f"errors in {label}")
        town.text_box(label).fill(text)
        town.button(NEXT).click()
    town.heading("提出前の確認")
    journey.look(town, "check")
    town.button("決裁を依頼する").click()
    town.heading("決裁を依頼しました")
    journey.look(town, "sign-off asked for")


def _sign_off(journey: Journey, *, first: bool) -> None:
    """The approver sends the form back inside the town once, then signs it off."""
    approver, town = journey.approver, journey.town
    approver.page.goto("/")
    approver.link_like("取組状況の決裁").click()
    approver.heading(f"{journey.name}の取組状況")
    journey.look(approver, "waiting for sign-off")
    if first:
        approver.link("庁内で差し戻す").click()
        approver.page.get_by_label("差し戻す理由と直してほしい点").fill(INSIDE)
        journey.look(approver, "sending back inside the town")
        approver.button("庁内で差し戻す").click()
        approver.status("差し戻しました")
        town.open_round()
        town.link("取組状況").click()
        expect(town.page.get_by_role("main")).to_contain_text(INSIDE)
        journey.look(town, "sent back inside the town")
        town.link("入力した内容を確認する").click()
        town.button("決裁を依頼する").click()
        town.heading("決裁を依頼しました")
        approver.page.goto("/")
        approver.link_like("取組状況の決裁").click()
    approver.link("決裁して提出する").click()
    approver.heading(f"{journey.name}の取組状況を決裁して提出します")
    journey.look(approver, "signing off")
    approver.button("決裁して提出する").click()
    expect(approver.page.get_by_role("main")).to_contain_text(re.compile(r"R7-P-\d{4}"))
    journey.look(approver, "submitted")


def _open_as_prefecture(journey: Journey) -> None:
    prefecture = journey.prefecture
    prefecture.page.goto(f"/progress/{_report(journey).pk}/")
    prefecture.heading(f"{journey.name}の取組状況")


def _give_back_and_mend(journey: Journey) -> None:
    prefecture, town = journey.prefecture, journey.town
    _open_as_prefecture(journey)
    expect(prefecture.page.get_by_role("main")).not_to_contain_text(INSIDE)
    journey.look(prefecture, "review")
    prefecture.link("差し戻す").click()
    prefecture.page.get_by_role("checkbox", name="見えてきた課題").check()
    prefecture.page.get_by_label("差し戻す理由と直してほしい点").fill(ASKED)
    prefecture.button("差し戻す").click()
    prefecture.status("差し戻しました")
    journey.look(prefecture, "returned")
    town.page.goto("/")
    town.link_like("取組状況の修正と再提出").click()
    expect(town.page.get_by_role("main")).to_contain_text(ASKED)
    expect(town.link("取組の概要と分野")).to_have_count(0)
    journey.look(town, "returned task list")
    town.link("見えてきた課題").click()
    town.text_box("見えてきた課題").fill(MENDED)
    town.button(NEXT).click()
    town.button("決裁を依頼する").click()
    town.heading("決裁を依頼しました")


def _accept(journey: Journey) -> None:
    prefecture = journey.prefecture
    _open_as_prefecture(journey)
    expect(prefecture.page.get_by_role("main")).to_contain_text(MENDED)
    prefecture.link_like("回目の提出との違いを見る").click()
    expect(prefecture.page.locator("ins").first).to_be_visible()
    journey.look(prefecture, "comparison")
    prefecture.link(f"{journey.name}の取組状況に戻る").click()
    prefecture.link("受理する").click()
    prefecture.heading(f"{journey.name}の取組状況を受理します")
    journey.look(prefecture, "accepting")
    prefecture.button("受理する").click()
    prefecture.status("取組状況を受理しました。")
    journey.look(prefecture, "accepted")
