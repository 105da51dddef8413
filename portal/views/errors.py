"""Error pages: what happened, what to do, whom to call; never a stack or a code in the heading."""

import re
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static

from portal.ui.contact import whom_to_call

#: Never shown again, whoever asks; or nothing that a person typed.
SECRET = re.compile(r"password|token|code|otp|secret|key|credential|^seen$|^next$", re.IGNORECASE)
#: Shorter entries are typed again sooner than copied.
WORTH_KEEPING = 10


def _page(request: HttpRequest, name: str, status: int, **context: Any) -> HttpResponse:
    context["contact"] = whom_to_call(request)
    return render(request, f"errors/{name}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; a body that is too long has its own page."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    too_many = isinstance(exception, TooManyFieldsSent | TooManyFilesSent)
    return _page(request, "400", 400, too_many=too_many)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 with the reason that the permission check gave."""
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    return _page(request, "403", 403, reason=reason)


def no_membership(request: HttpRequest) -> HttpResponse:
    """403 for a person without a membership in force today: why that may be, and whom to ask."""
    return render(request, "errors/no_membership.html", {"page_title": "所属がありません"}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; what the row is, or that it exists for others, is not told."""
    return _page(request, "404", 404)


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """405: an address that only takes what a form sends was opened, or the other way round."""
    return _page(request, "405", 405)


def conflict(request: HttpRequest, reason: str = "") -> HttpResponse:
    """409: somebody else saved first. A view with both versions at hand shows its own page instead."""
    return _page(request, "409", 409, reason=reason)


def withheld(request: HttpRequest, reason: str) -> HttpResponse:
    """409 for a file that nobody gets now."""
    return _page(request, "withheld", 409, reason=reason)


def too_large(request: HttpRequest) -> HttpResponse:
    """413, before anything of the body is read."""
    return _page(request, "413", 413)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 without user or database: any of them may be what broke; 503 when the database is away or busy."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    sheets = []
    for name in ("tokens", "base", "components"):
        try:
            sheets.append(static(f"css/{name}.css"))
        except ValueError:  # not in the manifest: the page is readable without
            continue
    context = {
        "away": away,
        "sheets": sheets,
        "typed": typed(request),
        "portal_name": settings.PORTAL_NAME,
        "portal_contact": settings.PORTAL_CONTACT,
    }
    page = HttpResponse(render_to_string("errors/500.html", context), status=503 if away else 500)
    if away:
        page["Retry-After"] = "30"
    return page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long or came from elsewhere."""
    return _page(request, "csrf", 403, typed=typed(request))


def typed(request: HttpRequest) -> list[str]:
    """The longer texts of a form that could not be taken, to copy them; only of forms of our own pages."""
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") != "same-origin":
        return []
    try:
        sent = [(name, text) for name in request.POST for text in request.POST.getlist(name)]
    except Exception:  # noqa: BLE001 - whatever kept the body from being read is not to hide this page
        return []
    return [text for name, text in sent if len(text) >= WORTH_KEEPING and not SECRET.search(name)]
