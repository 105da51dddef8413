"""Pages of municipalities and prefectures: searching, indicators beside the share, files, who sees what."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.choices import IndicatorKind, IndicatorStatus, MunicipalityKind
from municipalities.forms import hiragana
from municipalities.models import DxIndicator, DxValue
from tests import factories as f
from tests.downloads import body_of, rows_in

pytestmark = pytest.mark.django_db
LIST = reverse("municipality_list")


@pytest.fixture
def secretariat(world, client_of):
    return client_of(world.actors["secretariat"])


@pytest.fixture
def places(world):
    """Four towns that a search must tell apart."""
    rows = [
        ("龍ケ崎市", "りゅうがさきし", MunicipalityKind.CITY, 74_000),
        ("美里町", "みさとまち", MunicipalityKind.TOWN, 22_000),
        ("大衡村", "おおひらむら", MunicipalityKind.VILLAGE, 5_000),
        ("青ヶ島村", "あおがしまむら", MunicipalityKind.VILLAGE, 160),
    ]
    for name, kana, kind, population in rows:
        f.MunicipalityFactory(
            prefecture=world.prefecture_a, name=name, kana=kana, kind=kind, population=population
        )
    return world


def names(response) -> list[str]:
    return [town.name for town in response.context["page"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "美里"}, {"美里町"}),
        ({"q": "ミサト"}, {"美里町"}),
        ({"q": "ﾐｻﾄ"}, {"美里町"}),
        ({"q": "みさ まち"}, {"美里町"}),
        ({"q": "龍ヶ崎"}, {"龍ケ崎市"}),
        ({"q": "青ケ島"}, {"青ヶ島村"}),
        ({"q": "みさと", "kind": "city"}, set()),
        ({"kind": "village"}, {"大衡村", "青ヶ島村"}),
        ({"population": "0-5k"}, {"青ヶ島村"}),
        ({"population": "5k-10k"}, {"大衡村"}),
        ({"population": "10k-30k", "q": "美里"}, {"美里町"}),
    ],
)
def test_filters(places, secretariat, query, found):
    assert set(names(secretariat.get(LIST, query))) == found


def test_code_is_searched_from_its_beginning(places, secretariat):
    code = places.town_a1.code
    assert places.town_a1.name in names(secretariat.get(LIST, {"q": code[:5]}))
    full_width = code.translate({ord(str(n)): 0xFF10 + n for n in range(10)})
    assert names(secretariat.get(LIST, {"q": full_width})) == [places.town_a1.name]
    assert names(secretariat.get(LIST, {"q": code[1:]})) == []


def test_prefecture_filter_and_nonsense(places, secretariat):
    assert names(secretariat.get(LIST, {"prefecture": places.prefecture_b.code})) == [places.town_b.name]
    for nonsense in ({"kind": "x"}, {"population": "x"}, {"page": "x"}, {"sort": "pk"}):
        assert len(names(secretariat.get(LIST, nonsense))) == 7


def test_sorting(places, secretariat):
    assert names(secretariat.get(LIST, {"sort": "-population"}))[0] == "龍ケ崎市"
    assert names(secretariat.get(LIST, {"sort": "population"}))[0] == "青ヶ島村"


def test_empty_result_offers_a_way_back(places, secretariat):
    page = secretariat.get(LIST, {"q": "無い町"}).content.decode()
    assert "条件に合う市区町村はありません。" in page
    assert "条件を消す" in page


def test_pager_shows_fifty(world, secretariat):
    for _ in range(50):
        f.MunicipalityFactory(prefecture=world.prefecture_a)
    assert len(names(secretariat.get(LIST))) == 50
    assert len(names(secretariat.get(LIST, {"page": 2}))) == 3


@pytest.mark.parametrize(
    ("text", "expected"), [("アイヴ", "あいゔ"), ("ｶﾞ", "が"), ("ヶ", "ヶ"), ("漢字 a", "漢字 a")]
)
def test_hiragana(text, expected):
    assert hiragana(text) == expected


@pytest.fixture
def indicators(world):
    """One indicator told by 実施 and one by percent, for three towns of A, one of them not surveyed."""
    day = dt.date(2024, 7, 12)
    common = {"category": "体制", "published_on": day, "source": "試験", "credit": "出典：試験の調査"}
    status = DxIndicator.objects.create(
        code="cio", label="CIOの任命", kind=IndicatorKind.STATUS, position=1, **common
    )
    percent = DxIndicator.objects.create(
        code="pct", label="保有状況", kind=IndicatorKind.PERCENT, unit="%", position=2, **common
    )
    third = f.MunicipalityFactory(prefecture=world.prefecture_a)
    towns = [world.town_a1, world.town_a2, third]
    states = [IndicatorStatus.DONE, IndicatorStatus.NOT_DONE, IndicatorStatus.NOT_SURVEYED]
    for town, state, value in zip(towns, states, [70, 75, None], strict=True):
        DxValue.objects.create(indicator=status, organisation=town.organisation, status=state)
        if value:
            DxValue.objects.create(indicator=percent, organisation=town.organisation, value=value)
    # A town elsewhere must not count.
    DxValue.objects.create(
        indicator=status, organisation=world.town_b.organisation, status=IndicatorStatus.DONE
    )
    return towns


def rows_of(client, town) -> dict[str, tuple]:
    table = client.get(reverse("municipality_detail", args=[town.code])).context["table"]
    return {row.indicator.code: (row.own, row.share_words, row.share.basis) for row in table.rows}


def test_unknown_is_not_counted_as_not_done(indicators, secretariat):
    surveyed, _, unknown = indicators
    basis = "2団体、調査無し1団体を除く"
    assert rows_of(secretariat, surveyed)["cio"] == ("実施", "実施 50.0%", basis)
    assert rows_of(secretariat, unknown)["cio"] == ("調査無し（不明）", "実施 50.0%", basis)


def test_percentages_have_a_mean_of_the_figures_there_are(indicators, secretariat):
    assert rows_of(secretariat, indicators[0])["pct"] == ("70%", "平均 72.5%", "2団体")
    assert rows_of(secretariat, indicators[2])["pct"] == ("値なし", "平均 72.5%", "2団体")


def test_source_date_and_credit_stand_on_the_page(indicators, secretariat):
    page = secretariat.get(reverse("municipality_detail", args=[indicators[0].code])).content.decode()
    assert "2024年7月12日" in page
    assert "出典：試験の調査" in page
    assert "全国地方公共団体コード" in page


def test_export_holds_the_filtered_rows_with_indicators(indicators, secretariat):
    town = indicators[2]
    response = secretariat.get(LIST, {"q": town.code, "export": "xlsx"})
    rows = rows_in(response)
    assert rows[0][:3] == ("団体コード", "都道府県", "名称")
    assert rows[0][-2:] == ("CIOの任命", "保有状況（%）")
    assert [row[0] for row in rows[1:]] == [town.code]
    assert rows[1][-2:] == ("調査無し", None)


def test_csv_has_a_mark_and_a_japanese_name(world, secretariat):
    response = secretariat.get(LIST, {"export": "csv"})
    body = body_of(response)
    assert body.startswith(b"\xef\xbb\xbf")
    assert "filename*=utf-8''" in response.headers["Content-Disposition"]
    assert len(body.decode("utf-8-sig").splitlines()) == 1 + 3


PAGES = {
    "municipality_list": lambda w: [],
    "municipality_detail": lambda w: [w.town_a1.code],
    "prefecture_list": lambda w: [],
    "prefecture_detail": lambda w: [w.prefecture_a.code],
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    "who", ["town_a1", "prefecture_a", "vendor_a", "secretariat", "expert", "ministry", "admin"]
)
def test_everyone_with_a_role_reads_master_data(world, client_of, name, who):
    address = reverse(name, args=PAGES[name](world))
    assert client_of(world.actors[who]).get(address).status_code == 200
    assert body_of(client_of(world.actors[who]).get(address, {"export": "csv"}))


@pytest.mark.parametrize("name", ["municipality_detail", "prefecture_detail"])
def test_a_town_of_another_prefecture_gets_404(world, client_of, name):
    address = reverse(name, args=PAGES[name](world))
    assert client_of(world.actors["town_b"]).get(address).status_code == 404


def test_a_town_lists_its_own_prefecture_only(world, client_of):
    client = client_of(world.actors["town_b"])
    assert names(client.get(LIST)) == [world.town_b.name]
    assert world.town_a1.name not in body_of(client.get(LIST, {"export": "csv"})).decode()
    assert names(client.get(reverse("prefecture_list"))) == [world.prefecture_b.name]


@pytest.mark.parametrize("name", PAGES)
def test_anonymous_is_asked_to_sign_in(world, client, name):
    response = client.get(reverse(name, args=PAGES[name](world)))
    assert response.status_code == 302
    assert "/accounts/login/" in response.headers["Location"]


@pytest.mark.parametrize("name", PAGES)
def test_queries_do_not_grow_with_rows(world, secretariat, name):
    address = reverse(name, args=PAGES[name](world))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            secretariat.get(address)
        return len(captured)

    queries()
    few = queries()
    for _ in range(20):
        f.MunicipalityFactory(prefecture=world.prefecture_a)
        f.PrefectureFactory()
    assert queries() == few
