"""The home page: what to do next, for whoever has signed in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.http import PortalRequest
from portal.permissions import Action, check
from reports.services.home import home_data


@require_GET
def home(request: PortalRequest) -> HttpResponse:
    """What waits for the actor, sorted by date, and how the running round stands."""
    check(request.actor, Action.VIEW_HOME)
    return render(request, "reports/home.html", {"page_title": "ホーム", **home_data(request.actor)})
