"""The command import_applications: what it makes, that it repeats, and what it refuses."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.choices import OrganisationKind
from portal.models import Organisation
from programs.core.choices import RegionStatus
from programs.models import Application, ApplicationDuty, ApplicationItem, Partnership, Region
from tests import factories as f
from tests.programs.application_files import application, prefecture_with, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return f.ProgramFactory(slug="r7")


@pytest.fixture
def prefecture():
    return prefecture_with("青町", "緑村", "赤ヶ丘市")


def run(*files, **options) -> str:
    out = StringIO()
    call_command("import_applications", *map(str, files), program="r7", stdout=out, **options)
    return out.getvalue()


def refused(capsys, *files, **options) -> str:
    """Standard error of a run that must fail."""
    errors = StringIO()
    with pytest.raises(CommandError):
        call_command("import_applications", *map(str, files), program="r7", stderr=errors, **options)
    return errors.getvalue()


def snapshot() -> list:
    """Every row the import writes, with its id."""
    models = [Region, Partnership, Application, ApplicationItem, ApplicationDuty, Organisation]
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_json_counts_equal_the_lists(program, prefecture, tmp_path):
    path = write(tmp_path / "a.yaml", application("甲県", ["青町", "緑村"]))
    [result] = json.loads(run(path, as_json=True))
    assert result == {
        "file": str(path),
        "prefecture": "甲県",
        "created": True,
        "partner_municipalities": 2,
        "challenges": 2,
        "requested_support": 1,
        "roles": 2,
        "receiving_setup": 1,
        "resident_requests": 1,
        "follow_up_plans": 1,
        "kpis_or_targets": 1,
    }


def test_rows_stand_as_written(program, prefecture, tmp_path):
    run(write(tmp_path / "a.yaml", application("甲県", ["青町", "緑村"])))
    region = Region.objects.get(program=program)
    assert region.status == RegionStatus.CANDIDATE
    assert [p.organisation.name for p in region.partnerships.all()] == ["青町", "緑村"]
    assert [body.name for body in region.promotion_bodies.all()] == ["推進協議会", "研究会"]
    items = {(i.section, i.position): i for i in region.application.items.all()}
    assert items["challenges", 1].organisation == prefecture.organisation
    assert items["challenges", 1].text == "職員が足りない。\n二行目。"
    joint = items["requested_support", 1]
    assert (joint.organisation_label, joint.organisation) == ("3町村", None)
    assert [d.text for d in items["roles", 1].duties.all()] == ["全体を進める。", "調整する。"]
    wish = region.application.resident_requests.get()
    assert (wish.headcount_max, str(wish.days_per_week_max)) == (2, "2.5")


def test_second_run_changes_nothing(program, prefecture, tmp_path):
    path = write(tmp_path / "a.yaml", application("甲県", ["青町", "緑村"]))
    run(path)
    before = snapshot()
    [result] = json.loads(run(path, as_json=True))
    assert result["created"] is False
    assert snapshot() == before
    assert "変更はありません" in run(path)


def test_changed_file_replaces_content_and_keeps_the_rest(program, prefecture, tmp_path):
    path = write(tmp_path / "a.yaml", application("甲県", ["青町", "緑村"]))
    run(path)
    kept = ApplicationItem.objects.get(section="challenges", position=1).pk
    content = application("甲県", ["緑村", "赤ヶ丘市"])
    content["application"]["challenges"] = content["application"]["challenges"][:1]
    content["application"]["roles"][0]["duties"] = ["全体を進める。"]
    assert "更新しました" in run(write(path, content))
    region = Region.objects.get()
    assert {p.organisation.name for p in region.partnerships.all()} == {"緑村", "赤ヶ丘市"}
    assert [i.pk for i in ApplicationItem.objects.filter(section="challenges")] == [kept]
    assert ApplicationDuty.objects.filter(item__section="roles").count() == 2


def test_dry_run_writes_nothing(program, prefecture, tmp_path):
    before = snapshot()
    path = write(tmp_path / "a.yaml", application("甲県", ["青町", "東部広域連合"]))
    [result] = json.loads(run(path, as_json=True, dry_run=True))
    assert result["created"] is True
    assert snapshot() == before


@pytest.mark.parametrize("status", [RegionStatus.ADOPTED, RegionStatus.DECLINED])
def test_decided_region_keeps_status_and_partners(program, prefecture, tmp_path, status):
    region = f.RegionFactory(program=program, prefecture=prefecture, status=status)
    old = f.PartnershipFactory(
        region=region, organisation=prefecture.municipalities.get(name="赤ヶ丘市").organisation
    )
    region.promotion_bodies.create(name="推進 協議会")
    run(write(tmp_path / "a.yaml", application("甲県", ["青町"])))
    region.refresh_from_db()
    assert [body.name for body in region.promotion_bodies.all()] == ["推進 協議会", "研究会"]
    assert region.status == status
    assert [p.organisation.name for p in region.partnerships.all()] == ["赤ヶ丘市", "青町"]
    assert region.partnerships.filter(pk=old.pk).exists()


def test_union_is_made_once_under_the_prefecture(program, prefecture, tmp_path):
    content = application("甲県", ["青町", "甲県市町村総合事務組合"])
    content["application"]["challenges"][1]["organisation"] = "甲県市町村総合事務組合"
    path = write(tmp_path / "a.yaml", content)
    run(path)
    run(path)
    union = Organisation.objects.get(kind=OrganisationKind.UNION)
    assert (union.name, union.parent) == ("甲県市町村総合事務組合", prefecture.organisation)
    assert ApplicationItem.objects.get(section="challenges", position=2).organisation == union


def test_same_name_in_another_prefecture_is_not_taken(program, prefecture, tmp_path, capsys):
    prefecture_with("森町", name="乙県")
    told = refused(capsys, write(tmp_path / "a.yaml", application("甲県", ["森町"])))
    assert "application.partner_municipalities[0]" in told
    assert "乙県" in told
    assert not Region.objects.exists()


def test_unknown_names_come_with_the_nearest(program, prefecture, tmp_path, capsys):
    told = refused(capsys, write(tmp_path / "a.yaml", application("甲県", ["赤が丘市"])))
    assert "「赤ヶ丘市」ではないか" in told
    told = refused(capsys, write(tmp_path / "a.yaml", application("甲", ["青町"])))
    assert "application.prefecture" in told
    assert "「甲県」" in told


def test_writing_variants_of_a_name_are_understood(program, prefecture, tmp_path):
    run(write(tmp_path / "a.yaml", application("甲県", ["赤ケ丘市", "甲県 青町", "西郡緑村"])))
    names = [p.organisation.name for p in Partnership.objects.all()]
    assert names == ["赤ヶ丘市", "青町", "緑村"]


def test_bad_file_is_refused_whole_while_others_load(program, prefecture, tmp_path, capsys):
    prefecture_with("白町", name="乙県")
    bad = application("甲県", ["青町"])
    bad["application"]["roles"][1]["duties"] = "一つの文"
    files = [
        write(tmp_path / "bad.yaml", bad),
        write(tmp_path / "good.yaml", application("乙県", ["白町"])),
    ]
    told = refused(capsys, *files)
    assert f"{files[0]}：application.roles[1].duties（" in told
    assert "一覧を書くところに、文字列があります。" in told
    assert [region.prefecture.name for region in Region.objects.all()] == ["乙県"]


def test_second_file_of_a_prefecture_in_one_run_is_refused(program, prefecture, tmp_path, capsys):
    files = [write(tmp_path / f"{n}.yaml", application("甲県", [n])) for n in ("青町", "緑村")]
    assert "2つ以上" in refused(capsys, *files)
    assert Partnership.objects.get().organisation.name == "青町"


def test_unknown_program_names_the_known_ones(prefecture, tmp_path):
    f.ProgramFactory(slug="r6")
    with pytest.raises(CommandError, match="r6"):
        run(write(tmp_path / "a.yaml", application("甲県", ["青町"])))


def test_real_applications_load_with_their_counts(program, source_data, load_real_places):
    import yaml

    paths = sorted((source_data / "applications").glob("*.yaml"))
    if not paths:
        pytest.skip("There are no applications among the source texts.")
    results = json.loads(run(*paths, as_json=True))
    assert [result["file"] for result in results] == [str(path) for path in paths]
    for path, result in zip(paths, results, strict=True):
        written = yaml.safe_load(path.read_text(encoding="utf-8"))["application"]
        lists = {key: len(value) for key, value in written.items() if isinstance(value, list)}
        assert {key: result[key] for key in lists} == lists
        assert result["created"] is True
    assert Partnership.objects.count() == 42
    before = snapshot()
    again = json.loads(run(*paths, as_json=True))
    assert not any(result["created"] for result in again)
    assert snapshot() == before
