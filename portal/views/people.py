"""People and their memberships."""

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
from portal.models import Membership, User
from portal.people.forms import MembershipEndForm, MembershipForm, PeopleFilter
from portal.people.handover import vacancy_after
from portal.people.passwords import may_give_link
from portal.people.selections import by_state, membership_state, memberships_of
from portal.people.upkeep import (
    ONE_DAY,
    change_membership,
    end_membership,
    keep_membership,
    set_account_active,
)
from portal.permissions import Action, allows, check
from portal.views.people_common import ask_first, form_page, list_context

STATES = {"in_force": "有効", "coming": "開始前", "over": "終了", "withdrawn": "取りやめ"}


@require_safe
def membership_list(request: PortalRequest) -> HttpResponseBase:
    """Who acts for which organisation, from when until when."""
    check(request.actor, Action.VIEW_PEOPLE)
    form, today = PeopleFilter(request.GET), clock.today()
    rows: Any = form.matches(memberships_of(request.actor))
    if duty := form.value("duty"):
        rows = rows.filter(duty=duty)
    state = form.value("state") or "in_force"
    rows = rows if state == "all" else by_state(rows, state, today)
    if exports.wanted(request):
        return exports.respond(request, _download(rows, today))
    context = list_context(
        request, rows, title="利用者・所属", unit="件", filter_form=form,
        page_lead="団体ごとに、だれが、いつからいつまで担当するかを確認できます。",
        empty_sentence="条件に合う所属はありません。",
    )  # fmt: skip
    context["members"] = [{"row": row, "state": membership_state(row, today)} for row in context["page"]]
    context["may_manage"] = allows(request.actor, Action.MANAGE_PEOPLE)
    return render(request, "people/membership_list.html", context)


def _download(rows: Any, today: Any) -> Download:
    header = [
        "団体",
        "氏名",
        "メールアドレス",
        "サインインID",
        "役割",
        "所属課",
        "電話",
        "開始日",
        "終了日",
        "代理",
        "状態",
    ]
    lines = [
        [
            row.organisation.full_name, row.user.name, row.user.email or "", row.user.login_id or "",
            row.title, row.department, row.phone, row.valid_from, row.valid_until,
            "代理" if row.deputy else "", STATES[membership_state(row, today)],
        ]
        for row in rows
    ]  # fmt: skip
    return Download("利用者・所属", header, lines)


def _person_or_404(request: PortalRequest, pk: int, action: Action) -> User:
    person = get_object_or_404(User.objects.for_user(request.actor), pk=pk)
    check(request.actor, action, person)
    return person


@require_safe
def person_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """One person: how they sign in, and the memberships the actor may see."""
    person = _person_or_404(request, pk, Action.VIEW_PEOPLE)
    today = clock.today()
    rows = list(memberships_of(request.actor).filter(user=person))
    context = {
        "page_title": person.name,
        "person": person,
        "members": [
            {
                "row": row,
                "state": membership_state(row, today),
                "may_edit": allows(request.actor, Action.EDIT_MEMBERSHIP, row),
                "may_give_link": may_give_link(row)
                and person != request.actor.user
                and allows(request.actor, Action.GIVE_PASSWORD_LINK, row),
                "may_hand_over": allows(request.actor, Action.PREPARE_HANDOVER, row),
                "ends_later": bool(row.valid_until and row.valid_until >= today and not row.withdrawn_at),
            }
            for row in rows
        ],
        "may_manage": allows(request.actor, Action.MANAGE_ACCOUNT, person) and person != request.actor.user,
    }
    return render(request, "people/person_detail.html", context)


def membership_or_404(request: PortalRequest, pk: int, action: Action) -> Membership:
    """A membership the actor may see (else 404), and the act allowed on it (else 403)."""
    row = get_object_or_404(memberships_of(request.actor), pk=pk)
    check(request.actor, action, row)
    return row


def _steps(row: Membership) -> list[tuple[str, str]]:
    return [
        ("利用者・所属", reverse("membership_list")),
        (row.user.name, reverse("person_detail", args=[row.user_id])),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def membership_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Department, telephone, 代理."""
    row = membership_or_404(request, pk, Action.EDIT_MEMBERSHIP)
    initial = {"department": row.department, "phone": row.phone, "deputy": row.deputy}
    form = MembershipForm(request.POST or None, initial=initial)

    def act(values: dict[str, Any]) -> str:
        change_membership(membership=row, values=values, actor=request.actor)
        return f"{row.user.name}さんの所属を保存しました。"

    context = {
        "page_title": "所属の変更",
        "page_lead": f"{row.organisation.full_name}　{row.user.name}　{row.title}",
        "steps": _steps(row),
        "effects": ["役割や担当を変えるときは、この所属を終えて、新しい担当で招待してください。"],
        "submit_label": "所属を保存する",
    }
    done = reverse("person_detail", args=[row.user_id])
    return form_page(request, form=form, act=act, done=done, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def membership_end(request: PortalRequest, pk: int) -> HttpResponse:
    """The last day of a membership; warns when nobody would be left."""
    row = membership_or_404(request, pk, Action.EDIT_MEMBERSHIP)
    today = clock.today()
    form = MembershipEndForm(request.POST or None, initial={"last_day": today})
    last_one = vacancy_after(row.organisation, row, today + ONE_DAY)
    if not last_one and request.method != "POST":
        del form.fields["knowing"]

    def act(values: dict[str, Any]) -> str:
        end_membership(
            membership=row, last_day=values["last_day"], knowing=values["knowing"], actor=request.actor
        )
        return f"{row.user.name}さんの{row.organisation.name}の所属に、終了日を登録しました。"

    effects = [
        f"{row.user.name}さんは、最後の日の翌日から、{row.organisation.name}として操作できなくなります。",
        "今日から使えなくするときは、最後の日を昨日にしてください。開いている画面も、次の操作から使えません。",
        "これまでの記録と氏名は残ります。最後の日までは、取り消せます。",
    ]
    context = {
        "page_title": "所属の終了",
        "page_lead": f"{row.organisation.full_name}　{row.user.name}　{row.title}",
        "steps": _steps(row),
        "effects": effects,
        "warning": f"この所属を終えると、{row.organisation.name}の担当者がいなくなります。"
        "先に引継ぎを準備するか、後任者を招待してください。"
        if last_one
        else "",
        "submit_label": "所属を終える",
        "cancel_label": "終えずに戻る",
    }
    done = reverse("person_detail", args=[row.user_id])
    return form_page(request, form=form, act=act, done=done, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def membership_keep(request: PortalRequest, pk: int) -> HttpResponse:
    """Undo an end that has not come yet."""
    row = membership_or_404(request, pk, Action.EDIT_MEMBERSHIP)

    def act() -> str:
        keep_membership(membership=row, actor=request.actor)
        return f"{row.user.name}さんの所属の終了を取り消しました。"

    context = {
        "page_title": "所属の終了の取消し",
        "page_lead": f"{row.organisation.full_name}　{row.user.name}　{row.title}",
        "steps": _steps(row),
        "effects": ["登録した終了日を消します。この人は、引き続き操作できます。"],
        "submit_label": "終了を取り消す",
    }
    return ask_first(request, act=act, done=reverse("person_detail", args=[row.user_id]), context=context)


def _account(request: PortalRequest, pk: int, *, active: bool) -> HttpResponse:
    person = _person_or_404(request, pk, Action.MANAGE_ACCOUNT)

    def act() -> str:
        set_account_active(person=person, active=active, actor=request.actor)
        return f"{person.name}さんの利用を{'再開' if active else '停止'}しました。"

    effects = (
        ["この人は、有効な所属がある間、もう一度サインインできるようになります。"]
        if active
        else ["この人は、次の操作から、どの所属でも使えなくなります。所属と記録は残ります。"]
    )
    url = reverse("person_detail", args=[pk])
    context = {
        "page_title": f"{person.name}さんの利用の{'再開' if active else '停止'}",
        "steps": [("利用者・所属", reverse("membership_list")), (person.name, url)],
        "effects": effects,
        "submit_label": f"利用を{'再開' if active else '停止'}する",
    }
    return ask_first(request, act=act, done=url, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def person_stop(request: PortalRequest, pk: int) -> HttpResponse:
    """Stop an account."""
    return _account(request, pk, active=False)


@require_http_methods(["GET", "HEAD", "POST"])
def person_resume(request: PortalRequest, pk: int) -> HttpResponse:
    """Let a stopped account sign in again."""
    return _account(request, pk, active=True)
