"""AUT-06: without the factor that an organisation demands, only the way to it is open; no view body runs."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from django.urls import reverse

from portal.actor import Actor
from portal.choices import OrganisationKind
from portal.models import FactorReset
from portal.permissions import Action, PermissionRefused, allows, check
from portal.services.memberships import current_actor
from portal.signin.policy import unknown_kinds
from tests import factories as f
from tests.permissions.table import address, name_of, posted, rows
from tests.portal.signin.people import (
    PASSWORD,
    confirm,
    enrol,
    membership_of,
    person,
    post_sign_in,
    recovery_codes,
    signed_in,
    totp,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demanding")]
NEEDED = "/accounts/second-factor/"
#: The way to a factor, and the way out; and the pages that are open to everybody.
OPEN = ("mfa_", "usersessions_", "account_", "membership_switch", "signin_kept")
OPEN += ("signin_settings", "signin_factor_needed", "signin_totp_qr", "signin_ping", "signin_status")
PUBLIC = {"help", "accessibility", "credits", "invitation_open", "invitation_done", "invitation_finish"}


def gated() -> list[tuple[str, str]]:
    """Every address of the portal but the open ones, with its method."""
    return sorted(
        {
            (key, method)
            for key, method, _cells in rows()
            if not name_of(key).startswith(OPEN) and name_of(key) not in PUBLIC
        }
    )


def test_every_page_leads_to_the_explanation(scene, untouched) -> None:
    from tests.permissions.fingerprints import fingerprint

    client = scene.client("prefecture_a")
    wrong = []
    for key, method in gated():
        body = posted(key, scene) if method == "POST" else {}
        answer = getattr(client, method.lower())(address(key, scene), body)
        if answer.status_code != 302 or answer["Location"] != NEEDED:
            wrong.append((key, method, answer.status_code))
    assert wrong == []
    assert len(gated()) > 60
    assert fingerprint() == untouched


def test_the_address_and_the_page_of_an_address_change_are_closed_too(scene) -> None:
    client = scene.client("prefecture_a")
    assert client.get(reverse("account_email"))["Location"] == NEEDED
    page = client.get(NEEDED).content.decode()
    assert "二段階認証の登録が必要です" in page
    assert "認証アプリを登録する" in page


def test_a_town_is_not_asked(scene) -> None:
    assert scene.client("town_a1").get("/").status_code == 200


@pytest.mark.parametrize(
    "kind", ["prefecture", "secretariat", "vendor", "expert_panel", "ministry", "operator"]
)
def test_each_kind_that_demands_lets_in_with_a_factor(kind: str) -> None:
    user = person(kind)
    client = signed_in(user)
    assert client.get("/")["Location"] == NEEDED
    enrol(client)
    assert client.get("/").status_code == 200


def test_half_a_sign_in_is_none() -> None:
    user = person()
    enrol(signed_in(user))
    client = Client()
    answer = post_sign_in(client, user.email)
    assert answer["Location"] == reverse("mfa_authenticate")
    for url in ("/", NEEDED, reverse("mfa_index"), reverse("signin_settings"), reverse("usersessions_list")):
        assert client.get(url)["Location"].startswith("/accounts/login/"), url


def test_the_code_opens_the_door() -> None:
    user = person()
    secret = enrol(signed_in(user))
    client = Client()
    post_sign_in(client, user.email)
    answer = client.post(reverse("mfa_authenticate"), {"code": f" {totp(secret)[:3]} {totp(secret)[3:]} "})
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_new_password_from_the_link_does_not_get_round_the_factor() -> None:
    user = person()
    enrol(signed_in(user))
    new = "夕方の港で犬が三匹あくびした"
    user.set_password(new)
    user.save()
    client = Client()
    assert post_sign_in(client, user.email, new)["Location"] == reverse("mfa_authenticate")
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_recovery_codes_alone_are_no_factor() -> None:
    user = person()
    client = signed_in(user)
    enrol(client)
    assert len(recovery_codes(client)) == 10
    user.authenticator_set.filter(type="totp").delete()
    assert client.get("/")["Location"] == NEEDED


def test_a_session_that_never_showed_the_factor_is_asked_for_it() -> None:
    user = person()
    secret = enrol(signed_in(user))
    client = Client()
    client.force_login(user)  # as a session opened before the policy came
    assert client.get("/")["Location"] == NEEDED
    assert "認証コードの確認が必要です" in client.get(NEEDED).content.decode()
    client.post(reverse("mfa_reauthenticate"), {"code": totp(secret), "next": "/"})
    assert client.get("/").status_code == 200


def two_memberships():
    """Somebody of a town, and of a prefecture that demands a factor."""
    user = person(OrganisationKind.MUNICIPALITY)
    town = membership_of(user)
    prefecture = f.MembershipFactory(
        user=user, organisation=f.OrganisationFactory(kind=OrganisationKind.PREFECTURE), duty="manager"
    )
    return user, town, prefecture


def switch(client: Client, membership) -> None:
    assert client.post(reverse("membership_switch"), {"membership": membership.pk}).status_code == 302


def test_switching_to_the_stricter_membership_demands_the_factor() -> None:
    user, town, prefecture = two_memberships()
    client = signed_in(user)
    switch(client, town)
    assert client.get("/").status_code == 200
    switch(client, prefecture)
    assert client.get("/")["Location"] == NEEDED
    assert client.get(reverse("report_list"))["Location"] == NEEDED
    switch(client, town)
    assert client.get("/").status_code == 200
    switch(client, prefecture)
    enrol(client)
    assert client.get(reverse("report_list")).status_code == 200


def test_a_suspended_form_is_not_carried_out_without_the_factor() -> None:
    """allauth calls the view past the middleware; the permission layer refuses there."""
    user, _town, prefecture = two_memberships()
    other = f.MembershipFactory(organisation=prefecture.organisation)
    client = signed_in(user)
    enrol(client)
    session = client.session
    session["account_authentication_methods"] = []  # asked long ago
    session["membership_id"] = prefecture.pk
    session.save()
    url = reverse("signin_reset_ask")
    asked = client.post(url, {"person": other.pk, "reason": "電話で確かめた"})
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    user.authenticator_set.all().delete()  # the factor is gone before the answer comes
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": url})
    assert answer.status_code == 403
    assert "二段階認証が必要です" in answer.content.decode()
    assert not FactorReset.objects.filter(user=other.user).exists()


def test_the_permission_layer_refuses_by_itself(rf) -> None:
    user = person(OrganisationKind.PREFECTURE)
    actor = current_actor(user, Client().session)
    assert actor.factor_missing
    assert not any(allows(actor, action) for action in Action)
    with pytest.raises(PermissionRefused, match="二段階認証が必要です"):
        check(actor, Action.VIEW_HOME)
    check(Actor(user=actor.user, membership=actor.membership), Action.VIEW_HOME)


def test_passkeys_are_offered_only_while_they_are_switched_on(settings) -> None:
    assert settings.MFA_PASSKEY_LOGIN_ENABLED
    options = Client().get(reverse("mfa_login_webauthn"), HTTP_ACCEPT="application/json").json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"


def test_a_slip_in_the_policy_is_found(settings) -> None:
    assert unknown_kinds() == []
    settings.MFA_REQUIRED_KINDS = ["prefectures"]
    assert unknown_kinds() == ["prefectures"]


def test_a_recent_answer_lasts_five_minutes(monkeypatch) -> None:
    client = signed_in(person())
    url = reverse("mfa_activate_totp")
    assert client.get(url)["Location"].startswith(reverse("account_reauthenticate"))
    confirm(client)
    assert client.get(url).status_code == 200
    later = time.time() + 301
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: later)
    assert client.get(url).status_code == 302
