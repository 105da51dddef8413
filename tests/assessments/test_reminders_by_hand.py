"""Reminding by hand: whom one may remind, what is shown before, and that one press reminds once."""

import re
import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Reminder
from portal.models import AuditEntry, Membership, OutboxMessage
from portal.outbox.delivery import deliver_due
from tests import factories as f
from tests.conftest import actor_for
from tests.factories_assessments import submitted_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(round_, prefecture, client_of):
    """The prefecture's page of reminding, and pressing its button."""
    return Page(client_of(prefecture), reverse("round_remind", args=[round_.pk]))


class Page:
    def __init__(self, client, address) -> None:
        self.client, self.address = client, address

    def html(self, **query) -> str:
        answer = self.client.get(self.address, query)
        assert answer.status_code == 200
        return answer.content.decode()

    def press(self, *organisations, query="", **data):
        data = {"press": str(uuid.uuid4()), "note": "", "act": "send", **data}
        data["organisations"] = [row.pk for row in organisations]
        return self.client.post(self.address + query, data, follow=True).content.decode()


def test_the_page_shows_names_offices_addresses_and_the_text(page, world, town):
    Membership.objects.filter(pk=town.membership.pk).update(department="総務課")
    html = page.html()
    other = world.actors["town_a2"]
    assert f"総務課 {town.user.name}さん（{town.user.email}）" in html
    assert other.user.email in html
    assert "提出期限：2025年9月30日（火）" in html
    assert "未提出：取組状況（未着手）" in html


def test_neither_oneself_nor_anothers_town_is_among_them(page, world):
    html = page.html()
    assert world.actors["town_b"].user.email not in html
    assert f'value="{world.prefecture_a.organisation_id}"' not in html


def test_sending_writes_the_mails_and_sends_none_itself(page, world, town, prefecture):
    answer = page.press(town.organisation, note="明日の会議でもお知らせします。")
    assert "1団体にリマインドを送ります。" in answer
    message = OutboxMessage.objects.get()
    assert message.address == town.user.email
    assert "からの連絡：\n明日の会議でもお知らせします。" in message.body
    assert (message.requested_by, message.sender) == (prefecture.user, prefecture.organisation)
    assert mail.outbox == []
    assert deliver_due() == 1


def test_a_second_press_does_nothing(page, world, town):
    press = str(uuid.uuid4())
    page.press(town.organisation, press=press)
    answer = page.press(town.organisation, press=press)
    assert "すでに送っています。" in answer
    assert Reminder.objects.count() == OutboxMessage.objects.count() == 1


def test_another_press_is_another_reminder(page, town):
    page.press(town.organisation)
    page.press(town.organisation)
    assert Reminder.objects.filter(kind="by_hand").count() == 2


def test_who_has_handed_in_meanwhile_is_not_reminded(page, round_, world, town, framework):
    round_.frameworks.clear()
    submitted_report(round_, town)
    answer = page.press(town.organisation, world.actors["town_a2"].organisation)
    assert "1団体にリマインドを送ります。" in answer
    assert Reminder.objects.get().organisation == world.actors["town_a2"].organisation


def test_the_text_with_the_note_is_shown_before(page, town):
    html = page.press(town.organisation, note="書き添えた一文", act="preview")
    assert "書き添えた一文</p>" in html
    assert not Reminder.objects.exists()


def test_somebody_must_be_chosen(page):
    html = page.press()
    assert "リマインドを送る団体を選んでください。" in html
    assert not Reminder.objects.exists()


def test_one_town_one_form_or_one_state_is_chosen_by_the_address(page, round_, world, town):
    submitted_report(round_, town)
    other = world.actors["town_a2"]
    assert other.user.email not in page.html(organisation=town.organisation.pk)
    assert town.user.email not in page.html(form="progress")
    assert town.user.email in page.html()
    page.press(town.organisation, query="?form=progress")
    assert not Reminder.objects.exists()


def test_the_completion_page_shows_when_and_leads_there(page, round_, world, town, client_of, prefecture):
    page.press(town.organisation)
    html = page.client.get(reverse("round_detail", args=[round_.pk])).content.decode()
    assert re.search(r"2025年9月16日（火）\d+時\d\d分", html)
    assert f"{page.address}?" in html
    town_page = client_of(town).get(reverse("round_detail", args=[round_.pk])).content.decode()
    assert page.address not in town_page


def test_mails_without_an_address_are_told_on_the_completion_page(page, round_, town):
    type(town.user).objects.filter(pk=town.user.pk).update(email=None, login_id="T-1")
    page.press(town.organisation)
    html = page.client.get(reverse("round_detail", args=[round_.pk])).content.decode()
    assert "届いていないメールがあります" in html


def test_the_secretariat_reminds_prefectures(round_, world, client_of, town, prefecture):
    page = Page(client_of(world.actors["secretariat"]), reverse("round_remind", args=[round_.pk]))
    html = page.html()
    assert prefecture.user.email in html
    assert town.user.email not in html
    page.press(town.organisation, prefecture.organisation)
    assert Reminder.objects.get().organisation == prefecture.organisation


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("reader_a", 403),
        ("town_a1", 403),
        ("town_b", 403),
        ("vendor_a", 403),
        ("ministry", 403),
        ("admin", 404),
        ("expert", 404),
    ],
)
def test_nobody_else_reminds(round_, world, client_of, persona, status, town):
    client = client_of(world.actors[persona])
    address = reverse("round_remind", args=[round_.pk])
    data = {"organisations": [town.organisation.pk], "press": uuid.uuid4(), "note": ""}
    assert client.get(address).status_code == status
    assert client.post(address, data).status_code == status
    assert not Reminder.objects.exists()


def test_another_prefecture_reminds_its_own_towns_only(round_, world, client_of, town):
    page = Page(client_of(world.actors["prefecture_b"]), reverse("round_remind", args=[round_.pk]))
    page.press(town.organisation, world.actors["town_b"].organisation)
    assert Reminder.objects.get().organisation == world.actors["town_b"].organisation


@pytest.mark.parametrize("day", ["2025-08-31", "2025-10-11"])
def test_outside_the_round_nobody_is_reminded(page, town, settings, day):
    settings.PORTAL_TODAY = day
    answer = page.press(town.organisation)
    assert "リマインドを送れるのは、受付期間" in answer
    assert not Reminder.objects.exists()


def test_the_trail_names_who_and_whom(page, town, prefecture):
    page.press(town.organisation)
    entry = AuditEntry.objects.get(code="reminder.sent")
    assert entry.user == prefecture.user
    assert entry.details["organisations"] == [town.organisation.pk]


@pytest.mark.parametrize("name", ["round_remind", "round_detail"])
def test_20_towns_ask_as_many_questions_as_two(round_, world, client_of, prefecture, name):
    client = client_of(prefecture)
    address = reverse(name, args=[round_.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _ in range(20):
        organisation = f.MunicipalityFactory(prefecture=world.prefecture_a).organisation
        f.RoundTargetFactory(round=round_, organisation=organisation)
        actor_for(organisation)
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).status_code == 200
    assert len(many) == len(few)
