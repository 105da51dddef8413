"""DX推進リエゾン: who is assigned to which town for which field."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal import exports
from portal.exports import Download
from portal.http import PortalRequest
from portal.permissions import Action, allows, check
from portal.views.people_common import form_page, list_context
from programs.core.forms import LiaisonEndForm, LiaisonFilter, LiaisonForm
from programs.core.models import LiaisonAssignment
from programs.core.services import assign_liaison, end_liaison


@require_safe
def liaison_list(request: PortalRequest) -> HttpResponseBase:
    """The assignments the actor may see, by town and field."""
    check(request.actor, Action.VIEW_LIAISONS)
    form = LiaisonFilter(request.GET)
    rows: Any = LiaisonAssignment.objects.for_user(request.actor)
    rows = form.apply(rows.select_related("organisation__parent", "person"))
    rows = rows.order_by("organisation__parent__name", "organisation__name", "field", "-valid_from", "pk")
    if exports.wanted(request):
        header = ["都道府県", "市町村", "分野", "担当者", "開始日", "終了日"]
        lines = [
            [
                row.organisation.parent.name if row.organisation.parent else "", row.organisation.name,
                row.get_field_display(), row.person.name, row.valid_from, row.valid_until,
            ]
            for row in rows
        ]  # fmt: skip
        return exports.respond(request, Download("DX推進リエゾン", header, lines))
    context = list_context(
        request, rows, title="DX推進リエゾン", unit="件", order="市町村、分野の順", filter_form=form,
        page_lead="市町村ごと、分野ごとの担当者です。", empty_sentence="条件に合う担当者はいません。",
    )  # fmt: skip
    context["may_assign"] = allows(request.actor, Action.ASSIGN_LIAISON)
    return render(request, "programs/liaison_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def liaison_new(request: PortalRequest) -> HttpResponse:
    """Assign a person to a town."""
    check(request.actor, Action.ASSIGN_LIAISON)
    form = LiaisonForm(request.POST or None, actor=request.actor)

    def act(_values: dict[str, Any]) -> str:
        row = assign_liaison(**form.chosen(), actor=request.actor)
        what = f"{row.organisation.name}の{row.get_field_display()}"
        return f"{row.person.name}さんを、{what}に割り当てました。"

    context = {
        "page_title": "DX推進リエゾンの割当て",
        "steps": [("DX推進リエゾン", reverse("liaison_list"))],
        "submit_label": "割り当てる",
        "cancel_label": "割り当てずに戻る",
    }
    return form_page(request, form=form, act=act, done=reverse("liaison_list"), context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def liaison_end(request: PortalRequest, pk: int) -> HttpResponse:
    """End an assignment; it stays in the record."""
    rows = LiaisonAssignment.objects.for_user(request.actor).select_related("organisation__parent", "person")
    row = get_object_or_404(rows, pk=pk)
    check(request.actor, Action.ASSIGN_LIAISON, row)
    form = LiaisonEndForm(request.POST or None, assignment=row)

    def act(values: dict[str, Any]) -> str:
        end_liaison(assignment=row, last_day=values["last_day"], actor=request.actor)
        return f"{row.person.name}さんの、{row.organisation.name}の担当に終了日を登録しました。"

    context = {
        "page_title": "DX推進リエゾンの担当の終了",
        "page_lead": f"{row.organisation.name}　{row.get_field_display()}　{row.person.name}",
        "steps": [("DX推進リエゾン", reverse("liaison_list"))],
        "effects": ["最後の日の翌日から、担当者として表示されなくなります。これまでの記録は残ります。"],
        "submit_label": "担当を終える",
        "cancel_label": "終えずに戻る",
    }
    return form_page(request, form=form, act=act, done=reverse("liaison_list"), context=context)
