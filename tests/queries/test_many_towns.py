"""A prefecture of 179 towns and the secretariat of 1,741 ask as many questions as with five."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as f
from tests.factories_assessments import make_framework
from tests.queries.crowd import Crowd

pytestmark = pytest.mark.django_db

FEW = 5
#: Pages that list towns, their people or their forms; the ones of the round begin with its name.
OF_THE_ROUND = (
    "round_detail",
    "round_remind",
    "round_setup",
    "round_targets",
    "round_edit",
    "round_comments",
)
LISTS = (
    "home", "round_list", "municipality_list", "prefecture_list", "organisation_list", "membership_list",
    "contact_list", "invitation_list", "handover_list", "liaison_list", "local_issue_list", "report_list",
    "outbox_list",
)  # fmt: skip


def asked(client, place: str) -> int:
    """How many questions a page asks, files to the last row."""
    b"".join(client.get(place))
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(place)
        b"".join(answer)
    assert answer.status_code == 200, place
    return len(queries)


def places(client, round_, more: list[str]) -> list[str]:
    """Every such page and, where it offers one, its file."""
    pages = [reverse(name, args=[round_.pk]) for name in OF_THE_ROUND]
    pages += [reverse(name) for name in LISTS] + more
    files = [f"{page}?export=csv" for page in pages if b"export=csv" in client.get(page).content]
    assert f"{pages[0]}?export=csv" in files
    return pages + files


@pytest.mark.parametrize(
    ("name", "prefectures", "towns"), [("prefecture_a", 1, 179), ("secretariat", 10, 1741)]
)
def test_pages_ask_as_many_questions_for_all_towns_as_for_five(
    client_of, world, name, prefectures, towns, monkeypatch
):
    # Now and then a session notes that it is in use: on a slow day that would be counted with a page.
    monkeypatch.setattr("portal.signin.sessions.SECONDS_BETWEEN_WRITES", 10**12)
    actor = world.actors[name]
    round_ = f.RoundFactory(program=world.program, organisation=actor.organisation, request_text="依頼")
    round_.frameworks.add(make_framework(1, 1))
    rows = [world.prefecture_a, *(f.PrefectureFactory() for _ in range(prefectures - 1))]
    for row in rows:
        f.RoundTargetFactory(round=round_, organisation=row.organisation)
    crowd = Crowd(round_, rows, actor)
    crowd.grow(FEW)
    client = client_of(actor)
    support = [reverse("support_list", args=[round_.pk])] if name == "prefecture_a" else []
    pages = places(client, round_, support)
    few = {page: asked(client, page) for page in pages}

    crowd.grow(towns - FEW)

    many = {page: asked(client, page) for page in pages}
    told = {page: (few[page], many[page]) for page in pages if few[page] != many[page]}
    assert not told, f"more questions for more towns: {told}"
    assert client.get(pages[0]).context["page"].paginator.count == towns + prefectures
