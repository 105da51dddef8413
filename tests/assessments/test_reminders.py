"""Who is reminded of what, once however often the job runs, by which address and with which words."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Reminder
from assessments.services.progress import request_sign_off
from assessments.services.reminders import send_due_reminders
from portal.choices import Duty
from portal.daily import attend, daily_work, run_daily
from portal.models import AuditEntry, Membership, NoticeSetting, OutboxMessage
from portal.outbox.delivery import deliver_due
from tests import factories as f
from tests.conftest import actor_for
from tests.factories_assessments import full_report, make_round, submitted_assessment, submitted_report

pytestmark = pytest.mark.django_db
D = dt.date
DAY14, DAY7, DAY3, DAY1 = D(2025, 9, 16), D(2025, 9, 22), D(2025, 9, 26), D(2025, 9, 29)
LATE = D(2025, 10, 1)


@pytest.fixture
def only_town(world, framework):
    """A round that asks one town for its progress and one checklist."""
    return make_round(world.program, world.actors["town_a1"].organisation, frameworks=(framework,))


def addresses() -> list[str]:
    return sorted(OutboxMessage.objects.values_list("address", flat=True))


def text() -> str:
    return OutboxMessage.objects.get().body


# --- once ---------------------------------------------------------------------
def test_everybody_who_has_not_handed_in_is_reminded_once(round_):
    assert send_due_reminders(DAY14) == 4
    assert send_due_reminders(DAY14) == 0
    assert Reminder.objects.count() == 4
    assert len(set(OutboxMessage.objects.values_list("key", flat=True))) == OutboxMessage.objects.count()


def test_each_day_of_the_round_has_its_one_reminder(only_town):
    days = [D(2025, 9, 1) + dt.timedelta(days=number) for number in range(45)]
    for day in days:
        send_due_reminders(day)
        send_due_reminders(day)
    before = list(Reminder.objects.filter(kind="before").order_by("day").values_list("day", flat=True))
    late = list(Reminder.objects.filter(kind="late").order_by("day").values_list("day", flat=True))
    assert before == [DAY14, DAY7, DAY3, DAY1]
    assert late == [D(2025, 10, day) for day in (1, 2, 3, 6, 7, 8, 9, 10)]


def test_a_machine_that_was_off_sends_the_newest_only(only_town):
    assert send_due_reminders(D(2025, 9, 30)) == 1
    assert Reminder.objects.get().day == DAY1
    assert send_due_reminders(D(2025, 9, 30)) == 0


def test_the_late_ones_come_weekly_when_the_program_says_so(only_town):
    only_town.program.late_reminders = "weekly"
    only_town.program.save()
    for number in range(10):
        send_due_reminders(LATE + dt.timedelta(days=number))
    days = Reminder.objects.order_by("day").values_list("day", flat=True)
    assert list(days) == [D(2025, 10, 1), D(2025, 10, 8)]


def test_a_missed_week_is_made_up_on_its_next_working_day(only_town):
    only_town.program.late_reminders = "weekly"
    only_town.program.save()
    assert [send_due_reminders(D(2025, 10, day)) for day in (3, 6, 8)] == [1, 0, 1]


def test_no_round_no_reminder(world):
    assert send_due_reminders(DAY14) == 0
    assert not AuditEntry.objects.exists()


def test_the_day_and_the_daily_mails_run_in_order():
    works = {work.name: work.order for work in daily_work.all()}
    assert works["assessments.reminders"] < works["portal.digests"]


def test_the_job_run_twice_and_over_midnight_does_its_work_once(only_town, settings, monkeypatch):
    settings.PORTAL_TODAY = ""

    def at(moment):
        monkeypatch.setattr("portal.clock.real_now", lambda: dt.datetime.fromisoformat(moment))

    at("2025-09-15T22:59:59+00:00")  # 7:59:59 of the 16th in Japan
    run_daily()
    assert Reminder.objects.count() == 0
    for moment in ("2025-09-15T23:00+00:00", "2025-09-16T14:59:59+00:00", "2025-09-16T15:00:01+00:00"):
        at(moment)
        attend(seconds=5)
        attend(seconds=5)
    assert [row.day for row in Reminder.objects.all()] == [DAY14]
    assert len(mail.outbox) == 1
    at("2025-09-22T08:00+09:00")
    attend(seconds=5)
    assert len(mail.outbox) == 2


def test_the_fixed_day_is_honoured(only_town, settings, monkeypatch):
    settings.PORTAL_TODAY = "2025-09-16"
    moment = dt.datetime(2026, 2, 2, 9, tzinfo=dt.UTC)
    monkeypatch.setattr("portal.clock.real_now", lambda: moment)
    run_daily()
    assert Reminder.objects.get().day == DAY14


# --- of what -----------------------------------------------------------------
def test_who_has_handed_in_everything_is_left_alone(only_town, framework, town):
    submitted_report(only_town, town)
    submitted_assessment(only_town, framework, town)
    assert send_due_reminders(DAY14) == 0


def test_only_what_is_missing_is_named(only_town, framework, town):
    submitted_report(only_town, town)
    send_due_reminders(DAY14)
    assert Reminder.objects.get().forms == [framework.name]
    assert f"・{framework.name}（未着手）" in text()
    assert "取組状況" not in text()


def test_the_text_suffices_alone(only_town, town, prefecture):
    Membership.objects.filter(pk=prefecture.membership.pk).update(department="市町村課", phone="内線1234")
    send_due_reminders(DAY14)
    message = OutboxMessage.objects.get()
    place, office = town.organisation.full_name, f"{prefecture.organisation.name}市町村課"
    assert message.subject == f"【提出期限 2025年9月30日（火）】{only_town.title}の提出のお願い"
    for words in (
        f"{town.user.name}さん",
        f"提出する団体：{place}",
        "提出期限：2025年9月30日（火）",
        "・取組状況（未着手）",
        f"メニューの「報告回」から「{only_town.title}」を開いてください。",
        f"{office}　電話：内線1234",
    ):
        assert words in message.body
    assert "http" not in message.body
    assert (message.sender, message.sender_name) == (prefecture.organisation, office)


def test_a_late_one_says_so(only_town):
    send_due_reminders(LATE)
    message = OutboxMessage.objects.get()
    assert message.subject.startswith("【提出期限を過ぎています】")
    assert "受付の最終日：2025年10月10日（金）" in message.body
    assert "・取組状況（期限超過）" in message.body


def test_answers_go_to_the_prefectures_office(only_town, prefecture):
    prefecture.organisation.notification_address = "shichoson@example.jp"
    prefecture.organisation.save()
    send_due_reminders(DAY14)
    deliver_due()
    (sent,) = mail.outbox
    assert sent.reply_to == ["shichoson@example.jp"]
    assert sent.from_email.endswith("<portal@localhost>")


# --- to whom -----------------------------------------------------------------
def test_every_active_person_who_fills_in_gets_one(only_town, town, world):
    second = actor_for(town.organisation)
    send_due_reminders(DAY14)
    assert addresses() == sorted([town.user.email, second.user.email])
    assert world.actors["approver_a1"].user.email not in addresses()


def test_who_signs_off_is_reminded_when_the_sign_off_is_missing(only_town, town, world):
    report = full_report(only_town, town.organisation)
    town.organisation.sign_off_required = True
    town.organisation.save()
    request_sign_off(report=report, actor=town)
    send_due_reminders(DAY14)
    assert world.actors["approver_a1"].user.email in addresses()
    assert "・取組状況（決裁待ち）" in OutboxMessage.objects.first().body


def test_the_deputy_only_when_nobody_else_is_there(only_town, town):
    deputy = actor_for(town.organisation, deputy=True)
    send_due_reminders(DAY14)
    assert addresses() == [town.user.email]
    Membership.objects.filter(pk=town.membership.pk).update(valid_until=D(2025, 9, 20))
    send_due_reminders(DAY7)
    assert deputy.user.email in addresses()
    assert len(addresses()) == 2


@pytest.mark.parametrize("gone", ["ended", "disabled", "not yet"])
def test_an_office_without_anybody_is_reached_by_its_address(only_town, town, gone):
    change = {"ended": {"valid_until": D(2025, 9, 15)}, "not yet": {"valid_from": D(2025, 9, 17)}}.get(gone)
    Membership.objects.filter(pk=town.membership.pk).update(**(change or {}))
    type(town.user).objects.filter(pk=town.user.pk).update(is_active=gone != "disabled")
    town.organisation.notification_address = "yakuba@example.jp"
    town.organisation.save()
    send_due_reminders(DAY14)
    message = OutboxMessage.objects.get()
    assert (message.address, message.user) == ("yakuba@example.jp", None)
    assert "ご担当の方" in message.body


def test_people_without_an_own_address_share_one_mail_to_the_office(only_town, town):
    for number in range(2):
        user = f.UserFactory(email=None, login_id=f"T-000{number}")
        actor_for(town.organisation, user=user)
    town.organisation.notification_address = "yakuba@example.jp"
    town.organisation.save()
    send_due_reminders(DAY14)
    assert addresses() == sorted([town.user.email, "yakuba@example.jp"])


def test_without_any_address_it_stands_in_the_portal_and_the_prefecture_is_shown(only_town, town):
    type(town.user).objects.filter(pk=town.user.pk).update(email=None, login_id="T-0001")
    send_due_reminders(DAY14)
    message = OutboxMessage.objects.get()
    assert (message.state, message.address) == ("portal_only", "")
    assert list(OutboxMessage.objects.addressed_to(town)) == [message]


def test_one_mail_a_day_lists_everything(world, framework, town, monkeypatch):
    moment = dt.datetime(2025, 9, 16, 0, tzinfo=dt.UTC)
    monkeypatch.setattr("portal.clock.real_now", lambda: moment)
    NoticeSetting.objects.create(organisation=town.organisation, user=town.user, digest=True)
    for title in ("前期", "後期"):
        make_round(world.program, town.organisation, frameworks=(framework,), title=title)
    run_daily()
    assert deliver_due() == 1
    (sent,) = mail.outbox
    assert "「前期」" in sent.body
    assert "「後期」" in sent.body
    assert OutboxMessage.objects.addressed_to(town).count() == 2


def test_the_portal_itself_reminds_prefectures(world, framework, prefecture):
    make_round(world.program, prefecture.organisation)
    send_due_reminders(DAY14)
    message = OutboxMessage.objects.get()
    assert (message.address, message.sender) == (prefecture.user.email, None)
    assert list(OutboxMessage.objects.answered_for(world.actors["secretariat"])) == [message]


def test_a_prefectures_reader_is_not_asked_to_fill_in(world, prefecture):
    make_round(world.program, prefecture.organisation)
    send_due_reminders(DAY14)
    assert world.actors["reader_a"].user.email not in addresses()
    assert Membership.objects.filter(duty=Duty.READER).exists()


# --- the trail and the cost ----------------------------------------------------
def test_one_entry_tells_who_was_reminded(round_):
    send_due_reminders(DAY14)
    entry = AuditEntry.objects.get(code="reminder.sent")
    assert (entry.user, entry.object_id) == (None, str(round_.pk))
    assert len(entry.details["organisations"]) == 4
    assert (entry.details["kind"], entry.details["day"]) == ("before", "2025-09-16")


def test_a_fault_leaves_neither_reminders_nor_mails(round_, monkeypatch):
    monkeypatch.setattr("assessments.services.reminders.record", _fails)
    with pytest.raises(RuntimeError):
        send_due_reminders(DAY14)
    assert (Reminder.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def _fails(*_args, **_kwargs):
    raise RuntimeError("the trail is away")


def test_179_towns_cost_as_many_queries_as_one(world, framework, prefecture):
    def cost(day, towns):
        round_ = make_round(world.program, frameworks=(framework,))
        for _ in range(towns):
            organisation = f.MunicipalityFactory(prefecture=world.prefecture_a).organisation
            f.RoundTargetFactory(round=round_, organisation=organisation)
            f.MembershipFactory(organisation=organisation)
        with CaptureQueriesContext(connection) as asked:
            assert send_due_reminders(day) == towns
        round_.closes_on = round_.due_on = round_.opens_on
        round_.save()
        return len(asked)

    cost(DAY14, 1)  # begins the trail
    assert cost(DAY14, 1) == cost(DAY14, 179)
    assert OutboxMessage.objects.count() == 181
