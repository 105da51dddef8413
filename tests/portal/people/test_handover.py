"""Hand-over: prepared in advance, undone until its day, and on the day rights follow dates."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from portal.choices import Duty, HandoverState
from portal.errors import PortalError
from portal.models import AuditEntry, Handover, Invitation, Membership
from portal.people.handover import close_due, prepare, withdraw
from portal.people.upkeep import end_membership
from portal.permissions import PermissionRefused
from programs.models import LiaisonAssignment
from tests import factories as f
from tests.conftest import actor_for
from tests.portal.people.conftest import accept, handover_of, links, run_jobs


def test_before_the_day_the_old_person_works_and_the_new_one_waits(world, prepared, client_of, on):
    run_jobs()
    visitor = Client()
    accept(visitor, links()[-1])
    prepared.refresh_from_db()
    successor = client_of(_actor(prepared.successor))
    old = client_of(world.actors["town_a1"])
    on("2025-09-30")
    assert (old.get("/").status_code, successor.get("/").status_code) == (200, 403)
    on("2025-10-01")
    assert (old.get("/").status_code, successor.get("/").status_code) == (403, 200)
    assert Handover.objects.get().state == HandoverState.PREPARED  # no job ran: dates are enough
    assert close_due() == 1
    assert close_due() == 0
    assert Handover.objects.get().state == HandoverState.DONE


def _actor(membership):
    from portal.actor import Actor

    return Actor(user=membership.user, membership=membership)


def test_drafts_tasks_and_history_are_there_for_the_successor(world, client_of, on):
    """What the office wrote belongs to the office: the successor goes on with it."""
    round_ = f.RoundFactory(
        program=world.program, due_on=dt.date(2025, 10, 20), closes_on=dt.date(2025, 10, 31)
    )
    f.RoundTargetFactory(round=round_, organisation=world.town_a1.organisation)
    f.ProgressReportFactory(
        round=round_, organisation=world.town_a1.organisation, overview="書きかけの下書き"
    )
    colleague = f.MembershipFactory(organisation=world.town_a2.organisation)
    row = handover_of(world.actors["town_a1"].membership, successor_email=colleague.user.email)
    prepare(row=row, actor=world.actors["prefecture_a"])
    on("2025-10-01")
    successor = client_of(_actor(colleague))
    successor.post(reverse("membership_switch"), {"membership": Handover.objects.get().successor_id})
    assert successor.get("/").context["count"] == 1
    page = successor.get(reverse("progress_section", args=[round_.pk, "overview"])).content.decode()
    assert "書きかけの下書き" in page


def test_a_known_successor_gets_the_membership_without_an_invitation(world):
    colleague = f.MembershipFactory(organisation=world.town_a2.organisation)
    row = handover_of(world.actors["town_a1"].membership, successor_email=colleague.user.email.upper())
    row = prepare(row=row, actor=world.actors["prefecture_a"])
    assert row.successor.user == colleague.user
    assert row.successor.valid_from == dt.date(2025, 10, 1)
    assert not Invitation.objects.exists()


def test_an_address_of_elsewhere_is_invited_and_nothing_is_told(world):
    """AUT-01: an account outside what the actor sees is treated like none."""
    row = handover_of(world.actors["town_a1"].membership, successor_email=world.actors["town_b"].user.email)
    row = prepare(row=row, actor=world.actors["prefecture_a"])
    assert row.successor is None
    assert row.invitation.is_open


def test_withdrawing_puts_everything_back(world, prepared, client, on):
    run_jobs()
    withdraw(row=prepared, actor=world.actors["prefecture_a"])
    membership = world.actors["town_a1"].membership
    membership.refresh_from_db()
    assert membership.valid_until is None
    assert client.get(links()[-1]).status_code == 404
    assert Handover.objects.get().state == HandoverState.WITHDRAWN
    on("2025-10-01")
    assert Membership.objects.active(dt.date(2025, 10, 1)).filter(pk=membership.pk).exists()
    again = prepare(
        row=handover_of(membership, effective_on=dt.date(2025, 11, 1)), actor=world.actors["prefecture_a"]
    )
    assert again.state == HandoverState.PREPARED


def test_withdrawing_calls_off_what_had_not_begun_and_deletes_nothing(world, on):
    colleague = f.MembershipFactory(organisation=world.town_a2.organisation)
    row = handover_of(world.actors["town_a1"].membership, successor_email=colleague.user.email)
    row = prepare(row=row, actor=world.actors["prefecture_a"])
    withdraw(row=row, actor=world.actors["prefecture_a"])
    on("2025-10-02")
    successor = Membership.objects.get(pk=row.successor_id)
    assert successor.withdrawn_at
    assert not successor.is_active(dt.date(2025, 10, 2))
    assert not Membership.objects.active(dt.date(2025, 10, 2)).filter(pk=successor.pk).exists()


def test_the_former_end_comes_back(world):
    membership = world.actors["town_a1"].membership
    membership.valid_until = dt.date(2026, 3, 31)
    membership.save()
    row = prepare(row=handover_of(membership), actor=world.actors["prefecture_a"])
    membership.refresh_from_db()
    assert membership.valid_until == dt.date(2025, 9, 30)
    withdraw(row=row, actor=world.actors["prefecture_a"])
    membership.refresh_from_db()
    assert membership.valid_until == dt.date(2026, 3, 31)


def test_from_its_day_on_nothing_is_undone(world, prepared, on):
    on("2025-10-01")
    with pytest.raises(PortalError, match="適用日を過ぎた"):
        withdraw(row=prepared, actor=world.actors["prefecture_a"])


def test_a_hand_over_today_is_done_at_once(world, client_of):
    colleague = f.MembershipFactory(organisation=world.town_a2.organisation)
    old = client_of(world.actors["town_a1"])
    assert old.get("/").status_code == 200
    row = handover_of(
        world.actors["town_a1"].membership,
        successor_email=colleague.user.email, effective_on=dt.date(2025, 9, 16),
    )  # fmt: skip
    assert prepare(row=row, actor=world.actors["prefecture_a"]).state == HandoverState.DONE
    assert old.get("/").status_code == 403


def test_a_successor_who_registers_late_takes_over_then(world, prepared, on):
    run_jobs()
    on("2025-10-05")
    assert close_due() == 0
    accept(Client(), links()[-1])
    row = Handover.objects.get()
    assert (row.state, row.successor.user.email) == (HandoverState.DONE, "kounin@example.jp")


def test_liaison_assignments_move_with_the_person(world, on):
    leaving = world.actors["prefecture_a"]
    boss = actor_for(world.prefecture_a.organisation)
    successor = actor_for(world.prefecture_a.organisation, duty=Duty.READER)
    kept = {"person": leaving.user, "field": "administration"}
    town_a = LiaisonAssignment.objects.create(
        organisation=world.town_a1.organisation, valid_from=dt.date(2025, 4, 1), **kept
    )
    town_b = LiaisonAssignment.objects.create(
        organisation=world.town_b.organisation, valid_from=dt.date(2025, 4, 1), **kept
    )
    row = handover_of(leaving.membership, successor_email=successor.user.email)
    prepare(row=row, actor=boss)
    on("2025-10-01")
    close_due()
    town_a.refresh_from_db()
    town_b.refresh_from_db()
    assert (town_a.valid_until, town_b.valid_until) == (dt.date(2025, 9, 30), None)
    moved = LiaisonAssignment.objects.get(person=successor.user)
    assert (moved.organisation, moved.field, moved.valid_from) == (
        world.town_a1.organisation, "administration", dt.date(2025, 10, 1),
    )  # fmt: skip
    moved = AuditEntry.objects.get(code="handover.done").details["moved"]
    assert moved == {"DX推進リエゾンの担当": 1, "保存していない入力": 0}


REFUSED = {
    "適用日は、今日": {"effective_on": dt.date(2025, 9, 15)},
    "選べない担当": {"duty": Duty.MANAGER},
}


@pytest.mark.parametrize("sentence", list(REFUSED))
def test_what_makes_no_sense_is_refused(world, sentence):
    row = handover_of(world.actors["town_a1"].membership, **REFUSED[sentence])
    with pytest.raises(PortalError, match=sentence):
        prepare(row=row, actor=world.actors["prefecture_a"])


def test_nobody_hands_over_to_themselves(world):
    leaving = world.actors["town_a1"]
    row = handover_of(leaving.membership, successor_email=leaving.user.email)
    with pytest.raises(PortalError, match="同じ人"):
        prepare(row=row, actor=world.actors["prefecture_a"])


def test_one_hand_over_at_a_time(world, prepared):
    with pytest.raises(PortalError, match="準備されています"):
        prepare(row=handover_of(world.actors["town_a1"].membership, successor_email="x@example.jp"),
                actor=world.actors["prefecture_a"])  # fmt: skip
    assert Handover.objects.count() == 1
    membership = Membership.objects.get(pk=world.actors["town_a1"].membership.pk)
    assert membership.valid_until == dt.date(2025, 9, 30)
    with pytest.raises(PortalError, match="引継ぎが準備"):
        end_membership(
            membership=membership,
            last_day=dt.date(2025, 9, 20),
            knowing=True,
            actor=world.actors["prefecture_a"],
        )


@pytest.mark.parametrize(
    "who", ["town_a1", "town_a2", "town_b", "prefecture_b", "vendor_a", "secretariat", "admin"]
)
def test_only_who_looks_after_the_office_hands_it_over(world, who):
    with pytest.raises(PermissionRefused):
        prepare(row=handover_of(world.actors["town_a1"].membership), actor=world.actors[who])


def test_a_towns_decider_sees_to_the_editors_successor_only(world):
    """Separation of duties: with the same duty, never their own part, never to themselves."""
    town = world.town_a1.organisation
    decider = actor_for(town, duty=Duty.APPROVER)
    other = actor_for(town, duty=Duty.APPROVER)
    editor = world.actors["town_a1"].membership
    with pytest.raises(PermissionRefused):
        prepare(row=handover_of(other.membership), actor=decider)
    with pytest.raises(PermissionRefused):
        prepare(row=handover_of(decider.membership), actor=decider)
    with pytest.raises(PortalError, match="自分を後任者に"):
        prepare(row=handover_of(editor, successor_email=decider.user.email), actor=decider)
    with pytest.raises(PortalError, match="都道府県に依頼"):
        prepare(row=handover_of(editor, duty=Duty.APPROVER), actor=decider)
    assert prepare(row=handover_of(editor), actor=decider).state == HandoverState.PREPARED


def test_the_pages_say_what_will_happen(world, client_of):
    client = client_of(world.actors["prefecture_a"])
    leaving = world.actors["town_a1"].membership
    url = reverse("handover_new", args=[leaving.pk])
    page = client.get(url).content.decode()
    assert "操作できなくなり" in page
    data = {
        "effective_on": "2025-10-01", "name": "後任 二郎", "email": "k@example.jp", "duty": "editor",
        "department": "総務課", "phone": "",
    }  # fmt: skip
    answer = client.post(url, data)
    row = Handover.objects.get()
    assert answer["Location"] == reverse("handover_detail", args=[row.pk])
    assert "引継ぎを取りやめる" in client.get(answer["Location"]).content.decode()
    client.post(reverse("handover_withdraw", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == HandoverState.WITHDRAWN
