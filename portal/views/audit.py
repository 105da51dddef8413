"""The audit trail: search, one entry, files; the administrator sees all, an organisation what is its own."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from portal import exports
from portal.audit.forms import AuditFilter
from portal.audit.presenters import Shown, line_of
from portal.audit.words import HEADER
from portal.choices import Role
from portal.http import PortalRequest
from portal.models import AuditEntry
from portal.models.audit import AuditQuerySet
from portal.permissions import Action, check

PER_PAGE = 50
#: A file has at most so many rows.
MOST_ROWS = 50_000


def _entries(request: PortalRequest) -> AuditQuerySet:
    """The entries this person may see, the newest first."""
    check(request.actor, Action.VIEW_AUDIT)
    return AuditEntry.objects.for_user(request.actor).select_related("concerns__parent").order_by("-seq")


@require_safe
def audit_list(request: PortalRequest) -> HttpResponseBase:
    """Entries that meet the filter, as a page or as a file."""
    entries = _entries(request)
    asked = {name: value for name, value in request.GET.items() if name in AuditFilter.base_fields}
    form = AuditFilter(asked, actor=request.actor)
    rows = form.apply(entries)
    if exports.wanted(request):
        return _file(request, rows)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown: Any = [Shown(entry, request.actor) for entry in page.object_list]
    page.object_list = shown
    context = {
        "page_title": "操作記録",
        "page": page,
        "order": "新しい順",
        "filter_form": form,
        "export_links": exports.links(request),
        "empty_sentence": "条件に合う操作記録はありません。",
        "sees_all": request.actor.role == Role.ADMIN,
    }
    return render(request, "audit/audit_list.html", context)


def _file(request: PortalRequest, rows: AuditQuerySet) -> HttpResponseBase:
    if rows.count() > MOST_ROWS:
        most = f"一度に書き出せるのは{MOST_ROWS:,}件までです。"
        messages.error(request, f"{most}期間を短くして、もう一度書き出してください。")
        return redirect("audit_list")
    lines = (line_of(Shown(entry, request.actor)) for entry in rows.iterator(chunk_size=1000))
    return exports.respond(request, exports.Download("操作記録", HEADER, lines))


@require_safe
def audit_detail(request: PortalRequest, seq: int) -> HttpResponse:
    """One entry with what was before and after."""
    entry = get_object_or_404(_entries(request), seq=seq)
    shown = Shown(entry, request.actor)
    context = {"page_title": f"操作記録 番号{seq}", "page_lead": shown.sentence, "shown": shown}
    return render(request, "audit/audit_detail.html", context)
