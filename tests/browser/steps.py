"""Steps that journeys share, in the words of the screens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from assessments.models import Framework
from tests.browser.site import PASSWORD

#: Signs that older encodings lose stand in what is typed: it must come out as it went in.
TEXTS = {
    "取組の概要": "髙橋さんと﨑山さんが窓口の手順を見直した。",
    "これまでの取組": "7月に業務の棚卸しを3回行い、㈱試験の〜支援を受けた。",
    "見えてきた課題": "担当者が一人のため、休むと止まる。",
    "有効と思われる支援": "近隣の町と共同で進める場がほしい。",
    "目指す姿": "転入の手続を、1つの窓口で終えられる。",
}
#: The section of each text, as the task list calls it.
SECTIONS = {"取組の概要": "取組の概要と分野", "目指す姿": "STEPと目指す姿"}
ROUND = "第1回 中間報告"
NEXT = "保存して次へ進む"


@dataclass
class Town:
    """An officer of a town before the screen; `script` says whether the browser runs scripts."""

    page: Page
    script: bool = True

    def button(self, name: str) -> Locator:
        """A button by its whole label."""
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        """A link by its whole label, in the main part of the page."""
        return self.page.get_by_role("main").get_by_role("link", name=name, exact=True)

    def link_like(self, part: str) -> Locator:
        """The first link with this in its label, in the main part of the page."""
        return self.page.get_by_role("main").get_by_role("link", name=re.compile(part)).first

    def heading(self, name: str) -> None:
        """The page now has this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)

    def status(self, part: str) -> None:
        """The page says so in its message: what was asked for has been done."""
        expect(self.page.get_by_role("status").first).to_contain_text(part)

    def open_round(self) -> None:
        """From home to the round, by the menu and the list."""
        self.page.goto("/")
        expect(self.page.get_by_role("heading", name="次にすること")).to_be_visible()
        if int(self.page.evaluate("innerWidth")) < 1024:
            self.button("メニュー").click()
        self.page.get_by_role("navigation", name="主メニュー", exact=True).get_by_role(
            "link", name="報告回"
        ).click()
        self.page.get_by_role("main").get_by_role("link", name=ROUND).first.click()
        self.heading(ROUND)

    def fill_progress(self) -> None:
        """All five sections; the text of the first one is left empty once, and too long once."""
        self.link("取組状況").click()
        self.heading("取組状況の作成")
        self.link("取組の概要と分野").click()
        self.leave_empty("取組の概要")
        self.type_too_much("取組の概要")
        for label, text in TEXTS.items():
            self.heading(SECTIONS.get(label, label))
            self.choose()
            self.text_box(label).fill(text)
            self.button(NEXT).click()
        self.heading("提出前の確認")
        for text in TEXTS.values():
            expect(self.page.get_by_text(text)).to_be_visible()

    def choose(self) -> None:
        """The choices of the section on the screen, where it has any."""
        for box in self.page.get_by_role("checkbox", name="防災").all():
            box.check()
        for step in self.page.get_by_role("radio", name="実施中").all():
            step.check()

    def text_box(self, label: str) -> Locator:
        """The long text of a section."""
        return self.page.get_by_role("textbox", name=re.compile(f"^{label}"))

    def leave_empty(self, label: str) -> None:
        """The page comes back with the sentence, and a link to the field."""
        self.choose()
        self.text_box(label).fill("")
        self.button(NEXT).click()
        self.summary(f"{label}を入力してください。")

    def type_too_much(self, label: str) -> None:
        """The page comes back with everything that was typed."""
        text = "長" * 2001
        self.text_box(label).fill(text)
        self.button(NEXT).click()
        self.summary(f"{label}は、2000文字以内で入力してください（現在2001文字）。")
        expect(self.text_box(label)).to_have_value(text)

    def summary(self, sentence: str) -> None:
        """The error summary says so, has the focus, and leads to the field."""
        expect(self.page).to_have_title(re.compile("^エラー："))
        summary = self.page.locator("[data-focus]")
        link = summary.get_by_role("link", name=sentence)
        expect(link).to_be_visible()
        if self.script:
            expect(summary).to_be_focused()
        link.click()
        control = self.page.locator(str(link.get_attribute("href")))
        if self.script:
            expect(control).to_be_focused()
        expect(control).to_have_attribute("aria-invalid", "true")

    def submit(self, heading: str, letter: str) -> str:
        """Hand in from the check page; the receipt number."""
        self.button("提出する").click()
        self.heading(heading)
        number = self.page.locator(".facts dd").first
        expect(number).to_have_text(re.compile(rf"^R7-{letter}-\d{{4}}$"))
        return number.inner_text()

    def fill_checklist(self, code: str) -> None:
        """Answer every question of one set of principles."""
        self.link(Framework.objects.get(code=code).name).click()
        self.page.get_by_role("main").locator(".items a").first.click()
        while self.page.get_by_role("heading", level=1).inner_text() != "提出前の確認":
            for choice in self.page.get_by_role("radio", name=re.compile(r"^2\s")).all():
                choice.check()
            address = self.page.url
            self.button(NEXT).click()
            expect(self.page).not_to_have_url(address)


def sign_in(page: Page, person: str) -> None:
    """By the form, as everybody does."""
    page.goto("/accounts/login/")
    page.get_by_label("メールアドレス").fill(f"{person}@example.jp")
    page.get_by_label("パスワード", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="サインインする").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ホーム")
