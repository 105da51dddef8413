"""What a reminder says, and to whom at each of many organisations: plain text that suffices alone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from assessments.models import Round
from assessments.services.letters import Office, Recipient, choose_recipients, ending, office_of, place
from assessments.services.status import FormStatus
from portal.actor import Actor
from portal.choices import Duty
from portal.models import Membership, Organisation
from portal.ui.dates import jdate


@dataclass
class Addressees:
    """Recipients and sending offices of many organisations, found in a fixed number of queries."""

    organisations: dict[int, Organisation]
    recipients: dict[int, list[Recipient]]
    offices: dict[int, Office] = field(default_factory=dict)


def addressees(
    forms: Mapping[int, Iterable[FormStatus]], today: dt.date, *, actor: Actor | None = None
) -> Addressees:
    """Who is to be reminded at each of these organisations, and in whose name; `actor` when by hand."""
    organisations = Organisation.objects.select_related("parent").in_bulk(list(forms))
    parents = {row.parent_id for row in organisations.values() if row.parent_id}
    people: dict[int, list[Membership]] = defaultdict(list)
    rows = (
        Membership.objects.active(today)
        .filter(organisation__in={*organisations, *parents}, user__is_active=True)
        .select_related("user")
        .order_by("organisation", "id")
    )
    for row in rows:
        people[row.organisation_id].append(row)
    found = Addressees(organisations, {})
    for pk, organisation in organisations.items():
        signing = any(form.waits_for_sign_off for form in forms[pk])
        found.recipients[pk] = choose_recipients(organisation, people[pk], signing=signing)
        found.offices[pk] = office_of(actor) if actor else _office(organisation, people)
    return found


def _office(organisation: Organisation, people: Mapping[int, list[Membership]]) -> Office:
    """The prefecture's office above a town; the portal's own for those without one above."""
    parent = organisation.parent
    if parent is None:
        return Office(settings.PORTAL_CONTACT)
    managers = [row for row in people.get(parent.pk, []) if row.duty == Duty.MANAGER]
    named = next((row for row in managers if row.department and not row.deputy), None)
    department = named.department if named else ""
    phone = (named.phone if named else "") or parent.phone
    return Office(f"{parent.name}{department}", parent, parent.notification_address, phone)


@dataclass(frozen=True)
class Occasion:
    """What one organisation is reminded of: the round, its own due day, and what the sender adds."""

    round: Round
    due_on: dt.date
    late: bool
    note: str = ""

    @property
    def subject(self) -> str:
        """By when, and what."""
        head = "提出期限を過ぎています" if self.late else f"提出期限 {jdate(self.due_on)}"
        return f"【{head}】{self.round.title}の提出のお願い"


def occasion(round_: Round, forms: list[FormStatus], today: dt.date, note: str = "") -> Occasion:
    """The occasion of these forms of one organisation as it is today."""
    due_on = today + dt.timedelta(days=forms[0].days_left)
    return Occasion(round_, due_on, today > due_on, note)


def body(
    about: Occasion,
    organisation: Organisation,
    forms: Iterable[FormStatus],
    recipient: Recipient,
    office: Office,
) -> str:
    """What is missing, whose it is, by when, where in the menu; then the note, and whom to ask."""
    said = "提出期限を過ぎて" if about.late else "提出期限が近づいていますが"
    title = about.round.title
    lines = [
        organisation.full_name,
        recipient.greeting,
        "",
        f"「{title}」について、{said}、まだ提出されていないものをお知らせします。",
        "",
        "まだ提出されていないもの：",
        *(f"・{form.form_label}（{_state(form)}）" for form in forms),
        "",
        f"提出する団体：{organisation.full_name}",
        f"提出期限：{jdate(about.due_on)}",
        f"受付の最終日：{jdate(about.round.closes_on)}",
        place("提出する", about.round),
        "",
    ]
    if about.note:
        lines += [f"{office.name}からの連絡：", about.note, ""]
    lines += ["行き違いで提出済みの場合は、ご容赦ください。", *ending(office)]
    return "\n".join(lines)


def _state(form: FormStatus) -> str:
    return "決裁待ち" if form.waits_for_sign_off else form.state_label
