"""Reset of a lost second factor by two people, and ending the sessions of a person one looks after.

Somebody in charge asks and says why: of the person's own office, of its prefecture, or the secretariat for
those it looks after. A system administrator, another person, decides after having made sure who is asking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import FactorResetState, OrganisationKind, Role
from portal.errors import MoveRefused
from portal.models import FactorReset, Membership, User
from portal.outbox import Letter, post_all
from portal.permissions import Action, PermissionRefused, Standing, check
from portal.signin import sessions

KIND, LABEL = "portal.factor_reset", "二段階認証の初期化"
#: Whose people the secretariat looks after: those nobody else stands above.
OF_SECRETARIAT = (
    OrganisationKind.PREFECTURE,
    OrganisationKind.VENDOR,
    OrganisationKind.SECRETARIAT,
    OrganisationKind.EXPERT_PANEL,
    OrganisationKind.MINISTRY,
    OrganisationKind.OPERATOR,
)


@dataclass(frozen=True)
class Person:
    """A person at an office, as somebody in charge sees them."""

    membership: Membership

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """Own office, the prefecture above it, or the secretariat."""
        office = self.membership.organisation
        found = set()
        if office.pk == actor.organisation.pk:
            found.add(Standing.AUTHOR)
        if actor.role == Role.PREFECTURE and office.parent_id == actor.organisation.pk:
            found.add(Standing.PREFECTURE)
        if actor.role == Role.SECRETARIAT and office.kind in OF_SECRETARIAT:
            found.add(Standing.SECRETARIAT)
        if actor.role == Role.ADMIN:
            found.add(Standing.ADMIN)
        return frozenset(found)


def people_of(actor: Actor) -> QuerySet[Membership]:
    """The memberships in force of those the actor is in charge of, without the actor."""
    own = Q(organisation=actor.organisation)
    if actor.role == Role.PREFECTURE:
        own |= Q(organisation__parent=actor.organisation)
    if actor.role == Role.SECRETARIAT:
        own |= Q(organisation__kind__in=OF_SECRETARIAT)
    if actor.role == Role.ADMIN:
        own = Q()
    rows = Membership.objects.active(clock.today()).filter(own, user__is_active=True)
    return rows.exclude(user=actor.user).select_related("user", "organisation__parent")


@transaction.atomic
def ask(*, actor: Actor, membership: Membership, reason: str) -> FactorReset:
    """Ask for the reset of a person's factors; MoveRefused when one is waiting already."""
    check(actor, Action.ASK_FACTOR_RESET, Person(membership))
    if membership.user_id == actor.user.pk:
        raise PermissionRefused(
            "自分の二段階認証の初期化は、依頼できません。ほかの担当者に依頼してください。"
        )
    User.objects.select_for_update(no_key=True).get(pk=membership.user_id)
    if FactorReset.objects.filter(user=membership.user, state=FactorResetState.WAITING).exists():
        raise MoveRefused("この方の初期化は、すでに依頼されています。システム管理者の決定を待ってください。")
    reset = FactorReset.objects.create(
        membership=membership,
        user=membership.user,
        reason=reason,
        asked_by=actor.user,
        asked_as=actor.membership,
        asked_at=clock.now(),
    )
    _tell(AuditCode.FACTOR_RESET_ASKED, actor, reset, {"reason_length": len(reason)})
    return reset


@transaction.atomic
def decide(*, actor: Actor, reset: FactorReset, confirm: bool, note: str = "") -> FactorReset:
    """Reset the factors, or decline; by another person than the one who asked."""
    check(actor, Action.DECIDE_FACTOR_RESET, reset)
    row = FactorReset.objects.select_for_update(no_key=True).get(pk=reset.pk)
    if actor.user.pk in {row.asked_by_id, row.user_id}:
        raise PermissionRefused(
            "依頼した本人と、初期化される本人は、決定できません。ほかのシステム管理者に依頼してください。"
        )
    if row.state != FactorResetState.WAITING:
        raise MoveRefused("この依頼は、すでに決定されています。一覧で結果を確かめてください。")
    row.state = FactorResetState.CONFIRMED if confirm else FactorResetState.REFUSED
    row.decided_by, row.decided_as, row.decided_at, row.note = actor.user, actor.membership, clock.now(), note
    row.save()
    details: dict[str, Any] = {}
    if confirm:
        details["removed"] = Authenticator.objects.filter(user_id=row.user_id).delete()[0]
        details["sessions"] = sessions.end_sessions(user=row.user, actor=actor, reason="factor reset")
        post_all(_letters(row), actor=actor)
    code = AuditCode.FACTOR_RESET_CONFIRMED if confirm else AuditCode.FACTOR_RESET_REFUSED
    _tell(code, actor, row, details)
    return row


def _tell(code: AuditCode, actor: Actor, reset: FactorReset, details: dict[str, Any]) -> None:
    office = reset.membership.organisation
    record(code, actor=actor, obj=reset, concerns=office, details=details)


def _letters(reset: FactorReset) -> list[Letter]:
    """To the person, and to the office's own address: whoever did not expect it can speak up."""
    office = reset.membership.organisation
    to: list[tuple[User | None, str]] = [(reset.user, reset.user.email or "")]
    if office.notification_address not in {"", reset.user.email}:
        to.append((None, office.notification_address))
    context = {
        "reset": reset,
        "portal_name": settings.PORTAL_NAME,
        "portal_contact": settings.PORTAL_CONTACT,
    }
    body = render_to_string("signin/email/factor_reset.txt", context)
    return [
        Letter(
            key=f"factor-reset:{reset.pk}:{person.pk if person else 'office'}",
            kind=KIND,
            organisation=office,
            user=person,
            recipient=person.name if person else office.full_name,
            address=address,
            subject=f"【{settings.PORTAL_NAME}】二段階認証を初期化しました",
            body=body,
            sender_name=settings.PORTAL_NAME,
            concerns=reset,
            urgent=True,
        )
        for person, address in to
    ]


@transaction.atomic
def end_sessions_of(*, actor: Actor, membership: Membership) -> int:
    """End all sessions of a person one is in charge of; how many there were."""
    check(actor, Action.END_SESSIONS, Person(membership))
    return sessions.end_sessions(user=membership.user, actor=actor, reason="by the person in charge")
