"""Who is stationed where in a region, and whether somebody always is."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal import exports
from portal.exports import Download
from portal.http import PortalRequest
from portal.permissions import Action
from programs.core.choices import RegionStatus
from programs.core.models import Region
from programs.core.views.regions import region_context, region_or_404
from programs.staffing import presenters
from programs.staffing.models import Posting
from programs.staffing.services import conflicts, coverage, postings_with_elsewhere


@require_GET
def posting_list(request: PortalRequest, slug: str, code: str) -> HttpResponseBase:
    """The postings of a region, its coverage week by week, gaps and conflicts in words."""
    region = region_or_404(request, slug, code, Action.VIEW_POSTINGS)
    everywhere = postings_with_elsewhere(region=region)
    own = [posting for posting in everywhere if posting.region_id == region.pk]
    if exports.wanted(request):
        title = f"{region.prefecture.name}_常駐配置"
        rows = presenters.export_rows(own)
        whose = region.prefecture.organisation
        return exports.respond(request, Download(title, presenters.HEADER, rows, whose))
    context = {
        **region_context(request, region, "posting_list", "常駐配置"),
        "postings": [{"posting": row, "slots": presenters.slots_in_words(row)} for row in own],
        "export_links": exports.links(request),
        **_checked(request, region, own, everywhere),
    }
    return render(request, "programs/posting_list.html", context)


def _checked(
    request: PortalRequest, region: Region, own: list[Posting], everywhere: list[Posting]
) -> dict[str, Any]:
    """Coverage and conflicts; only adopted regions are asked for them."""
    if region.status != RegionStatus.ADOPTED:
        return {"checked": False}
    covered = coverage(region=region, postings=own)
    found = conflicts(region=region, postings=everywhere)
    return {
        "checked": True,
        "coverage_sentence": presenters.coverage_sentence(covered),
        "figure": presenters.coverage_figure(region, covered),
        "gaps": presenters.gap_words(covered),
        "conflicts": presenters.conflict_words(found, actor=request.actor),
    }
