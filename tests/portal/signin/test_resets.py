"""A lost factor: one in charge asks, another person decides; nobody does both, and nobody for themselves."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal import clock
from portal.actor import Actor
from portal.choices import FactorResetState, OrganisationKind
from portal.errors import MoveRefused
from portal.models import AuditEntry, FactorReset, OutboxMessage
from portal.outbox.delivery import deliver_due
from portal.permissions import PermissionRefused
from portal.signin import resets
from tests import factories as f
from tests.conftest import actor_for
from tests.portal.signin.people import confirm, enrol, is_in, person, post_sign_in, signed_in

pytestmark = pytest.mark.django_db


def actor(kind: str, parent=None, **membership) -> Actor:
    return actor_for(f.OrganisationFactory(kind=kind, parent=parent), **membership)


@pytest.fixture
def offices():
    """A prefecture's manager, a town's officer below it, and two administrators."""
    prefecture = actor(OrganisationKind.PREFECTURE, duty="manager")
    town = actor(OrganisationKind.MUNICIPALITY, parent=prefecture.organisation)
    operator = f.OrganisationFactory(kind=OrganisationKind.OPERATOR)
    return prefecture, town, actor_for(operator), actor_for(operator)


def ask(by: Actor, about: Actor) -> FactorReset:
    return resets.ask(actor=by, membership=about.membership, reason="端末を落とした。電話で確かめた。")


def test_two_people_reset_a_lost_factor(offices) -> None:
    prefecture, town, admin, _other = offices
    user = town.user
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client = signed_in(user)
    enrol(client)
    reset = ask(prefecture, town)
    mail.outbox.clear()
    resets.decide(actor=admin, reset=reset, confirm=True, note="役場の代表電話で確かめた。")
    assert not Authenticator.objects.filter(user=user).exists()
    assert not is_in(client)
    assert post_sign_in(client, user.email)["Location"] == "/"
    deliver_due()
    assert [message.to for message in mail.outbox] == [[user.email]]
    assert prefecture.user.name in mail.outbox[0].body
    assert "「サインインの設定」の「二段階認証」" in mail.outbox[0].body
    told = AuditEntry.objects.filter(code__startswith="signin.factor_reset").order_by("seq")
    assert [(entry.code, entry.user, entry.concerns) for entry in told] == [
        ("signin.factor_reset_asked", prefecture.user, town.organisation),
        ("signin.factor_reset_confirmed", admin.user, town.organisation),
    ]


def test_who_asked_does_not_decide(offices) -> None:
    _prefecture, _town, admin, other = offices
    secretariat = actor(OrganisationKind.SECRETARIAT)
    # Somebody who is both: of the secretariat, and an administrator.
    both = Actor(
        secretariat.user, f.MembershipFactory(user=secretariat.user, organisation=admin.organisation)
    )
    reset = ask(secretariat, other)
    with pytest.raises(PermissionRefused, match="依頼した本人"):
        resets.decide(actor=both, reset=reset, confirm=True)
    with pytest.raises(PermissionRefused, match="初期化される本人"):
        resets.decide(actor=other, reset=reset, confirm=True)
    reset.refresh_from_db()
    assert reset.state == FactorResetState.WAITING


def test_the_database_holds_the_two_people_apart(offices) -> None:
    prefecture, town, _admin, _other = offices
    reset = ask(prefecture, town)
    for field, who in (("decided_by", prefecture.user), ("decided_by", town.user), ("asked_by", town.user)):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.filter(pk=reset.pk).update(**{field: who})


def test_nobody_asks_for_themselves(offices) -> None:
    prefecture = offices[0]
    with pytest.raises(PermissionRefused, match="自分の二段階認証"):
        ask(prefecture, prefecture)


def test_only_those_in_charge_ask(offices) -> None:
    prefecture, town, admin, _other = offices
    colleague = actor_for(town.organisation)
    approver = actor_for(town.organisation, duty="approver")
    reader = actor_for(prefecture.organisation, duty="reader")
    stranger = actor(OrganisationKind.PREFECTURE, duty="manager")
    vendor = actor(OrganisationKind.VENDOR)
    for who in (colleague, reader, stranger, vendor, admin):
        with pytest.raises(PermissionRefused):
            ask(who, town)
    assert ask(approver, town).state == FactorResetState.WAITING


def test_only_an_administrator_decides(offices) -> None:
    prefecture, town, _admin, _other = offices
    reset = ask(prefecture, town)
    for who in (actor_for(prefecture.organisation, duty="manager"), actor(OrganisationKind.SECRETARIAT)):
        with pytest.raises(PermissionRefused):
            resets.decide(actor=who, reset=reset, confirm=True)


def test_one_waits_at_a_time_and_is_decided_once(offices) -> None:
    prefecture, town, admin, other = offices
    reset = ask(prefecture, town)
    with pytest.raises(MoveRefused, match="すでに依頼されています"):
        ask(prefecture, town)
    resets.decide(actor=admin, reset=reset, confirm=False, note="確かめられなかった。")
    with pytest.raises(MoveRefused, match="すでに決定されています"):
        resets.decide(actor=other, reset=reset, confirm=True)
    assert ask(prefecture, town).pk != reset.pk


def test_declining_removes_nothing(offices) -> None:
    prefecture, town, admin, _other = offices
    Authenticator.objects.create(user=town.user, type="totp", data={"secret": "x"})
    resets.decide(actor=admin, reset=ask(prefecture, town), confirm=False)
    assert Authenticator.objects.filter(user=town.user).exists()
    assert not OutboxMessage.objects.exists()


def test_the_office_is_told_too_and_the_mails_are_part_of_the_decision(offices) -> None:
    prefecture, town, admin, _other = offices
    town.organisation.notification_address = "somu@example.jp"
    town.organisation.save()
    reset = ask(prefecture, town)
    with transaction.atomic():
        resets.decide(actor=admin, reset=reset, confirm=True)
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()
    resets.decide(actor=admin, reset=reset, confirm=True)
    letters = OutboxMessage.objects.order_by("address")
    assert [(row.address, row.user, row.state) for row in letters] == [
        ("somu@example.jp", None, "waiting"),
        (town.user.email, town.user, "waiting"),
    ]


def test_the_pages_ask_who_is_there_and_offer_only_ones_own_people(offices) -> None:
    prefecture, town, admin, _other = offices
    stranger = person("municipality")
    for who in (prefecture.user, admin.user):
        who.emailaddress_set.create(email=who.email, verified=True, primary=True)
    client = signed_in(prefecture.user)
    url = reverse("signin_reset_ask")
    assert client.get(url)["Location"].startswith(reverse("account_reauthenticate"))
    confirm(client)
    page = client.get(url).content.decode()
    assert town.user.name in page
    assert stranger.name not in page
    forged = client.post(url, {"person": stranger.memberships.get().pk, "reason": "電話で確かめた"})
    assert "二段階認証を使えなくなった方を選んでください。" in forged.content.decode()
    assert client.post(url, {"person": town.membership.pk, "reason": "電話で確かめた"}).status_code == 302
    reset = FactorReset.objects.get(user=town.user)
    decide = reverse("signin_reset_decide", args=[reset.pk])
    assert client.post(decide, {"act": "confirm", "note": "確かめた"}).status_code == 403
    boss = signed_in(admin.user)
    confirm(boss)
    assert town.user.name in boss.get(decide).content.decode()
    assert boss.post(decide, {"act": "confirm", "note": "確かめた"}).status_code == 302
    reset.refresh_from_db()
    assert (reset.state, reset.decided_by, reset.note) == (FactorResetState.CONFIRMED, admin.user, "確かめた")


def test_requests_of_others_do_not_exist(offices) -> None:
    prefecture, town, _admin, _other = offices
    reset = ask(prefecture, town)
    stranger = person("prefecture")
    client = signed_in(stranger)
    confirm(client)
    assert client.get(reverse("signin_reset_decide", args=[reset.pk])).status_code == 404
    seen = FactorReset.objects.for_user(prefecture)
    assert list(seen) == [reset]
    assert reset.asked_at <= clock.now()
