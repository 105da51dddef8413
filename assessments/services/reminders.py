"""Reminding those who have not handed in: by itself each working day that asks for it, and by hand.

A reminder is a row, unique per round, organisation, kind and day; its mails are written with it in one
transaction. However often this runs, and however many run it at once, each is written once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max

from assessments.choices import ReminderKind
from assessments.models import Reminder, Round
from assessments.services.letters import Recipient, letter
from assessments.services.reminder_days import Step, due_step
from assessments.services.reminder_letters import Addressees, addressees, body, occasion
from assessments.services.status import FormStatus, all_forms, round_status
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import MessageState, Role
from portal.errors import MoveRefused
from portal.models import OutboxMessage
from portal.outbox import Letter, post_all
from portal.permissions import Action, check
from portal.services.bulk import BATCH
from portal.ui.dates import jdate
from programs.core.calendar import WorkCalendar

KIND = "assessments.reminder"
LABEL = "提出のリマインド"
#: The most characters of the note that the sender adds.
NOTE_LIMIT = 500

Forms = dict[int, list[FormStatus]]


# --- by itself ---------------------------------------------------------------
def send_due_reminders(day: dt.date) -> int:
    """Write the reminders that are due on this day, for all rounds; how many organisations got one."""
    rounds = Round.objects.in_force().filter(opens_on__lte=day, closes_on__gte=day)
    return sum(_remind_round(round_, day) for round_ in rounds.select_related("program").order_by("pk"))


@transaction.atomic
def _remind_round(round_: Round, day: dt.date) -> int:
    calendar = WorkCalendar(round_.program)
    missing = _missing(all_forms(round_, day))
    steps: dict[dt.date, Step | None] = {}
    told = _last_days(round_)
    found: dict[tuple[ReminderKind, dt.date], Forms] = {}
    for organisation, forms in missing.items():
        due_on = day + dt.timedelta(days=forms[0].days_left)
        if due_on not in steps:
            steps[due_on] = due_step(round_, due_on, day, calendar)
        step = steps[due_on]
        if step is None or told.get((organisation, step.kind), dt.date.min) >= step.since:
            continue
        found.setdefault((step.kind, step.day), {})[organisation] = forms
    return sum(
        len(_write(round_, forms, _Order(kind, for_day, day)))
        for (kind, for_day), forms in sorted(found.items())
    )


def _missing(rows: Iterable[FormStatus]) -> Forms:
    """What each organisation has not handed in, in the order of the forms; what is 該当なし is not asked."""
    found: Forms = {}
    for row in sorted(rows, key=lambda one: (one.organisation_id, one.order)):
        if row.is_asked and not row.is_done:
            found.setdefault(row.organisation_id, []).append(row)
    return found


def _last_days(round_: Round) -> dict[tuple[int, str], dt.date]:
    rows = (
        Reminder.objects.filter(round=round_, press="")
        .order_by()
        .values_list("organisation", "kind")
        .annotate(last=Max("day"))
    )
    return {(organisation, kind): last for organisation, kind, last in rows}


@dataclass(frozen=True)
class _Order:
    """Why and how these organisations are reminded."""

    kind: ReminderKind
    day: dt.date
    today: dt.date
    actor: Actor | None = None
    note: str = ""
    press: str = ""


def _write(round_: Round, forms: Mapping[int, list[FormStatus]], order: _Order) -> list[Reminder]:
    """The rows and their mails; only those that were not there yet are returned and mailed."""
    rows = [
        Reminder(
            round=round_,
            organisation_id=pk,
            kind=order.kind,
            day=order.day,
            press=order.press,
            forms=[form.form_label for form in forms[pk]],
            note=order.note,
            at=clock.now(),
            by=order.actor.user if order.actor else None,
            membership=order.actor.membership if order.actor else None,
        )
        for pk in sorted(forms)
    ]
    Reminder.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    # Ids are drawn here: those found again are ours, the others were written by somebody beside us.
    ours = set(Reminder.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    written = [row for row in rows if row.pk in ours]
    if not written:
        return []
    mine = {row.organisation_id: forms[row.organisation_id] for row in written}
    people = addressees(mine, order.today, actor=order.actor)
    letters = [letter for row in written for letter in _letters(round_, row, mine, people, order)]
    posted = post_all(letters, actor=order.actor)
    record(
        AuditCode.REMINDERS_SENT,
        actor=order.actor,
        obj=round_,
        details={
            "kind": str(order.kind),
            "day": order.day,
            "organisations": [row.organisation_id for row in written],
            "messages": len(posted),
        },
    )
    return written


def _letters(
    round_: Round, reminder: Reminder, forms: Forms, people: Addressees, order: _Order
) -> Iterable[Letter]:
    pk = reminder.organisation_id
    organisation, office = people.organisations[pk], people.offices[pk]
    about = occasion(round_, forms[pk], order.today, order.note)
    for recipient in people.recipients[pk]:
        yield letter(
            organisation,
            recipient,
            office,
            key=f"reminder:{reminder.pk}",
            kind=KIND,
            subject=about.subject,
            body=body(about, organisation, forms[pk], recipient, office),
            concerns=round_,
        )


# --- by hand -----------------------------------------------------------------
@dataclass(frozen=True)
class Candidate:
    """An organisation that may be reminded now: what it owes, who would get the mail, what it would say."""

    organisation_id: int
    name: str
    forms: list[FormStatus]
    recipients: list[Recipient]
    subject: str
    text: str
    last: dt.datetime | None = None


@dataclass(frozen=True)
class Chosen:
    """The filters of the completion page: form, state, place, part of the name; None for all."""

    form: str | None = None
    state: str | None = None
    prefecture: str | None = None
    name: str | None = None
    organisation: str | None = None
    ids: frozenset[int] | None = field(default=None)

    def fits(self, row: FormStatus) -> bool:
        """Whether a form is among those chosen."""
        if self.ids is not None and row.organisation_id not in self.ids:
            return False
        if self.name and self.name not in row.organisation:
            return False
        wanted = {
            "form": row.form,
            "state": row.state,
            "prefecture": str(row.prefecture_id),
            "organisation": str(row.organisation_id),
        }
        return all(getattr(self, one) in (None, "", value) for one, value in wanted.items())


def candidates(*, round_: Round, chosen: Chosen, actor: Actor, note: str = "") -> list[Candidate]:
    """Who would be reminded, with names, addresses and texts, in a fixed number of queries."""
    check(actor, Action.REMIND)
    forms = owed(round_status(round_, actor), chosen, actor)
    today = clock.today()
    people = addressees(forms, today, actor=actor)
    last = last_reminders(round_, forms)
    found = []
    for pk, rows in forms.items():
        about = occasion(round_, rows, today, note)
        organisation, recipients = people.organisations[pk], people.recipients[pk]
        found.append(
            Candidate(
                pk,
                organisation.full_name,
                rows,
                recipients,
                about.subject,
                body(about, organisation, rows, recipients[0], people.offices[pk]),
                last.get(pk),
            )
        )
    return found


def owed(rows: Iterable[FormStatus], chosen: Chosen, actor: Actor) -> Forms:
    """Whom the actor may remind of what, of forms that concern them.

    A prefecture reminds its towns, the secretariat the prefectures; nobody themselves.
    """
    return _missing(row for row in rows if chosen.fits(row) and _in_charge(row, actor))


def _in_charge(row: FormStatus, actor: Actor) -> bool:
    of_prefecture = row.organisation_id == row.prefecture_id
    if actor.role == Role.PREFECTURE:
        return not of_prefecture and row.prefecture_id == actor.organisation.pk
    return of_prefecture


def last_reminders(round_: Round, organisations: Iterable[int]) -> dict[int, dt.datetime]:
    """When each of these organisations was reminded of the round last, by itself or by hand."""
    rows = (
        Reminder.objects.filter(round=round_, organisation__in=list(organisations))
        .order_by()
        .values_list("organisation")
        .annotate(last=Max("at"))
    )
    return dict(rows)


@transaction.atomic
def remind_by_hand(*, round_: Round, chosen: Chosen, note: str, press: str, actor: Actor) -> int:
    """Remind those chosen who have still not handed in; how many. The same press twice reminds once."""
    check(actor, Action.REMIND)
    today = clock.today()
    if not round_.is_open(today):
        raise MoveRefused(
            f"リマインドを送れるのは、受付期間（{jdate(round_.opens_on)}から{jdate(round_.closes_on)}まで）です。"
        )
    forms = owed(round_status(round_, actor), chosen, actor)
    order = _Order(ReminderKind.BY_HAND, today, today, actor=actor, note=note, press=press)
    return len(_write(round_, forms, order)) if forms else 0


def mails_in_trouble(round_: Round, actor: Actor) -> int:
    """How many mails about the round could not be delivered, of those the actor answers for."""
    mails = OutboxMessage.objects.answered_for(actor).concerning(round_)
    return mails.filter(state__in=[MessageState.GIVEN_UP, MessageState.PORTAL_ONLY]).count()
