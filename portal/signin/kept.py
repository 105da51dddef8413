"""What somebody had typed when the session was over: shown back, and kept for the same person alone.

A POST of somebody whose session has ended changes nothing. The page that answers it shows the texts, so
that nothing typed is lost. When the portal itself ended the session it knows whose it was: then the
fields wait on the server, in the new anonymous session, and are offered after the same person has signed
in again; anybody else who signs in there makes them vanish. Nothing is stored in the browser.
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from portal.signin import sessions

#: More than this is shown, but not kept.
LIMIT = 200_000
#: How long the texts wait for the person.
SECONDS = 30 * 60
#: Never shown or kept: secrets. Of the sign-in pages themselves nothing is kept at all.
SECRET = re.compile(r"password|csrf|credential|secret", re.IGNORECASE)
#: What forms send beside what people type.
MACHINERY = {"version", "seen", "act", "next"}


def fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was posted, without secrets."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if isinstance(value, str) and not SECRET.search(name)
    ]


def texts(given: list[tuple[str, str]]) -> list[str]:
    """What a person has typed or chosen, to be shown."""
    return [value for name, value in given if value.strip() and name not in MACHINERY]


def was_signed_in(request: HttpRequest) -> bool:
    """Whether the browser brings a session that is over: ended by time, by hand, or from elsewhere."""
    if sessions.ENDED in request.session:
        return True
    return settings.SESSION_COOKIE_NAME in request.COOKIES and not request.session.session_key


def keep(request: HttpRequest, user_pk: int, membership: int | None) -> bool:
    """Keep the fields for this person; False when there is too much."""
    given = fields(request)
    path = request.get_full_path()
    if sum(len(value) for _name, value in given) > LIMIT or not _is_local(path):
        return False
    request.session[sessions.KEPT] = {
        "user": user_pk,
        "membership": membership,
        "path": path,
        "fields": given,
        "files": len(request.FILES),
        "at": sessions.now(),
    }
    request.session.set_expiry(SECONDS)
    return True


def _is_local(path: str) -> bool:
    return url_has_allowed_host_and_scheme(path, allowed_hosts=None)


def waiting(session: SessionBase, user_pk: int | None) -> dict[str, Any] | None:
    """What waits for this person; None when nothing does, or the time is over."""
    kept = session.get(sessions.KEPT)
    if not kept or kept["user"] != user_pk or sessions.now() - kept["at"] > SECONDS:
        return None
    return dict(kept)


def drop(session: SessionBase) -> None:
    """Forget it."""
    session.pop(sessions.KEPT, None)
