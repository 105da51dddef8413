"""What was refused, recorded in one place after its transaction has ended.

Both gates and the rules of states raise; `RefusalMiddleware` hears what leaves a view, and
`OriginMiddleware` what a view has caught and told the person. Only people who are signed in are
recorded, at addresses that exist: nobody can flood the trail from outside. From inside, one person's
refusals are recorded one by one up to a number per hour, and then once more to say so.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import Error
from django.http import Http404, HttpRequest

from portal import clock
from portal.actor import Actor
from portal.audit.codes import AuditCode
from portal.audit.concerns import organisation_of
from portal.audit.trail import record
from portal.choices import AuditResult
from portal.errors import MoveRefused
from portal.models import AuditEntry, User

logger = logging.getLogger(__name__)

#: Parts of an address that name things; any other text in it may be a secret.
NAMES = {"slug", "kind", "section", "code", "number"}
_SHORT = 20
REFUSALS = (AuditCode.ACCESS_REFUSED, AuditCode.ACCESS_NOT_FOUND, AuditCode.MOVE_REFUSED)


def refused_access(request: HttpRequest, error: Exception) -> None:
    """A person was turned away at one of the two gates: 403 with its reason, or 404."""
    if isinstance(error, PermissionDenied):
        obj = getattr(error, "obj", None)
        action = getattr(error, "action", None)
        details = {"reason": str(error), "action": str(action or "")}
        _record(request, AuditCode.ACCESS_REFUSED, details, obj)
    elif isinstance(error, Http404):
        _record(request, AuditCode.ACCESS_NOT_FOUND, {})


def refused_without_membership(request: HttpRequest) -> None:
    """A person whose memberships are all over knocked."""
    _record(request, AuditCode.ACCESS_REFUSED, {"reason": "有効な所属がない"})


def refused_moves(request: HttpRequest, errors: list[MoveRefused]) -> None:
    """Acts that the state of the thing did not allow; the view has told the person."""
    for error in errors:
        _record(request, AuditCode.MOVE_REFUSED, {"reason": error.sentence}, error.obj)


def _record(request: HttpRequest, code: AuditCode, details: dict[str, Any], obj: Any = None) -> None:
    actor: Actor | None = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return
    try:
        allowed = settings.AUDIT_REFUSALS_PER_HOUR - _lately(user)
        if allowed < 0:
            return
        if allowed == 0:
            details = details | {"more": "この後の1時間の拒否は、記録を省きます"}
        stored = obj if obj is not None and obj.pk else None
        record(
            code,
            actor=actor,
            user=user,
            obj=stored,
            concerns=organisation_of(obj),
            details=details | _where(request),
            result=AuditResult.REFUSED,
        )
    except Error:
        logger.exception("a refusal could not be recorded")  # the person still gets the page


def _lately(user: User) -> int:
    since = clock.real_now() - dt.timedelta(hours=1)
    mine = AuditEntry.objects.filter(user=user, result=AuditResult.REFUSED, at__gte=since, code__in=REFUSALS)
    return mine.count()


def _where(request: HttpRequest) -> dict[str, Any]:
    """The address that was asked for, by name, with what names things in it."""
    match = request.resolver_match
    if match is None:
        return {"method": request.method}
    shown = {name: value for name, value in match.kwargs.items() if _names_a_thing(name, value)}
    return {"method": request.method, "page": match.url_name, "address": shown}


def _names_a_thing(name: str, value: Any) -> bool:
    if isinstance(value, int | uuid.UUID):
        return True
    return name in NAMES and len(str(value)) <= _SHORT
