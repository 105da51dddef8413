"""Pages of prefectures and municipalities: master data everyone with a role may read."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from municipalities.credits import credit_line
from municipalities.forms import MunicipalityFilter, ordered
from municipalities.indicators import IndicatorTable, indicator_table, values_by_organisation
from municipalities.models import Municipality, MunicipalityQuerySet, Prefecture
from portal import exports, registry
from portal.exports import Download
from portal.http import PortalRequest
from portal.permissions import Action, allows, check

PER_PAGE = 50
FACTS = ["団体コード", "都道府県", "名称", "よみがな", "種別", "人口（人）", "人口の基準日", "面積（km²）"]


def _download(title: str, rows: MunicipalityQuerySet) -> Download:
    """Municipalities with their facts and their indicators; 調査無し is written as such."""
    indicators, values = values_by_organisation(rows.values("organisation"))
    lines = [
        [
            town.code,
            town.prefecture.name,
            town.name,
            town.kana,
            town.get_kind_display(),
            town.population,
            town.population_as_of,
            town.area_km2,
            *(values.get((town.organisation_id, indicator.pk)) for indicator in indicators),
        ]
        for town in rows
    ]
    header = [f"{row.label}（{row.unit}）" if row.unit else row.label for row in indicators]
    return Download(title, [*FACTS, *header], lines)


def _list_context(request: PortalRequest, rows: QuerySet[Any]) -> dict[str, Any]:
    """What `layouts/list.html` needs for a table of master data."""
    return {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "unit": "団体",
        "export_links": exports.links(request),
        "facts_credit": credit_line("municipalities"),
    }


@require_GET
def municipality_list(request: PortalRequest) -> HttpResponseBase:
    """Municipalities by name, kana, code, kind, prefecture and population."""
    check(request.actor, Action.VIEW_MUNICIPALITIES)
    form = MunicipalityFilter(request.GET, actor=request.actor)
    rows = form.apply(Municipality.objects.for_user(request.actor).select_related("prefecture"))
    rows, order = ordered(rows, request.GET.get("sort"))
    if exports.wanted(request):
        return exports.respond(request, _download("市区町村一覧", rows))
    context = {
        **_list_context(request, rows),
        "page_title": "市区町村一覧",
        "page_lead": "名称・よみがな・団体コードで探せます。団体名を選ぶと、DX指標を見られます。",
        "filter_form": form,
        "order": order,
        "empty_sentence": "条件に合う市区町村はありません。",
        "can_import": allows(request.actor, Action.IMPORT_MUNICIPALITIES),
    }
    return render(request, "municipalities/municipality_list.html", context)


@require_GET
def municipality_detail(request: PortalRequest, code: str) -> HttpResponseBase:
    """One municipality: its facts, and its indicators beside its prefecture's share."""
    rows = Municipality.objects.for_user(request.actor).select_related("prefecture", "organisation")
    town = get_object_or_404(rows, code=code)
    check(request.actor, Action.VIEW_MUNICIPALITIES, town)
    table = indicator_table(
        organisation=town.organisation, prefecture=town.prefecture, level="for_municipalities"
    )
    if exports.wanted(request):
        return exports.respond(request, _indicator_download(town.name, town.prefecture.name, table))
    context = {
        "page_title": town.name,
        "town": town,
        "table": table,
        "own_head": town.name,
        "share_head": f"{town.prefecture.name}の市区町村",
        "indicator_links": exports.links(request),
        "town_links": [
            link for source in registry.town_links.all() for link in source(request.actor, town.organisation)
        ],
        "facts_credit": credit_line("municipalities"),
    }
    return render(request, "municipalities/municipality_detail.html", context)


def _indicator_download(name: str, prefecture: str, table: IndicatorTable) -> Download:
    rows = [
        [row.indicator.category, row.indicator.label, row.own, row.share_words, row.share.basis]
        for row in table.rows
    ]
    header = ["分類", "指標", name, f"{prefecture}の市区町村", "集計した団体"]
    return Download(f"{name}_DX指標", header, rows)


@require_GET
def prefecture_list(request: PortalRequest) -> HttpResponseBase:
    """The prefectures with population, area and number of municipalities."""
    check(request.actor, Action.VIEW_MUNICIPALITIES)
    # Counting groups the rows, and grouping drops the model's own order.
    rows = Prefecture.objects.for_user(request.actor).annotate(towns=Count("municipalities")).order_by("code")
    header = ["都道府県コード", "名称", "よみがな", "市区町村数", "人口（人）", "人口の基準日", "面積（km²）"]
    if exports.wanted(request):
        lines = [
            [p.code, p.name, p.kana, p.towns, p.population, p.population_as_of, p.area_km2] for p in rows
        ]
        return exports.respond(request, Download("都道府県一覧", header, lines))
    context = {
        **_list_context(request, rows),
        "page_title": "都道府県一覧",
        "order": "都道府県コード順",
    }
    return render(request, "municipalities/prefecture_list.html", context)


@require_GET
def prefecture_detail(request: PortalRequest, code: str) -> HttpResponseBase:
    """One prefecture: its facts, its own indicators, and its municipalities."""
    prefectures = Prefecture.objects.for_user(request.actor).select_related("organisation")
    prefecture = get_object_or_404(prefectures, code=code)
    check(request.actor, Action.VIEW_MUNICIPALITIES, prefecture)
    towns = Municipality.objects.for_user(request.actor).filter(prefecture=prefecture)
    towns, order = ordered(towns.select_related("prefecture"), request.GET.get("sort"))
    if exports.wanted(request):
        return exports.respond(request, _download(f"{prefecture.name}の市区町村", towns))
    context = {
        **_list_context(request, towns),
        "page_title": prefecture.name,
        "prefecture": prefecture,
        "order": order,
        "table": indicator_table(
            organisation=prefecture.organisation, prefecture=prefecture, level="for_prefectures"
        ),
        "own_head": f"{prefecture.name}（庁内）",
        "share_head": "県内の市区町村" if prefecture.name.endswith("県") else "区域内の市区町村",
    }
    return render(request, "municipalities/prefecture_detail.html", context)
