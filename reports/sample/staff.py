"""A hand-over that is prepared and an invitation that waits, made by the portal's own services."""

from __future__ import annotations

from portal import clock
from portal.models import Handover, Invitation, Membership
from portal.people.forms import next_april
from portal.people.handover import prepare
from portal.people.invitations import Invitee, invite, make_letter
from reports.sample.files import read
from reports.sample.organisations import Organisations
from reports.sample.people import People


def make_staff(*, people: People, organisations: Organisations) -> None:
    """Both by letter, so that no mail leaves; nothing when they are there already."""
    content = read("people.yaml")
    _hand_over(content["handover"], people, organisations)
    _invite(content["invitation"], people, organisations)


def _hand_over(item: dict[str, str], people: People, organisations: Organisations) -> None:
    office = organisations[item["organisation"]]
    if Handover.objects.filter(organisation=office).exists():
        return
    leaving = Membership.objects.get(pk=people.officer(office).membership.pk)
    row = Handover(
        leaving=leaving,
        effective_on=next_april(clock.today()),
        successor_name=item["successor"],
        duty=leaving.duty,
        department=item["department"],
    )
    prepare(row=row, actor=people.reviewer(office))


def _invite(item: dict[str, str], people: People, organisations: Organisations) -> None:
    office = organisations[item["organisation"]]
    if Invitation.objects.filter(organisation=office).exists():
        return
    asked = Invitee(
        organisation=office,
        name=item["name"],
        duty=item["duty"],
        valid_from=clock.today(),
        department=item["department"],
    )
    actor = people.reviewer(office)
    make_letter(invitation=invite(invitee=asked, actor=actor), actor=actor)
