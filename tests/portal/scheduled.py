"""Every piece of work that is done by itself: what it finds, and what it leaves behind when done once.

The evening is that of 2025-09-16, a Tuesday; what begins on the 17th begins at midnight.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from assessments.models import Reminder
from assessments.services.reminders import KIND as REMINDER
from portal import clock
from portal.audit import AuditCode, record
from portal.choices import HandoverState, JobState
from portal.jobs import Outcome, enqueue, register
from portal.models import (
    AuditCheckpoint,
    AuditEntry,
    DraftBuffer,
    Handover,
    Job,
    Membership,
    NoticeSetting,
    OutboxMessage,
    Vacancy,
)
from portal.outbox import digests, post
from portal.people import vacancies
from programs.models import LiaisonAssignment
from tests import factories as f
from tests.conftest import World, actor_for
from tests.factories_assessments import make_framework, make_round
from tests.portal.outbox.letters import letter

EVENING, NIGHT = "2025-09-16T23:59:59+09:00", "2025-09-17T00:00:01+09:00"
TODAY, TOMORROW = dt.date(2025, 9, 16), dt.date(2025, 9, 17)
Counts = Mapping[str, int]
JOB = "test.scheduled"
register(JOB, run=lambda _context: Outcome(), label="試験の処理")


@dataclass(frozen=True)
class Case:
    """What the work finds, and the counts it leaves on the day itself and after midnight."""

    prepare: Callable[[World], None]
    effects: Callable[[], Counts]
    evening: Counts
    night: Counts


def told(code: AuditCode) -> int:
    """How often the trail tells of it."""
    return AuditEntry.objects.filter(code=code).count()


def letters(kind: str) -> int:
    """How many mails of that kind there are."""
    return OutboxMessage.objects.filter(kind=kind).count()


def a_round_due_in_two_weeks(world: World) -> None:
    make_round(world.program, world.town_a1.organisation, frameworks=(make_framework(1, 1),))


def reminders() -> Counts:
    return {
        "rows": Reminder.objects.count(),
        "mails": letters(REMINDER),
        "told": told(AuditCode.REMINDERS_SENT),
    }


def an_office_left_by_everybody(world: World) -> None:
    Membership.objects.filter(organisation=world.town_a2.organisation).update(
        valid_until=TODAY - dt.timedelta(days=1)
    )


def vacancy() -> Counts:
    return {
        "noted": Vacancy.objects.count(),
        "told": Vacancy.objects.filter(told_at__isnull=False).count(),
        "mails": letters(vacancies.KIND),
        "trail": told(AuditCode.VACANCY_TOLD),
    }


def two_letters_for_one_mail(_world: World) -> None:
    row = f.MembershipFactory()
    NoticeSetting.objects.create(organisation=row.organisation, user=row.user, digest=True)
    for key in ("case-a", "case-b"):
        post(letter(key, organisation=row.organisation, user=row.user, address=row.user.email))


def daily_mails() -> Counts:
    gathered = OutboxMessage.objects.filter(key__startswith="case-", digest__isnull=False)
    return {"mails": letters(digests.KIND), "gathered": gathered.count()}


def _draft(user, organisation, form: str, age: int) -> None:
    DraftBuffer.objects.create(
        user=user, organisation=organisation, form=form, title="課題", url="/", payload={"issues": form},
        updated_at=clock.now() - dt.timedelta(days=age),
    )  # fmt: skip


def an_old_and_a_young_text(world: World) -> None:
    someone = world.actors["vendor_a"]
    _draft(someone.user, someone.organisation, "case-old", 40)
    _draft(someone.user, someone.organisation, "case-young", 20)


def texts() -> Counts:
    kept = DraftBuffer.objects.filter(form__startswith="case-").values_list("form", flat=True)
    return {
        "old": list(kept).count("case-old"),
        "young": list(kept).count("case-young"),
        "told": told(AuditCode.DRAFTS_PURGED),
    }


def a_session_that_is_over_and_one_that_is_not(world: World) -> None:
    for key, moment in (("over", dt.datetime(2020, 1, 1, tzinfo=dt.UTC)), ("open", clock.real_now())):
        later = moment + dt.timedelta(days=3650 if key == "open" else 1)
        Session.objects.create(session_key=key, session_data="", expire_date=later)
        row = UserSession.objects.create(
            session_key=key, user=world.actors["vendor_b"].user, ip="192.0.2.1", user_agent="t"
        )
        UserSession.objects.filter(pk=row.pk).update(last_seen_at=moment)


def sessions() -> Counts:
    keys = [*Session.objects.values_list("session_key", flat=True)]
    keys += UserSession.objects.values_list("session_key", flat=True)
    return {"over": keys.count("over"), "open": keys.count("open")}


def something_recorded(world: World) -> None:
    record(AuditCode.DATA_LOADED, actor=world.actors["admin"], details={"case": "trail"})


def signatures() -> Counts:
    return {"signed": AuditCheckpoint.objects.count(), "told": told(AuditCode.AUDIT_SIGNED)}


def a_hand_over_that_begins_tomorrow(world: World) -> None:
    leaving = world.actors["prefecture_b"]
    office, keeper = leaving.organisation, actor_for(leaving.organisation)
    successor = f.MembershipFactory(organisation=office, valid_from=TOMORROW)
    Membership.objects.filter(pk=leaving.membership.pk).update(valid_until=TODAY)
    Handover.objects.create(
        organisation=office, person=leaving.user, leaving=leaving.membership, effective_on=TOMORROW,
        successor_name="後任", successor=successor, duty=leaving.membership.duty, prepared_by=keeper.user,
        membership=keeper.membership, prepared_at=clock.now(),
    )  # fmt: skip
    LiaisonAssignment.objects.create(
        organisation=world.town_b.organisation,
        person=leaving.user,
        field="community",
        valid_from=dt.date(2025, 4, 1),
    )
    _draft(leaving.user, office, "handed-over", 1)


def hand_overs() -> Counts:
    row = Handover.objects.select_related("successor").get()
    successor = row.successor.user_id
    return {
        "done": Handover.objects.filter(state=HandoverState.DONE).count(),
        "liaisons": LiaisonAssignment.objects.filter(person=successor).count(),
        "texts": DraftBuffer.objects.filter(user=successor, form="handed-over").count(),
        "told": told(AuditCode.HANDOVER_DONE),
    }


def a_job_whose_hint_was_lost(_world: World) -> None:
    actor = actor_for(f.OrganisationFactory())
    enqueue(JOB, actor=actor, params={}, organisation=actor.organisation, key="case")


def jobs() -> Counts:
    done = Job.objects.filter(state=JobState.SUCCEEDED)
    return {"done": done.count(), "attempts": sum(done.values_list("attempts", flat=True))}


def once(prepare: Callable[[World], None], effects: Callable[[], Counts], **counts: int) -> Case:
    """A case that is done on the evening and not again after midnight."""
    return Case(prepare, effects, counts, counts)


CASES: dict[str, Case] = {
    "assessments.reminders": once(a_round_due_in_two_weeks, reminders, rows=1, mails=1, told=1),
    "portal.vacancies": once(an_office_left_by_everybody, vacancy, noted=1, told=1, mails=1, trail=1),
    "portal.digests": once(two_letters_for_one_mail, daily_mails, mails=1, gathered=2),
    "portal.drafts": once(an_old_and_a_young_text, texts, old=0, young=1, told=1),
    "portal.sessions": once(a_session_that_is_over_and_one_that_is_not, sessions, over=0, open=2),
    "portal.trail": once(something_recorded, signatures, signed=1, told=1),
    "portal.handovers": Case(
        a_hand_over_that_begins_tomorrow,
        hand_overs,
        {"done": 0, "liaisons": 0, "texts": 0, "told": 0},
        {"done": 1, "liaisons": 1, "texts": 1, "told": 1},
    ),
    "portal.jobs": once(a_job_whose_hint_was_lost, jobs, done=1, attempts=1),
}
