"""Who needs a second factor, who has one, and whether this session has shown it.

Demanded by kind of organisation (`MFA_REQUIRED_KINDS`) of the membership that acts: a person with a
town and a prefecture acts for the town without, and shows the factor before acting for the prefecture.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as RECORDS_USER,
)
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet

from portal import clock
from portal.choices import OrganisationKind
from portal.models import Membership, Organisation, User

#: Recovery codes alone are no factor: they come with one of these.
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
#: Set when a factor was enrolled in this very session.
SHOWN = "signin_factor_shown"


def demanded(organisation: Organisation) -> bool:
    """Whether acting for this organisation needs a second factor."""
    return organisation.kind in settings.MFA_REQUIRED_KINDS


def demanded_of(user: User) -> bool:
    """Whether any membership in force needs one."""
    rows = Membership.objects.filter(user=user).active(clock.today())
    return rows.filter(organisation__kind__in=settings.MFA_REQUIRED_KINDS).exists()


def strong_factors(user: User) -> QuerySet[Authenticator]:
    """The person's authenticator app and passkeys."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=STRONG)


def has_factor(user: User) -> bool:
    """Whether the person has enrolled one."""
    return strong_factors(user).exists()


def shown(user: User, session: SessionBase) -> bool:
    """Whether this session was opened, or confirmed, with a second factor of this person."""
    if session.get(SHOWN) == user.pk:
        return True
    if session.get(RECORDS_USER) != str(user.pk):
        return False
    return any(row.get("method") == "mfa" for row in session.get(RECORDS) or [])


def missing(user: User, organisation: Organisation, session: SessionBase) -> bool:
    """Whether acting for this organisation in this session waits for a second factor."""
    return demanded(organisation) and not (shown(user, session) and has_factor(user))


def unknown_kinds() -> list[str]:
    """Kinds in the setting that do not exist: a slip would demand nothing in silence."""
    return sorted(set(settings.MFA_REQUIRED_KINDS) - set(OrganisationKind.values))
