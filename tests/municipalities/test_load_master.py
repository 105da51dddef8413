"""Master data comes in whole or not at all, twice is once, and unknown is not 未実施."""

import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from municipalities.bundled import DATA, MasterRefused
from municipalities.choices import IndicatorStatus, MunicipalityKind
from municipalities.models import DxIndicator, DxValue, Municipality, Prefecture
from municipalities.services import load_master
from portal.choices import OrganisationKind
from portal.models import Organisation

#: 石川県: seven organisational indicators of these eight were not surveyed.
NOT_SURVEYED = {"金沢市", "七尾市", "小松市", "輪島市", "珠洲市", "内灘町", "中能登町", "能登町"}


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The bundled data, loaded once for this file and rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_master()
        transaction.set_rollback(True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bundled files to spoil."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def spoil(path: Path, old: str, new: str) -> None:
    """Replace one thing in a file; the thing must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_prefectures_and_municipalities_are_there(loaded, db):
    assert Prefecture.objects.count() == 47
    assert Municipality.objects.count() == 1741
    kinds = {kind: Municipality.objects.filter(kind=kind).count() for kind in MunicipalityKind.values}
    assert kinds == {"city": 792, "town": 743, "village": 183, "special_ward": 23}
    assert DxIndicator.objects.count() == 15
    assert DxIndicator.objects.filter(for_prefectures=True).count() == 13


def test_each_has_its_organisation_under_its_prefecture(loaded, db):
    town = Municipality.objects.select_related("organisation__parent").get(code="043222")
    assert town.organisation.full_name == "宮城県村田町"
    assert Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY, name="池田町").count() == 4


def test_a_second_run_changes_nothing(loaded, db):
    again = load_master()
    assert [(row.label, row.total) for row in again] == [(row.label, row.total) for row in loaded]
    assert all((row.created, row.updated) == (0, 0) for row in again)


def test_what_was_not_surveyed_is_unknown(loaded, db):
    rows = DxValue.objects.filter(status=IndicatorStatus.NOT_SURVEYED)
    towns = rows.values_list("organisation__name", flat=True)
    assert set(towns) == NOT_SURVEYED
    assert all(rows.filter(organisation__name=name).count() == 7 for name in NOT_SURVEYED)
    assert set(rows.values_list("organisation__parent__name", flat=True)) == {"石川県"}


def test_a_percentage_of_nothing_has_no_value(loaded, db):
    common = DxValue.objects.filter(indicator__code="common_32_online_pct")
    assert not common.filter(organisation__name__in=["草津町", "天川村"]).exists()
    assert common.filter(organisation__municipality__code="011002").get().value == 58


def test_a_renamed_town_keeps_its_organisation(loaded, db, folder):
    before = Municipality.objects.get(code="043222").organisation_id
    spoil(folder / "municipalities.csv", "043222,04,村田町", "043222,04,新村田町")
    load_master(folder=folder)
    town = Municipality.objects.select_related("organisation").get(code="043222")
    assert (town.organisation_id, town.name, town.organisation.name) == (before, "新村田町", "新村田町")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("municipalities.csv", "043222,", "043223,", "検査数字"),
        ("municipalities.csv", "043222,04", "043222,05", "都道府県コード「05」"),
        ("municipalities.csv", "044245,", "043222,", "2回出てきます"),
        ("municipalities.csv", ",町,9816,", ",町,9.816人,", "「9.816人」を読み取れません"),
        ("dx_municipalities.csv", "043222,", "016951,", "一覧にありません"),
        ("dx_municipalities.csv", "043222,", "043249,", "2回出てきます"),
        ("dx_municipalities.csv", "043222,未実施", "043222,実施中", "「実施中」を読み取れません"),
    ],
)
def test_a_fault_is_named_with_its_place_and_nothing_is_written(db, folder, file, old, new, told):
    spoil(folder / file, old, new)
    before = Organisation.objects.count()
    with pytest.raises(MasterRefused) as refused:
        load_master(folder=folder)
    assert told in str(refused.value)
    assert file in str(refused.value)
    assert "行目" in str(refused.value)
    assert Organisation.objects.count() == before


def test_the_command_says_what_it_loaded(loaded, db, capsys):
    call_command("load_master")
    assert "市区町村：1,741件（登録0、更新0）" in capsys.readouterr().out


def test_the_command_fails_plainly_without_files(db, tmp_path):
    with pytest.raises(CommandError, match="ファイルがありません"):
        call_command("load_master", folder=tmp_path)
