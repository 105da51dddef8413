"""People's rows with what lists show of them, and what waits for who looks after them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from portal import clock
from portal.actor import Actor
from portal.choices import InvitationState
from portal.models import Handover, Invitation, Membership, Organisation, User
from portal.models.organisations import MembershipQuerySet, OrganisationQuerySet
from portal.models.people import HandoverQuerySet, InvitationQuerySet
from portal.permissions import Action, allows
from portal.registry import TaskItem


def organisations_of(actor: Actor) -> OrganisationQuerySet:
    """Organisations with the number of people who can act today and of open invitations."""
    today = clock.today()
    people = Membership.objects.active(today).filter(organisation=OuterRef("pk"), user__is_active=True)
    active = Q(memberships__in=Membership.objects.active(today).filter(user__is_active=True).values("pk"))
    open_ones = Q(invitations__used_at__isnull=True, invitations__revoked_at__isnull=True)
    rows = Organisation.objects.for_user(actor).select_related("parent")
    return rows.annotate(
        people=Count("memberships", filter=active, distinct=True),
        invited=Count("invitations", filter=open_ones, distinct=True),
        has_people=Exists(people),
        begun=Exists(Membership.objects.filter(organisation=OuterRef("pk"), valid_from__lte=today)),
    ).order_by("parent__name", "kind", "name", "pk")


def memberships_of(actor: Actor) -> MembershipQuerySet:
    """Memberships with person and office."""
    rows = Membership.objects.for_user(actor).select_related("user", "organisation__parent")
    return rows.order_by(
        "organisation__parent__name", "organisation__name", "user__name", "-valid_from", "pk"
    )


def people_of(actor: Actor) -> QuerySet[User]:
    """People with the number of memberships in force that the actor may see."""
    mine = Membership.objects.for_user(actor).active(clock.today()).values("pk")
    active = Q(memberships__in=mine)
    rows = User.objects.for_user(actor).annotate(active=Count("memberships", filter=active, distinct=True))
    return rows.order_by("name", "pk")


def invitations_of(actor: Actor) -> InvitationQuerySet:
    """Invitations with office and who asked."""
    return Invitation.objects.for_user(actor).select_related("organisation__parent", "invited_by")  # type: ignore[return-value]


def handovers_of(actor: Actor) -> HandoverQuerySet:
    """Hand-overs with both people."""
    return Handover.objects.for_user(actor).select_related(  # type: ignore[return-value]
        "organisation__parent",
        "person",
        "leaving__organisation",
        "invitation",
        "successor__user",
        "prepared_by",
    )


def membership_state(row: Membership, today: dt.date) -> str:
    """What a membership shows: in force, not yet, over, called off."""
    if row.withdrawn_at:
        return "withdrawn"
    if row.valid_from > today:
        return "coming"
    return "over" if row.valid_until and row.valid_until < today else "in_force"


def by_state(rows: MembershipQuerySet, state: str, today: dt.date) -> MembershipQuerySet:
    """`membership_state` as a filter."""
    if state == "in_force":
        return rows.active(today)
    if state == "coming":
        return rows.standing().filter(valid_from__gt=today)
    return rows.filter(Q(withdrawn_at__isnull=False) | Q(valid_until__lt=today))


def people_tasks(actor: Actor) -> Iterable[TaskItem]:
    """Offices without anybody, and invitations that could not be sent or have run out."""
    if not allows(actor, Action.MANAGE_PEOPLE):
        return
    kept = Organisation.objects.for_user(actor).kept_by(actor)
    vacant = kept.vacant(clock.today()).count()
    if vacant:
        yield TaskItem(
            label=f"担当者のいない団体（{vacant}団体）",
            note="後任者を招待してください",
            url=f"{reverse('organisation_list')}?vacant=1",
            state="vacant",
            state_label="不在",
        )
    stuck = Q(pk__in=stuck_invitations().values("pk"), organisation__in=kept.values("pk"))
    count = Invitation.objects.filter(stuck).count()
    if count:
        yield TaskItem(
            label=f"登録されていない招待（{count}件）",
            note="送れなかったか、期限が切れています",
            url=reverse("invitation_list") + "?state=stuck",
            state="expired",
            state_label="期限切れ",
        )


def stuck_invitations() -> InvitationQuerySet:
    """Invitations that somebody must see to."""
    now, rows = clock.now(), Invitation.objects.all()
    return rows.in_state(InvitationState.EXPIRED, now) | rows.in_state(InvitationState.FAILED, now)


def count_people_tasks(actors: Sequence[Actor]) -> Mapping[int, int]:
    """How many of these tasks wait for each membership, in two queries."""
    asked = [actor for actor in actors if allows(actor, Action.MANAGE_PEOPLE)]
    if not asked:
        return {}
    vacant = list(Organisation.objects.vacant(clock.today()).only("pk", "kind", "parent_id"))
    stuck = [row.organisation for row in stuck_invitations().select_related("organisation")]
    return {
        actor.membership.pk: any(row.is_kept_by(actor) for row in vacant)
        + any(row.is_kept_by(actor) for row in stuck)
        for actor in asked
    }
