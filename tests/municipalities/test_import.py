"""The import of municipalities, as the pattern of all imports: upload, preview, confirm, all or nothing."""

import io
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from municipalities.codes import check_digit
from municipalities.models import Municipality
from municipalities.resources import MunicipalityResource
from portal.choices import ImportState, JobState
from portal.imports import Plan
from portal.jobs import run_job
from portal.models import ImportRun, Organisation
from portal.spreadsheets import Sheet, write_csv, write_xlsx
from tests import factories as f
from tests.conftest import actor_for

START = "/imports/municipalities/"
HEADER = ["団体コード", "名称", "よみがな", "種別", "人口（人）", "人口の基準日", "面積（km²）"]


@pytest.fixture
def admin(world):
    return world.actors["admin"]


@pytest.fixture
def client(admin, client_of):
    return client_of(admin)


def row_of(town: Municipality, **changes) -> list:
    values = {
        "code": town.code, "name": town.name, "kana": town.kana, "kind": town.get_kind_display(),
        "population": town.population, "population_as_of": town.population_as_of, "area": town.area_km2,
    }  # fmt: skip
    return list((values | changes).values())


def file_of(rows, fmt: str = "xlsx", header=HEADER) -> SimpleUploadedFile:
    """The rows as an upload in one of the formats we read."""
    body = io.BytesIO()
    if fmt == "xlsx":
        write_xlsx(body, sheets=[Sheet("市区町村", header, rows)])
    else:
        write_csv(body, header=header, rows=rows, encoding=fmt)
    return SimpleUploadedFile(f"市区町村.{'xlsx' if fmt == 'xlsx' else 'csv'}", body.getvalue())


def upload(client, rows, fmt: str = "xlsx", **options) -> ImportRun:
    """Upload and let the job read it."""
    response = client.post(START, {"file": file_of(rows, fmt, **options)})
    assert response.status_code == 302, response.content.decode()
    run = ImportRun.objects.latest("created_at")
    assert response.url == reverse("job_detail", args=[run.job_id])
    run_job(run.job_id)
    run.refresh_from_db()
    return run


def confirm(client, run: ImportRun) -> ImportRun:
    """Confirm what was shown and let the job write it."""
    page = client.get(reverse("import_run", args=[run.pk])).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    client.post(reverse("import_apply", args=[run.pk]), {"seen": seen})
    run.refresh_from_db()
    run_job(run.job_id)
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("fmt", ["xlsx", "utf-8", "utf-8-sig", "cp932"])
def test_upload_preview_confirm_apply_in_every_format(world, client, fmt):
    town = world.town_a1
    new = f"{world.prefecture_a.code}999"
    rows = [
        row_of(town, name="髙﨑町", population=12_345),
        row_of(world.town_a2),
        [new + check_digit(new), "新設市", "しんせつし", "市", "△0", "令和7年1月1日", "12.5"],
    ]
    run = upload(client, rows, fmt)
    assert run.state == ImportState.PREVIEWED
    plan = Plan.from_json(run.preview)
    assert (plan.count("new"), plan.count("changed"), plan.unchanged) == (1, 1, 1)
    assert plan.changes[0].fields == [
        {"label": "名称", "before": town.name, "after": "髙﨑町"},
        {"label": "人口（人）", "before": "10,000", "after": "12,345"},
    ]
    town.refresh_from_db()
    assert town.population == 10_000

    page = client.get(reverse("import_run", args=[run.pk])).content.decode()
    assert "髙﨑町" in page
    assert "2件を取り込む" in page

    run = confirm(client, run)
    assert run.state == ImportState.APPLIED
    assert run.job.result == {"new": 1, "changed": 1, "unchanged": 1}
    town.refresh_from_db()
    assert (town.name, town.population, town.organisation.name) == ("髙﨑町", 12_345, "髙﨑町")
    created = Municipality.objects.get(name="新設市")
    assert created.prefecture == world.prefecture_a
    assert created.organisation.parent == world.prefecture_a.organisation
    assert (created.population, created.area_km2) == (0, Decimal("12.50"))
    assert "取り込みました" in client.get(reverse("import_run", args=[run.pk])).content.decode()


@pytest.mark.parametrize("fmt", ["xlsx", "csv", "csv-cp932"])
def test_export_and_import_again_changes_nothing(world, client, fmt):
    response = client.get(f"{START}template.{fmt}?rows=1")
    body = b"".join(response.streaming_content)
    client.post(START, {"file": SimpleUploadedFile("file.xlsx", body)})
    run = ImportRun.objects.get()
    run_job(run.job_id)
    run.refresh_from_db()
    plan = Plan.from_json(run.preview)
    assert (plan.changes, plan.unchanged, plan.ok) == ([], 3, True)
    page = client.get(reverse("import_run", args=[run.pk])).content.decode()
    assert "変更される行はありません" in page
    assert "件を取り込む" not in page


def test_every_error_is_shown_with_its_cell_and_nothing_can_be_confirmed(world, client):
    a1, a2 = world.town_a1, world.town_a2
    wrong = a1.code[:5] + str((int(a1.code[5]) + 1) % 10)
    rows = [
        row_of(a1, population="12.7"),
        row_of(a2, kind="県", population_as_of="平成35年4月1日"),
        row_of(a1, code=wrong),
        row_of(world.town_b, name=""),
        row_of(a2),
        row_of(a2, population=1),
    ]
    run = upload(client, rows)
    assert run.state == ImportState.REFUSED
    plan = Plan.from_json(run.preview)
    assert [(e["cell"], e["rule"]) for e in plan.errors] == [
        ("E2", "not_integer"), ("D3", "choice"), ("F3", "date_era"), ("A4", "code"), ("B5", "required"),
        ("A7", "model"),
    ]  # fmt: skip
    page = client.get(reverse("import_run", args=[run.pk])).content.decode()
    assert "6か所の誤りがあります" in page
    assert "E2（人口（人））の値「12.7」は整数ではありません。" in page
    assert "A7（団体コード）の値" in page
    assert "6行目にもあります" in page
    assert "件を取り込む" not in page
    client.post(reverse("import_apply", args=[run.pk]), {"seen": ""})
    run.refresh_from_db()
    assert run.state == ImportState.REFUSED
    assert Municipality.objects.get(pk=a2.pk).population == a2.population


def test_names_must_be_unique_in_a_prefecture_but_may_be_swapped(world, client):
    a1, a2 = world.town_a1, world.town_a2
    run = upload(client, [row_of(a1, name=a2.name)])
    assert run.state == ImportState.REFUSED
    assert "この都道府県には、同じ名称の市区町村が登録されています。" in run.preview["errors"][0]["sentence"]
    assert run.preview["errors"][0]["cell"] == "B2"
    # Another prefecture may have the same name.
    assert upload(client, [row_of(world.town_b, name=a2.name)]).state == ImportState.PREVIEWED


def test_a_hostile_file_is_refused_with_its_sentence(world, client):
    response = client.post(START, {"file": SimpleUploadedFile("a.xlsx", b"%PDF-1.7")})
    assert "このファイルはPDFで、表計算のファイルではありません。" in response.content.decode()
    assert not ImportRun.objects.exists()
    client.post(START, {"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04 cut")})
    run = ImportRun.objects.get()
    run_job(run.job_id)
    run.refresh_from_db()
    assert run.state == ImportState.REFUSED
    assert run.preview["refused"]["rule"] == "broken_zip"
    assert "途中で切れています" in client.get(reverse("import_run", args=[run.pk])).content.decode()


def test_columns_of_ids_and_owners_cannot_be_smuggled_in(world, client):
    row = [*row_of(world.town_a1), world.town_b.pk, world.town_b.organisation_id]
    run = upload(client, [row], header=[*HEADER, "id", "organisation"])
    assert run.state == ImportState.REFUSED
    assert [(e["cell"], e["rule"]) for e in run.preview["errors"]] == [
        ("H1", "unknown_header"),
        ("I1", "unknown_header"),
    ]


def test_a_changed_code_makes_no_second_town(world, client):
    unknown = "99" + world.town_a1.code[2:5]
    run = upload(client, [row_of(world.town_a1, code=unknown + check_digit(unknown))])
    assert run.state == ImportState.REFUSED
    assert "都道府県が、登録されていません" in run.preview["errors"][0]["sentence"]


def test_a_lost_leading_zero_is_not_guessed(world, client):
    prefecture = f.PrefectureFactory(code="01", lg_code="010006")
    town = f.MunicipalityFactory(prefecture=prefecture, code="011002")
    run = upload(client, [row_of(town, code=11002)])
    assert [(e["cell"], e["rule"]) for e in run.preview["errors"]] == [("A2", "code")]
    assert "先頭の0が消えているおそれ" in run.preview["errors"][0]["sentence"]


def test_stale_preview_is_refused_by_name_and_can_be_made_anew(world, client):
    town = world.town_a1
    run = upload(client, [row_of(town, population=1), row_of(world.town_a2, population=2)])
    Municipality.objects.filter(pk=town.pk).update(area_km2=77)
    run = confirm(client, run)
    assert (run.state, run.job.state) == (ImportState.PREVIEWED, JobState.FAILED)
    assert f"2行目「{town.code} {town.name}」" in run.job.error
    assert set(Municipality.objects.values_list("population", flat=True)) == {10_000}
    page = client.get(reverse("import_run", args=[run.pk])).content.decode()
    assert "ほかの人が変更した行があります" in page

    client.post(reverse("import_again", args=[run.pk]))
    run.refresh_from_db()
    run_job(run.job_id)
    run.refresh_from_db()
    # The file still says the old area: the new preview shows that it would be set back.
    assert "77" in str(run.preview["changes"][0]["fields"])
    assert confirm(client, run).state == ImportState.APPLIED
    town.refresh_from_db()
    assert (town.population, town.area_km2) == (1, Decimal("50.00"))


def test_a_town_added_meanwhile_by_another_is_stale(world, client):
    five = f"{world.prefecture_a.code}998"
    code = five + check_digit(five)
    run = upload(client, [[code, "新設市", "しんせつし", "市", 1, "2025/1/1", 1]])
    f.MunicipalityFactory(prefecture=world.prefecture_a, code=code)
    run = confirm(client, run)
    assert run.job.state == JobState.FAILED
    assert "新設市" in run.job.error


def test_only_the_preview_that_was_seen_can_be_confirmed(world, client):
    run = upload(client, [row_of(world.town_a1, population=1)])
    old = run.fingerprint
    Municipality.objects.filter(pk=world.town_a1.pk).update(population=5)
    client.post(reverse("import_again", args=[run.pk]))
    run.refresh_from_db()
    run_job(run.job_id)
    response = client.post(reverse("import_apply", args=[run.pk]), {"seen": old}, follow=True)
    assert "確認した内容が新しくなっています" in response.content.decode()
    assert Municipality.objects.get(pk=world.town_a1.pk).population == 5


def test_applied_only_once(world, client):
    run = upload(client, [row_of(world.town_a1, population=1)])
    seen = run.fingerprint
    run = confirm(client, run)
    response = client.post(reverse("import_apply", args=[run.pk]), {"seen": seen}, follow=True)
    assert "すでに反映されています" in response.content.decode()
    response = client.post(reverse("import_again", args=[run.pk]), follow=True)
    assert "すでに反映されています" in response.content.decode()


def test_a_fault_in_the_middle_leaves_nothing_behind(world, client, monkeypatch):
    five = f"{world.prefecture_a.code}997"
    run = upload(
        client,
        [
            row_of(world.town_a1, population=1),
            [five + check_digit(five), "新設市", "しんせつし", "市", 1, "2025/1/1", 1],
        ],
    )

    def power_cut(self, instances):
        raise SystemExit(9)

    # Towns are created before towns are changed; the cut strikes between.
    monkeypatch.setattr(MunicipalityResource, "before_update", power_cut)
    before = Organisation.objects.count()
    run = confirm(client, run)
    assert run.state == ImportState.PREVIEWED
    assert not Municipality.objects.filter(name="新設市").exists()
    assert Organisation.objects.count() == before
    assert Municipality.objects.get(pk=world.town_a1.pk).population == 10_000
    monkeypatch.undo()
    type(run.job).objects.filter(pk=run.job_id).update(lease_until=None)
    run_job(run.job_id)
    run.refresh_from_db()
    assert run.state == ImportState.APPLIED


def test_an_operator_whose_membership_ended_cannot_have_it_applied(world, client, admin, settings):
    run = upload(client, [row_of(world.town_a1, population=1)])
    client.post(reverse("import_apply", args=[run.pk]), {"seen": run.fingerprint})
    run.refresh_from_db()
    type(admin.membership).objects.filter(pk=admin.membership.pk).update(valid_until="2025-09-15")
    run_job(run.job_id)
    run.refresh_from_db()
    assert (run.state, run.job.state) == (ImportState.PREVIEWED, JobState.FAILED)
    assert "所属が終わった" in run.job.error


PAGES = ["import_run", "import_apply", "import_again", "import_file"]


@pytest.mark.parametrize("name", ["town_a1", "prefecture_a", "vendor_a", "secretariat", "expert", "ministry"])
def test_other_roles_may_not(world, client, client_of, name):
    run = upload(client, [row_of(world.town_a1, population=1)])
    other = client_of(world.actors[name])
    assert other.get(START).status_code == 403
    assert other.post(START, {"file": file_of([row_of(world.town_a1)])}).status_code == 403
    assert other.get(f"{START}template.xlsx?rows=1").status_code == 403
    for page in PAGES:
        url = reverse(page, args=[run.pk])
        assert (other.post if page in {"import_apply", "import_again"} else other.get)(url).status_code == 404
    assert ImportRun.objects.count() == 1


def test_other_organisations_do_not_see_it(world, client, client_of):
    run = upload(client, [row_of(world.town_a1, population=1)])
    other_operator = client_of(actor_for(f.OrganisationFactory(kind="operator")))
    assert other_operator.get(reverse("import_run", args=[run.pk])).status_code == 404
    assert other_operator.get(reverse("import_file", args=[run.pk])).status_code == 404
    assert other_operator.post(reverse("import_apply", args=[run.pk])).status_code == 404
    assert other_operator.get(reverse("import_list")).status_code == 200
    assert run.stored_file.name not in other_operator.get(reverse("import_list")).content.decode()
    colleague = client_of(actor_for(world.actors["admin"].organisation))
    assert colleague.get(reverse("import_run", args=[run.pk])).status_code == 200


def test_file_comes_back_as_it_was_and_as_a_download(world, client):
    run = upload(client, [row_of(world.town_a1, population=1)])
    response = client.get(reverse("import_file", args=[run.pk]))
    with run.stored_file.file.open() as file:
        assert b"".join(response.streaming_content) == file.read()
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_unknown_kinds_and_formats_do_not_exist(world, client):
    assert client.get("/imports/nothing/").status_code == 404
    assert client.get(f"{START}template.exe").status_code == 404
    assert (
        client.get(reverse("import_apply", args=["00000000-0000-0000-0000-000000000000"])).status_code == 405
    )


def test_pages_of_the_import(world, client):
    assert "市区町村を取り込む" in client.get(reverse("import_list")).content.decode()
    page = client.get(START).content.decode()
    assert "今の内容が入った様式（Excel）" in page
    assert "面積（km²）" in page


@pytest.mark.parametrize("towns", [2, 40])
def test_queries_do_not_grow_with_rows(world, client, admin, django_assert_max_num_queries, towns):
    made = [f.MunicipalityFactory(prefecture=world.prefecture_a) for _ in range(towns)]
    five = [f"{world.prefecture_a.code}{800 + n}" for n in range(towns)]
    new = [[c + check_digit(c), f"新{c}市", "しん", "市", 1, "2025/1/1", 1] for c in five]
    client.post(START, {"file": file_of([*(row_of(town, population=1) for town in made), *new])})
    run = ImportRun.objects.get()
    with django_assert_max_num_queries(36):
        run_job(run.job_id)
    run.refresh_from_db()
    client.post(reverse("import_apply", args=[run.pk]), {"seen": run.fingerprint})
    run.refresh_from_db()
    with django_assert_max_num_queries(46):
        run_job(run.job_id)
    run.refresh_from_db()
    assert run.job.result == {"new": towns, "changed": towns, "unchanged": 0}
    with django_assert_max_num_queries(12):
        client.get(reverse("import_run", args=[run.pk]))


def test_typed_values_pass_and_bare_texts_go_through_the_column(world, admin):
    resource = MunicipalityResource(admin)
    widget = resource.fields["population"].widget
    assert widget.clean(5) == 5
    assert widget.clean("１，２５０人") == 1250
    with pytest.raises(ValueError, match="整数ではありません"):
        widget.clean("12.7")
