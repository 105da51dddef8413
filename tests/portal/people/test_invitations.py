"""Inviting: the mail and its link, links that die, letters, sign-in IDs, who may invite whom."""

import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.db import connection, transaction
from django.urls import reverse

from portal import clock
from portal.choices import Duty, InvitationState
from portal.errors import PortalError
from portal.models import AuditEntry, Invitation, Membership, Organisation, OutboxMessage
from portal.outbox import NotWanted
from portal.outbox.delivery import claim_next
from portal.people.invitations import invite, make_letter, resend, revoke
from portal.people.sending import COURIER
from portal.people.tokens import DIGITS, LETTERS, hash_of, new_login_id
from portal.permissions import PermissionRefused
from tests import factories as f
from tests.conftest import actor_for
from tests.portal.people.conftest import accept, invitee, latest, links, run_jobs

#: The mail server of tests.
LOCMEM = "django.core.mail.backends.locmem.EmailBackend.send_messages"


def raiser(error):
    """A mail server that answers with this."""

    def send(*_args):
        raise error

    return send


def test_the_mail_suffices_alone(world, invited):
    [message] = mail.outbox
    assert message.to == ["shinnin@example.jp"]
    for words in (
        "新任 一子 さん",
        world.town_a1.name,
        "市町村担当者（入力担当）",
        "2025年9月16日",
        "2025年9月30日",
    ):
        assert words in message.body
    assert message.content_subtype == "plain"
    assert invited.state_at(clock.now()) == InvitationState.SENT
    assert invited.sent_count == 1


def test_no_token_is_in_the_database(invited):
    token = invited.link.rstrip("/").rsplit("/", 1)[1]
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [table for row in cursor.fetchall() if any(token in str(value) for value in row)]
    assert found == []


def test_a_new_mail_kills_the_old_link(world, invited, client):
    resend(invitation=invited, actor=world.actors["prefecture_a"])
    assert client.get(invited.link).status_code == 404
    run_jobs()
    assert client.get(links()[-1]).status_code == 200
    assert client.get(invited.link).status_code == 404


def test_a_revoked_invitation_is_dead_and_stays_on_record(world, invited, client):
    revoke(invitation=invited, actor=world.actors["prefecture_a"])
    assert client.get(invited.link).status_code == 404
    assert Invitation.objects.get().state_at(clock.now()) == InvitationState.REVOKED
    with pytest.raises(PortalError, match="取り消されて"):
        resend(invitation=invited, actor=world.actors["prefecture_a"])


def test_an_expired_link_is_dead(invited, client, on):
    on("2025-09-29")
    assert client.get(invited.link).status_code == 200
    on("2025-10-01")
    assert client.get(invited.link).status_code == 404


def test_the_days_of_a_link_are_a_parameter(world, settings):
    settings.INVITATION_DAYS = 3
    row = invite(invitee=invitee(world.town_a1.organisation), actor=world.actors["prefecture_a"])
    assert row.expires_at.date() - clock.today() <= dt.timedelta(days=3)


def test_a_refused_mail_is_shown_and_can_be_sent_again(world, monkeypatch):
    actor = world.actors["prefecture_a"]
    refused = {"shinnin@example.jp": (550, b"no such mailbox")}
    row = invite(invitee=invitee(world.town_a1.organisation), actor=actor)
    with monkeypatch.context() as patch:
        patch.setattr(LOCMEM, raiser(smtplib.SMTPRecipientsRefused(refused)))
        run_jobs()
    row.refresh_from_db()
    assert row.state_at(clock.now()) == InvitationState.FAILED
    assert "メールアドレスを確かめて" in row.send_error
    assert "お知らせ" not in row.send_error
    assert row.token_hash is None
    assert AuditEntry.objects.filter(code="invitation.not_sent", result="failed").count() == 1
    resend(invitation=row, actor=actor)
    run_jobs()
    row.refresh_from_db()
    assert row.state_at(clock.now()) == InvitationState.SENT


def test_a_server_that_is_away_is_tried_again_by_itself(world, monkeypatch, client):
    row = invite(invitee=invitee(world.town_a1.organisation), actor=world.actors["prefecture_a"])
    with monkeypatch.context() as patch:
        patch.setattr(LOCMEM, raiser(OSError("away")))
        run_jobs()
    row.refresh_from_db()
    assert row.state_at(clock.now()) == InvitationState.FAILED
    assert "自動でもう一度送ります" in row.send_error
    OutboxMessage.objects.update(next_attempt_at=clock.real_now())
    run_jobs()
    row.refresh_from_db()
    assert (row.state_at(clock.now()), row.send_error) == (InvitationState.SENT, "")
    assert client.get(links()[-1]).status_code == 200


def test_the_mail_is_part_of_the_invitation_and_has_no_text_before_it_goes(world):
    with transaction.atomic():
        invite(invitee=invitee(world.town_a1.organisation), actor=world.actors["prefecture_a"])
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()
    invite(invitee=invitee(world.town_a1.organisation), actor=world.actors["prefecture_a"])
    message = OutboxMessage.objects.get()
    assert (message.state, message.body, message.in_portal) == ("waiting", "", False)


def test_it_stands_in_nobodys_notices_and_in_no_outbox(world, invited, client_of):
    for name in ("town_a1", "prefecture_a", "secretariat", "admin"):
        actor = world.actors[name]
        assert not OutboxMessage.objects.for_user(actor).exists(), name
    page = client_of(world.actors["admin"]).get(reverse("outbox_list")).content.decode()
    assert "shinnin@example.jp" not in page


@pytest.mark.parametrize("act", [resend, revoke, make_letter])
def test_what_comes_after_calls_a_waiting_mail_back(world, act):
    actor = world.actors["prefecture_a"]
    row = invite(invitee=invitee(world.town_a1.organisation), actor=actor)
    first = OutboxMessage.objects.get()
    act(invitation=row, actor=actor)
    first.refresh_from_db()
    assert first.state == "given_up"
    run_jobs()
    assert len(mail.outbox) == (1 if act is resend else 0)


def test_a_mail_called_back_while_it_goes_out_makes_no_link(world):
    actor = world.actors["prefecture_a"]
    row = invite(invitee=invitee(world.town_a1.organisation), actor=actor)
    claimed = claim_next()
    _row, letter = make_letter(invitation=row, actor=actor)
    with pytest.raises(NotWanted):
        COURIER.text(claimed)
    row.refresh_from_db()
    assert row.token_hash == hash_of(letter)


def test_who_may_invite_no_longer_sends_no_invitation(world, on):
    actor = world.actors["prefecture_a"]
    row = invite(invitee=invitee(world.town_a1.organisation), actor=actor)
    Membership.objects.filter(pk=actor.membership.pk).update(valid_until=dt.date(2025, 9, 15))
    run_jobs()
    row.refresh_from_db()
    assert mail.outbox == []
    assert "依頼した人の所属が終わったため" in row.send_error


def test_a_letter_carries_a_new_link_and_a_sign_in_id(world, client_of, client):
    actor = world.actors["prefecture_a"]
    row = invite(invitee=invitee(world.town_a1.organisation, email=""), actor=actor)
    assert not OutboxMessage.objects.exists()
    page = (
        client_of(actor).post(reverse("invitation_letter", args=[row.pk]), {"form": "page"}).content.decode()
    )
    row.refresh_from_db()
    assert row.login_id in page
    _row, token = make_letter(invitation=row, actor=actor)
    answer = accept(client, reverse("invitation_open", args=[token]))
    assert answer["Location"] == reverse("invitation_done")
    row.refresh_from_db()
    assert row.accepted_by.login_id == row.login_id
    assert row.accepted_by.email is None


def test_the_first_letter_is_dead_when_a_second_is_made(world, client):
    actor = world.actors["prefecture_a"]
    row = invite(invitee=invitee(world.town_a1.organisation, email=""), actor=actor)
    _row, first = make_letter(invitation=row, actor=actor)
    row, second = make_letter(invitation=row, actor=actor)
    assert client.get(reverse("invitation_open", args=[first])).status_code == 404
    assert client.get(reverse("invitation_open", args=[second])).status_code == 200
    assert row.letter_count == 2
    assert AuditEntry.objects.filter(code="invitation.letter").count() == 2


@pytest.mark.pdf
def test_the_letter_comes_as_pdf_and_is_kept_nowhere(world, client_of, invited):
    client = client_of(world.actors["prefecture_a"])
    answer = client.post(reverse("invitation_letter", args=[invited.pk]), {"form": "pdf"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]


def test_sign_in_ids_are_readable_over_a_telephone(db):
    made = {new_login_id() for _ in range(50)}
    assert len(made) == 50
    assert {letter for one in made for letter in one} <= set(LETTERS + DIGITS)
    assert not set("01OIL") & set(LETTERS + DIGITS)


#: Who may invite into what: actor → organisations.
MAY = {
    "prefecture_a": {"town_a1", "town_a2", "prefecture_a"},
    "prefecture_b": {"town_b", "prefecture_b"},
    "secretariat": {"prefecture_a", "prefecture_b", "vendor_a", "vendor_b", "expert", "secretariat"},
    "admin": {"admin", "secretariat", "ministry"},
    "town_a1": set(),
    "vendor_a": set(),
    "expert": set(),
    "ministry": set(),
}


@pytest.mark.parametrize("who", list(MAY))
def test_everybody_invites_only_those_they_look_after(world, who):
    invited = set()
    for name, target in world.actors.items():
        duty = target.membership.duty
        try:
            invite(invitee=invitee(target.organisation, duty=duty), actor=world.actors[who])
        except PermissionRefused:
            continue
        invited.add(name)
    assert invited == MAY[who]


def test_a_reader_of_the_prefecture_invites_nobody(world):
    reader = actor_for(world.prefecture_a.organisation, duty=Duty.READER)
    with pytest.raises(PermissionRefused, match="担当は"):
        invite(invitee=invitee(world.town_a1.organisation), actor=reader)


def test_a_union_is_invited_by_its_prefecture(world):
    union = f.OrganisationFactory(kind="union", name="衛生組合", parent=world.prefecture_a.organisation)
    row = invite(invitee=invitee(union), actor=world.actors["prefecture_a"])
    assert row.role == "municipality"


def test_a_duty_of_another_role_is_refused(world):
    with pytest.raises(PortalError, match="担当を選び直して"):
        invite(
            invitee=invitee(world.town_a1.organisation, duty=Duty.MANAGER), actor=world.actors["prefecture_a"]
        )


def test_the_form_offers_only_kept_organisations(world, client_of):
    """TEN-04: somebody else's organisation in the form is a form error, and nothing is made."""
    client = client_of(world.actors["prefecture_a"])
    data = {
        "organisation": world.town_b.organisation.pk, "name": "侵入 者", "email": "x@example.jp",
        "duty": "editor", "valid_from": "2025-10-01",
    }  # fmt: skip
    answer = client.post(reverse("invitation_new"), data)
    assert answer.status_code == 200
    assert not Invitation.objects.exists()
    answer = client.post(reverse("invitation_new"), data | {"organisation": world.town_a2.organisation.pk})
    assert answer["Location"] == reverse("invitation_detail", args=[latest().pk])


def test_names_of_an_invitation_are_text_in_the_mail_as_typed(world):
    invite(
        invitee=invitee(world.town_a1.organisation, name="<b>山田</b> & 子"),
        actor=world.actors["prefecture_a"],
    )
    run_jobs()
    assert "<b>山田</b> & 子 さん" in mail.outbox[0].body
    assert Organisation.objects.count()
