"""Nothing of one prefecture reaches another's people: not by address, list, search, file or error text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import resolve, reverse

from assessments.models import LocalIssue, ProgressPrint
from portal.models import ImportRun
from tests.permissions import rows_local
from tests.permissions.canaries import Canaries, plant
from tests.permissions.crawler import Page, crawl, look
from tests.permissions.scene import Scene
from tests.permissions.table import ARGUMENTS, PERSONAS, TABLE, address, name_of, rows

#: Addresses that name nothing of one prefecture: pages for all, the year itself, kinds of import.
#: The walk leaves the own account alone: what stands there is the person's own (tests/portal/signin).
OWN_ACCOUNT = ("account_", "mfa_", "signin_", "usersessions_")
EVERYONES = {
    "home", "help", "accessibility", "credits", "membership_switch", "program_detail",
    "import_start", "import_template", *rows_local.EVERYONES,
    "invitation_new", "invitation_open", "invitation_done", "invitation_finish", "liaison_new", "round_new",
    "notice_read_all", "mail_setting", "outbox_retry_all",
}  # fmt: skip
OF_A = [key for key in ARGUMENTS if name_of(key) in TABLE.split() and name_of(key) not in EVERYONES]
FORMATS = ["", "?export=csv", "?export=xlsx", "?part=1", "?format=csv"]
PEOPLE = (
    "organisation_list", "membership_list", "contact_list",
    "invitation_list", "handover_list", "liaison_list",
)  # fmt: skip
A_PEOPLE = ["town_a1", "town_a2", "prefecture_a", "vendor_a"]
B_PEOPLE = ["town_b", "prefecture_b", "vendor_b"]


def test_the_addresses_of_a_are_those_with_an_argument():
    named = {name_of(key) for key, _method, _cells in rows() if name_of(key) in TABLE.split()}
    lists = {name for name in named if name.endswith("_list")} - {"support_list", "posting_list"}
    assert {name_of(key) for key in OF_A} == named - EVERYONES - lists


@pytest.mark.parametrize("key", OF_A)
def test_a_municipality_of_another_prefecture_finds_no_page_and_no_file(scene: Scene, key):
    ask = getattr(scene.client("town_b"), "post" if ("GET", "405") in _cells(key) else "get")
    answers = {form: ask(address(key, scene) + form).status_code for form in FORMATS}
    assert answers == dict.fromkeys(FORMATS, 404)


def _cells(key: str) -> set[tuple[str, str]]:
    return {(method, cells["town_b"]) for row, method, cells in rows() if row == key}


#: Pages that only an act leads to; the other people knock there by address.
RECEIPTS = {
    "progress_done": lambda scene: [scene.b.round.pk],
    "assessment_done": lambda scene: [scene.b.round.pk, scene.framework.pk],
    "invitation_open": lambda scene: [scene.people["b"].token],
    "round_issues_done": lambda scene: [scene.b.round.pk],
    "progress_print_file": lambda scene: [ProgressPrint.objects.get(report=scene.b.submitted).stored_file_id],
}


@pytest.fixture
def canaries(scene: Scene) -> Canaries:
    """A mark in every text of prefecture B, its towns, vendor and people."""
    return plant(scene)


@pytest.fixture(scope="module")
def remembered() -> dict[str, list[Page]]:
    """What the one walk of this file met: the same marks stand in the same places for each test."""
    return {}


@pytest.fixture
def walked(scene: Scene, canaries: Canaries, remembered: dict[str, list[Page]]) -> dict[str, list[Page]]:
    """All pages and files that each side's people reach by links from home."""
    for persona in [*A_PEOPLE, *B_PEOPLE, "admin"]:
        if persona not in remembered:
            remembered[persona] = list(crawl(scene.client(persona)))
    return remembered


def test_no_canary_reaches_the_people_of_another_prefecture(scene: Scene, canaries: Canaries, walked):
    told = {
        f"{persona} {page.address}: {found}"
        for persona in A_PEOPLE
        for page in [*walked[persona], *_knocked(scene, persona)]
        for found in canaries.heard_in(page.text)
    }
    assert told == set()


def _knocked(scene: Scene, persona: str) -> Iterator[Page]:
    """The answers to addresses of B, and to searches for what is B's."""
    client = scene.client(persona)
    for page in _addresses_of_b(scene):
        yield look(client, page)
    for name in ("municipality_list", "round_list", "job_list", "program_list", *PEOPLE):
        yield look(client, f"{reverse(name)}?q=カナリア&prefecture={scene.b.prefecture.code}")
    yield look(client, f"{reverse('round_detail', args=[scene.shared.pk])}?prefecture=1")
    for name in ("local_issue_list", "local_issue_chart"):
        yield look(client, f"{reverse(name)}?town={scene.world.town_b.organisation_id}")


def _addresses_of_b(scene: Scene) -> list[str]:
    region = [scene.world.program.slug, scene.b.prefecture.code]
    report = [*region, "midterm"]
    named = {
        "region_detail": region,
        "application_detail": region,
        "posting_list": region,
        "region_reports": region,
        "report_detail": report,
        "version_pdf": [*report, 1],
        "round_detail": [scene.b.round.pk],
        "progress_detail": [scene.b.submitted.pk],
        "assessment_detail": [scene.b.assessment.pk],
        "progress_attachment": [scene.b.submitted.attachments.get().stored_file_id],
        "job_detail": [scene.b.failed_job.pk],
        "organisation_detail": [scene.people["b"].organisation.pk],
        "person_detail": [scene.people["b"].colleague.user_id],
        "invitation_detail": [scene.people["b"].invitation.pk],
        "handover_detail": [scene.people["b"].handover.pk],
        "handover_new": [scene.people["b"].colleague.pk],
        "liaison_end": [scene.people["b"].liaison.pk],
        "import_run": [ImportRun.objects.get(kind="partnerships").pk],
        "import_file": [ImportRun.objects.get(kind="partnerships").pk],
        "issue_detail": [_issue_of_b(scene).pk],
        "region_issues": region,
        **{name: arguments(scene) for name, arguments in RECEIPTS.items()},
    }
    return [reverse(name, args=arguments) for name, arguments in named.items()]


def _issue_of_b(scene: Scene) -> LocalIssue:
    return LocalIssue.objects.get(organisation=scene.world.town_b.organisation, shared=True)


def test_the_canaries_sing_at_home(canaries: Canaries, walked):
    """The walk would hear them: B's own people meet all of them."""
    heard = {
        found for persona in B_PEOPLE for page in walked[persona] for found in canaries.heard_in(page.text)
    }
    assert set(canaries.marks) - heard == set()


def test_the_walk_meets_every_page(scene: Scene, walked):
    """What the walk cannot reach it cannot vouch for."""
    met = {resolve(page.address.split("?")[0]).url_name for pages in walked.values() for page in pages}
    readable = {
        name_of(key)
        for key, method, cells in rows()
        if method == "GET" and any(cells[persona] == "ok" for persona in PERSONAS[3:])
    }
    missed = {name for name in readable - met if not name.startswith(OWN_ACCOUNT)}
    assert missed == {name_of(key) for key in RECEIPTS}
