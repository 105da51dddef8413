"""Importing a table: explain and upload, look at what would change, confirm, see the result."""

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import exports
from portal.audit.outgoing import downloaded
from portal.choices import ImportState
from portal.errors import PortalError
from portal.files import serve
from portal.http import PortalRequest
from portal.imports import ImportKind, Plan, TableResource, imports
from portal.imports.forms import UploadForm
from portal.imports.services import confirm_import, may_open, preview_again, start_import
from portal.models import ImportRun
from portal.permissions import Action, allows, check

PER_PAGE = 50
FORMATS = {
    "xlsx": "Excelブック",
    "utf-8-sig": "CSV（UTF-8）",
    "cp932": "CSV（シフトJIS）",
    "utf-16": "CSV（UTF-16）",
}
SHOWN = ("new", "changed")


@require_safe
def import_list(request: PortalRequest) -> HttpResponseBase:
    """The organisation's imports, the newest first, and what the actor may import."""
    check(request.actor, Action.VIEW_IMPORTS)
    runs = ImportRun.objects.for_user(request.actor).select_related("stored_file", "requested_by")
    runs = runs.defer("preview", "versions")
    if exports.wanted(request):
        lines = [
            [
                run.created_at,
                imports.label_of(run.kind),
                run.stored_file.name,
                run.get_state_display(),
                run.requested_by.name,
            ]
            for run in runs
        ]
        header = ["受付日時", "種類", "ファイル", "状態", "依頼者"]
        return exports.respond(request, exports.Download("取込みの一覧", header, lines))
    page = Paginator(runs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": "取り込み",
        "page": page,
        "rows": [(run, imports.label_of(run.kind)) for run in page],
        "export_links": exports.links(request),
        "kinds": [k for k in imports.all() if not k.params and allows(request.actor, k.action)],
    }
    return render(request, "imports/import_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def import_start(request: PortalRequest, kind: str) -> HttpResponse:
    """Explain the form, offer it as a file, take the upload."""
    entry = imports.get(kind)
    params = entry.params_of(request.GET)
    if entry.start:
        entry.target_of(request.actor, params)
        return redirect(entry.start(params)[0])
    resource = cast(TableResource, entry.resource_for(request.actor, params))
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            run = start_import(
                kind=entry,
                params=params,
                upload=upload,
                name=upload.name,
                content_type=upload.content_type or "application/octet-stream",
                by=request.actor,
            )
        except PortalError as error:
            form.add_error("file", error.sentence)
        else:
            return redirect("job_detail", run.job_id)
    context = {
        "page_title": f"{entry.label}の取り込み",
        "page_lead": entry.lead,
        "form": form,
        "columns": resource.columns,
        "may_create": resource.may_create,
        "templates": _template_links(entry, params),
        "submit_label": "内容を確認する",
        "cancel_url": reverse("import_list"),
        "cancel_label": "取り込まずに戻る",
    }
    return render(request, "imports/import_start.html", context)


def _template_links(entry: ImportKind, params: dict[str, str]) -> list[dict[str, str]]:
    links = []
    for label, code, rows in (
        ("今の内容が入った様式（Excel）", "xlsx", "1"),
        ("見出しだけの様式（Excel）", "xlsx", ""),
        ("今の内容が入った様式（CSV）", "csv", "1"),
    ):
        query = urlencode(params | {"rows": rows} if rows else params)
        links.append(
            {"label": label, "url": f"{reverse('import_template', args=[entry.code, code])}?{query}"}
        )
    return links


@require_safe
def import_template(request: PortalRequest, kind: str, code: str) -> HttpResponseBase:
    """The form as a file: empty, or with the rows as they stand."""
    entry = imports.get(kind)
    if code not in exports.LABELS or entry.start:
        raise Http404
    resource = cast(TableResource, entry.resource_for(request.actor, entry.params_of(request.GET)))
    rows = resource.export_rows() if request.GET.get("rows") else []
    return exports.export_response(request, rows, resource.header(), code, f"{entry.label}_様式")


def _run_of(request: PortalRequest, pk: uuid.UUID) -> ImportRun:
    """The import when it is the organisation's and the actor may see its kind."""
    runs = ImportRun.objects.for_user(request.actor).select_related(
        "stored_file", "job", "requested_by", "applied_by"
    )
    run = get_object_or_404(runs, pk=pk)
    may_open(run=run, actor=request.actor)
    return run


@require_safe
def import_run(request: PortalRequest, pk: uuid.UUID) -> HttpResponse:
    """What the file would change, or what is wrong with it, or what came of it."""
    return _run_page(request, _run_of(request, pk), {})


def _run_page(request: PortalRequest, run: ImportRun, chosen: dict[str, str]) -> HttpResponse:
    """The page of an import; `chosen` is what somebody chose already for rows changed on both sides."""
    entry = imports.get(run.kind)
    plan = Plan.from_json(run.preview)
    busy = run.job is not None and not run.job.is_finished
    context = {
        "page_title": f"{entry.label}の取り込み",
        "run": run,
        "plan": plan,
        "format": FORMATS.get(plan.format, ""),
        "busy": busy,
        "failed": run.job.error if run.job and run.job.state == "failed" else "",
        "can_confirm": run.state == ImportState.PREVIEWED and not busy and bool(plan.changes),
        "can_preview_again": run.state != ImportState.APPLIED and not busy,
        "new_count": plan.count("new"),
        "changed_count": plan.count("changed"),
        "words": entry.words,
        "confirm_label": entry.words.confirm.format(count=f"{len(plan.changes):,}"),
        "conflicts": [(change, chosen.get(change.key, "")) for change in plan.conflicts],
        "has_errors": bool(chosen),
        **_ways(entry, run.params),
        **_page_of(request, plan),
    }
    return render(request, "imports/import_run.html", context)


def _ways(entry: ImportKind, params: dict[str, str]) -> dict[str, Any]:
    """Where another file is chosen, and where the way out leads."""
    if entry.start:
        own, label = entry.start(params)
        ways = {"start_url": own, "back_url": own, "back_label": f"「{label}」に戻る"}
        return ways | {"crumb_url": own, "crumb_label": label, "is_form": True}
    return {
        "start_url": f"{reverse('import_start', args=[entry.code])}?{urlencode(params)}",
        "back_url": reverse(entry.url_name) if entry.url_name else reverse("import_list"),
        "back_label": f"{entry.label}の一覧を見る" if entry.url_name else "取り込みの一覧に戻る",
        "crumb_url": reverse("import_list"),
        "crumb_label": "取り込み",
    }


def _page_of(request: PortalRequest, plan: Plan) -> dict[str, Any]:
    """One page of errors or of changes, and the tabs between new and changed rows."""
    if not plan.ok:
        return {"page": Paginator(plan.errors, PER_PAGE).get_page(request.GET.get("page"))}
    shown = request.GET.get("show", "")
    plain = [change for change in plan.changes if not change.conflict]
    rows = [c for c in plain if c.kind == shown] if shown in SHOWN else plain
    tabs = [
        {
            "label": label,
            "url": f"?show={code}" if code else "?",
            "current": code == (shown or ""),
            "count": count,
        }
        for code, label, count in (
            ("", "すべて", len(plain)),
            ("new", "追加", sum(change.kind == "new" for change in plain)),
            ("changed", "変更", sum(change.kind == "changed" for change in plain)),
        )
    ]
    return {"page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), "tabs": tabs}


@require_POST
def import_apply(request: PortalRequest, pk: uuid.UUID) -> HttpResponse:
    """Confirm what was shown; the job makes the changes."""
    run = _run_of(request, pk)
    conflicts = Plan.from_json(run.preview).conflicts
    choices = {change.key: request.POST.get(f"choice_{change.key}", "") for change in conflicts}
    try:
        run = confirm_import(run=run, seen=request.POST.get("seen", ""), by=request.actor, choices=choices)
    except PortalError as error:
        messages.error(request, error.sentence)
        # What was chosen already is not asked for again.
        return _run_page(request, run, choices) if choices else redirect("import_run", pk)
    return redirect("job_detail", run.job_id)


@require_POST
def import_again(request: PortalRequest, pk: uuid.UUID) -> HttpResponse:
    """Compare the file with the rows as they stand now."""
    run = _run_of(request, pk)
    try:
        run = preview_again(run=run, by=request.actor)
    except PortalError as error:
        messages.error(request, error.sentence)
        return redirect("import_run", pk)
    return redirect("job_detail", run.job_id)


@require_safe
def import_file(request: PortalRequest, pk: uuid.UUID) -> FileResponse:
    """The uploaded file, as it came, for the organisation that uploaded it."""
    run = _run_of(request, pk)
    downloaded(run.stored_file, actor=request.actor, obj=run)
    return serve(run.stored_file)
