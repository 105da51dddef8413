"""Reports: which there are, their versions, asking for a PDF, downloading it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from portal import exports
from portal.audit.outgoing import downloaded
from portal.errors import PortalError
from portal.exports import Download
from portal.files import serve
from portal.http import PortalRequest
from portal.permissions import Action, allows, check
from portal.ui.dates import fiscal
from programs.core.choices import RegionStatus
from programs.core.views.regions import region_context, region_or_404
from programs.models import Region
from reports.choices import ReportKind
from reports.definitions import DEFINITIONS
from reports.models import Version
from reports.services.overview import ReportRow, report_rows, unfinished_job, versions_of
from reports.services.rendering import request_render

#: Regions a page of the report list shows; each has a row per kind of report.
PER_PAGE = 16
HEADER = ["事業", "年度", "支援地域", "報告書", "最新の版", "データの時点", "ページ数", "大きさ（バイト）"]


def _adopted(request: PortalRequest, slug: str, code: str, action: Action) -> Region:
    """A region through both gates; only an adopted one has reports."""
    region = region_or_404(request, slug, code, action)
    if region.status != RegionStatus.ADOPTED:
        raise Http404
    return region


@require_GET
def report_list(request: PortalRequest) -> HttpResponseBase:
    """All reports the actor may see, with the newest version of each."""
    check(request.actor, Action.VIEW_REPORT)
    regions = Region.objects.for_user(request.actor).adopted().with_names()
    regions = regions.order_by("-program__fiscal_year", "program", "position", "prefecture__code")
    if exports.wanted(request):
        return exports.respond(request, Download("報告書の一覧", HEADER, _lines(report_rows(regions))))
    page = Paginator(regions, PER_PAGE).get_page(request.GET.get("page"))
    rows: Any = report_rows(page.object_list)
    page.object_list = rows
    context = {
        "page_title": "報告書",
        "page": page,
        "unit": "地域",
        "export_links": exports.links(request),
        "empty_sentence": "採択された支援地域は、まだありません。",
        "is_sample": any(row.region.program.is_sample for row in rows),
    }
    return render(request, "reports/report_list.html", context)


def _lines(rows: list[ReportRow]) -> list[list[Any]]:
    return [
        [
            row.region.program.name,
            fiscal(row.region.program.fiscal_year),
            row.region.prefecture.name,
            row.kind.label,
            *(
                [row.latest.number, row.latest.as_of, row.latest.pages, row.latest.pdf.size]
                if row.latest
                else ["未作成", None, None, None]
            ),
        ]
        for row in rows
    ]


@require_GET
def region_reports(request: PortalRequest, slug: str, code: str) -> HttpResponse:
    """The three reports of a region with their newest versions."""
    region = _adopted(request, slug, code, Action.VIEW_REPORT)
    context = {
        **region_context(request, region, "region_reports", "報告書"),
        "rows": report_rows([region]),
    }
    return render(request, "reports/region_reports.html", context)


@require_GET
def report_detail(request: PortalRequest, slug: str, code: str, kind: ReportKind) -> HttpResponse:
    """One report: what its chapters are written from, its versions, and the button for a new PDF."""
    region = _adopted(request, slug, code, Action.VIEW_REPORT)
    context = {
        **region_context(request, region, "region_reports", kind.label),
        "kind": kind,
        "definition": DEFINITIONS[kind],
        "versions": versions_of(region, kind),
        "job": unfinished_job(region, kind, request.actor),
        "can_render": allows(request.actor, Action.RENDER_REPORT, region),
    }
    return render(request, "reports/report_detail.html", context)


@require_POST
def report_render(request: PortalRequest, slug: str, code: str, kind: ReportKind) -> HttpResponse:
    """Ask for a PDF and go to the page that shows how the job gets on."""
    region = _adopted(request, slug, code, Action.RENDER_REPORT)
    try:
        job = request_render(region=region, kind=kind, actor=request.actor)
    except PortalError as error:
        messages.error(request, error.sentence)
        return redirect("report_detail", slug, code, kind)
    return redirect("job_detail", job.pk)


@require_GET
def version_pdf(request: PortalRequest, slug: str, code: str, kind: ReportKind, number: int) -> FileResponse:
    """The PDF of one version, through the same two gates as its page."""
    region = _adopted(request, slug, code, Action.VIEW_REPORT)
    versions = Version.objects.for_user(request.actor).select_related("pdf")
    version = get_object_or_404(versions, report__region=region, report__kind=kind, number=number)
    downloaded(version.pdf, actor=request.actor, obj=version, concerns=region.prefecture.organisation)
    return serve(version.pdf)
