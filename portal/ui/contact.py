"""Whom somebody calls who is stuck, for pages that may stand without a database."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from portal.people.contacts import office_to_call


def whom_to_call(request: HttpRequest) -> str:
    """Name and telephone of the office to call; PORTAL_CONTACT when there is none or nobody is signed in."""
    try:
        return str(office_to_call(getattr(request, "actor", None)))
    except DatabaseError:
        return str(settings.PORTAL_CONTACT)
