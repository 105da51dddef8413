"""An office without anybody: on the prefecture's home page and list, and one mail."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from portal.models import AuditEntry, Membership, OutboxMessage, Vacancy
from portal.outbox.delivery import deliver_due
from portal.people.contacts import office_to_call
from portal.people.upkeep import end_membership
from portal.people.vacancies import look_for_vacancies
from tests import factories as f

TODAY = dt.date(2025, 9, 16)
YESTERDAY = dt.date(2025, 9, 15)


@pytest.fixture
def empty(world):
    """Town A1 has nobody any more."""
    end_membership(
        membership=world.actors["town_a1"].membership, last_day=YESTERDAY, knowing=True,
        actor=world.actors["prefecture_a"],
    )  # fmt: skip
    return world.town_a1.organisation


def test_the_prefecture_is_told_once(world, empty, on):
    for day in (16, 16, 17):
        look_for_vacancies(dt.date(2025, 9, day))
    deliver_due()
    [message] = mail.outbox
    assert message.to == [world.actors["prefecture_a"].user.email]
    assert empty.name in message.body
    assert Vacancy.objects.get().told_at
    assert AuditEntry.objects.filter(code="vacancy.told").count() == 1


def test_the_notification_address_comes_first(world, empty):
    world.prefecture_a.organisation.notification_address = "dx@example.jp"
    world.prefecture_a.organisation.save()
    look_for_vacancies(TODAY)
    deliver_due()
    assert mail.outbox[0].to == ["dx@example.jp"]


def test_without_any_address_it_stands_in_the_portal_and_is_shown_as_not_sent(world, empty, client_of):
    manager = world.actors["prefecture_a"]
    manager.user.email, manager.user.login_id = None, "ab123456"
    manager.user.save()
    look_for_vacancies(TODAY)
    letter = OutboxMessage.objects.get()
    assert (letter.state, letter.organisation) == ("portal_only", manager.organisation)
    page = client_of(manager).get(reverse("notice_list")).content.decode()
    assert "担当者のいない団体があります" in page
    office = client_of(world.actors["secretariat"]).get(reverse("outbox_list")).content.decode()
    assert "宛先なし" in office


def test_a_new_vacancy_after_a_filled_one_is_told_again(world, empty):
    look_for_vacancies(TODAY)
    row = f.MembershipFactory(organisation=empty, valid_from=dt.date(2025, 9, 17))
    look_for_vacancies(dt.date(2025, 9, 17))
    assert Vacancy.objects.get().ended_on == dt.date(2025, 9, 17)
    Membership.objects.filter(pk=row.pk).update(valid_until=dt.date(2025, 9, 20))
    look_for_vacancies(dt.date(2025, 9, 21))
    deliver_due()
    assert len(mail.outbox) == 2


def test_home_and_list_show_it(world, empty, client_of):
    client = client_of(world.actors["prefecture_a"])
    assert "担当者のいない団体（1団体）" in client.get("/").content.decode()
    page = client.get(reverse("organisation_list"), {"vacant": "1"})
    assert [row.pk for row in page.context["page"]] == [empty.pk]
    other = client_of(world.actors["prefecture_b"])
    assert "担当者のいない団体（" not in other.get("/").content.decode()


def test_a_town_that_never_had_anybody_is_not_vacant(world):
    f.MunicipalityFactory(prefecture=world.prefecture_a)
    look_for_vacancies(TODAY)
    assert not Vacancy.objects.exists()


def test_a_stopped_account_is_nobody(world):
    world.actors["town_a2"].user.is_active = False
    world.actors["town_a2"].user.save()
    look_for_vacancies(TODAY)
    assert Vacancy.objects.get().organisation == world.town_a2.organisation


def test_whom_to_call(world, settings):
    settings.PORTAL_CONTACT = "ポータル事務局"
    prefecture, secretariat = world.prefecture_a.organisation, world.actors["secretariat"].organisation
    assert str(office_to_call(world.actors["town_a1"])) == "ポータル事務局"
    prefecture.phone, secretariat.phone = "078-341-7711", "03-1111-2222"
    prefecture.save()
    secretariat.save()
    town = world.actors["town_a1"]
    town.organisation.parent.refresh_from_db()
    assert str(office_to_call(town)) == f"{prefecture.name}（電話 078-341-7711）"
    assert office_to_call(world.actors["prefecture_a"]).phone == "03-1111-2222"
    assert office_to_call(world.actors["vendor_a"]).phone == "03-1111-2222"
    assert str(office_to_call(None)) == str(office_to_call(world.actors["admin"])) == "ポータル事務局"
