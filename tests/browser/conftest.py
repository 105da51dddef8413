"""Chromium, the running site, and pages signed in as one of the sample's people."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.checks import Watched
from tests.browser.site import Site, running_site

CHROMIUM = Path("/usr/bin/chromium")
#: As root Chromium runs only without its sandbox.
LAUNCH: dict[str, Any] = {
    "executable_path": CHROMIUM,
    "args": [
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
        "--disable-gpu",
        "--disable-background-networking",
    ],
}


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed: browser tests need Debian's package chromium.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**LAUNCH)
        yield started
        started.close()


@pytest.fixture(scope="package")
def site(django_db_setup, django_db_blocker, browser: Browser, tmp_path_factory) -> Iterator[Site]:
    """The sample, served, with jobs running; all tests of this folder share it."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        # Playwright keeps an event loop in this thread; our queries beside it are meant.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with running_site(tmp_path_factory.mktemp("site")) as running:
            yield running


@pytest.fixture
def transactional_db(site: Site) -> None:
    """Named so that pytest-django makes a database for these tests; the site empties it at the end."""


@pytest.fixture(autouse=True)
def _media(site: Site, transactional_db: None, settings) -> None:
    """The site's files, for all tests of this folder."""
    settings.MEDIA_ROOT = site.media


@pytest.fixture
def open_as(browser: Browser, site: Site) -> Iterator[Callable[..., Watched]]:
    """Open the site as one of the sample's people; nobody when no name is given."""
    contexts: list[BrowserContext] = []

    def _open(person: str = "", *, width: int = 1280, height: int = 900, **options) -> Watched:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if person:
            context.add_cookies([{"name": "session", "value": site.session(person), "url": site.url}])
        return Watched(context.new_page())

    yield _open
    for context in contexts:
        context.close()
