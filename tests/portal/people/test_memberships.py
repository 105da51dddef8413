"""Memberships are dated, one acts, they are switched by POST, and what ends, ends at once (TEN-09)."""

import datetime as dt

import pytest
from django.urls import reverse

from portal.choices import Duty, JobState
from portal.errors import PortalError
from portal.files import store
from portal.models import AuditEntry, ImportRun, Membership
from portal.people.upkeep import change_organisation, end_membership, keep_membership, set_account_active
from portal.services.memberships import active_memberships
from programs.models import Consortium
from tests import factories as f
from tests.conftest import actor_for

YESTERDAY = dt.date(2025, 9, 15)


@pytest.fixture
def three(world):
    """A person with three memberships, one of them expired."""
    user = f.UserFactory(name="兼務 三郎")
    rows = [
        f.MembershipFactory(user=user, organisation=world.town_a1.organisation),
        f.MembershipFactory(user=user, organisation=world.prefecture_a.organisation),
        f.MembershipFactory(user=user, organisation=world.town_b.organisation, valid_until=YESTERDAY),
    ]
    return user, rows


def test_three_memberships_one_expired_act_as_exactly_two(three, client):
    user, (town, prefecture, expired) = three
    client.force_login(user)
    acted = set()
    for row in (town, prefecture, expired):
        answer = client.post(reverse("membership_switch"), {"membership": row.pk})
        if answer.status_code == 302:
            acted.add(client.get("/").wsgi_request.actor.membership)
        else:
            assert answer.status_code == 404
    assert acted == {town, prefecture}
    assert set(active_memberships(user)) == {town, prefecture}
    page = client.get("/").content.decode()
    assert town.organisation.full_name in page
    assert expired.organisation.full_name not in page


def test_an_address_switches_nothing(three, client):
    user, (town, prefecture, _expired) = three
    client.force_login(user)
    client.post(reverse("membership_switch"), {"membership": town.pk})
    assert client.get(f"{reverse('membership_switch')}?membership={prefecture.pk}").status_code == 405
    client.get(f"/?membership={prefecture.pk}&membership_id={prefecture.pk}")
    assert client.get("/").wsgi_request.actor.membership == town


def test_home_counts_what_waits_elsewhere(three, world, client, django_assert_num_queries):
    user, (town, prefecture, _expired) = three
    round_ = f.RoundFactory(program=world.program)
    f.RoundTargetFactory(round=round_, organisation=town.organisation)
    client.force_login(user)
    client.post(reverse("membership_switch"), {"membership": prefecture.pk})
    answer = client.get("/")
    [elsewhere] = answer.context["elsewhere"]
    assert (elsewhere.membership, elsewhere.count) == (town, 1)
    client.post(reverse("membership_switch"), {"membership": town.pk})
    own = client.get("/").context
    assert own["count"] == 1
    assert [item.membership for item in own["elsewhere"]] == [prefecture]


def test_the_count_elsewhere_is_the_count_there(world, client):
    """What home says of another membership is what that membership's own home says."""
    round_ = f.RoundFactory(program=world.program)
    for town in (world.town_a1, world.town_a2):
        f.RoundTargetFactory(round=round_, organisation=town.organisation)
    f.RoundTargetFactory(round=round_, organisation=world.prefecture_a.organisation)
    f.ProgressReportFactory(round=round_, organisation=world.town_a2.organisation, state="submitted")
    user = f.UserFactory()
    organisations = [
        world.actors[name].organisation for name in ("town_a1", "prefecture_a", "secretariat", "admin")
    ]
    rows = [f.MembershipFactory(user=user, organisation=one) for one in organisations]
    client.force_login(user)
    there, told = {}, {}
    for row in rows:
        client.post(reverse("membership_switch"), {"membership": row.pk})
        context = client.get("/").context
        there[row] = context["count"]
        told |= {item.membership: item.count for item in context["elsewhere"]}
    assert told == there
    assert there[rows[0]]
    assert there[rows[1]]


def _pdf(actor):
    stored = store(
        b"a", name="a.csv", content_type="text/csv", organisation=actor.organisation, by=actor.user
    )
    return ImportRun.objects.create(
        kind="municipalities", stored_file=stored, organisation=actor.organisation, requested_by=actor.user,
        membership=actor.membership, created_at="2025-09-16T00:00:00+09:00",
    )  # fmt: skip


def _end(world, actor):
    keeper = actor_for(actor.organisation)
    end_membership(membership=actor.membership, last_day=YESTERDAY, knowing=False, actor=keeper)


def _stop(world, actor):
    other = actor_for(actor.organisation)
    set_account_active(person=actor.user, active=False, actor=other)


@pytest.mark.parametrize(("take", "status"), [(_end, 403), (_stop, 302)])
def test_a_right_taken_away_ends_with_the_next_request(world, client_of, take, status):
    """TEN-09: page and running download link are dead at once."""
    actor = world.actors["admin"]
    client, run = client_of(actor), _pdf(actor)
    link = reverse("import_file", args=[run.pk])
    first = client.get(link)
    assert (first.status_code, b"".join(first)) == (200, b"a")
    take(world, actor)
    assert client.get("/").status_code == status
    assert client.get(link).status_code == status


def test_the_end_of_a_contract_ends_the_vendors_rights(world, client_of):
    """TEN-09: the session stays, the region is gone."""
    client = client_of(world.actors["vendor_a"])
    page = reverse("region_detail", args=[world.program.slug, world.prefecture_a.code])
    assert client.get(page).status_code == 200
    assert world.town_a1.organisation.name in client.get(reverse("contact_list")).content.decode()
    Consortium.objects.filter(region=world.region_a).update(contract_to=YESTERDAY)
    assert client.get(page).status_code == 404
    assert world.town_a1.organisation.name not in client.get(reverse("contact_list")).content.decode()


def test_nobody_is_left_without_a_word(world):
    membership, actor = world.actors["town_a1"].membership, world.actors["prefecture_a"]
    with pytest.raises(PortalError, match="担当者がいなくなります"):
        end_membership(membership=membership, last_day=YESTERDAY, knowing=False, actor=actor)
    row = end_membership(membership=membership, last_day=YESTERDAY, knowing=True, actor=actor)
    assert row.valid_until == YESTERDAY
    assert Membership.objects.filter(pk=membership.pk).exists()
    entry = AuditEntry.objects.get(code="membership.ended")
    assert (entry.concerns, entry.after["valid_until"]) == (membership.organisation, "2025-09-15")


def test_with_a_colleague_no_word_is_needed(world):
    f.MembershipFactory(organisation=world.town_a1.organisation)
    membership, actor = world.actors["town_a1"].membership, world.actors["prefecture_a"]
    assert end_membership(membership=membership, last_day=YESTERDAY, knowing=False, actor=actor)


def test_an_end_can_be_undone_until_it_comes(world, on):
    f.MembershipFactory(organisation=world.town_a1.organisation)
    membership, actor = world.actors["town_a1"].membership, world.actors["prefecture_a"]
    end_membership(membership=membership, last_day=dt.date(2025, 9, 30), knowing=False, actor=actor)
    assert keep_membership(membership=membership, actor=actor).valid_until is None
    end_membership(membership=membership, last_day=dt.date(2025, 9, 30), knowing=False, actor=actor)
    on("2025-10-01")
    with pytest.raises(PortalError, match="取り消せません"):
        keep_membership(membership=membership, actor=actor)


def test_nobody_ends_their_own(world):
    actor = world.actors["prefecture_a"]
    f.MembershipFactory(organisation=actor.organisation)
    with pytest.raises(PortalError, match="自分の所属"):
        end_membership(membership=actor.membership, last_day=YESTERDAY, knowing=True, actor=actor)


def test_a_town_turns_sign_off_on_only_with_a_decider(world):
    town, actor = world.town_a1.organisation, world.actors["town_a1"]
    with pytest.raises(PortalError, match="決裁者が登録されていない"):
        change_organisation(organisation=town, values={"sign_off_required": True}, actor=actor)
    f.MembershipFactory(organisation=town, duty=Duty.APPROVER)
    assert change_organisation(
        organisation=town, values={"sign_off_required": True}, actor=actor
    ).sign_off_required
    row = change_organisation(
        organisation=town, values={"sign_off_required": False}, actor=world.actors["prefecture_a"]
    )
    assert not row.sign_off_required
    assert AuditEntry.objects.filter(code="organisation.changed").count() == 2


def test_the_settings_page_asks_only_towns_for_the_sign_off(world, client_of):
    client = client_of(world.actors["prefecture_a"])
    own = reverse("organisation_edit", args=[world.prefecture_a.organisation.pk])
    town = reverse("organisation_edit", args=[world.town_a1.organisation.pk])
    assert "庁内の決裁者の決裁を求めますか" not in client.get(own).content.decode()
    assert "庁内の決裁者の決裁を求めますか" in client.get(town).content.decode()
    client.post(own, {"phone": "０７８－３４１－７７１１", "notification_address": "dx@example.jp"})
    world.prefecture_a.organisation.refresh_from_db()
    assert world.prefecture_a.organisation.phone == "078-341-7711"


def test_a_stopped_account_is_told_apart_and_can_be_resumed(world, client_of):
    client = client_of(world.actors["admin"])
    person = world.actors["town_a1"].user
    client.post(reverse("person_stop", args=[person.pk]))
    assert "停止中" in client.get(reverse("person_detail", args=[person.pk])).content.decode()
    client.post(reverse("person_resume", args=[person.pk]))
    person.refresh_from_db()
    assert person.is_active
    assert JobState.QUEUED
