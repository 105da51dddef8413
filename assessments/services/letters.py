"""Whom a letter about a form goes to, in whose name, and the words all such letters share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import models

from assessments.models import Round
from portal import clock
from portal.actor import Actor
from portal.choices import Duty
from portal.models import Membership, Organisation, User
from portal.outbox import Letter

#: Who fills forms in; who signs them off is reminded when only the sign-off is missing.
_DOERS = (Duty.EDITOR, Duty.MANAGER, Duty.STAFF)
OFFICE = "ご担当の方"


@dataclass(frozen=True)
class Recipient:
    """A person, or the office as such, and where a mail reaches them."""

    user: User | None
    name: str
    department: str
    address: str

    @property
    def greeting(self) -> str:
        """How the mail begins."""
        return f"{self.name}さん" if self.user else self.name


@dataclass(frozen=True)
class Office:
    """In whose name a reminder goes out."""

    name: str
    organisation: Organisation | None = None
    reply_to: str = ""
    phone: str = ""


def recipients_of(organisation: Organisation) -> list[Recipient]:
    """Who is written to about an organisation's forms today."""
    rows = Membership.objects.active(clock.today()).filter(organisation=organisation, user__is_active=True)
    people = list(rows.select_related("user").order_by("id"))
    return choose_recipients(organisation, people, signing=False)


def choose_recipients(
    organisation: Organisation, people: Iterable[Membership], *, signing: bool
) -> list[Recipient]:
    """The active persons, else the deputies; for those without an own address, or nobody, the office's."""
    doers = [row for row in people if row.duty in _DOERS or (signing and row.duty == Duty.APPROVER)]
    chosen = [row for row in doers if not row.deputy] or doers
    found = {
        row.user_id: Recipient(row.user, row.user.name, row.department, row.user.email)
        for row in chosen
        if row.user.email
    }
    reached = list(found.values())
    if not chosen or any(not row.user.email for row in chosen):
        reached.append(Recipient(None, OFFICE, "", organisation.notification_address))
    return reached


def office_of(actor: Actor) -> Office:
    """The office of whoever acts, with its telephone."""
    office = actor.organisation
    name = f"{office.name}{actor.membership.department}"
    return Office(name, office, office.notification_address, actor.membership.phone or office.phone)


def letter(
    organisation: Organisation,
    to: Recipient,
    office: Office,
    *,
    key: str,
    kind: str,
    subject: str,
    body: str,
    concerns: models.Model,
) -> Letter:
    """A letter to one of an organisation's people, or to it as such; the key grows by whom it is to."""
    return Letter(
        key=f"{key}:{to.user.pk if to.user else 'office'}",
        kind=kind,
        organisation=organisation,
        user=to.user,
        recipient=to.greeting,
        address=to.address,
        sender=office.organisation,
        sender_name=office.name,
        reply_to=office.reply_to,
        subject=subject,
        body=body,
        concerns=concerns,
    )


def place(what: str, round_: Round) -> str:
    """The line that says where in the menu something is done: no links, LGWAN strips them."""
    return (
        f"{what}場所：{settings.PORTAL_NAME}にサインインし、"
        f"メニューの「報告回」から「{round_.title}」を開いてください。"
    )


def ending(office: Office) -> list[str]:
    """The last lines: where else this can be read, and whom to ask."""
    phone = f"　電話：{office.phone}" if office.phone else ""
    return ["同じ内容を、ポータルの「お知らせ」でも読めます。", "", f"{office.name}{phone}"]
