"""DX推進リエゾン: assigning, ending, and handing over with an office; and whose contacts a contract opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import OrganisationKind, Role
from portal.errors import PortalError
from portal.models import Handover, Membership, Organisation, User
from portal.permissions import Action, check
from programs.core.models import ConsortiumMember, LiaisonAssignment, Partnership, Region

ONE_DAY = dt.timedelta(days=1)


def assignable_people(actor: Actor) -> Sequence[Membership]:
    """Who may become a liaison: today's staff of the prefecture, and outside experts."""
    rows = Membership.objects.active(clock.today()).filter(user__is_active=True)
    own = Q(organisation=actor.organisation) | Q(organisation__kind=OrganisationKind.EXPERT_PANEL)
    return list(rows.filter(own).select_related("user", "organisation").order_by("user__name", "pk"))


@transaction.atomic
def assign_liaison(
    *, organisation: Organisation, person: User, field: str, valid_from: dt.date, actor: Actor
) -> LiaisonAssignment:
    """Assign a person to a town for a field, from a day on."""
    row = LiaisonAssignment(organisation=organisation, person=person, field=field, valid_from=valid_from)
    check(actor, Action.ASSIGN_LIAISON, row)
    if person.pk not in {one.user_id for one in assignable_people(actor)}:
        raise PortalError("担当者は、県の職員か有識者から選んでください。")
    same = LiaisonAssignment.objects.filter(organisation=organisation, person=person, field=field)
    if same.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=valid_from)).exists():
        raise PortalError("この人は、同じ市町村の同じ分野に、すでに割り当てられています。")
    row.save(force_insert=True)
    after = {"person": person.pk, "field": field, "valid_from": valid_from}
    record(AuditCode.LIAISON_ASSIGNED, actor=actor, obj=row, concerns=organisation, after=after)
    return row


@transaction.atomic
def end_liaison(*, assignment: LiaisonAssignment, last_day: dt.date, actor: Actor) -> LiaisonAssignment:
    """End an assignment after its last day; it stays in the record."""
    check(actor, Action.ASSIGN_LIAISON, assignment)
    row = (
        LiaisonAssignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .get(pk=assignment.pk)
    )
    if row.valid_until and row.valid_until < clock.today():
        raise PortalError("この担当は、すでに終わっています。")
    if last_day < row.valid_from:
        raise PortalError("最後の日は、開始日以降の日付にしてください。")
    before, row.valid_until = {"valid_until": row.valid_until}, last_day
    row.save(update_fields=["valid_until"])
    record(
        AuditCode.LIAISON_ENDED,
        actor=actor, obj=row, concerns=row.organisation, before=before, after={"valid_until": last_day},
    )  # fmt: skip
    return row


def _of_leaving(rows: Sequence[Handover]) -> list[LiaisonAssignment]:
    """The assignments that go with these offices: the person's, for towns of the office or from a panel."""
    effective = min(row.effective_on for row in rows)
    people = [row.person_id for row in rows]
    found = LiaisonAssignment.objects.filter(person__in=people).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=effective)
    )
    return list(found.select_related("organisation"))


def _office_of(assignment: LiaisonAssignment, rows: Sequence[Handover]) -> Handover | None:
    for row in rows:
        same = row.person_id == assignment.person_id
        own = row.organisation_id == assignment.organisation.parent_id
        panel = row.organisation.kind == OrganisationKind.EXPERT_PANEL
        lasting = assignment.valid_until is None or assignment.valid_until >= row.effective_on
        if same and lasting and (own or panel):
            return row
    return None


def count_liaisons(rows: Sequence[Handover]) -> int:
    """How many assignments go to the successors."""
    return sum(_office_of(assignment, rows) is not None for assignment in _of_leaving(rows)) if rows else 0


def move_liaisons(rows: Sequence[Handover]) -> int:
    """End the leaving person's assignments the day before, and give the same ones to the successor."""
    ended, new = [], []
    for assignment in _of_leaving(rows):
        row = _office_of(assignment, rows)
        if row is None or row.successor is None:
            continue
        ended.append(assignment)
        if assignment.valid_from >= row.effective_on:
            assignment.person = row.successor.user  # it has not begun: nothing of it is history
            continue
        new.append(
            LiaisonAssignment(
                organisation=assignment.organisation,
                person=row.successor.user,
                field=assignment.field,
                valid_from=row.effective_on,
                valid_until=assignment.valid_until,
            )
        )
        assignment.valid_until = row.effective_on - ONE_DAY
    LiaisonAssignment.objects.bulk_update(ended, ["valid_until", "person"], batch_size=500)
    LiaisonAssignment.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    return len(ended)


def contact_scope(actor: Actor) -> Q:
    """Contacts that contracts open: a vendor's regions, and the vendors at work in a prefecture."""
    regions = Region.objects.for_user(actor).order_by().values("pk")
    if actor.role == Role.VENDOR:
        towns = Partnership.objects.filter(region__in=regions).order_by().values("organisation")
        return Q(pk__in=towns) | Q(prefecture__regions__in=regions)
    if actor.role == Role.PREFECTURE:
        today = clock.today()
        members = ConsortiumMember.objects.filter(
            consortium__region__in=regions,
            consortium__contract_from__lte=today,
            consortium__contract_to__gte=today,
        )
        return Q(pk__in=members.order_by().values("vendor__organisation"))
    return Q(pk__in=())
