"""Methods, forged forms and memberships: what a request must bring along to be heard at all."""

import datetime as dt

import pytest
from django.urls import reverse

from portal import clock
from portal.models import Membership
from tests import factories as f
from tests.permissions.fingerprints import fingerprint
from tests.permissions.scene import Scene
from tests.permissions.table import address, posted, rows

CHANGING = [
    (key, persona)
    for key, method, cells in rows()
    if method == "POST" and not key.startswith("account_")
    for persona, cell in cells.items()
    if cell == "go"
]


@pytest.mark.parametrize(("key", "persona"), CHANGING)
def test_a_post_without_the_token_changes_nothing_and_says_so(scene: Scene, untouched, key, persona):
    client = scene.client(persona, enforce_csrf_checks=True)
    response = client.post(address(key, scene), posted(key, scene))
    assert response.status_code == 403
    assert '<html lang="ja"' in response.content.decode()
    assert "CSRF" not in response.content.decode()
    assert fingerprint() == untouched


@pytest.mark.parametrize(("key", "persona"), CHANGING)
def test_no_other_method_changes_anything(scene: Scene, untouched, key, persona):
    client = scene.client(persona)
    for method in ("get", "head", "options", "put", "patch", "delete"):
        getattr(client, method)(address(key, scene))
    assert fingerprint() == untouched


def test_a_refusal_is_a_page_in_japanese_with_the_reason(scene: Scene):
    response = scene.client("town_a1").get(address("report_list", scene))
    assert response.status_code == 403
    assert "「報告書を見る」ことができるのは" in response.content.decode()


def test_what_is_not_there_and_what_is_somebody_elses_look_the_same(scene: Scene):
    client = scene.client("town_b")
    foreign = client.get(reverse("progress_detail", args=[scene.a.submitted.pk]))
    absent = client.get(reverse("progress_detail", args=[999_999_999]))
    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content


@pytest.fixture
def two_hats(scene: Scene) -> tuple[Membership, Membership]:
    """A person who acts for town A1 and for prefecture B."""
    user = f.UserFactory()
    town = f.MembershipFactory(user=user, organisation=scene.world.town_a1.organisation)
    return town, f.MembershipFactory(user=user, organisation=scene.b.prefecture.organisation)


def _as(client, membership: Membership):
    return client.post(reverse("membership_switch"), {"membership": membership.pk})


def test_one_acts_by_the_membership_chosen_and_by_no_other(scene: Scene, two_hats, client):
    town, prefecture = two_hats
    client.force_login(town.user)
    mine = reverse("progress_detail", args=[scene.a.submitted.pk])
    theirs = reverse("progress_detail", args=[scene.b.submitted.pk])
    assert _as(client, town).status_code == 302
    assert [client.get(page).status_code for page in (mine, theirs)] == [200, 404]
    assert _as(client, prefecture).status_code == 302
    assert [client.get(page).status_code for page in (mine, theirs)] == [404, 200]


def test_somebody_elses_membership_cannot_be_chosen(scene: Scene, client):
    own = scene.world.actors["town_a1"]
    client.force_login(own.user)
    assert _as(client, scene.world.actors["prefecture_b"].membership).status_code == 404
    assert client.get(reverse("report_list")).status_code == 403


@pytest.mark.parametrize("written", ["", "x", "999999999", "1 OR 1=1"])
def test_a_membership_that_is_none_cannot_be_chosen(scene: Scene, client, written):
    client.force_login(scene.world.actors["town_a1"].user)
    assert client.post(reverse("membership_switch"), {"membership": written}).status_code == 404


@pytest.mark.parametrize("days", [-1, 1])
def test_a_membership_out_of_force_cannot_be_chosen(scene: Scene, two_hats, client, days):
    town, prefecture = two_hats
    client.force_login(town.user)
    day = clock.today() + dt.timedelta(days=days)
    other = {"valid_until": day} if days < 0 else {"valid_from": day}
    Membership.objects.filter(pk=prefecture.pk).update(**other)
    assert _as(client, prefecture).status_code == 404


def test_a_membership_that_ends_during_a_session_ends_at_once(scene: Scene):
    client = scene.client("town_a1")
    page = reverse("progress_detail", args=[scene.a.submitted.pk])
    assert client.get(page).status_code == 200
    own = scene.world.actors["town_a1"].membership
    Membership.objects.filter(pk=own.pk).update(valid_until=clock.today() - dt.timedelta(days=1))
    assert client.get(page).status_code == 403
    untouched = fingerprint()
    data = {"issues": "遅れて届いた文", "version": 1, "seen": "", "act": "next"}
    section = reverse("progress_section", args=[scene.a.round.pk, "issues"])
    assert client.post(section, data).status_code == 403
    assert fingerprint() == untouched


def test_a_person_who_is_disabled_during_a_session_is_signed_out_at_once(scene: Scene):
    client = scene.client("town_a1")
    user = scene.world.actors["town_a1"].user
    assert client.get(reverse("home")).status_code == 200
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    response = client.get(reverse("home"))
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/"


def test_a_vendor_loses_its_pages_the_day_after_the_contract(scene: Scene, settings):
    client = scene.client("vendor_a")
    page = reverse("progress_detail", args=[scene.a.submitted.pk])
    assert client.get(page).status_code == 200
    settings.PORTAL_TODAY = "2026-03-14"
    assert client.get(page).status_code == 404
