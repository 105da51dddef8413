"""Programs: the years, and the regions of one year."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from portal import exports
from portal.exports import Download
from portal.http import PortalRequest
from portal.permissions import Action, check
from portal.ui.dates import fiscal
from programs.core.models import Program, Region
from programs.core.selections import members_of, programs_with_counts, regions_of

PER_PAGE = 50


@require_GET
def program_list(request: PortalRequest) -> HttpResponseBase:
    """All program years, newest first, with the regions the actor may see."""
    check(request.actor, Action.VIEW_PROGRAMS)
    rows: Any = programs_with_counts(request.actor)  # rows carry their counts
    if exports.wanted(request):
        header = ["年度", "名称", "識別名", "開始日", "終了日", "支援地域", "うち採択"]
        lines = [
            [fiscal(p.fiscal_year), p.name, p.slug, p.starts_on, p.ends_on, p.regions_seen, p.regions_adopted]
            for p in rows
        ]
        return exports.respond(request, Download("事業一覧", header, lines))
    context = {
        "page_title": "事業一覧",
        "page_lead": "年度ごとの事業と、その支援地域を見られます。",
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "order": "新しい年度の順",
        "export_links": exports.links(request),
        "empty_sentence": "事業は、まだ登録されていません。",
        "is_sample": any(program.is_sample for program in rows),
    }
    return render(request, "programs/program_list.html", context)


@require_GET
def program_detail(request: PortalRequest, slug: str) -> HttpResponseBase:
    """One year: its dates and parameters, and its regions, adopted ones first."""
    program = get_object_or_404(Program.objects.for_user(request.actor), slug=slug)
    check(request.actor, Action.VIEW_PROGRAMS, program)
    regions = regions_of(program=program, actor=request.actor)
    if exports.wanted(request):
        return exports.respond(request, _download(program, list(regions)))
    page = Paginator(regions, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": program.name,
        "program": program,
        "page": page,
        "regions": [_row(region) for region in page],
        "unit": "地域",
        "order": "採択された地域が先",
        "export_links": exports.links(request),
        "empty_sentence": "見られる支援地域は、まだ登録されていません。",
        "is_sample": program.is_sample,
    }
    return render(request, "programs/program_detail.html", context)


def _row(region: Region) -> dict:
    members = members_of(region)
    return {
        "region": region,
        "partners": [partnership.organisation.name for partnership in region.partnerships.all()],
        "lead": next((str(member.vendor) for member in members if member.is_lead), ""),
        "others": sum(not member.is_lead for member in members),
    }


def _download(program: Program, regions: list[Region]) -> Download:
    header = ["都道府県コード", "都道府県", "状態", "連携市町村数", "連携市町村", "代表機関", "構成員"]
    lines = []
    for region in regions:
        row = _row(region)
        vendors = "、".join(str(member.vendor) for member in members_of(region))
        partners = "、".join(row["partners"])
        code, name = region.prefecture.code, region.prefecture.name
        status = region.get_status_display()
        lines.append([code, name, status, len(row["partners"]), partners, row["lead"], vendors])
    return Download(f"{program.name}_支援地域", header, lines)
