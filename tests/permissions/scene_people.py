"""What the addresses about people need behind them, on both sides alike; and its canaries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.actor import Actor
from portal.models import Handover, Invitation, Membership, Organisation
from portal.people.handover import prepare
from portal.people.invitations import Invitee, invite, make_letter
from programs.models import LiaisonAssignment
from tests import factories as f

if TYPE_CHECKING:
    from tests.permissions.canaries import Canaries
    from tests.permissions.scene import Scene


@dataclass
class PeopleRows:
    """One town's: a colleague, a hand-over, an invitation with its link, a liaison."""

    organisation: Organisation
    colleague: Membership
    handover: Handover
    invitation: Invitation
    token: str
    liaison: LiaisonAssignment


def furnish_people(scene: Scene) -> None:
    """A colleague in the first town of each side, and everything their prefecture does about people."""
    for letter, side in (("a", scene.a), ("b", scene.b)):
        office = side.towns[0].organisation
        keeper = scene.world.actors[f"prefecture_{letter}"]
        scene.people[letter] = _rows(office, keeper, letter)


def _rows(office: Organisation, keeper: Actor, letter: str) -> PeopleRows:
    leaving = f.MembershipFactory(organisation=office, department="総務課")
    handover = Handover(
        leaving=leaving, effective_on=dt.date(2026, 4, 1), successor_name="後任 二郎",
        successor_email=f"next-{letter}@example.jp", duty=leaving.duty, department="企画課",
    )  # fmt: skip
    handover = prepare(row=handover, actor=keeper)
    asked = Invitee(
        organisation=office, name="新任 一子", duty="editor", valid_from=dt.date(2025, 9, 16),
        email=f"new-{letter}@example.jp", department="総務課",
    )  # fmt: skip
    invitation, token = make_letter(invitation=invite(invitee=asked, actor=keeper), actor=keeper)
    return PeopleRows(
        organisation=office,
        colleague=f.MembershipFactory(organisation=office, department="企画課", phone="0123-45-6789"),
        handover=handover,
        invitation=invitation,
        token=token,
        liaison=LiaisonAssignment.objects.get(organisation=office),
    )


def plant_people(found: Canaries, scene: Scene) -> None:
    """Marks in what B's people are called, reached by and asked for."""
    rows = scene.people["b"]
    found.set(Organisation.objects.filter(pk=rows.organisation.pk), "phone")
    found.set(Membership.objects.filter(pk=rows.colleague.pk), "phone")
    found.set(Invitation.objects.filter(pk=rows.invitation.pk), "name", "phone")
    found.set(Handover.objects.filter(pk=rows.handover.pk), "successor_name")


def grow_people(scene: Scene) -> None:
    """Many colleagues, invitations, hand-overs and liaisons in the first town of A."""
    office, keeper = scene.people["a"].organisation, scene.world.actors["prefecture_a"]
    for number in range(8):
        leaving = f.MembershipFactory(organisation=office)
        row = Handover(
            leaving=leaving, effective_on=dt.date(2026, 4, 1), successor_name="後任", duty=leaving.duty
        )
        prepare(row=row, actor=keeper)
        asked = Invitee(
            organisation=office, name=f"新任 {number}", duty="editor", valid_from=dt.date(2025, 9, 16)
        )
        invite(invitee=asked, actor=keeper)
        f.MembershipFactory(
            user=scene.people["a"].colleague.user,
            organisation=keeper.organisation,
            valid_from=dt.date(2021, 4, 1 + number),
        )
        LiaisonAssignment.objects.create(
            organisation=office, person=leaving.user, field="community", valid_from=dt.date(2025, 4, 1)
        )
