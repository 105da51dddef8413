"""Two gates before every view: the time a session may last, and the second factor its membership demands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.services.memberships import SESSION_KEY as MEMBERSHIP
from portal.signin import kept, sessions, views

GetResponse = Callable[[HttpRequest], HttpResponse]
#: Open without a second factor: the way to get or show one, and the way out.
OPEN = {
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "usersessions_list",
    "membership_switch",
    "signin_settings",
    "signin_factor_needed",
    "signin_totp_qr",
    "signin_ping",
    "signin_status",
    "signin_kept",
    "signin_kept_drop",
}
#: Pages whose forms hold codes and passwords: nothing typed there is shown back.
OF_SIGN_IN = ("account_", "mfa_", "usersessions_")
OPEN_PREFIXES = ("mfa_", "account_reset_password")


class SessionLimitMiddleware:
    """Ends sessions after an hour without use and twelve hours in all; notes use; clears up at logout."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Before the view: is the time over? After a logout: tell the browser to forget."""
        user: Any = request.user
        was_in = user.is_authenticated
        if was_in:
            why = sessions.over(request.session)
            if why:
                membership = request.session.get(MEMBERSHIP)
                sessions.time_out(request, user, why)
                request.signin_was = (user.pk, membership)  # type: ignore[attr-defined]
            else:
                sessions.seen(request, user)
                request.session_left = sessions.left(request.session)  # type: ignore[attr-defined]
        key = request.session.session_key
        response = self.get_response(request)
        if was_in and not request.user.is_authenticated and _is_logout(request):
            sessions.forget(key or "")
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Answer a form that came after the end of its session with what was typed."""
        by_hand = request.method == "POST" and request.headers.get("X-Requested-With") != "fetch"
        if not by_hand or request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if (
            _name(request).startswith(OF_SIGN_IN)
            or not kept.was_signed_in(request)
            or not kept.texts(kept.fields(request))
        ):
            return None
        return views.came_too_late(request, getattr(request, "signin_was", None))


def _name(request: HttpRequest) -> str:
    return str(request.resolver_match.url_name) if request.resolver_match else ""


def _is_logout(request: HttpRequest) -> bool:
    return _name(request) == "account_logout"


class SecondFactorMiddleware:
    """Sends a person without the second factor that the membership demands to the page that explains it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do around the view."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """No view body runs but the open ones."""
        actor = getattr(request, "actor", None)
        if actor is None or not actor.factor_missing:
            return None
        name = _name(request)
        is_open = name in OPEN or name.startswith(OPEN_PREFIXES) or not getattr(view, "login_required", True)
        return None if is_open else redirect("signin_factor_needed")
