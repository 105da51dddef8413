"""Every page asks a fixed number of questions, whatever number of rows it shows.

`counts.json` pins the numbers. After a change that means to alter them, run
`UPDATE_QUERY_COUNTS=1 pytest tests/queries` and look at the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from tests.permissions.scene import Scene, build_scene
from tests.permissions.table import address, rows
from tests.queries.growth import grow, start

pytestmark = pytest.mark.django_db

PINNED = Path(__file__).with_name("counts.json")
#: One persona per role; the second town is the one with drafts.
ROLES = ["town_a1", "town_a2", "prefecture_a", "vendor_a", "secretariat", "ministry", "admin"]
PAGES = [
    (key, persona)
    for key, method, cells in rows()
    if method == "GET"
    for persona in ROLES
    if cells[persona] == "ok"
]
Counts = dict[str, dict[str, int]]


def count(client: Client, where: str) -> tuple[int, bytes]:
    """The queries of one page and what it says, asked a second time: the first fills caches, leaves marks."""
    b"".join(client.get(where))
    with CaptureQueriesContext(connection) as asked:
        response = client.get(where)
        body = b"".join(response)
    assert response.status_code == 200, where
    return len(asked), body


def counts(scene: Scene) -> Counts:
    """Page → persona → number of queries; the file of a page stands beside it."""
    found: Counts = {}
    for key, persona in PAGES:
        client, where = scene.client(persona), address(key, scene)
        number, body = count(client, where)
        found.setdefault(key, {})[persona] = number
        if b"export=csv" in body:
            found.setdefault(f"{key} as csv", {})[persona], _body = count(client, f"{where}?export=csv")
    return found


@pytest.fixture(scope="module")
def measured(django_db_setup, django_db_blocker, tmp_path_factory) -> tuple[Counts, Counts]:
    """The numbers with two towns, and with thirty."""
    media = str(tmp_path_factory.mktemp("media"))
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(MEDIA_ROOT=media),
    ):
        # Now and then a session notes that it is in use: on a slow day that would be counted with a page.
        patch.setattr("portal.signin.sessions.SECONDS_BETWEEN_WRITES", 10**12)
        scene = build_scene()
        start(scene)
        few = counts(scene)
        grow(scene)
        yield few, counts(scene)
        transaction.set_rollback(True)


def different(before: Counts, after: Counts) -> list[str]:
    """Each page whose number changed, in words."""
    return [
        f"{key} for {persona}: {before.get(key, {}).get(persona)} → {number}"
        for key, personas in after.items()
        for persona, number in personas.items()
        if before.get(key, {}).get(persona) != number
    ]


def test_pages_ask_no_more_questions_for_more_rows(measured):
    few, many = measured
    told = different(few, many)
    assert not told, "a query per row (select_related or prefetch_related is missing):\n" + "\n".join(told)


def test_pages_ask_as_many_questions_as_pinned(measured):
    few, _many = measured
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        PINNED.write_text(json.dumps(few, indent=1, sort_keys=True) + "\n")
    pinned = json.loads(PINNED.read_text()) if PINNED.exists() else {}
    told = different(pinned, few)
    assert not told, "if meant, UPDATE_QUERY_COUNTS=1 pytest tests/queries:\n" + "\n".join(told)
    assert set(pinned) == set(few), "pages came or went: UPDATE_QUERY_COUNTS=1 pytest tests/queries"
