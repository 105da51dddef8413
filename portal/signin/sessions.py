"""Sessions of a person: told from the sign-in on, listed, ended; and how long one may last.

Real time throughout (`clock.real_now`). What a browser asks by itself (progress of a job, how long the
session lasts) carries `X-Requested-With: fetch` and is not use: nobody stays signed in by an open page.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.models import User
from portal.services.memberships import SESSION_KEY as MEMBERSHIP

STARTED, ACTIVE, ENDED, KEPT = "signin_started", "signin_active", "signin_ended", "signin_kept"
#: Use is written down at most this often.
SECONDS_BETWEEN_WRITES = 30
IDLE, ABSOLUTE = "idle", "absolute"


@dataclass(frozen=True)
class Left:
    """Seconds until a session ends by itself."""

    idle: int
    absolute: int


def now() -> float:
    """Real time in seconds."""
    return clock.real_now().timestamp()


def is_background(request: HttpRequest) -> bool:
    """Whether the page asks by itself, without a person doing anything."""
    return request.method in {"GET", "HEAD"} and request.headers.get("X-Requested-With") == "fetch"


def begin(request: HttpRequest, user: User) -> None:
    """A session has been opened: note its start, and forget what was kept for somebody else."""
    session = request.session
    session[STARTED] = session[ACTIVE] = now()
    session.pop(ENDED, None)
    kept = session.get(KEPT)
    if kept and kept["user"] != user.pk:
        del session[KEPT]
    elif kept and kept["membership"]:
        session[MEMBERSHIP] = kept["membership"]
    session.set_expiry(0)
    _track(request, user)
    sweep()


def _track(request: HttpRequest, user: User) -> None:
    if not request.session.session_key:
        request.session.save()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"user": user, "last_seen_at": clock.real_now(), **_client(request)},
    )


def sweep() -> None:
    """Sessions whose time is over leave the database, and with them what they kept."""
    _store().clear_expired()
    old = clock.real_now() - dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    UserSession.objects.filter(last_seen_at__lt=old).delete()


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore()


def _client(request: HttpRequest) -> dict[str, str]:
    from allauth.account.adapter import get_adapter

    width = UserSession._meta.get_field("user_agent").max_length
    agent = request.META.get("HTTP_USER_AGENT", "")[:width]
    return {"ip": get_adapter(request).get_client_ip(request), "user_agent": agent}


def seen(request: HttpRequest, user: User) -> None:
    """The person did something now."""
    session = request.session
    if is_background(request) or now() - session.get(ACTIVE, 0) < SECONDS_BETWEEN_WRITES:
        return
    session.setdefault(STARTED, now())
    session[ACTIVE] = now()
    _track(request, user)


def left(session: SessionBase) -> Left:
    """How long this session lasts if nothing is done."""
    started, active = session.get(STARTED, now()), session.get(ACTIVE, now())
    absolute = started + settings.SESSION_ABSOLUTE_SECONDS - now()
    idle = min(active + settings.SESSION_IDLE_SECONDS - now(), absolute)
    return Left(idle=max(0, int(idle)), absolute=max(0, int(absolute)))


def over(session: SessionBase) -> str:
    """Why the session is over, or nothing."""
    if now() - session.get(STARTED, now()) >= settings.SESSION_ABSOLUTE_SECONDS:
        return ABSOLUTE
    if now() - session.get(ACTIVE, now()) >= settings.SESSION_IDLE_SECONDS:
        return IDLE
    return ""


def time_out(request: HttpRequest, user: User, why: str) -> None:
    """End a session whose time is over; the next page says so."""
    forget(request.session.session_key or "")
    logout(request)
    request.session[ENDED] = why
    record(AuditCode.SESSION_TIMED_OUT, user=user, details={"why": why})


def forget(key: str) -> None:
    """Take a session that ended off the person's list."""
    UserSession.objects.filter(session_key=key).delete()


def rotate(request: HttpRequest) -> None:
    """Give the session a new key: what knew the old one is out."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


@transaction.atomic
def end_sessions(*, user: User, actor: Actor | None = None, keep: str = "", reason: str = "") -> int:
    """End all sessions of a person, but the one named; how many there were. Told in the audit trail."""
    rows = UserSession.objects.filter(user_id=user.pk).exclude(session_key=keep)
    keys = list(rows.values_list("session_key", flat=True))
    store = _store()
    for key in keys:
        store.delete(key)
    rows.delete()
    if keys:
        details: dict[str, Any] = {"count": len(keys), "reason": reason}
        record(AuditCode.SESSIONS_ENDED, actor=actor, user=None if actor else user, obj=user, details=details)
    return len(keys)
