"""A vendor whose contract is over finds nothing of the region: no page, no file, no act (TEN-02, TEN-09)."""

from __future__ import annotations

import pytest

from tests.permissions.scene import Scene
from tests.permissions.table import address, posted, rows
from tests.permissions.test_tenants import OF_A

#: The day after the last day of support of the scene's program.
AFTER = "2026-03-17"
READ = {
    key
    for key, method, cells in rows()
    if method == "GET" and (cells["vendor_a"], cells["vendor_b"]) == ("ok", "404")
}
DONE = {
    key
    for key, method, cells in rows()
    if method == "POST" and (cells["vendor_a"], cells["vendor_b"]) == ("go", "404")
}


@pytest.mark.parametrize("key", sorted(READ & set(OF_A)))
def test_nothing_of_the_region_is_read(scene: Scene, settings, key: str):
    client = scene.client("vendor_a")
    during = client.get(address(key, scene))
    assert during.status_code == 200
    b"".join(during)
    settings.PORTAL_TODAY = AFTER
    assert client.get(address(key, scene)).status_code == 404


@pytest.mark.parametrize("key", sorted(DONE & set(OF_A)))
def test_nothing_of_the_region_is_changed(scene: Scene, settings, key: str):
    settings.PORTAL_TODAY = AFTER
    assert scene.client("vendor_a").post(address(key, scene), posted(key, scene)).status_code == 404
