"""TEN-08: nothing that is kept for one reaches another: no page is kept, and the cache knows no pages."""

from __future__ import annotations

import pytest
from django.conf import settings as project
from django.core.cache import cache

from tests.downloads import body_of
from tests.permissions.scene import Scene
from tests.permissions.table import address, rows

SHARED = sorted(
    {
        key
        for key, method, cells in rows()
        if method == "GET" and cells["prefecture_a"] == cells["prefecture_b"] == "ok"
        and not key.startswith("account_")
    }
)  # fmt: skip


def test_no_middleware_keeps_pages():
    assert not [name for name in project.MIDDLEWARE if "cache" in name.lower()]
    loaders = project.TEMPLATES[0]["OPTIONS"].get("loaders", [])
    assert "django.template.loaders.cached.Loader" not in str(loaders)


@pytest.mark.parametrize("key", SHARED)
def test_the_same_address_says_to_each_what_is_theirs(scene: Scene, key):
    """A, B, and A again: what B asked in between changes nothing of A's, and each sees the own name only."""
    bodies = []
    for persona in ("prefecture_a", "prefecture_b", "prefecture_a"):
        response = scene.client(persona).get(address(key, scene))
        assert "no-store" in response["Cache-Control"]
        bodies.append(body_of(response).decode("utf-8", "replace"))
    names = [scene.world.actors[persona].user.name for persona in ("prefecture_a", "prefecture_b")]
    assert names[1] not in bodies[0]
    assert names[0] not in bodies[1]
    assert names[0] in bodies[2] or not bodies[2].startswith("<!DOCTYPE")


def test_what_the_portal_puts_into_the_cache_is_no_content(scene: Scene):
    """Rate limits only: looking at every shared page leaves no text of it in the cache."""
    cache.clear()
    for persona in ("prefecture_a", "prefecture_b"):
        for key in SHARED:
            body_of(scene.client(persona).get(address(key, scene)))
    kept = {key: cache._cache[key] for key in cache._cache}
    told = scene.a.prefecture.organisation.name.encode()
    assert not [key for key, value in kept.items() if told in bytes(value) or b"<html" in bytes(value)]
