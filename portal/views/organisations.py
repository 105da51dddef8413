"""Organisations: who acts for them, how they are reached, whether they sign off."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock, exports
from portal.exports import Download
from portal.http import PortalRequest
from portal.models import Organisation
from portal.people.contacts import contacts_of
from portal.people.forms import ContactFilter, OrganisationFilter, OrganisationForm
from portal.people.selections import (
    handovers_of,
    invitations_of,
    membership_state,
    memberships_of,
    organisations_of,
)
from portal.people.upkeep import SIGNING, change_organisation
from portal.permissions import Action, allows, check
from portal.views.people_common import form_page, list_context


@require_safe
def organisation_list(request: PortalRequest) -> HttpResponseBase:
    """Organisations the actor may see, with the number of people who can act today."""
    check(request.actor, Action.VIEW_PEOPLE)
    form = OrganisationFilter(request.GET, actor=request.actor)
    rows: Any = form.apply(organisations_of(request.actor))
    if exports.wanted(request):
        header = ["団体", "種別", "電話番号", "通知先", "提出前の決裁", "担当者（人）", "招待中（件）"]
        lines = [
            [
                row.full_name, row.get_kind_display(), row.phone, row.notification_address,
                "あり" if row.sign_off_required else "なし", row.people, row.invited,
            ]
            for row in rows
        ]  # fmt: skip
        return exports.respond(request, Download("団体一覧", header, lines))
    context = list_context(
        request, rows, title="団体", unit="団体", order="都道府県、種別、名称の順",
        filter_form=form, empty_sentence="条件に合う団体はありません。",
        page_lead="団体の担当者と連絡先を確認し、変更できます。",
    )  # fmt: skip
    return render(request, "people/organisation_list.html", context)


def organisation_or_404(request: PortalRequest, pk: int, action: Action) -> Organisation:
    """An organisation the actor may see (else 404), and the act allowed on it (else 403)."""
    rows = Organisation.objects.for_user(request.actor).select_related("parent")
    row = get_object_or_404(rows, pk=pk)
    check(request.actor, action, row)
    return row


@require_safe
def organisation_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """One organisation: how it is reached, who acts for it, who is invited, what is handed over."""
    row = organisation_or_404(request, pk, Action.VIEW_PEOPLE)
    today = clock.today()
    memberships = list(memberships_of(request.actor).filter(organisation=row))
    may_invite = allows(request.actor, Action.INVITE_PERSON, row)
    context = {
        "page_title": row.full_name,
        "organisation": row,
        "signs": row.kind in SIGNING,
        "members": [
            {
                "row": member,
                "state": membership_state(member, today),
                "may_hand_over": allows(request.actor, Action.PREPARE_HANDOVER, member),
                "may_edit": allows(request.actor, Action.EDIT_MEMBERSHIP, member),
                "ends_later": bool(member.valid_until and member.valid_until >= today),
            }
            for member in memberships
        ],
        "nobody": not any(member.is_active(today) and member.user.is_active for member in memberships),
        "invitations": _with_states(invitations_of(request.actor).filter(organisation=row).open())  # type: ignore[attr-defined]
        if may_invite
        else [],
        "handovers": list(handovers_of(request.actor).filter(organisation=row).prepared()),  # type: ignore[attr-defined]
        "may_invite": may_invite,
        "may_edit": allows(request.actor, Action.EDIT_ORGANISATION, row),
    }
    return render(request, "people/organisation_detail.html", context)


def _with_states(rows: Any) -> list[dict[str, Any]]:
    now = clock.now()
    return [{"row": row, "state": row.state_at(now)} for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Telephone, notification address, sign-off."""
    row = organisation_or_404(request, pk, Action.EDIT_ORGANISATION)
    initial = {
        "phone": row.phone,
        "notification_address": row.notification_address,
        "sign_off_required": "yes" if row.sign_off_required else "no",
    }
    form = OrganisationForm(request.POST or None, initial=initial)
    if row.kind not in SIGNING:
        del form.fields["sign_off_required"]

    def act(values: dict[str, Any]) -> str:
        change_organisation(organisation=row, values=values, actor=request.actor)
        return f"{row.name}の設定を保存しました。"

    url = reverse("organisation_detail", args=[pk])
    context = {
        "page_title": f"{row.full_name}の設定",
        "steps": [("団体", reverse("organisation_list")), (row.full_name, url)],
        "effects": ["電話番号は、団体の担当者が困ったときの案内と、連絡先名簿に表示されます。"],
        "submit_label": "設定を保存する",
    }
    return form_page(request, form=form, act=act, done=url, context=context)


@require_safe
def contact_list(request: PortalRequest) -> HttpResponseBase:
    """連絡先名簿: who is in charge where."""
    check(request.actor, Action.VIEW_CONTACTS)
    may_export = allows(request.actor, Action.EXPORT_CONTACTS)
    form = ContactFilter(request.GET)
    rows: Any = form.matches(contacts_of(request.actor))
    if duty := form.value("duty"):
        rows = rows.filter(duty=duty)
    if kind := form.value("kind"):
        rows = rows.filter(organisation__kind=kind)
    if exports.wanted(request):
        check(request.actor, Action.EXPORT_CONTACTS)
        return exports.respond(request, _contact_download(rows))
    context = list_context(
        request, rows, title="連絡先名簿", unit="人", filter_form=form,
        page_lead="今日、担当している人の連絡先です。業務の連絡だけに使ってください。",
        empty_sentence="条件に合う連絡先はありません。",
    )  # fmt: skip
    if not may_export:
        context["export_links"] = []
    return render(request, "people/contact_list.html", context)


def _contact_download(rows: Any) -> Download:
    header = [
        "都道府県",
        "団体",
        "所属課",
        "氏名",
        "担当",
        "代理",
        "電話",
        "団体の電話",
        "メールアドレス",
        "通知先",
    ]
    lines = [
        [
            row.organisation.parent.name if row.organisation.parent else "", row.organisation.name,
            row.department, row.user.name, row.title, "代理" if row.deputy else "", row.phone,
            row.organisation.phone, row.user.email or "", row.organisation.notification_address,
        ]
        for row in rows
    ]  # fmt: skip
    return Download("連絡先名簿", header, lines)
