"""Whom somebody calls who is stuck: the office above one's own, with its telephone number."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from portal.actor import Actor
from portal.choices import OrganisationKind, Role
from portal.models import Organisation

#: Who is looked after by the secretariat; a town has its prefecture.
_BY_SECRETARIAT = {Role.PREFECTURE, Role.VENDOR, Role.EXPERT, Role.MINISTRY}


def whom_to_call(request: HttpRequest) -> str:
    """Name and telephone of the office to call; PORTAL_CONTACT when there is none or nobody is signed in."""
    actor: Actor | None = getattr(request, "actor", None)
    try:
        office = _office_above(actor) if actor else None
    except DatabaseError:
        office = None
    if office is None:
        return str(settings.PORTAL_CONTACT)
    return f"{office.name}（電話 {office.phone}）" if office.phone else office.name


def _office_above(actor: Actor) -> Organisation | None:
    if actor.role == Role.MUNICIPALITY:
        return actor.organisation.parent
    if actor.role in _BY_SECRETARIAT:
        return Organisation.objects.filter(kind=OrganisationKind.SECRETARIAT).order_by("pk").first()
    return None
