"""TEN-11: fields that no form has are ignored: the act does what it does without them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from tests.permissions.scene import Scene
from tests.permissions.table import address, posted, rows
from tests.web.effects import effects, known_rows

#: Every act that is allowed, by each persona that may.
ACTS = [
    (key, persona)
    for key, method, cells in rows()
    if method == "POST" and not key.startswith("account_")
    for persona, cell in cells.items()
    if cell == "go"
]


#: Optional fields that a form does have.
OF_THE_FORM = {"invitation_new": {"valid_until"}}


def smuggled(scene: Scene) -> dict[str, Any]:
    """What an attacker adds: owners of B, states, rights, keys."""
    b = scene.b
    organisation = b.prefecture.organisation_id
    return {
        "id": b.submitted.pk,
        "pk": b.submitted.pk,
        "tenant": organisation,
        "owner": organisation,
        "organisation": organisation,
        "organisation_id": organisation,
        "target": b.round.pk,
        "round": b.round.pk,
        "round_id": b.round.pk,
        "report": b.submitted.pk,
        "region": b.region.pk,
        "prefecture": b.prefecture.code,
        "user": scene.world.actors["town_b"].user.pk,
        "by": scene.world.actors["town_b"].user.pk,
        "requested_by": scene.world.actors["town_b"].user.pk,
        "uploaded_by": scene.world.actors["town_b"].user.pk,
        "stored_file": str(b.version.pdf_id),
        "state": "accepted",
        "status": "accepted",
        "scan_state": "clean",
        "version": 999,
        "number": 999,
        "is_staff": "1",
        "is_superuser": "1",
        "is_active": "1",
        "role": "admin",
        "duty": "manager",
        "kind": "operator",
        "valid_until": "2099-03-31",
        "sign_off_required": "",
        "opened_at": "2025-09-01",
        "name": "乗っ取り.pdf",
        "content_type": "text/html",
    }


def done_by(scene: Scene, key: str, persona: str, more: dict[str, Any]) -> tuple[dict, str]:
    """Make the act and undo it; what it did, and where it led."""
    data, known = posted(key, scene), known_rows()
    theirs = {*data, *OF_THE_FORM.get(key, ())}
    extra = {name: value for name, value in more.items() if name not in theirs}
    with transaction.atomic():
        response = scene.client(persona).post(address(key, scene), {**data, **extra})
        assert response.status_code == 302
        found = effects(known)
        transaction.set_rollback(True)
    return found, response["Location"]


@pytest.mark.parametrize(("key", "persona"), ACTS)
def test_fields_that_no_form_has_are_ignored(scene: Scene, key, persona):
    plain, _ = done_by(scene, key, persona, {})
    forged, _ = done_by(scene, key, persona, smuggled(scene))
    different = {label for label in plain if plain[label] != forged[label]}
    assert different == set(), [(forged[label] - plain[label]) for label in different]


def test_every_act_is_tried():
    known = {key for key, _persona in ACTS}
    assert {"progress_section", "progress_attach", "report_render", "import_start"} <= known


def test_the_comparison_sees_a_change(scene: Scene):
    known = known_rows()
    before = effects(known)
    type(scene.a.submitted).objects.filter(pk=scene.a.submitted.pk).update(
        organisation_id=scene.b.prefecture.organisation_id, state="accepted"
    )
    after = effects(known)
    assert {label for label in before if before[label] != after[label]} == {"assessments.ProgressReport"}
