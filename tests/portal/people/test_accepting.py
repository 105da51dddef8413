"""AUT-01 and AUT-02: a link works once, for its address; nobody learns whether an account exists."""

import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal.models import Invitation, Membership, User
from portal.people.acceptance import LinkDead, accept_as
from portal.people.invitations import invite, make_letter, revoke
from tests import factories as f
from tests.conftest import build_world
from tests.portal.people.conftest import PASSWORD, accept, invitee, links, run_jobs

DONE = "/invitations/done/"


def test_looking_changes_nothing(invited, client):
    before = Invitation.objects.values().get()
    for _ in range(3):
        assert client.get(invited.link).status_code == 200
    assert Invitation.objects.values().get() == before
    assert not User.objects.filter(email="shinnin@example.jp").exists()


def test_the_page_says_which_office_role_and_until_when(world, invited, client):
    page = client.get(invited.link).content.decode()
    for words in (world.town_a1.name, "入力担当", "2025年9月30日", "shinnin@example.jp"):
        assert words in page


def test_a_new_person_gets_account_and_membership(world, invited, client):
    assert accept(client, invited.link)["Location"] == DONE
    user = User.objects.get(email="shinnin@example.jp")
    assert user.check_password(PASSWORD)
    assert user.name == "新任 一子"
    membership = user.memberships.get()
    assert (membership.organisation, membership.duty) == (world.town_a1.organisation, "editor")
    assert EmailAddress.objects.get(user=user).verified


def test_a_link_from_a_letter_proves_no_mailbox(world, invited, client):
    _row, token = make_letter(invitation=invited, actor=world.actors["prefecture_a"])
    accept(client, reverse("invitation_open", args=[token]))
    assert not EmailAddress.objects.get(email="shinnin@example.jp").verified


@pytest.mark.parametrize("weak", ["short", "password1234", "shinnin@example.jp"])
def test_a_weak_password_is_refused(invited, client, weak):
    answer = client.post(invited.link, {"password1": weak, "password2": weak})
    assert answer.status_code == 200
    assert "パスワードは、" in answer.content.decode()
    assert not User.objects.filter(email="shinnin@example.jp").exists()


def test_the_address_is_fixed_to_the_invitation(invited, client):
    """TEN-11: what is posted besides is ignored."""
    client.post(
        invited.link,
        {
            "password1": PASSWORD,
            "password2": PASSWORD,
            "email": "other@example.jp",
            "is_staff": "1",
            "role": "admin",
        },
    )
    assert not User.objects.filter(email="other@example.jp").exists()
    user = User.objects.get(email="shinnin@example.jp")
    assert not user.is_staff
    assert user.memberships.get().role == "municipality"


def _used(world, invited, client):
    accept(client, invited.link)


def _revoked(world, invited, client):
    revoke(invitation=invited, actor=world.actors["prefecture_a"])


def _expired(world, invited, client):
    Invitation.objects.update(expires_at="2025-09-01T00:00:00+09:00")


@pytest.mark.parametrize("spoil", [_used, _revoked, _expired])
def test_every_dead_link_has_one_page(world, invited, client, spoil):
    """AUT-02: used, revoked, expired and unknown answer alike, to GET and POST; nobody is made."""
    spoil(world, invited, client)
    users = User.objects.count()
    stranger = Client()
    unknown = "/invitations/open/nosuchtoken/"
    for ask in (stranger.get, lambda link: accept(stranger, link)):
        dead, never = ask(invited.link), ask(unknown)
        assert (dead.status_code, never.status_code) == (404, 404)
        assert dead.content == never.content
    assert User.objects.count() == users


def test_the_library_own_sign_up_stays_closed(client, db):
    for ask in (client.get, client.post):
        ask(
            reverse("account_signup"), {"email": "x@example.jp", "password1": PASSWORD, "password2": PASSWORD}
        )
    assert not User.objects.exists()


def test_an_owner_of_an_account_signs_in_and_adds_the_membership(world, client):
    known = world.actors["town_a2"].user
    invite(invitee=invitee(world.town_a1.organisation, email=known.email), actor=world.actors["prefecture_a"])
    run_jobs()
    answer = accept(client, links()[-1])
    assert answer["Location"] == DONE
    known.refresh_from_db()
    assert known.check_password(f.PASSWORD)
    assert known.memberships.count() == 1
    client.force_login(known)
    page = client.get(reverse("invitation_finish"))
    assert "所属を追加する" in page.content.decode()
    assert known.memberships.count() == 1
    assert client.post(reverse("invitation_finish"))["Location"] == "/"
    assert known.memberships.count() == 2
    assert client.get("/").wsgi_request.actor.organisation == world.town_a1.organisation
    assert client.get(links()[-1]).status_code == 404


def test_anothers_invitation_is_not_mine(world, invited, client_of):
    """AUT-02: somebody signed in cannot take an invitation of another address."""
    client = client_of(world.actors["town_a2"])
    assert "ログアウトしてから" in client.get(invited.link).content.decode()
    client.post(invited.link)
    assert Invitation.objects.get().used_at is None
    assert world.actors["town_a2"].user.memberships.count() == 1


def test_the_service_itself_refuses_another_person(world, invited):
    invited.refresh_from_db()
    with pytest.raises(LinkDead):
        accept_as(token_hash=invited.token_hash, user=world.actors["town_a2"].user)


def _answer(world, email):
    """Invite an address and answer with a password: what the bearer of the link meets."""
    target = world.town_a1.organisation
    row = invite(invitee=invitee(target, email=email, name="同姓 同名"), actor=world.actors["prefecture_a"])
    run_jobs()
    client, link = Client(), links()[-1]
    page = client.get(link)
    started = time.perf_counter()
    answer = accept(client, link)
    spent = time.perf_counter() - started
    after = client.get(answer["Location"])
    scrub = [part.replace(email, "X") for part in (page.content.decode(), after.content.decode())]
    return row, spent, (page.status_code, answer.status_code, answer["Location"], after.status_code), scrub


def _told(texts):
    """The lines of the pages without the token of the form, the link itself and the minute."""
    lines = [line for text in texts for line in text.splitlines()]
    return [line for line in lines if not re.search("csrf|/invitations/open/|登録の期限", line)]


def test_nobody_learns_whether_an_account_exists(world, settings):
    """AUT-01: same status, sentence and mails; medians within 20 % with the real slow hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    spent: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(9):
        user = f.UserFactory(email=f"known{number}@example.jp")
        for kind, email in (("known", user.email), ("unknown", f"fresh{number}@example.jp")):
            _row, seconds, statuses, texts = _answer(world, email)
            spent[kind].append(seconds)
            if kind == "known":
                expected = statuses, _told(texts)
            else:
                assert (statuses, _told(texts)) == expected
    known, unknown = statistics.median(spent["known"]), statistics.median(spent["unknown"])
    assert abs(known - unknown) / max(known, unknown) < 0.2, (known, unknown)


def test_inviting_a_known_address_answers_like_an_unknown_one(world, client_of):
    """AUT-01: who invites learns nothing either, before the person signs in."""
    client = client_of(world.actors["prefecture_a"])
    told = []
    for email in (world.actors["town_b"].user.email, "nobody@example.jp"):
        data = {
            "organisation": world.town_a1.organisation.pk, "name": "同姓 同名", "email": email,
            "duty": "editor", "valid_from": "2025-10-01",
        }  # fmt: skip
        answer = client.post(reverse("invitation_new"), data)
        run_jobs()
        page = client.get(answer["Location"]).content.decode()
        told.append((answer.status_code, "登録待ち" in page, len(links())))
    assert told == [(302, True, 1), (302, True, 2)]


def test_answers_to_a_link_are_limited(invited, client, settings):
    from django.core.cache import cache

    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "invitation": "2/m/ip"}
    statuses = [client.post("/invitations/open/x/").status_code for _ in range(4)]
    cache.clear()
    assert statuses == [404, 404, 429, 429]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_at_once_burn_a_link_once():
    """AUT-02: of parallel answers one makes the account, the others find a dead link."""
    world = build_world()
    invite(invitee=invitee(world.town_a1.organisation), actor=world.actors["prefecture_a"])
    run_jobs()
    link, barrier = links()[-1], Barrier(4)

    def answer(_number):
        client = Client()
        barrier.wait(timeout=10)
        try:
            return accept(client, link).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(answer, range(4)))
    assert statuses == [302, 404, 404, 404]
    assert User.objects.filter(email="shinnin@example.jp").count() == 1
    assert Membership.objects.filter(user__email="shinnin@example.jp").count() == 1
