"""Which membership acts."""

from django.contrib.sessions.backends.base import SessionBase

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.models import Membership, User
from portal.models.organisations import MembershipQuerySet
from portal.signin import policy

SESSION_KEY = "membership_id"


def active_memberships(user: User) -> MembershipQuerySet:
    """The memberships a person may act by today."""
    return (
        Membership.objects.filter(user=user)
        .active(clock.today())
        .select_related("organisation__parent", "user")
    )


def current_actor(user: User, session: SessionBase) -> Actor | None:
    """The actor of this session: the chosen membership while it is in force, else the first one."""
    memberships = list(active_memberships(user))
    chosen = next((m for m in memberships if m.pk == session.get(SESSION_KEY)), None)
    membership = chosen or (memberships[0] if memberships else None)
    if membership is None:
        return None
    missing = policy.missing(user, membership.organisation, session)
    return Actor(user=user, membership=membership, factor_missing=missing)


def switch_membership(*, user: User, session: SessionBase, membership_id: int) -> Membership:
    """Act by another of one's own memberships from now on; Membership.DoesNotExist when it is not one."""
    membership = active_memberships(user).get(pk=membership_id)
    before = session.get(SESSION_KEY)
    session[SESSION_KEY] = membership.pk
    record(
        AuditCode.MEMBERSHIP_SWITCHED,
        actor=Actor(user=user, membership=membership),
        obj=membership,
        before={"membership": before},
        after={"membership": membership.pk},
    )
    return membership
