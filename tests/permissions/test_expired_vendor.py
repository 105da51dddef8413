"""A vendor whose contract is over finds nothing of the region: no page, no file (TEN-02, TEN-09)."""

from __future__ import annotations

import pytest

from tests.permissions.scene import Scene
from tests.permissions.table import address, rows
from tests.permissions.test_tenants import OF_A

#: The day after the last day of support of the scene's program.
AFTER = "2026-03-17"
#: What only the contract opens: another vendor finds nothing there.
OPENED = [
    (key, method)
    for key, method, cells in rows()
    if cells["vendor_a"] in ("ok", "go") and cells["vendor_b"] == "404" and key in OF_A
]


@pytest.mark.parametrize("key", [key for key, method in OPENED if method == "GET"])
def test_nothing_of_the_region_is_read(scene: Scene, settings, key: str):
    client = scene.client("vendor_a")
    during = client.get(address(key, scene))
    assert during.status_code == 200
    b"".join(during)
    settings.PORTAL_TODAY = AFTER
    assert client.get(address(key, scene)).status_code == 404
