"""The application of a region as it was written."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal import exports
from portal.exports import Download
from portal.http import PortalRequest
from portal.permissions import Action
from programs.calls.models import Application
from programs.calls.presenters import HEADER, export_rows, sections_of
from programs.core.views.regions import region_context, region_or_404


@require_GET
def application_detail(request: PortalRequest, slug: str, code: str) -> HttpResponseBase:
    """希望する伴走支援 in its six sections, or the sentence that there is none yet."""
    region = region_or_404(request, slug, code, Action.VIEW_APPLICATION)
    application = Application.objects.for_user(request.actor).filter(region=region).first()
    if application and exports.wanted(request):
        title = f"{region.prefecture.name}_希望する伴走支援"
        whose = region.prefecture.organisation
        return exports.respond(request, Download(title, HEADER, export_rows(application), whose))
    context = {
        **region_context(request, region, "application_detail", "希望する伴走支援"),
        "application": application,
        "sections": sections_of(application) if application else [],
        "export_links": exports.links(request) if application else [],
    }
    return render(request, "programs/application_detail.html", context)
