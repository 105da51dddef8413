"""Who gets which page of a round: 200, 302, 403 or 404, by role and organisation; query counts; the table."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Assessment
from tests import factories as f
from tests.conftest import actor_for
from tests.factories_assessments import full_report, submitted_assessment, submitted_report

pytestmark = pytest.mark.django_db
ROLES = (
    "town_a1", "town_a2", "town_b", "prefecture_a", "prefecture_b",
    "vendor_a", "vendor_b", "secretariat", "ministry", "expert", "admin",
)  # fmt: skip

#: page → status per role, in the order of ROLES; objects belong to town A1.
MATRIX = {
    "round_list": (200, 200, 200, 200, 200, 200, 200, 200, 200, 403, 403),
    "round_detail": (200, 200, 200, 200, 200, 200, 200, 200, 200, 404, 404),
    "region_rounds": (200, 200, 404, 200, 404, 200, 404, 200, 200, 404, 404),
    "progress_edit": (302, 200, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    "progress_section": (302, 200, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    "progress_check": (302, 200, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    "progress_done": (200, 302, 302, 302, 404, 404, 404, 404, 404, 404, 404),
    "progress_detail": (200, 404, 404, 200, 404, 200, 404, 200, 200, 404, 404),
    "progress_return": (403, 404, 404, 200, 404, 403, 404, 200, 403, 404, 404),
    "progress_accept": (403, 404, 404, 200, 404, 403, 404, 200, 403, 404, 404),
    "progress_withdraw": (200, 404, 404, 403, 404, 403, 404, 403, 403, 404, 404),
    "support_list": (403, 403, 403, 200, 200, 403, 403, 403, 403, 404, 404),
    "support_edit": (403, 404, 404, 200, 404, 403, 404, 403, 403, 404, 404),
    "assessment_edit": (302, 200, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    "assessment_principle": (302, 200, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    "assessment_check": (302, 200, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    "assessment_done": (200, 302, 302, 302, 404, 404, 404, 404, 404, 404, 404),
    "assessment_detail": (200, 404, 404, 200, 404, 404, 404, 200, 403, 404, 404),
    "assessment_confirm": (403, 404, 404, 200, 404, 404, 404, 200, 403, 404, 404),
    "assessment_reopen": (403, 404, 404, 200, 404, 404, 404, 200, 403, 404, 404),
}


@pytest.fixture
def pages(round_, framework, town, world):
    """The address of each page, about a submitted form of town A1."""
    report = submitted_report(round_, town)
    assessment = submitted_assessment(round_, framework, town)
    checklist = [round_.pk, framework.pk]
    return {
        "round_list": reverse("round_list"),
        "round_detail": reverse("round_detail", args=[round_.pk]),
        "region_rounds": reverse("region_rounds", args=["test", world.prefecture_a.code]),
        "progress_edit": reverse("progress_edit", args=[round_.pk]),
        "progress_section": reverse("progress_section", args=[round_.pk, "issues"]),
        "progress_check": reverse("progress_check", args=[round_.pk]),
        "progress_done": reverse("progress_done", args=[round_.pk]),
        "progress_detail": reverse("progress_detail", args=[report.pk]),
        "progress_return": reverse("progress_return", args=[report.pk]),
        "progress_accept": reverse("progress_move", args=[report.pk, "accept"]),
        "progress_withdraw": reverse("progress_move", args=[report.pk, "withdraw"]),
        "support_list": reverse("support_list", args=[round_.pk]),
        "support_edit": reverse("support_edit", args=[round_.pk, town.organisation.pk]),
        "assessment_edit": reverse("assessment_edit", args=checklist),
        "assessment_principle": reverse("assessment_principle", args=[*checklist, 1]),
        "assessment_check": reverse("assessment_check", args=checklist),
        "assessment_done": reverse("assessment_done", args=checklist),
        "assessment_detail": reverse("assessment_detail", args=[assessment.pk]),
        "assessment_confirm": reverse("assessment_confirm", args=[assessment.pk]),
        "assessment_reopen": reverse("assessment_reopen", args=[assessment.pk]),
    }


@pytest.mark.parametrize("name", MATRIX)
def test_rights(name, pages, world, client_of):
    got = tuple(client_of(world.actors[role]).get(pages[name]).status_code for role in ROLES)
    assert dict(zip(ROLES, got, strict=True)) == dict(zip(ROLES, MATRIX[name], strict=True))


def test_anonymous_gets_the_sign_in(pages, client):
    for url in pages.values():
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_login"))


def test_a_draft_is_nobodys_but_its_authors(client_of, round_, town, world):
    url = reverse("progress_detail", args=[full_report(round_, town.organisation).pk])
    found = {role for role in ROLES if client_of(world.actors[role]).get(url).status_code == 200}
    assert found == {"town_a1"}


@pytest.mark.parametrize("name", ["progress_accept", "assessment_confirm"])
def test_posting_is_checked_too(name, pages, client_of, world, round_):
    for role in ("town_a1", "prefecture_b", "vendor_a", "ministry"):
        assert client_of(world.actors[role]).post(pages[name]).status_code in (403, 404)
    assert Assessment.objects.get().state == "submitted"
    assert round_.progress_reports.get().state == "submitted"


# --- the table of the round -------------------------------------------------
def test_each_count_is_what_its_link_lists(client_of, round_, framework, town, prefecture):
    submitted_report(round_, town)
    submitted_assessment(round_, framework, town)
    office = client_of(prefecture)
    url = reverse("round_detail", args=[round_.pk])
    for query in ("", "?form=", f"?form={framework.pk}"):
        tabs = office.get(url + query).context["tabs"]
        listed = {tab["url"]: office.get(url + tab["url"]).context["page"].paginator.count for tab in tabs}
        assert listed == {tab["url"]: tab["count"] for tab in tabs}
        assert len(tabs) == 3


def test_nonsense_in_the_query_never_breaks_the_page(client_of, round_, prefecture):
    url = reverse("round_detail", args=[round_.pk])
    answer = client_of(prefecture).get(url, {"form": "x", "state": "y", "prefecture": "z", "page": "-9"})
    assert answer.status_code == 200


def test_fifty_rows_a_page(client_of, round_, prefecture, world):
    for _ in range(60):
        f.RoundTargetFactory(
            round=round_, organisation=f.MunicipalityFactory(prefecture=world.prefecture_a).organisation
        )
    page = client_of(prefecture).get(reverse("round_detail", args=[round_.pk])).context["page"]
    assert (len(page.object_list), page.paginator.count) == (50, 63)


def test_queries_of_pages_do_not_grow_with_towns(client_of, pages, round_, framework, prefecture, world):
    names = (
        "round_list",
        "round_detail",
        "region_rounds",
        "support_list",
        "progress_detail",
        "assessment_detail",
    )
    office = client_of(prefecture)

    def counted():
        found = {}
        for name in names:
            with CaptureQueriesContext(connection) as queries:
                assert office.get(pages[name]).status_code == 200
            found[name] = len(queries)
        return found

    counted()  # the first look of a reviewer writes once
    few = counted()
    for _ in range(28):
        other = actor_for(f.MunicipalityFactory(prefecture=world.prefecture_a).organisation)
        f.RoundTargetFactory(round=round_, organisation=other.organisation)
        submitted_report(round_, other)
        submitted_assessment(round_, framework, other)
    assert counted() == few


# --- exports ----------------------------------------------------------------
def lines(response):
    return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()


def test_the_table_of_a_round_as_a_file_has_all_rows_of_the_filter(client_of, round_, town, prefecture):
    submitted_report(round_, town)
    office = client_of(prefecture)
    url = reverse("round_detail", args=[round_.pk])
    assert len(lines(office.get(url, {"export": "csv", "form": ""}))) == 1 + 3
    handed_in = lines(office.get(url, {"export": "csv", "state": "submitted"}))
    assert len(handed_in) == 2
    assert town.organisation.name in handed_in[1]
    assert "2025-09-16" in handed_in[1].replace("/", "-")


@pytest.mark.parametrize("role", ["prefecture_a", "town_a1", "vendor_a"])
def test_the_list_of_rounds_as_a_file(client_of, round_, world, role):
    rows = lines(client_of(world.actors[role]).get(reverse("round_list"), {"export": "csv"}))
    assert len(rows) == 2
    assert round_.title in rows[1]


def test_exports_give_no_more_than_the_page(client_of, round_, world):
    url = reverse("round_detail", args=[round_.pk])
    found = lines(client_of(world.actors["vendor_a"]).get(url, {"export": "csv", "form": ""}))
    assert len(found) == 1 + 2
    assert client_of(world.actors["expert"]).get(url, {"export": "csv"}).status_code == 404
