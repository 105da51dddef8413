"""Reminders know the organisation's own due day, 該当なし, and whether a round asks anybody for anything."""

import datetime as dt

import pytest
from django.urls import reverse

from assessments.choices import FormKind
from assessments.models import Reminder, RoundTarget
from assessments.services.extensions import extend_due
from assessments.services.not_applicable import declare_not_applicable, undo_not_applicable
from assessments.services.reminders import send_due_reminders
from assessments.services.status import all_forms
from portal import clock
from portal.models import OutboxMessage
from tests.factories_assessments import make_round, submitted_report

pytestmark = pytest.mark.django_db
D = dt.date
DAY14, LATE, LATER = D(2025, 9, 16), D(2025, 10, 1), D(2025, 10, 6)


@pytest.fixture
def only_town(world, framework):
    """A round that asks one town for its progress and one checklist."""
    return make_round(world.program, world.actors["town_a1"].organisation, frameworks=(framework,))


@pytest.fixture
def target(only_town):
    return RoundTarget.objects.get(round=only_town)


def overview(client, round_, **query) -> str:
    return client.get(reverse("round_detail", args=[round_.pk]), query).content.decode()


# --- a later due day -----------------------------------------------------------
def test_the_days_and_the_text_are_those_of_the_extension(target, prefecture):
    extend_due(target=target, due_on=LATER, reason="災害対応のため", actor=prefecture)
    assert send_due_reminders(DAY14) == 0  # 14 days before 6 October is 22 September
    assert send_due_reminders(D(2025, 9, 22)) == 1
    message = OutboxMessage.objects.get()
    assert message.subject.startswith("【提出期限 2025年10月6日（月）】")
    assert "提出期限：2025年10月6日（月）" in message.body


def test_nobody_is_called_late_before_the_own_day_is_over(target, prefecture):
    extend_due(target=target, due_on=LATER, reason="災害対応のため", actor=prefecture)
    send_due_reminders(LATE)
    send_due_reminders(D(2025, 10, 7))
    assert list(Reminder.objects.order_by("at", "day").values_list("kind", flat=True)) == ["before", "late"]


def test_each_town_of_a_round_has_its_own_days(round_, town, prefecture):
    target = RoundTarget.objects.get(round=round_, organisation=town.organisation)
    extend_due(target=target, due_on=LATER, reason="災害対応のため", actor=prefecture)
    assert send_due_reminders(DAY14) == 3
    assert not Reminder.objects.filter(organisation=town.organisation).exists()


def test_the_page_of_reminding_names_the_later_day(target, only_town, prefecture, client_of):
    extend_due(target=target, due_on=LATER, reason="災害対応のため", actor=prefecture)
    html = client_of(prefecture).get(reverse("round_remind", args=[only_town.pk])).content.decode()
    assert "延長した提出期限：2025年10月6日（月）" in html


# --- 該当なし -------------------------------------------------------------------
def test_what_does_not_apply_is_not_named(target, framework, town):
    declare_not_applicable(target=target, form=framework, reason="該当する業務がない。", actor=town)
    send_due_reminders(DAY14)
    assert Reminder.objects.get().forms == ["取組状況"]
    assert framework.name not in OutboxMessage.objects.get().body


def test_nobody_is_reminded_when_nothing_applies_until_it_is_undone(target, framework, town):
    for form in (FormKind.PROGRESS, framework):
        declare_not_applicable(target=target, form=form, reason="該当する業務がない。", actor=town)
    assert send_due_reminders(DAY14) == 0
    undo_not_applicable(target=target, form=FormKind.PROGRESS, actor=town)
    assert send_due_reminders(DAY14) == 1


# --- rounds in force -------------------------------------------------------------
@pytest.mark.parametrize("change", [{"confirmed_at": None}, {"withdrawn_at": clock.real_now()}])
def test_a_round_in_preparation_or_called_off_reminds_nobody(only_town, change):
    type(only_town).objects.filter(pk=only_town.pk).update(**change)
    only_town.refresh_from_db()
    assert all_forms(only_town, DAY14) == []
    assert send_due_reminders(DAY14) == 0


# --- the completion page -----------------------------------------------------------
def test_one_row_and_one_link_for_each_town_that_owes(round_, world, prefecture, client_of, framework):
    html = overview(client_of(prefecture), round_)
    where = reverse("round_remind", args=[round_.pk])
    for name in ("town_a1", "town_a2"):
        assert html.count(f"{where}?organisation={world.actors[name].organisation.pk}") == 1
    assert f"{where}?organisation={prefecture.organisation.pk}" not in html
    assert html.count('<th scope="col">リマインド</th>') == 1


def test_the_filters_go_along(round_, world, town, prefecture, client_of):
    submitted_report(round_, town)
    client, where = client_of(prefecture), reverse("round_remind", args=[round_.pk])
    html = overview(client, round_, form="progress", state="todo")
    other = world.actors["town_a2"].organisation
    assert f'{where}?form=progress&amp;state=todo"' in html
    assert f'{where}?organisation={other.pk}&amp;form=progress"' in html
    html = overview(client, round_, name=other.name)
    assert f"{where}?name=" in html
    asked = client.get(where, {"name": other.name}).content.decode()
    assert world.actors["town_a2"].user.email in asked
    assert town.user.email not in asked


def test_no_button_where_nobody_listed_owes_anything(round_, town, prefecture, client_of):
    submitted_report(round_, town)
    html = overview(client_of(prefecture), round_, form="progress", state="submitted")
    assert "リマインドを送る" not in html
    assert "?organisation=" not in html


def test_the_secretariat_is_led_to_prefectures_only(round_, world, prefecture, client_of):
    html = overview(client_of(world.actors["secretariat"]), round_)
    where = reverse("round_remind", args=[round_.pk])
    assert f"{where}?organisation={prefecture.organisation.pk}" in html
    assert f"{where}?organisation={world.actors['town_a1'].organisation.pk}" not in html
