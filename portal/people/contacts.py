"""連絡先名簿 (who is in charge where), and whom a stranded person calls."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from portal import clock
from portal.actor import Actor
from portal.choices import OrganisationKind, Role
from portal.models import Membership, Organisation
from portal.models.organisations import MembershipQuerySet, OrganisationQuerySet
from portal.registry import contact_scopes

#: Roles whose own organisation and contracts bound what contacts they read; the others read all.
EVERYWHERE = (Role.SECRETARIAT, Role.ADMIN)


def contact_organisations(actor: Actor) -> OrganisationQuerySet:
    """Organisations whose contacts the actor may read: own, prefecture's, and what contracts need."""
    rows = Organisation.objects.all()
    if actor.role in EVERYWHERE:
        return rows
    scope = Q(pk=actor.organisation.pk)
    if actor.role == Role.PREFECTURE:
        scope |= Q(parent=actor.organisation)
    if actor.role == Role.MUNICIPALITY and actor.organisation.parent_id:
        scope |= Q(pk=actor.organisation.parent_id)
    for more in contact_scopes.all():
        scope |= more(actor)
    return rows.filter(scope)


def contacts_of(actor: Actor) -> MembershipQuerySet:
    """Who is in charge today, by office; one row a person and duty."""
    offices = contact_organisations(actor).values("pk")
    rows = Membership.objects.active(clock.today()).filter(organisation__in=offices, user__is_active=True)
    return rows.select_related("organisation__parent", "user").order_by(
        "organisation__parent__name", "organisation__kind", "organisation__name", "deputy", "user__name", "id"
    )


#: Who is looked after by the secretariat; a town has its prefecture.
_BY_SECRETARIAT = {Role.PREFECTURE, Role.VENDOR, Role.EXPERT, Role.MINISTRY}


@dataclass(frozen=True)
class OfficeToCall:
    """Whom a person calls who cannot go on."""

    name: str
    phone: str

    def __str__(self) -> str:
        return f"{self.name}（電話 {self.phone}）" if self.phone else self.name


def office_to_call(actor: Actor | None) -> OfficeToCall:
    """The prefecture for a town, the secretariat for those it looks after, else the portal's contact."""
    nobody = OfficeToCall(settings.PORTAL_CONTACT, "")
    if actor is None:
        return nobody
    if actor.role == Role.MUNICIPALITY:
        office = actor.organisation.parent
    elif actor.role in _BY_SECRETARIAT:
        offices = Organisation.objects.filter(kind=OrganisationKind.SECRETARIAT).exclude(phone="")
        office = offices.order_by("pk").first()
    else:
        return nobody
    return OfficeToCall(office.full_name, office.phone) if office and office.phone else nobody
