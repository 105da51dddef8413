"""Error pages: what happened, what to do, whom to call; never a stack or a code in the heading."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 with the reason that the permission check gave."""
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    return render(request, "errors/403.html", {"reason": reason}, status=403)


def no_membership(request: HttpRequest) -> HttpResponse:
    """403 for a person without a membership in force today: why that may be, and whom to ask."""
    return render(request, "errors/no_membership.html", {"page_title": "所属がありません"}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; what the row is, or that it exists for others, is not told."""
    return render(request, "errors/404.html", status=404)


def conflict(request: HttpRequest, reason: str = "") -> HttpResponse:
    """409: somebody else saved first. A view with both versions at hand shows its own page instead."""
    return render(request, "errors/409.html", {"reason": reason}, status=409)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without request, user or database: any of them may be what broke."""
    sheets = []
    for name in ("tokens", "base", "components"):
        try:
            sheets.append(static(f"css/{name}.css"))
        except ValueError:  # not in the manifest: the page is readable without
            continue
    context = {
        "sheets": sheets,
        "portal_name": settings.PORTAL_NAME,
        "portal_contact": settings.PORTAL_CONTACT,
    }
    return HttpResponse(render_to_string("errors/500.html", context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long or came from elsewhere."""
    return render(request, "errors/csrf.html", status=403)
