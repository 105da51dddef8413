"""The two gates on the ground: which rows exist for whom, and which acts are allowed."""

import datetime as dt

import pytest

from assessments.models import ProgressReport, RoundTarget
from portal.permissions import RULES, Action, PermissionRefused, allows, check
from programs.models import Region
from reports.models import Report
from tests import factories as f


def _readers(world, model):
    return {name for name, actor in world.actors.items() if model.objects.for_user(actor).exists()}


def test_every_action_stands_in_the_table():
    assert set(RULES) == set(Action)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("town_a1", "a"),
        ("town_b", "b"),
        ("prefecture_a", "a"),
        ("prefecture_b", "b"),
        ("vendor_a", "a"),
        ("vendor_b", "b"),
        ("secretariat", "ab"),
        ("ministry", "ab"),
        ("expert", ""),
        ("admin", ""),
    ],
)
def test_regions_by_role(world, name, seen):
    regions = {"a": world.region_a.pk, "b": world.region_b.pk}
    visible = set(Region.objects.for_user(world.actors[name]).values_list("pk", flat=True))
    assert visible == {regions[letter] for letter in seen}


def test_nobody_sees_nothing(world):
    assert not Region.objects.for_user(None).exists()
    assert not allows(None, Action.VIEW_REGION)


def test_vendor_loses_its_region_the_day_after_the_contract(world, settings):
    settings.PORTAL_TODAY = "2026-03-13"
    assert Region.objects.for_user(world.actors["vendor_a"]).exists()
    settings.PORTAL_TODAY = "2026-03-14"
    assert not Region.objects.for_user(world.actors["vendor_a"]).exists()


def test_drafts_are_the_authors_only(world):
    round_ = f.RoundFactory(program=world.program)
    town = world.town_a1.organisation
    f.RoundTargetFactory(round=round_, organisation=town)
    draft = f.ProgressReportFactory(round=round_, organisation=town)
    assert _readers(world, ProgressReport) == {"town_a1", "approver_a1"}
    ProgressReport.objects.filter(pk=draft.pk).update(state="submitted")
    assert _readers(world, ProgressReport) == {
        "town_a1",
        "approver_a1",
        "prefecture_a",
        "reader_a",
        "vendor_a",
        "secretariat",
        "ministry",
    }


def test_targets_of_a_vendor_are_those_of_its_contract_in_that_year(world):
    other = f.ProgramFactory(slug="other", fiscal_year=2024)
    town = world.town_a1.organisation
    now = f.RoundTargetFactory(round=f.RoundFactory(program=world.program), organisation=town)
    f.RoundTargetFactory(round=f.RoundFactory(program=other), organisation=town)
    assert list(RoundTarget.objects.for_user(world.actors["vendor_a"])) == [now]


def test_reports_are_not_for_towns(world):
    f.ReportFactory(region=world.region_a)
    assert _readers(world, Report) == {"prefecture_a", "reader_a", "secretariat"}


def test_refusal_names_the_act_and_who_may(world):
    with pytest.raises(PermissionRefused, match=r"「報告書のPDFを作成する」.*管轄の都道府県"):
        check(world.actors["vendor_a"], Action.RENDER_REPORT, world.region_a)


def test_expired_membership_is_not_active(world):
    from portal.services.memberships import active_memberships

    user = f.UserFactory()
    kept = f.MembershipFactory(user=user, valid_until=dt.date(2025, 9, 16))
    f.MembershipFactory(user=user, valid_until=dt.date(2025, 9, 15))
    f.MembershipFactory(user=user, valid_from=dt.date(2025, 9, 17))
    assert list(active_memberships(user)) == [kept]


def test_a_person_without_membership_is_told_whom_to_ask(db, client):
    client.force_login(f.UserFactory())
    answer = client.get("/")
    assert answer.status_code == 403
    assert "所属がありません" in answer.content.decode()
    assert client.get("/accounts/logout/").status_code == 200
