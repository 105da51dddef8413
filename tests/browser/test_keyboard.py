"""Keyboard alone: the skip link first, every stop seen, nothing in its way; and letters of twice the size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import FOCUSED, Watched, assert_clean
from tests.browser.conftest import LAUNCH
from tests.browser.test_pages import PAGES, opened

pytestmark = pytest.mark.browser

RING = 4
#: A page has fewer stops than this; a trap would have more.
LIMIT = 400


def stops(page: Page) -> list[dict]:
    """What Tab comes to, from the top of the page until it leaves it."""
    found: list[dict] = []
    while len(found) < LIMIT:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["body"]:
            return found
        found.append(stop)
    raise AssertionError("Tab does not come to an end")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "name", ["sign-in", "home-town", "home-prefecture", "progress-section", "checklist-principle", "postings"]
)
def test_every_stop_is_seen(open_as, name, width):
    watched = opened(open_as, name)
    page = watched.page
    page.set_viewport_size({"width": width, "height": 760})
    page.evaluate("document.activeElement.blur()")
    found = stops(page)
    assert found[0]["href"] == "#main"
    assert [stop for stop in found if stop["ring"] < RING or stop["style"] == "none"] == []
    assert [stop for stop in found if stop["covered"]] == []
    assert [stop["place"] for stop in found] == sorted(stop["place"] for stop in found)


def test_a_missing_ring_and_a_covered_stop_are_noticed(open_as):
    page = opened(open_as, "progress-section").page
    page.evaluate("""() => {
      document.querySelector('.brand').style.outline = 'none';
      const wall = document.body.appendChild(document.createElement('div'));
      Object.assign(wall.style, {position: 'fixed', inset: '50% 0 0 0', background: '#fff', zIndex: 9});
    }""")
    page.evaluate("document.activeElement.blur()")
    found = stops(page)
    assert [stop["tag"] for stop in found if stop["ring"] < RING or stop["style"] == "none"] == ["A"]
    assert [stop for stop in found if stop["covered"]] != []


def test_the_skip_link_leads_past_the_menu(open_as):
    page = opened(open_as, "home-prefecture").page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#main').contains(document.activeElement)")


def test_the_drawer_opens_and_closes_by_keyboard(open_as):
    page = opened(open_as, "home-town").page
    page.set_viewport_size({"width": 390, "height": 760})
    opener = page.get_by_role("button", name="メニュー")
    opener.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#side').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


@pytest.mark.parametrize("name", ["home-prefecture", "progress-section", "round-prefecture"])
def test_no_sideways_scroll_with_letters_of_twice_the_size(site, browser, tmp_path: Path, name):
    profile = tmp_path / "profile" / "Default"
    profile.mkdir(parents=True)
    (profile / "Preferences").write_text(json.dumps({"webkit": {"webprefs": {"default_font_size": 32}}}))
    person, address = PAGES[name]
    context = browser.browser_type.launch_persistent_context(
        profile.parent, base_url=site.url, viewport={"width": 1280, "height": 900}, **LAUNCH
    )
    with context:
        context.add_cookies([{"name": "session", "value": site.session(person), "url": site.url}])
        watched = Watched(context.new_page())
        watched.page.goto(address if isinstance(address, str) else address())
        assert watched.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        for width in (1280, 640):
            watched.page.set_viewport_size({"width": width, "height": 900})
            assert_clean(watched, f"{name} at 32px")
