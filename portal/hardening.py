"""What holds for every answer, whoever made it: headers, methods, length of a request, pages for refusals."""

from __future__ import annotations

from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.files import FileWithheld
from portal.views import errors

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Browser features no page asks for; passkeys stay allowed for ourselves.
PERMISSIONS = ", ".join(
    [
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope",
                "magnetometer", "microphone", "midi", "payment", "usb",
            )
        ),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)  # fmt: skip
#: Methods that no page answers and that a proxy may echo.
REFUSED_METHODS = {"TRACE", "TRACK", "CONNECT"}


class HardeningMiddleware:
    """Stands outermost: static files, redirects and error pages carry the same headers as pages do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse what nobody needs to look at, else answer; then add every header that is missing."""
        response = _refusal(request) or self.get_response(request)
        for name, value in (
            ("Content-Security-Policy", self.policy),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Permissions-Policy", PERMISSIONS),
            ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
        ):
            response.headers.setdefault(name, value)
        if not request.path_info.startswith(settings.STATIC_URL) or response.status_code >= 400:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if str(request.method).upper() in REFUSED_METHODS:
        return errors.method_not_allowed(request)
    told = str(request.META.get("CONTENT_LENGTH") or "0")
    if not (told.isascii() and told.isdigit()):
        return errors.bad_request(request)
    if int(told) > settings.MAX_BODY_BYTES:
        return errors.too_large(request)
    return None


class RefusalPagesMiddleware:
    """Stands innermost: a refusal that would be an empty answer becomes a page that says what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Fill an empty 405."""
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or response.content:
            return response
        page = errors.method_not_allowed(request)
        page["Allow"] = response.get("Allow", "")
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A file that waits for its scan or is infected."""
        return errors.withheld(request, exception.sentence) if isinstance(exception, FileWithheld) else None
