"""Every page of the main job at 1280, 390 and 320 px, in every state it can be in, under the real CSP."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assessments.models import Assessment, IssueReport, LocalIssue, ProgressReport, Round
from tests.browser.checks import (
    WIDTHS,
    Watched,
    assert_clean,
    assert_clean_everywhere,
    assert_clean_in_every_state,
    violations,
)
from tests.browser.people_pages import PEOPLE_PAGES

pytestmark = pytest.mark.browser

MIYAGI = "/programs/r7/regions/04/"
HYOGO = "/programs/r7/regions/28/"


def _round() -> Round:
    return Round.objects.get(program__slug="r7", stage="midterm")


def _progress(code: str) -> ProgressReport:
    return ProgressReport.objects.get(round=_round(), organisation__municipality__code=code)


def _assessment(code: str) -> Assessment:
    return Assessment.objects.get(
        round=_round(), organisation__municipality__code=code, framework__code="seven_c"
    )


def _form(rest: str) -> Callable[[], str]:
    return lambda: f"/rounds/{_round().pk}/{rest}"


def _checklist(rest: str) -> Callable[[], str]:
    return lambda: f"/rounds/{_round().pk}/checklists/{_assessment('043222').framework_id}/{rest}"


def _issue(rest: str) -> Callable[[], str]:
    rows = LocalIssue.objects.filter(organisation__name="村田町", shared=True).order_by("position")
    return lambda: f"/local-issues/{rows[0].pk}/{rest}"


def _handed_in(rest: str = "") -> Callable[[], str]:
    rows = IssueReport.objects.filter(organisation__name="大衡村")
    return lambda: f"/issue-reports/{rows.get(round=_round()).pk}/{rest}"


#: Who looks at which page; addresses with rows of the sample are made when the site stands.
PAGES: dict[str, tuple[str, str | Callable[[], str]]] = {
    "sign-in": ("", "/accounts/login/"),
    "password-reset": ("", "/accounts/password/reset/"),
    "help": ("", "/help/"),
    "accessibility": ("", "/accessibility/"),
    "credits": ("", "/credits/"),
    "home-town": ("murata", "/"),
    "home-prefecture": ("miyagi", "/"),
    "home-vendor": ("ntteast", "/"),
    "home-secretariat": ("jimukyoku", "/"),
    "home-ministry": ("soumu", "/"),
    "home-expert": ("yushiki", "/"),
    "home-admin": ("admin", "/"),
    "password-change": ("murata", "/accounts/password/change/"),
    "email": ("murata", "/accounts/email/"),
    "not-found": ("murata", "/programs/r7/regions/28/"),
    "forbidden": ("murata", "/reports/"),
    "municipalities": ("murata", "/municipalities/"),
    "municipalities-none": ("miyagi", "/municipalities/?q=ないまち"),
    "municipality": ("miyagi", "/municipalities/043222/"),
    "municipality-unknown": ("jimukyoku", "/municipalities/172014/"),
    "prefectures": ("miyagi", "/prefectures/"),
    "prefecture": ("miyagi", "/prefectures/04/"),
    "programs": ("miyagi", "/programs/"),
    "program": ("jimukyoku", "/programs/r7/"),
    "region-town": ("murata", MIYAGI),
    "region": ("jimukyoku", HYOGO),
    "application": ("miyagi", f"{MIYAGI}application/"),
    "postings": ("jimukyoku", f"{HYOGO}postings/"),
    "region-rounds": ("miyagi", f"{MIYAGI}rounds/"),
    "notices": ("murata", "/notices/"),
    "mail-setting": ("murata", "/notices/mail/"),
    "outbox": ("miyagi", "/outbox/"),
    "remind": ("hyogo", _form("remind/")),
    "rounds": ("miyagi", "/rounds/"),
    "round-town": ("murata", _form("")),
    "round-prefecture": ("hyogo", _form("")),
    "round-secretariat": ("jimukyoku", _form("")),
    "round-new": ("miyagi", "/rounds/new/"),
    "round-copy": ("jimukyoku", _form("copy/")),
    "round-setup": ("jimukyoku", _form("setup/")),
    "round-edit": ("jimukyoku", _form("setup/edit/")),
    "round-targets": ("jimukyoku", _form("setup/targets/")),
    "round-guides": ("jimukyoku", _form("setup/guides/")),
    "round-target": (
        "miyagi",
        lambda: f"/rounds/{_round().pk}/targets/{_progress('044245').organisation_id}/",
    ),
    "round-extend": (
        "miyagi",
        lambda: f"/rounds/{_round().pk}/targets/{_progress('044245').organisation_id}/extend/",
    ),
    "not-applicable": ("murata", _form("not-applicable/progress/")),
    "tasks": ("jimukyoku", "/tasks/"),
    "progress-edit": ("murata", _form("progress/")),
    "progress-section": ("murata", _form("progress/sections/overview/")),
    "progress-check": ("murata", _form("progress/check/")),
    "progress-submitted": ("ohira", lambda: f"/progress/{_progress('044245').pk}/"),
    "progress-done": ("ohira", _form("progress/done/")),
    "progress-review": ("miyagi", lambda: f"/progress/{_progress('044245').pk}/"),
    "progress-accept": ("miyagi", lambda: f"/progress/{_progress('044245').pk}/accept/"),
    "progress-return": ("miyagi", lambda: f"/progress/{_progress('044245').pk}/return/"),
    "progress-waiting": ("yahiko-kessai", lambda: f"/progress/{_progress('153427').pk}/"),
    "progress-sign-off": ("yahiko-kessai", lambda: f"/progress/{_progress('153427').pk}/sign-off/"),
    "support-list": ("miyagi", _form("support/")),
    "support": ("miyagi", lambda: f"/rounds/{_round().pk}/support/{_progress('044245').organisation_id}/"),
    "checklist": ("murata", _checklist("")),
    "checklist-principle": ("murata", _checklist("principles/1/")),
    "checklist-check": ("murata", _checklist("check/")),
    "checklist-result": ("miyagi", lambda: f"/assessments/{_assessment('044245').pk}/"),
    "checklist-confirm": ("miyagi", lambda: f"/assessments/{_assessment('044245').pk}/confirm/"),
    "checklist-reopen": ("miyagi", lambda: f"/assessments/{_assessment('044245').pk}/reopen/"),
    "round-issues": ("murata", _form("issues/")),
    "round-issues-done": ("ohira", _form("issues/done/")),
    "round-issues-none": ("murata", _form("not-applicable/issues/")),
    "issue-report": ("miyagi", _handed_in()),
    "issue-report-own": ("ohira", _handed_in()),
    "issue-report-confirm": ("miyagi", _handed_in("confirm/")),
    "issue-report-reopen": ("miyagi", _handed_in("reopen/")),
    "reports": ("jimukyoku", "/reports/"),
    "region-reports": ("miyagi", f"{MIYAGI}reports/"),
    "report": ("miyagi", f"{MIYAGI}reports/midterm/"),
    "jobs": ("miyagi", "/jobs/"),
    "imports": ("admin", "/imports/"),
    "import": ("admin", "/imports/municipalities/"),
    **PEOPLE_PAGES,
    # local issues
    "issues-own": ("murata", "/local-issues/own/"),
    "issues-own-chart": ("murata", "/local-issues/own/chart/"),
    "issues-order": ("murata", "/local-issues/own/order/"),
    "issue-add": ("murata", "/local-issues/own/add/"),
    "issue": ("murata", _issue("")),
    "issue-edit": ("murata", _issue("edit/")),
    "issue-withdraw": ("murata", _issue("withdraw/")),
    "issue-move": ("murata", _issue("state/shelve/")),
    "issue-shared": ("miyagi", _issue("")),
    "issues-shared": ("miyagi", "/local-issues/"),
    "issues-shared-chart": ("jimukyoku", "/local-issues/chart/"),
    "region-issues": ("miyagi", f"{MIYAGI}issues/"),
}
#: Pages that say no: the browser notes the status of the page itself.
REFUSED = {"not-found": 404, "forbidden": 403, "invitation-dead": 404}


def opened(open_as, name: str) -> Watched:
    """The page, at the widest, with what its status makes the browser say taken off."""
    person, address = PAGES[name]
    watched = open_as(person)
    response = watched.page.goto(address if isinstance(address, str) else address())
    assert response.status == REFUSED.get(name, 200)
    if name in REFUSED:
        watched.complaints.clear()
    return watched


@pytest.mark.parametrize("name", PAGES)
def test_page_is_clean_at_every_width(open_as, name):
    watched = opened(open_as, name)
    assert_clean_in_every_state(watched, name)
    assert watched.page.locator("h1").count() == 1


@pytest.mark.parametrize("name", ["home-town", "home-prefecture", "home-admin", "round-town", "checklist"])
@pytest.mark.parametrize("width", WIDTHS[1:])
def test_open_menu_is_clean(open_as, name, width):
    watched = opened(open_as, name)
    watched.page.set_viewport_size({"width": width, "height": 900})
    watched.page.get_by_role("button", name="メニュー").click()
    assert watched.page.get_by_role("navigation", name="主メニュー", exact=True).is_visible()
    assert_clean(watched, f"{name}, menu open")
    watched.page.keyboard.press("Escape")
    assert not watched.page.get_by_role("navigation", name="主メニュー", exact=True).is_visible()


#: Forms that are sent empty.
EMPTIED = [
    "sign-in",
    "password-reset",
    "password-change",
    "progress-section",
    "progress-check",
    "progress-return",
    "checklist-check",
    "checklist-reopen",
    "import",
    "invitation-new",
    "handover-new",
    "membership-end",
]


@pytest.mark.parametrize("name", EMPTIED)
def test_errors_are_clean_and_take_the_focus(open_as, name):
    watched = opened(open_as, name)
    page = watched.page
    for field in page.locator(
        "main textarea:visible, main input[type=text]:visible, main input[type=email]:visible"
    ).all():
        field.fill("")
    page.locator("main form button[type=submit][data-kind=primary]").first.click()
    summary = page.locator("[data-focus]")
    summary.wait_for()
    assert page.title().startswith("エラー：")
    assert page.evaluate("document.activeElement.hasAttribute('data-focus')")
    links = summary.get_by_role("link")
    assert links.count() >= 1
    assert_clean_everywhere(watched, f"{name}, errors shown")
    links.first.click()
    target = links.first.get_attribute("href").removeprefix("#")
    assert page.evaluate("id => document.activeElement.closest('#' + CSS.escape(id)) !== null", target)


def test_axe_finds_a_bad_page(open_as):
    """The checker works: a page with known faults is found out."""
    watched = open_as()
    watched.page.set_content(
        "<html><img src='data:,'><input><p style='color:#bbb;background:#fff'>薄い文字</p></html>"
    )
    told = " ".join(violations(watched.page))
    for rule in ("image-alt", "label", "color-contrast", "html-has-lang", "document-title"):
        assert rule in told


def test_a_script_in_the_page_is_stopped_and_noticed(open_as):
    """The real CSP header is on, and the console is heard."""
    watched = open_as("murata")
    watched.page.goto("/")
    watched.page.evaluate(
        "() => { const e = document.createElement('script'); e.textContent = 'window.ran = 1';"
        " document.body.append(e); }"
    )
    assert watched.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in said for said in watched.complaints)


def test_a_wide_page_is_noticed(open_as):
    watched = open_as("murata", width=320)
    watched.page.goto("/")
    watched.page.evaluate("() => { document.querySelector('h1').style.width = '40rem'; }")
    with pytest.raises(AssertionError, match="wider than"):
        assert_clean(watched)
