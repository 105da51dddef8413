"""Pages of programs and regions: what stands on them, who sees them, and what their files hold."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.calls.services import import_application
from programs.core.choices import RegionStatus
from programs.core.views.regions import region_tabs
from programs.models import LiaisonAssignment, Posting, PostingSlot, PromotionBody, RegionTopic
from programs.staffing.choices import HalfDay, PostingMode
from tests import factories as f
from tests.downloads import body_of, rows_in
from tests.programs.application_files import application, write

pytestmark = pytest.mark.django_db
REGION_PAGES = ["region_detail", "application_detail", "posting_list"]


def address(world, name, region="a") -> str:
    row = world.region_a if region == "a" else world.region_b
    args = {"program_list": [], "program_detail": [world.program.slug]}
    return reverse(name, args=args.get(name, [world.program.slug, row.prefecture.code]))


@pytest.fixture
def secretariat(world, client_of):
    return client_of(world.actors["secretariat"])


def text(client, url, **query) -> str:
    return body_of(client.get(url, query)).decode()


def post(region, *slots, **posting) -> Posting:
    row = f.PostingFactory(region=region, **posting)
    for weekday, half in slots:
        PostingSlot.objects.create(posting=row, weekday=weekday, half=half)
    return row


@pytest.fixture
def full_region(world, tmp_path):
    """Region A with something on every page."""
    region = world.region_a
    names = [world.town_a1.name, world.town_a2.name]
    content = application(world.prefecture_a.name, names)
    import_application(path=write(tmp_path / "a.yaml", content), program=world.program)
    plan = f.SupportPlanFactory(
        partnership=region.partnerships.get(organisation=world.town_a1.organisation),
        support="避難所の受付を支える。",
        onsite_days="1.5",
        vendor=region.consortium.members.get().vendor,
    )
    RegionTopic.objects.create(
        region=region, number=1, challenge_title="人手不足", activity_title="研修", vision_title="自走"
    )
    LiaisonAssignment.objects.create(
        organisation=world.town_a1.organisation,
        person=f.UserFactory(name="連絡 太郎"),
        field="administration",
        valid_from=dt.date(2025, 4, 1),
    )
    LiaisonAssignment.objects.create(
        organisation=world.town_a2.organisation,
        person=f.UserFactory(name="退任 花子"),
        field="community",
        valid_from=dt.date(2024, 4, 1),
        valid_until=dt.date(2025, 3, 31),
    )
    post(
        region,
        (0, HalfDay.MORNING),
        (1, HalfDay.MORNING),
        (1, HalfDay.AFTERNOON),
        host=plan.partnership.organisation,
    )
    return region


# --- who ---------------------------------------------------------------------
@pytest.mark.parametrize("name", ["program_list", "program_detail", *REGION_PAGES])
@pytest.mark.parametrize("export", ["", "csv"])
@pytest.mark.parametrize(
    ("who", "in_a"),
    [
        ("town_a1", 200),
        ("town_b", 404),
        ("prefecture_a", 200),
        ("prefecture_b", 404),
        ("vendor_a", 200),
        ("vendor_b", 404),
        ("secretariat", 200),
        ("ministry", 200),
        ("expert", 404),
    ],
)
def test_regions_are_404_for_strangers(world, client_of, name, export, who, in_a):
    expected = in_a if name in REGION_PAGES else 200
    response = client_of(world.actors[who]).get(address(world, name), {"export": export})
    assert body_of(response)
    assert response.status_code == expected


@pytest.mark.parametrize("name", ["program_detail", *REGION_PAGES])
def test_the_administrator_has_no_business_here(world, client_of, name):
    client = client_of(world.actors["admin"])
    assert client.get(address(world, name)).status_code == 404
    assert client.get(address(world, "program_list")).status_code == 403


@pytest.mark.parametrize("name", ["program_list", "program_detail", *REGION_PAGES])
def test_anonymous_is_asked_to_sign_in_and_posts_are_refused(world, client, secretariat, name):
    assert client.get(address(world, name)).status_code == 302
    assert secretariat.post(address(world, name)).status_code == 405


def test_lists_hold_the_own_region_only(world, client_of):
    client = client_of(world.actors["prefecture_b"])
    for query in ({}, {"export": "csv"}):
        page = text(client, address(world, "program_detail"), **query)
        assert world.prefecture_b.name in page
        assert world.prefecture_a.name not in page
    [program] = client.get(address(world, "program_list")).context["page"]
    assert (program.regions_seen, program.regions_adopted) == (1, 1)


def test_vendor_loses_the_pages_after_the_contract(world, client_of, settings):
    settings.PORTAL_TODAY = "2026-03-14"
    client = client_of(world.actors["vendor_a"])
    assert client.get(address(world, "region_detail")).status_code == 404


# --- what --------------------------------------------------------------------
def test_adopted_regions_stand_first(world, secretariat):
    world.region_a.status = RegionStatus.CANDIDATE
    world.region_a.save()
    declined = f.RegionFactory(program=world.program, status=RegionStatus.DECLINED)
    rows = secretariat.get(address(world, "program_detail")).context["regions"]
    assert [row["region"] for row in rows] == [world.region_b, world.region_a, declined]
    assert rows[0]["partners"] == [world.town_b.name]
    assert rows[0]["lead"] == world.actors["vendor_b"].organisation.name


def test_region_page(full_region, world, secretariat):
    page = text(secretariat, address(world, "region_detail"))
    for words in (
        "人手不足",
        "研修",
        "自走",
        "避難所の受付を支える。",
        "1.5",
        "推進協議会",
        "代表機関",
        "連絡 太郎",
    ):
        assert words in page
    assert "退任 花子" not in page


def test_a_town_is_told_its_own_liaison_only(full_region, world, client_of):
    assert "連絡 太郎" in text(client_of(world.actors["town_a1"]), address(world, "region_detail"))
    assert "連絡 太郎" not in text(client_of(world.actors["town_a2"]), address(world, "region_detail"))


def test_partners_as_a_file(full_region, world, secretariat):
    response = secretariat.get(address(world, "region_detail"), {"export": "xlsx"})
    rows = rows_in(response)
    assert rows[0][:3] == ("団体コード", "連携市町村", "取組分野")
    assert [row[1] for row in rows[1:]] == [world.town_a1.name, world.town_a2.name]
    assert rows[1][5] == 1.5


def test_application_page_has_six_sections_by_organisation(full_region, world, secretariat):
    response = secretariat.get(address(world, "application_detail"))
    sections = response.context["sections"]
    titles = ["課題", "求める伴走支援", "役割分担", "受入体制・常駐の希望", "支援後の展開", "目標・指標"]
    assert [section.title for section in sections] == titles
    assert [section.count for section in sections] == [2, 1, 2, 2, 1, 1]
    assert [group.label for group in sections[0].groups] == [world.prefecture_a.name, world.town_a1.name]
    page = response.content.decode()
    assert all(f'href="#{section.anchor}"' in page for section in sections)
    for words in ("全体を進める。", "調整する。", "3町村", "1～2人", "1～2.5日", "担当課：DX課", "令和8年度"):
        assert words in page


def test_application_file_holds_every_line(full_region, world, secretariat):
    response = secretariat.get(address(world, "application_detail"), {"export": "xlsx"})
    rows = rows_in(response)
    assert len(rows) == 1 + 9
    assert rows[1][-1] == "職員が足りない。\n二行目。"
    roles = next(row for row in rows if row[0] == "役割分担")
    assert roles[-1] == "全体を進める。\n調整する。"
    wish = next(row for row in rows if row[0] == "常駐の希望")
    assert wish[8:13] == (1, 2, 1, 2.5, "現地")


def test_without_an_application_the_page_says_so(world, secretariat):
    page = text(secretariat, address(world, "application_detail"), export="csv")
    assert "希望する伴走支援は、まだ取り込まれていません。" in page


def test_text_of_an_application_is_never_markup(world, secretariat, tmp_path):
    content = application(world.prefecture_a.name, [world.town_a1.name])
    content["application"]["challenges"][0]["text"] = "<script>alert(1)</script>"
    import_application(path=write(tmp_path / "a.yaml", content), program=world.program)
    page = text(secretariat, address(world, "application_detail"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_postings_in_words(full_region, world, secretariat):
    response = secretariat.get(address(world, "posting_list"))
    [row] = response.context["postings"]
    assert row["slots"] == "月 午前、火 終日"
    assert response.context["gaps"] == []
    assert "予定のない期間はありません。" in response.content.decode()


def test_gaps_name_first_and_last_working_day(world, secretariat):
    post(world.region_a, (0, HalfDay.MORNING), starts_on=dt.date(2025, 6, 9), ends_on=dt.date(2026, 3, 8))
    gaps = secretariat.get(address(world, "posting_list")).context["gaps"]
    assert gaps[0] == "2025年6月2日（月）から2025年6月6日（金）まで"
    assert "2025年7月22日（火）から2025年7月25日（金）まで" in gaps  # 海の日 on the only planned day


def test_a_candidate_is_not_asked_for_coverage(world, secretariat):
    world.region_a.status = RegionStatus.CANDIDATE
    world.region_a.save()
    page = text(secretariat, address(world, "posting_list"))
    assert "採択された支援地域について確かめます。" in page


def test_conflicts_do_not_name_hosts_of_other_regions_to_strangers(world, client_of):
    person = f.ResidentFactory()
    slot = (2, HalfDay.MORNING)
    post(world.region_a, slot, resident=person)
    post(world.region_b, slot, resident=person, host=world.town_b.organisation, mode=PostingMode.ONLINE)
    url = address(world, "posting_list")
    assert world.town_b.name in text(client_of(world.actors["secretariat"]), url)
    stranger = text(client_of(world.actors["prefecture_a"]), url)
    assert "他の支援地域の団体" in stranger
    assert world.town_b.name not in stranger
    assert world.town_b.name not in text(client_of(world.actors["prefecture_a"]), url, export="csv")


def test_tabs_are_those_the_actor_may_open(world):
    labels = [tab["label"] for tab in region_tabs(world.actors["town_a1"], world.region_a, "posting_list")]
    assert labels[:3] == ["概要", "希望する伴走支援", "常駐配置"]
    assert "報告書" not in labels


def test_sample_programs_are_marked(world, secretariat):
    world.program.is_sample = True
    world.program.save()
    for name in ["program_list", "program_detail", *REGION_PAGES]:
        assert "見本データ（値は架空）" in text(secretariat, address(world, name))


@pytest.mark.parametrize("name", ["program_list", "program_detail", *REGION_PAGES])
@pytest.mark.parametrize("who", ["secretariat", "town_a1", "vendor_a"])
def test_queries_do_not_grow_with_rows(full_region, world, client_of, name, who):
    client = client_of(world.actors[who])

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(world, name)).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for n in range(10):
        partnership = f.PartnershipFactory(region=full_region)
        f.SupportPlanFactory(partnership=partnership, vendor=f.VendorFactory(), issues="課題")
        f.ConsortiumMemberFactory(consortium=full_region.consortium, is_lead=False)
        post(full_region, (n % 5, HalfDay.MORNING))
        PromotionBody.objects.create(region=full_region, name=f"会議{n}")
        RegionTopic.objects.create(region=full_region, number=n + 10, challenge_title="課題")
        other = f.RegionFactory(program=world.program)
        f.ConsortiumMemberFactory(consortium=f.ConsortiumFactory(region=other))
        f.PartnershipFactory(region=other)
        f.ProgramFactory()
    assert queries() == few
