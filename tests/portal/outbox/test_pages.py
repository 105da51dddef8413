"""お知らせ and 送信箱: who sees what, what is unread, and sending again what did not arrive."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.models import AuditEntry, NoticeReading, NoticeSetting, OutboxMessage
from portal.outbox import post
from portal.outbox.delivery import deliver_due
from tests import factories as f
from tests.conftest import actor_for
from tests.portal.outbox.letters import letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(world):
    return world.actors["town_a1"]


@pytest.fixture
def prefecture(world):
    return world.actors["prefecture_a"]


def notice(town, key="a", **more):
    return post(letter(key, organisation=town.organisation, **more))


def html(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


# --- お知らせ -------------------------------------------------------------------
def test_the_header_counts_what_is_unread(town, client_of):
    for key in "ab":
        notice(town, key)
    client = client_of(town)
    assert '<span class="count">2<span class="vh">件の未読</span></span>' in html(client, "home")
    html(client, "notice_detail", OutboxMessage.objects.get(key="a").pk)
    assert '<span class="count">1<span class="vh">件の未読</span></span>' in html(client, "home")


def test_one_reads_what_is_to_oneself_or_to_the_office(town, client_of, world):
    colleague = actor_for(town.organisation)
    office = notice(town, "office")
    mine = notice(town, "mine", user=town.user)
    theirs = notice(town, "theirs", user=colleague.user)
    page = html(client_of(town), "notice_list")
    assert str(office.pk) in page
    assert str(mine.pk) in page
    assert str(theirs.pk) not in page
    for stranger in (colleague, world.actors["town_a2"], world.actors["prefecture_a"]):
        answer = client_of(stranger).get(reverse("notice_detail", args=[mine.pk]))
        assert answer.status_code == 404


def test_reading_is_each_persons_own(town, client_of):
    colleague = actor_for(town.organisation)
    row = notice(town)
    page = html(client_of(town), "notice_detail", row.pk)
    assert "<p>本文です。<br>2行目です。</p>" in page
    html(client_of(town), "notice_detail", row.pk)
    assert NoticeReading.objects.count() == 1
    assert "お知らせ a" in html(client_of(colleague), "notice_list", unread="1")
    assert "お知らせ a" not in html(client_of(town), "notice_list", unread="1")


def test_all_are_read_with_one_button(town, client_of):
    for key in "abc":
        notice(town, key)
    client = client_of(town)
    answer = client.post(reverse("notice_read_all"), follow=True).content.decode()
    assert "3件のお知らせを既読にしました。" in answer
    assert "すべて既読にする" not in answer
    assert NoticeReading.objects.count() == 3


def test_no_text_of_a_message_is_taken_for_html(town, client_of):
    row = notice(town, subject="<b>件名</b>", body="<script>alert(1)</script>")
    page = html(client_of(town), "notice_detail", row.pk)
    assert "<script>alert" not in page
    assert "<b>件名" not in page


def test_one_mail_a_day_is_chosen_on_a_page(town, client_of):
    client = client_of(town)
    html(client, "mail_setting")
    client.post(reverse("mail_setting"), {"personal": "yes", "office": "no"})
    assert NoticeSetting.objects.get(user=town.user).digest
    assert not NoticeSetting.objects.get(user=None).digest
    entry = AuditEntry.objects.get(code="mail.setting_changed")
    assert (entry.before, entry.after) == (
        {"personal": False, "office": False},
        {"personal": True, "office": False},
    )
    client.post(reverse("mail_setting"), {"personal": "yes", "office": "no"})
    assert AuditEntry.objects.filter(code="mail.setting_changed").count() == 1


def test_who_only_signs_off_chooses_for_oneself_only(world, client_of):
    approver = world.actors["approver_a1"]
    client = client_of(approver)
    assert 'name="office"' not in html(client, "mail_setting")
    client.post(reverse("mail_setting"), {"personal": "yes", "office": "yes"})
    chosen = NoticeSetting.objects.filter(digest=True).values_list("user", flat=True)
    assert list(chosen) == [approver.user.pk]


# --- 送信箱 ---------------------------------------------------------------------
@pytest.fixture
def failed(town, prefecture, mailserver):
    """A mail in the name of prefecture A that the server refused."""
    mailserver.refusals["a@example.jp"] = "550 unknown"
    row = notice(town, sender=prefecture.organisation)
    deliver_due()
    row.refresh_from_db()
    return row


def test_the_sender_sees_what_did_not_arrive_and_why(failed, prefecture, client_of):
    client = client_of(prefecture)
    page = html(client, "outbox_list")
    assert "届けられなかったメールがあります" in page
    assert str(failed.pk) in page
    detail = html(client, "outbox_detail", failed.pk)
    assert "応答 550" in detail
    assert "本文です。" in detail
    assert "届けられなかったメール1件の確認" in html(client, "home")


def test_it_is_sent_again_to_the_address_the_office_has_now(failed, town, prefecture, client_of, mailserver):
    office = town.organisation
    office.notification_address = "new@example.jp"
    office.save()
    client = client_of(prefecture)
    answer = client.post(reverse("outbox_retry", args=[failed.pk]), follow=True).content.decode()
    assert "1件のメールを、もう一度送ります。" in answer
    assert mailserver.received == []
    assert deliver_due() == 1
    assert mailserver.received[0]["To"] == "new@example.jp"
    entry = AuditEntry.objects.get(code="mail.retried")
    assert (entry.user, entry.concerns, entry.details) == (prefecture.user, office, {"mails": 1})


def test_pressing_twice_sends_once(failed, town, prefecture, client_of, mailserver):
    town.organisation.notification_address = "new@example.jp"
    town.organisation.save()
    client = client_of(prefecture)
    client.post(reverse("outbox_retry", args=[failed.pk]))
    answer = client.post(reverse("outbox_retry", args=[failed.pk]), follow=True).content.decode()
    assert "すでに送り直しています。" in answer
    deliver_due()
    assert deliver_due() == 0
    assert len(mailserver.received) == 1


def test_without_an_address_nothing_is_sent_again(failed, prefecture, client_of):
    answer = client_of(prefecture).post(reverse("outbox_retry", args=[failed.pk]), follow=True)
    assert "宛先のメールアドレスが登録されていません。" in answer.content.decode()
    failed.refresh_from_db()
    assert failed.state == "given_up"


def test_all_that_failed_are_sent_again_with_one_button(town, prefecture, mailserver, client_of):
    for key in "abc":
        mailserver.refusals[f"{key}@example.jp"] = "550 unknown"
        notice(town, key, sender=prefecture.organisation)
    deliver_due()
    town.organisation.notification_address = "new@example.jp"
    town.organisation.save()
    client_of(prefecture).post(reverse("outbox_retry_all"))
    assert deliver_due() == 3


def test_a_page_never_sends_a_mail_itself(failed, prefecture, client_of, settings, town):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    town.organisation.notification_address = "new@example.jp"
    town.organisation.save()
    client_of(prefecture).post(reverse("outbox_retry", args=[failed.pk]))
    assert mail.outbox == []
    deliver_due()
    assert len(mail.outbox) == 1


def test_mails_in_anothers_name_do_not_exist(failed, world, client_of):
    for name in ("prefecture_b", "secretariat", "town_a1", "vendor_a", "ministry", "expert"):
        client = client_of(world.actors[name])
        assert client.get(reverse("outbox_detail", args=[failed.pk])).status_code == 404, name
        assert client.post(reverse("outbox_retry", args=[failed.pk])).status_code == 404, name


def test_who_only_reads_sends_nothing_again(failed, world, client_of):
    reader = client_of(world.actors["reader_a"])
    assert "もう一度送る</button>" not in html(reader, "outbox_detail", failed.pk)
    assert reader.post(reverse("outbox_retry", args=[failed.pk])).status_code == 403
    assert reader.post(reverse("outbox_retry_all")).status_code == 403


def test_the_administrator_sees_that_it_failed_not_what_it_says(failed, world, client_of):
    page = html(client_of(world.actors["admin"]), "outbox_detail", failed.pk)
    assert "応答 550" in page
    assert "本文です。" not in page
    assert "もう一度送る</button>" in page


def test_the_secretariat_answers_for_what_goes_to_prefectures(world, prefecture, client_of):
    ours = post(letter("a", organisation=prefecture.organisation))
    towns = post(letter("b", organisation=world.actors["town_a1"].organisation))
    page = html(client_of(world.actors["secretariat"]), "outbox_list")
    assert str(ours.pk) in page
    assert str(towns.pk) not in page


def test_the_list_is_filtered_by_state_and_words(failed, town, prefecture, client_of):
    other = notice(town, "z", sender=prefecture.organisation)
    client = client_of(prefecture)
    page = html(client, "outbox_list", state="given_up")
    assert (str(failed.pk) in page, str(other.pk) in page) == (True, False)
    page = html(client, "outbox_list", q="z@example")
    assert (str(failed.pk) in page, str(other.pk) in page) == (False, True)


@pytest.mark.parametrize("name", ["notice_list", "outbox_list", "home"])
def test_many_rows_ask_no_more_questions(name, town, prefecture, client_of, django_assert_num_queries):
    def grow(number, head):
        for count in range(number):
            row = f.MunicipalityFactory(prefecture__organisation=f.OrganisationFactory()).organisation
            post(letter(f"{head}o{count}", organisation=row, sender=prefecture.organisation))
            post(letter(f"{head}n{count}", organisation=prefecture.organisation))

    client = client_of(prefecture)
    grow(1, "few")
    html(client, name)
    with CaptureQueriesContext(connection) as few:
        html(client, name)
    grow(20, "many")
    with django_assert_num_queries(len(few.captured_queries)):
        html(client, name)
