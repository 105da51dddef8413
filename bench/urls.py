"""The portal's addresses, and two views that do nothing: what every answer costs before it says anything."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.urls import *  # noqa: F403
from portal.urls import urlpatterns as of_the_portal


def empty(_request: HttpRequest) -> HttpResponse:
    """Nothing, for people who are signed in: the whole stack with session, person and membership."""
    return HttpResponse("")


urlpatterns = [
    path("bench/empty/", empty),
    path("bench/open/", login_not_required(empty)),
    *of_the_portal,
]
