"""What the trail must know of each request, and the one place that hears of refusals."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.audit.refusals import refused_access, refused_moves
from portal.errors import collect_refused_moves
from portal.origin import Origin, about, client_address

GetResponse = Callable[[HttpRequest], HttpResponse]
HEADER = "X-Request-ID"


class OriginMiddleware:
    """Gives every request a number of our own, and the address that the trusted proxies tell.

    A number that comes with the request is ignored: whoever sends it could make two events look like one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then record what the view was refused and has told the person already."""
        origin = Origin(address=client_address(request.META), request_id=str(uuid.uuid4()))
        with about(origin), collect_refused_moves() as refused:
            response = self.get_response(request)
            if refused:
                refused_moves(request, refused)
        response[HEADER] = origin.request_id
        return response


class RefusalMiddleware:
    """Hears of every 403 and 404 that leaves a view, when the view's transactions have ended."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing of its own."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Record the refusal; the error page is made by whoever makes error pages."""
        refused_access(request, exception)
