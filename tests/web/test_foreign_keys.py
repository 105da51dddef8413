"""TEN-04 and TEN-10: what is B's cannot be named by A: in a form, an address, a file to import, or at all."""

from __future__ import annotations

import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from assessments.models import Answer, ProgressAttachment, ProgressReport, RoundTarget
from portal.jobs import run_job
from portal.models import ImportRun, Job, Membership, StoredFile
from portal.spreadsheets import write_csv
from programs.models import Partnership
from tests import factories as f
from tests.downloads import body_of
from tests.permissions.fingerprints import fingerprint
from tests.permissions.scene import Scene
from tests.permissions.table import ARGUMENTS, address, posted, rows

ACTS = {
    key: [persona for persona, cell in cells.items() if cell == "go" and persona.endswith(("a", "a1", "a2"))]
    for key, method, cells in rows()
    if method == "POST" and key in ARGUMENTS
}
B = ("town_b", "prefecture_b", "vendor_b")


@pytest.mark.parametrize("key", [key for key, personas in ACTS.items() if personas])
@pytest.mark.parametrize("persona", B)
def test_an_act_on_a_row_of_the_other_side_finds_nothing(scene: Scene, untouched, key, persona):
    """The address of A's row, posted by B with the body that A would send."""
    if key == "import_start":
        pytest.skip("the kind of an import is nobody's row")
    response = scene.client(persona).post(address(key, scene), posted(key, scene))
    asked_first = response.headers.get("Location", "").startswith(reverse("account_reauthenticate"))
    assert response.status_code == 404 or asked_first
    assert fingerprint() == untouched


def test_an_answer_to_a_question_of_another_framework_is_ignored(scene: Scene):
    other = f.QuestionFactory(principle=f.PrincipleFactory(framework=f.FrameworkFactory(), position=1))
    data = posted("assessment_principle", scene) | {f"answer_{other.pk}": "4", f"evidence_{other.pk}": "証拠"}
    answer = scene.client("town_a2").post(address("assessment_principle", scene), data)
    assert answer.status_code == 302
    assert not Answer.objects.filter(question=other).exists()


def test_a_membership_of_somebody_else_is_none(scene: Scene, untouched):
    other = scene.world.actors["prefecture_b"].membership.pk
    answer = scene.client("town_a1").post(reverse("membership_switch"), {"membership": other})
    assert answer.status_code == 404
    assert fingerprint() == untouched


@pytest.mark.parametrize("column", ["region", "organisation", "both"])
def test_an_import_cannot_name_what_is_not_its_own(scene: Scene, column):
    own = f"{scene.world.program.slug}/{scene.a.prefecture.code}"
    foreign = f"{scene.world.program.slug}/{scene.b.prefecture.code}"
    region = own if column == "organisation" else foreign
    town = scene.a.towns[0] if column == "region" else scene.b.towns[0]
    file = io.BytesIO()
    write_csv(file, header=["支援地域", "団体コード", "並び順"], rows=[[region, town.code, 7]])
    client = scene.client("prefecture_a")
    client.post(
        reverse("import_start", args=["partnerships"]), {"file": SimpleUploadedFile("x.csv", file.getvalue())}
    )
    run = ImportRun.objects.latest("created_at")
    before = list(Partnership.objects.order_by("pk").values_list())
    run_job(run.job_id)
    run.refresh_from_db()
    assert len(run.preview["errors"]) >= 1
    assert run.fingerprint == ""
    page = client.get(reverse("import_run", args=[run.pk])).content.decode()
    assert not re.search(r'name="seen" value="\w', page)
    assert town.organisation.name not in str(run.preview) or column == "region"
    client.post(reverse("import_apply", args=[run.pk]), {"seen": "forged"})
    assert list(Partnership.objects.order_by("pk").values_list()) == before


def test_the_database_refuses_what_no_form_would_send(scene: Scene):
    """Direct writes past every form and service."""
    a, b = scene.a, scene.b
    stored = b.submitted.attachments.get().stored_file
    town, officer = a.towns[0].organisation, scene.world.actors["town_a1"]
    wrong = [
        lambda: ProgressAttachment.objects.create(
            report=a.submitted,
            stored_file=stored,
            uploaded_by=officer.user,
            uploaded_at=a.submitted.updated_at,
        ),
        lambda: ProgressReport.objects.create(
            round=a.round, organisation=town, updated_at=a.submitted.updated_at
        ),
        lambda: ProgressReport.objects.filter(pk=a.submitted.pk).update(state="published"),
        lambda: ProgressReport.objects.filter(pk=a.submitted.pk).update(organisation_id=999_999_999),
        lambda: RoundTarget.objects.create(round=a.round, organisation=town, asks_progress=True),
        lambda: Membership.objects.filter(pk=officer.membership.pk).update(role="admin"),
        lambda: Membership.objects.filter(pk=officer.membership.pk).update(duty="manager"),
        lambda: Job.objects.filter(pk=a.waiting_job.pk).update(state="done"),
        lambda: StoredFile.objects.filter(pk=stored.pk).update(scan_state="trusted"),
    ]
    for write in wrong:
        with pytest.raises(IntegrityError):
            _committed(write)


@transaction.atomic
def _committed(write) -> None:
    """Write, and let the database check what it would check at the commit."""
    write()
    connection.check_constraints()


@pytest.mark.parametrize("persona", ["town_a1", "prefecture_a", "vendor_a"])
def test_counting_up_leads_nowhere(scene: Scene, persona):
    """TEN-10: every number around one's own, as a page and as an act."""
    client = scene.client(persona)
    own = {scene.a.submitted.pk, scene.a.draft.pk}
    foreign = set(ProgressReport.objects.exclude(round=scene.a.round).values_list("pk", flat=True)) - own
    around = foreign | {max(own | foreign) + n for n in range(1, 20)} | {0, 2**31, 2**63 + 5}
    for number in around:
        for act in ("", "return/", "accept/", "withdraw/"):
            assert client.get(f"/progress/{number}/{act}").status_code == 404
            assert client.post(f"/progress/{number}/{act}").status_code in (404, 405)


@pytest.mark.parametrize("persona", ["anonymous", "town_a1", "prefecture_a", "vendor_a", "admin"])
def test_a_file_is_nobody_elses_by_knowing_its_id(scene: Scene, persona):
    """Stored files have no address of their own; their owners' addresses ask who wants them."""
    client = scene.client(persona)
    refused = (302,) if persona == "anonymous" else (404,)
    for pk in StoredFile.objects.filter(organisation__in=_organisations_of_b(scene)).values_list(
        "pk", flat=True
    ):
        assert client.get(reverse("progress_attachment", args=[pk])).status_code in refused
        for path in (f"/files/{pk}", f"/media/files/{str(pk)[:2]}/{pk}", f"/stored/files/{str(pk)[:2]}/{pk}"):
            assert client.get(path).status_code in (302, 404)


def _organisations_of_b(scene: Scene) -> list[int]:
    return [scene.world.actors[name].organisation.pk for name in B]


def test_a_link_to_a_file_works_for_its_person_only(scene: Scene):
    link = reverse("progress_attachment", args=[scene.a.submitted.attachments.get().stored_file_id])
    answers = {}
    for persona in ("town_a1", "prefecture_a", "town_a2", "town_b", "prefecture_b", "expert", "anonymous"):
        response = scene.client(persona).get(link)
        body_of(response)
        answers[persona] = response.status_code
    assert answers == {
        "town_a1": 200, "prefecture_a": 200, "town_a2": 404, "town_b": 404, "prefecture_b": 404,
        "expert": 404, "anonymous": 302,
    }  # fmt: skip


@pytest.mark.parametrize("written", ["x", "1.5", "-1", "1e9", "%00", "１", str(uuid.uuid4()) + "0"])
def test_an_id_that_is_none_is_a_page_that_is_not_there(scene: Scene, written):
    client = scene.client("prefecture_a")
    for path in ("/progress/{}/", "/rounds/{}/", "/jobs/{}/", "/progress/attachments/{}/"):
        assert client.get(path.format(written)).status_code in (404, 400)
