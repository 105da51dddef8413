"""A person without an own address who forgot the password: the keeper prints a link that dies with use."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from portal.audit import AuditCode
from portal.errors import PortalError
from portal.models import AuditEntry, Membership, User
from portal.people.passwords import password_link
from portal.permissions import PermissionRefused
from tests import factories as f

NEW = "霧の朝に汽笛を聞く 2025"


@pytest.fixture
def clerk(world) -> Membership:
    """An officer of town A1 who signs in by an issued ID."""
    user = User.objects.create_user(name="役場 代子", login_id="KA234567", password=f.PASSWORD)
    return f.MembershipFactory(user=user, organisation=world.town_a1.organisation)


@pytest.fixture
def office(world) -> Client:
    """The prefecture's manager, who has just given the password."""
    user = world.actors["prefecture_a"].user
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": f.PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": f.PASSWORD})
    return client


def test_from_the_office_to_the_new_password(office, clerk):
    assert "パスワード再設定の書面を作成する" in office.get(f"/people/{clerk.user_id}/").content.decode()
    ask = reverse("password_letter", args=[clerk.pk])
    assert "1回だけ使えます" in office.get(ask).content.decode()
    assert not AuditEntry.objects.filter(code=AuditCode.PASSWORD_LETTER).exists()
    page = office.post(ask).content.decode()
    assert "KA234567" in page
    link = re.search(r"/accounts/password/reset/key/[^<\s]+", page).group()
    visitor = Client()
    form = visitor.get(link, follow=True)
    visitor.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    clerk.user.refresh_from_db()
    assert clerk.user.check_password(NEW)
    assert "password1" not in Client().get(link, follow=True).content.decode(), "the link is dead"
    entry = AuditEntry.objects.get(code=AuditCode.PASSWORD_LETTER)
    assert entry.concerns == clerk.organisation
    assert link.split("/")[-2] not in str(entry.details) + str(entry.after)


def test_it_is_for_those_who_cannot_help_themselves(world, clerk):
    with_address = world.actors["town_a1"].membership
    with pytest.raises(PortalError, match="パスワードを忘れたとき"):
        password_link(membership=with_address, actor=world.actors["prefecture_a"])


@pytest.mark.parametrize("name", ["town_a1", "town_a2", "prefecture_b", "vendor_a", "ministry"])
def test_only_the_keeper_gives_it(world, clerk, name):
    with pytest.raises(PermissionRefused):
        password_link(membership=clerk, actor=world.actors[name])


def test_it_asks_who_is_there_first(world, clerk, client_of):
    answer = client_of(world.actors["prefecture_a"]).get(reverse("password_letter", args=[clerk.pk]))
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
