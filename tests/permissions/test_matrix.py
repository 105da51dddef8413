"""Every address × method × persona, and the table names every address there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from tests.permissions.fingerprints import fingerprint
from tests.permissions.scene import Scene
from tests.permissions.table import address, name_of, posted, rows

SIGN_IN = "/accounts/login/"


def cells_of(wanted: str) -> list:
    """One parameter set per persona and row of that method."""
    return [
        pytest.param(key, persona, cell, id=f"{key}-{persona}")
        for key, method, cells in rows()
        for persona, cell in cells.items()
        if method == wanted
    ]


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str | None, str]]:
    """Name and pattern of every address of the URLconf, includes and all."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield entry.name, pattern
        else:
            yield from addresses(entry, pattern)


def test_every_address_has_a_name():
    assert [pattern for name, pattern in addresses() if not name] == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_stands_in_the_table(method):
    told = {name_of(key) for key, row_method, _cells in rows() if row_method == method}
    assert {name for name, _pattern in addresses()} - told == set(), "add these addresses to table.py"


def test_the_table_names_no_address_that_does_not_exist():
    told = {name_of(key) for key, _method, _cells in rows()}
    assert told - {name for name, _pattern in addresses()} == set(), "remove these from table.py"


def test_no_row_stands_twice():
    told = [(key, method) for key, method, _cells in rows()]
    assert len(told) == len(set(told))


def answer(response: HttpResponse) -> str:
    """The cell that a response amounts to."""
    if response.status_code == 302:
        return "in" if response["Location"].startswith(f"{SIGN_IN}?next=") else "go"
    return "ok" if response.status_code == 200 else str(response.status_code)


@pytest.mark.parametrize(("key", "persona", "cell"), cells_of("GET"))
def test_reading(scene: Scene, key: str, persona: str, cell: str):
    response = scene.client(persona).get(address(key, scene))
    b"".join(response)  # a file is closed when it has been read
    assert answer(response) == cell


@pytest.mark.parametrize(("key", "persona", "cell"), cells_of("POST"))
def test_acting(scene: Scene, untouched: dict[str, str], key: str, persona: str, cell: str):
    response = scene.client(persona).post(address(key, scene), posted(key, scene))
    assert answer(response) == cell
    assert cell == "go" or fingerprint() == untouched, "the request was refused and changed something"
