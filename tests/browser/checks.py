"""What every page must be: free of axe violations and console messages, and no wider than the window."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Response

WIDTHS = (1280, 390, 320)
HTML = "text/html; charset=utf-8"
SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL)

#: Name, role and value of what the focus is on, its ring, and what covers its middle.
FOCUSED = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const own = top && (e.contains(top) || top.contains(e) || [...e.labels ?? []].some(l => l.contains(top)));
  return {
    tag: e.tagName, id: e.id, text: (e.innerText || e.value || e.ariaLabel || '').trim().slice(0, 60),
    href: e.getAttribute('href') || '', body: e === document.body,
    ring: parseFloat(style.outlineWidth), style: style.outlineStyle,
    covered: !own, by: top ? top.className : '', place: [...document.querySelectorAll('*')].indexOf(e),
  };
}"""


@dataclass
class Watched:
    """A page and everything the browser complained about on it."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        # Said at every sign-out; it is what the header is for.
        if not message.text.startswith("Clear-Site-Data header on"):
            self.complaints.append(f"{message.type}: {message.text} ({message.location})")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status}: {response.url}")


#: All rules of axe, those switched off by default too; without AAA, which nobody promised, and retired ones.
AXE_ALL = """() => {
  const rules = {};
  for (const rule of axe.getRules()) {
    const tags = rule.tags.join(' ');
    rules[rule.ruleId] = {enabled: !/aaa|deprecated|obsolete/.test(tags)};
  }
  return axe.run(document, {resultTypes: ['violations'], rules});
}"""


def violations(page: Page) -> list[str]:
    """What axe finds with all its rules, one line per kind and place."""
    page.evaluate(AXE_SCRIPT)
    results = page.evaluate(AXE_ALL)
    return [
        f"{found['id']} ({found['impact']}): {' '.join(map(str, node['target']))} {node['failureSummary']}"
        for found in results["violations"]
        for node in found["nodes"]
    ]


def violations_without_script(page: Page) -> list[str]:
    """The same where the browser runs no scripts, so not axe either: found in a copy of what it shows."""
    copy = SCRIPTS.sub("", page.evaluate("document.documentElement.outerHTML"))
    address = page.url.partition("#")[0]
    with page.context.browser.new_context(viewport=page.viewport_size) as reader:
        other = reader.new_page()
        other.route(address, lambda route: route.fulfill(body=f"<!doctype html>{copy}", content_type=HTML))
        other.goto(address)
        return violations(other)


def assert_clean(watched: Watched, where: str = "", *, axe: bool = True, script: bool = True) -> None:
    """No violation, no complaint, no sideways scroll, no dangling reference, no placeholder."""
    page = watched.page
    page.wait_for_load_state()  # a page that has just begun has no root element to ask
    told = f"{where or page.url} at {page.viewport_size}"
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], f"{told}: {wide[0]} is wider than {wide[1]}"
    rules = violations if script else violations_without_script
    found = [*watched.complaints, *(rules(page) if axe else []), *page.evaluate(DANGLING)]
    assert not found, "\n".join([told, *found])


def assert_clean_in_every_state(watched: Watched, where: str = "") -> None:
    """The page as it comes, and with everything unfolded when something folds."""
    page = watched.page
    if not page.locator("details:not([open])").count():
        assert_clean_everywhere(watched, where)
        return
    assert_clean(watched, where)
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    assert_clean_everywhere(watched, f"{where}, details open")


def assert_clean_everywhere(watched: Watched, where: str = "") -> None:
    """The same at every width; the narrowest has the layout of 390 px, only less room."""
    size = watched.page.viewport_size
    for width in WIDTHS:
        watched.page.set_viewport_size({"width": width, "height": 900})
        assert_clean(watched, where, axe=width != min(WIDTHS))
    watched.page.set_viewport_size(size)


#: What axe lets pass: references to ids that are not there, links of the error summary without a control.
DANGLING = """() => {
  const found = [];
  for (const name of ['aria-describedby', 'aria-labelledby', 'aria-controls', 'for', 'popovertarget']) {
    for (const e of document.querySelectorAll(`[${name}]`)) {
      for (const id of e.getAttribute(name).split(/\\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) found.push(`${name}=${id}`);
      }
    }
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    const id = decodeURIComponent(link.getAttribute('href').slice(1));
    if (id && !document.getElementById(id)) found.push(`#${id}`);
  }
  if (document.querySelector('[placeholder]')) found.push('placeholder');
  if (document.querySelector('[style], style, script:not([src])')) found.push('inline style or script');
  return found;
}"""
