"""Hand-overs: prepared for one office on a page, for a whole prefecture by a file."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock, exports
from portal.exports import Download
from portal.http import PortalRequest
from portal.models import Handover
from portal.people.forms import HandoverFilter, HandoverForm
from portal.people.handover import goes_with, prepare, withdraw
from portal.people.selections import handovers_of
from portal.permissions import Action, allows, check
from portal.ui.dates import jdate
from portal.views.people import membership_or_404
from portal.views.people_common import ask_first, form_page, list_context


@require_safe
def handover_list(request: PortalRequest) -> HttpResponseBase:
    """Hand-overs of the organisations the actor may see."""
    check(request.actor, Action.VIEW_PEOPLE)
    form = HandoverFilter(request.GET)
    rows: Any = handovers_of(request.actor)
    for word in (form.value("q") or "").split():
        named = Q(person__name__icontains=word) | Q(successor_name__icontains=word)
        rows = rows.filter(named | Q(organisation__name__icontains=word))
    if state := form.value("state"):
        rows = rows.filter(state=state)
    if exports.wanted(request):
        return exports.respond(request, _download(rows))
    context = list_context(
        request, rows, title="引継ぎ", unit="件", order="適用日の新しい順", filter_form=form,
        page_lead="年度替わりなどの引継ぎを、あらかじめ準備できます。適用日の前日までは、取りやめられます。",
        empty_sentence="条件に合う引継ぎはありません。",
    )  # fmt: skip
    context["may_import"] = allows(request.actor, Action.MANAGE_PEOPLE)
    return render(request, "people/handover_list.html", context)


def _download(rows: Any) -> Download:
    header = [
        "団体",
        "前任者",
        "後任者",
        "後任のメールアドレス",
        "担当",
        "適用日",
        "状態",
        "後任者の登録",
        "準備した人",
    ]
    lines = [
        [
            row.organisation.full_name, row.person.name, row.successor_name, row.successor_email,
            row.get_duty_display(), row.effective_on, row.get_state_display(),
            "済み" if row.successor_id else "まだ", row.prepared_by.name,
        ]
        for row in rows
    ]  # fmt: skip
    return Download("引継ぎの一覧", header, lines)


@require_http_methods(["GET", "HEAD", "POST"])
def handover_new(request: PortalRequest, pk: int) -> HttpResponse:
    """Prepare the hand-over of one membership."""
    leaving = membership_or_404(request, pk, Action.PREPARE_HANDOVER)
    form = HandoverForm(request.POST or None, leaving=leaving)
    made: list[Handover] = []

    def act(values: dict[str, Any]) -> str:
        row = Handover(
            leaving=leaving,
            effective_on=values["effective_on"],
            successor_name=values["name"],
            successor_email=values["email"],
            duty=values["duty"],
            department=values["department"],
            phone=values["phone"],
        )
        made.append(prepare(row=row, actor=request.actor))
        return f"{leaving.user.name}さんから{values['name']}さんへの引継ぎを準備しました。"

    url = reverse("person_detail", args=[leaving.user_id])
    context = {
        "page_title": "引継ぎの準備",
        "page_lead": f"{leaving.organisation.full_name}　{leaving.user.name}　{leaving.title}",
        "steps": [("利用者・所属", reverse("membership_list")), (leaving.user.name, url)],
        "effects": [
            f"適用日から、{leaving.user.name}さんは{leaving.organisation.name}として操作できなくなり、"
            "後任者が操作できるようになります。",
            "作成中の入力、対応が必要な項目、これまでの記録は、団体のものとして後任者に引き継がれます。",
            *(f"{label}（{count}件）も、後任者に移ります。" for label, count in _moves(leaving)),
            "適用日の前日までは、取りやめられます。",
        ],
        "submit_label": "引継ぎを準備する",
        "cancel_label": "準備せずに戻る",
    }
    answer = form_page(request, form=form, act=act, done=url, context=context)
    return redirect("handover_detail", made[0].pk) if made else answer


def _moves(leaving: Any) -> list[tuple[str, int]]:
    row = Handover(
        leaving=leaving, organisation=leaving.organisation, person=leaving.user, effective_on=clock.today()
    )
    return [(label, count) for label, count in goes_with(row) if count]


def _handover_or_404(request: PortalRequest, pk: int, action: Action) -> Handover:
    row = get_object_or_404(handovers_of(request.actor), pk=pk)
    check(request.actor, action, row)
    return row


@require_safe
def handover_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """One hand-over: from whom to whom, when, and how far the successor is."""
    row = get_object_or_404(handovers_of(request.actor), pk=pk)
    check(request.actor, Action.VIEW_PEOPLE, row.organisation)
    may_act = allows(request.actor, Action.PREPARE_HANDOVER, row)
    context = {
        "page_title": f"{row.organisation.full_name}の引継ぎ",
        "handover": row,
        "moves": [(label, count) for label, count in goes_with(row) if count] if row.ended_at is None else [],
        "may_withdraw": may_act and row.may_be_withdrawn(clock.today()),
        "may_see_invitation": row.invitation is not None and allows(request.actor, Action.MANAGE_PEOPLE),
    }
    return render(request, "people/handover_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def handover_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Call a hand-over off before its day."""
    row = _handover_or_404(request, pk, Action.PREPARE_HANDOVER)

    def act() -> str:
        withdraw(row=row, actor=request.actor)
        return f"{row.person.name}さんから{row.successor_name}さんへの引継ぎを取りやめました。"

    url = reverse("handover_detail", args=[pk])
    context = {
        "page_title": "引継ぎの取りやめ",
        "page_lead": f"{row.organisation.full_name}　{row.person.name} → {row.successor_name}　"
        f"適用日：{jdate(row.effective_on)}",
        "steps": [("引継ぎ", reverse("handover_list")), (f"{row.organisation.full_name}の引継ぎ", url)],
        "effects": [
            f"{row.person.name}さんの所属は、準備する前の期間に戻ります。",
            f"{row.successor_name}さんへの招待と、これから始まる所属は、取り消されます。",
        ],
        "submit_label": "引継ぎを取りやめる",
        "danger": True,
    }
    return ask_first(request, act=act, done=url, context=context)
