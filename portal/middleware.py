"""Per-request facts: who acts, and that signed-in pages are never kept by a cache."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from portal.audit.refusals import refused_without_membership
from portal.services.memberships import current_actor
from portal.views.errors import no_membership

GetResponse = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Sets `request.actor`: the signed-in person with the session's active membership, or None."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Resolve the actor once per request, so that a right that ends, ends at once."""
        user = request.user
        actor = current_actor(user, request.session) if user.is_authenticated else None
        request.actor = actor  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Show a person without a membership in force whom to ask; only the own account stays open."""
        if not request.user.is_authenticated or request.actor is not None:  # type: ignore[attr-defined]
            return None
        open_to_all = not getattr(view, "login_required", True)
        match = request.resolver_match
        own_account = match is not None and str(match.url_name).startswith("account_")
        if open_to_all or own_account:
            return None
        refused_without_membership(request)
        return no_membership(request)


class NoStoreMiddleware:
    """Signed-in pages carry `Cache-Control: no-store, private`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the header after the view has run."""
        response = self.get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response
