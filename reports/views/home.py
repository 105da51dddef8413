"""The home page: what to do next, for whoever has signed in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.http import PortalRequest
from portal.permissions import Action, check
from reports.services.home import home_data, tasks_of


@require_GET
def home(request: PortalRequest) -> HttpResponse:
    """What waits for the actor, sorted by date, and how the running round stands."""
    check(request.actor, Action.VIEW_HOME)
    return render(request, "reports/home.html", {"page_title": "ホーム", **home_data(request.actor)})


@require_GET
def task_list(request: PortalRequest) -> HttpResponse:
    """Everything that waits for the actor, of which the home page shows the first."""
    check(request.actor, Action.VIEW_HOME)
    context = {"page_title": "対応が必要な項目", "tasks": tasks_of(request.actor)}
    return render(request, "reports/task_list.html", context)
