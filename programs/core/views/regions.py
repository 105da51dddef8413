"""One region: what it plans, with whom, and the tabs to its other pages."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from portal import exports, registry
from portal.actor import Actor
from portal.exports import Download
from portal.http import PortalRequest
from portal.permissions import Action, allows, check
from programs.core.choices import LiaisonField
from programs.core.models import Partnership, Region
from programs.core.selections import fetch_members, liaisons_of, partnerships_of


def region_or_404(request: PortalRequest, slug: str, code: str, action: Action) -> Region:
    """A region the actor may see (else 404), and the act allowed on it (else 403)."""
    regions = Region.objects.for_user(request.actor).with_names()
    region = get_object_or_404(regions, program__slug=slug, prefecture__code=code)
    check(request.actor, action, region)
    return region


def region_tabs(actor: Actor, region: Region, current: str) -> list[dict[str, Any]]:
    """The pages of a region the actor may open, for `{% tabs %}`; `current` is a URL name."""
    entries = sorted(registry.region_tabs.all(), key=lambda tab: tab.order)
    return [
        {
            "label": tab.label,
            "url": reverse(tab.url_name, args=[region.program.slug, region.prefecture.code]),
            "current": tab.url_name == current,
            "count": None,
        }
        for tab in entries
        if tab.url_name == current or allows(actor, tab.action, region)
    ]


def region_context(request: PortalRequest, region: Region, current: str, title: str) -> dict[str, Any]:
    """What every page of a region shows: title, tabs, sample mark."""
    return {
        "page_title": f"{region.prefecture.name} {title}",
        "region": region,
        "tabs": region_tabs(request.actor, region, current),
        "is_sample": region.program.is_sample,
    }


@require_GET
def region_detail(request: PortalRequest, slug: str, code: str) -> HttpResponseBase:
    """概要, 課題・実施概要・社会像, partners with plans, promotion bodies, consortium, liaisons."""
    region = region_or_404(request, slug, code, Action.VIEW_REGION)
    partnerships = list(partnerships_of(region))
    if exports.wanted(request):
        return exports.respond(request, _download(region, partnerships))
    context = {
        **region_context(request, region, "region_detail", "支援地域の概要"),
        "topics": list(region.topics.all()),
        "partnerships": partnerships,
        "planned": [row for row in partnerships if _has_words(row)],
        "bodies": list(region.promotion_bodies.all()),
        "members": fetch_members(region),
        "liaisons": liaisons_of(region=region, actor=request.actor),
        "liaison_fields": LiaisonField.labels,
        "can_import": allows(request.actor, Action.IMPORT_PARTNERSHIPS, region),
        "export_links": exports.links(request),
    }
    return render(request, "programs/region_detail.html", context)


def _has_words(partnership: Partnership) -> bool:
    """Whether there is a plan with more to read than the table shows."""
    plan = getattr(partnership, "plan", None)
    return bool(plan and (plan.issues or plan.support))


HEADER = [
    "団体コード",
    "連携市町村",
    "取組分野",
    "課題",
    "伴走支援内容",
    "常駐日数（週）",
    "オンライン日数（週）",
    "常駐支援事業者",
]


def _download(region: Region, partnerships: list[Partnership]) -> Download:
    lines = []
    for row in partnerships:
        plan = getattr(row, "plan", None)
        town = getattr(row.organisation, "municipality", None)
        line = [town.code if town else "", row.organisation.name]
        if plan:
            line += [plan.field, plan.issues, plan.support, plan.onsite_days, plan.online_days]
            line += [str(plan.vendor) if plan.vendor else ""]
        lines.append(line + [None] * (len(HEADER) - len(line)))
    whose = region.prefecture.organisation
    return Download(f"{region.prefecture.name}_連携市町村", HEADER, lines, concerns=whose)
