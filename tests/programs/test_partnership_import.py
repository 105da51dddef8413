"""The import of partnerships: by program, prefecture and municipality code, inside the actor's regions."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.choices import OrganisationKind
from portal.jobs import run_job
from portal.models import ImportRun
from portal.spreadsheets import write_csv
from programs.models import Partnership
from tests import factories as f
from tests.downloads import body_of

pytestmark = pytest.mark.django_db
START = reverse("import_start", args=["partnerships"])
HEADER = ["支援地域", "団体コード", "並び順"]


@pytest.fixture
def client(world, client_of):
    return client_of(world.actors["prefecture_a"])


@pytest.fixture
def region(world) -> str:
    return f"{world.program.slug}/{world.prefecture_a.code}"


def upload(client, rows) -> ImportRun:
    """Upload and let the job read it."""
    body = io.BytesIO()
    write_csv(body, header=HEADER, rows=rows)
    client.post(START, {"file": SimpleUploadedFile("連携市町村.csv", body.getvalue())})
    run = ImportRun.objects.latest("created_at")
    run_job(run.job_id)
    run.refresh_from_db()
    return run


def confirm(client, run: ImportRun) -> None:
    page = client.get(reverse("import_run", args=[run.pk])).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    client.post(reverse("import_apply", args=[run.pk]), {"seen": seen})
    run.refresh_from_db()
    run_job(run.job_id)


def partners(world) -> list[tuple[str, int]]:
    rows = Partnership.objects.filter(region=world.region_a).select_related("organisation")
    return [(row.organisation.name, row.position) for row in rows]


def test_partners_are_added_and_moved_after_a_preview(world, client, region):
    new = f.MunicipalityFactory(prefecture=world.prefecture_a)
    union = f.OrganisationFactory(
        kind=OrganisationKind.UNION, name="東部広域連合", parent=world.prefecture_a.organisation
    )
    rows = [[region, new.code, 1], [region, union.name, 2], [region, world.town_a1.code, 3]]
    before = partners(world)
    run = upload(client, rows)
    assert partners(world) == before
    confirm(client, run)
    moved = [(new.name, 1), (union.name, 2), (world.town_a1.name, 3)]
    assert partners(world) == [(world.town_a2.name, 0), *moved]


def test_export_and_import_again_changes_nothing(world, client):
    template = reverse("import_template", args=["partnerships", "csv"])
    body = body_of(client.get(template, {"rows": "1"}))
    client.post(START, {"file": SimpleUploadedFile("連携市町村.csv", body)})
    run = ImportRun.objects.latest("created_at")
    run_job(run.job_id)
    run.refresh_from_db()
    assert (run.preview["unchanged"], run.preview["changes"], run.preview["errors"]) == (2, [], [])


@pytest.mark.parametrize("stranger", ["region", "town"])
def test_other_regions_and_towns_are_unknown(world, client, region, stranger):
    elsewhere = f"{world.program.slug}/{world.prefecture_b.code}"
    row = [elsewhere, world.town_a1.code, 1] if stranger == "region" else [region, world.town_b.code, 1]
    run = upload(client, [row])
    assert len(run.preview["errors"]) == 1
    assert "登録されている" in str(run.preview["errors"])
    assert world.town_b.name not in str(run.preview)


def test_a_town_of_another_prefecture_cannot_join(world, client_of, region):
    run = upload(client_of(world.actors["secretariat"]), [[region, world.town_b.code, 1]])
    assert f"{world.prefecture_a.name}の団体ではありません。" in str(run.preview["errors"])


@pytest.mark.parametrize("who", ["town_a1", "vendor_a", "ministry", "admin"])
def test_others_may_not(world, client_of, who):
    assert client_of(world.actors[who]).get(START).status_code == 403
    shown = client_of(world.actors[who]).get(
        reverse("region_detail", args=[world.program.slug, world.prefecture_a.code])
    )
    assert START not in shown.content.decode()


def test_the_region_page_leads_there(world, client):
    page = client.get(reverse("region_detail", args=[world.program.slug, world.prefecture_a.code]))
    assert START in page.content.decode()
