"""Invitations as those see them who invite."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock, exports
from portal.actor import Actor
from portal.choices import InvitationState
from portal.errors import PortalError
from portal.exports import Download
from portal.http import PortalRequest
from portal.models import Invitation
from portal.pdf import RenderFailed, render_pdf
from portal.people.forms import InvitationFilter, InvitationForm
from portal.people.invitations import Invitee, invite, make_letter, resend, revoke
from portal.people.selections import invitations_of, stuck_invitations
from portal.people.tokens import link_of
from portal.permissions import Action, allows, check
from portal.views.people_common import ask_first, form_page, list_context


@require_safe
def invitation_list(request: PortalRequest) -> HttpResponseBase:
    """Invitations and what became of them, the newest first."""
    check(request.actor, Action.MANAGE_PEOPLE)
    form, now = InvitationFilter(request.GET), clock.now()
    rows: Any = form.matches(invitations_of(request.actor), person="")
    if duty := form.value("duty"):
        rows = rows.filter(duty=duty)
    if state := form.value("state"):
        stuck = state == "stuck"
        rows = rows.filter(pk__in=stuck_invitations().values("pk")) if stuck else rows.in_state(state, now)
    if exports.wanted(request):
        return exports.respond(request, _download(rows))
    context = list_context(
        request, rows, title="招待", unit="件", order="新しい順", filter_form=form,
        page_lead="招待した人が登録したかどうかを確認し、送り直しや取消しができます。",
        empty_sentence="条件に合う招待はありません。",
    )  # fmt: skip
    context["invitations"] = [{"row": row, "state": row.state_at(now)} for row in context["page"]]
    return render(request, "people/invitation_list.html", context)


def _download(rows: Any) -> Download:
    header = [
        "団体",
        "氏名",
        "メールアドレス",
        "役割",
        "開始日",
        "終了日",
        "状態",
        "送信日時",
        "有効期限",
        "招待した人",
    ]
    now = clock.now()
    lines = [
        [
            row.organisation.full_name, row.name, row.email, row.title, row.valid_from, row.valid_until,
            row.state_at(now).label, row.sent_at, row.expires_at, row.invited_by.name,
        ]
        for row in rows
    ]  # fmt: skip
    return Download("招待の一覧", header, lines)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_new(request: PortalRequest) -> HttpResponse:
    """Invite one person."""
    check(request.actor, Action.MANAGE_PEOPLE)
    form = InvitationForm(
        request.POST or None, actor=request.actor, initial={"organisation": request.GET.get("organisation")}
    )
    made: list[Invitation] = []

    def act(values: dict[str, Any]) -> str:
        made.append(invite(invitee=Invitee(**values), actor=request.actor))
        by_mail = "招待のメールを送ります。" if values["email"] else "次に、書面を作成してください。"
        return f"{values['name']}さんの招待を受け付けました。{by_mail}"

    context = {
        "page_title": "利用者の招待",
        "steps": [("招待", reverse("invitation_list"))],
        "effects": [
            f"招待された人は、{settings.INVITATION_DAYS}日以内に、案内されたアドレスからパスワードを設定します。",
        ],
        "submit_label": "招待する",
        "cancel_label": "招待せずに戻る",
    }
    answer = form_page(request, form=form, act=act, done=reverse("invitation_list"), context=context)
    return redirect("invitation_detail", made[0].pk) if made else answer


def _invitation_or_404(request: PortalRequest, pk: int, action: Action) -> Invitation:
    row = get_object_or_404(invitations_of(request.actor), pk=pk)
    check(request.actor, action, row)
    return row


@require_safe
def invitation_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """One invitation: for what, how it was sent, what became of it."""
    row = get_object_or_404(invitations_of(request.actor), pk=pk)
    check(request.actor, Action.MANAGE_PEOPLE)
    state = row.state_at(clock.now())
    context = {
        "page_title": f"{row.name}さんの招待",
        "invitation": row,
        "state": state,
        "failed": state == InvitationState.FAILED,
        "may_act": row.is_open and allows(request.actor, Action.INVITE_PERSON, row),
    }
    return render(request, "people/invitation_detail.html", context)


def _steps(row: Invitation) -> list[tuple[str, str]]:
    url = reverse("invitation_detail", args=[row.pk])
    return [("招待", reverse("invitation_list")), (f"{row.name}さんの招待", url)]


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_resend(request: PortalRequest, pk: int) -> HttpResponse:
    """Another mail with a new link."""
    row = _invitation_or_404(request, pk, Action.INVITE_PERSON)

    def act() -> str:
        resend(invitation=row, actor=request.actor)
        return f"{row.name}さんに、招待のメールをもう一度送ります。"

    context = {
        "page_title": "招待のメールの再送",
        "page_lead": f"{row.organisation.full_name}　{row.name}　{row.email}",
        "steps": _steps(row),
        "effects": ["新しいアドレスを送ります。前に送ったアドレスと、前に作った書面は、使えなくなります。"],
        "submit_label": "もう一度送る",
    }
    return ask_first(request, act=act, done=reverse("invitation_detail", args=[pk]), context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_revoke(request: PortalRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    row = _invitation_or_404(request, pk, Action.INVITE_PERSON)

    def act() -> str:
        revoke(invitation=row, actor=request.actor)
        return f"{row.name}さんの招待を取り消しました。"

    context = {
        "page_title": "招待の取消し",
        "page_lead": f"{row.organisation.full_name}　{row.name}　{row.title}",
        "steps": _steps(row),
        "effects": [
            "送ったアドレスと書面は、使えなくなります。必要になったときは、もう一度招待してください。"
        ],
        "submit_label": "招待を取り消す",
        "danger": True,
    }
    return ask_first(request, act=act, done=reverse("invitation_detail", args=[pk]), context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_letter(request: PortalRequest, pk: int) -> HttpResponse:
    """The letter, on the screen to print or as PDF; each one carries a new link and is kept nowhere."""
    row = _invitation_or_404(request, pk, Action.INVITE_PERSON)
    done = reverse("invitation_detail", args=[pk])
    if request.POST.get("form") not in ("page", "pdf"):
        context = {
            "page_title": "招待の書面",
            "page_lead": f"{row.organisation.full_name}　{row.name}　{row.title}",
            "steps": _steps(row),
            "invitation": row,
            "cancel_url": done,
        }
        return render(request, "people/invitation_letter_ask.html", context)
    try:
        row, token = make_letter(invitation=row, actor=request.actor)
    except PortalError as error:
        messages.error(request, error.sentence)
        return redirect(done)
    context = letter_context(row, token, request.actor)
    if request.POST["form"] == "page":
        return render(request, "people/invitation_letter.html", context | {"back_url": done})
    try:
        made = render_pdf("people/pdf/letter.html", context, created=clock.now())
    except RenderFailed as error:
        messages.error(request, str(error))
        return redirect(done)
    response = HttpResponse(made.content, content_type="application/pdf")
    name = f"招待の書面_{row.name}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def letter_context(row: Invitation, token: str, actor: Actor) -> dict[str, Any]:
    """What the letter says, on the screen and on paper."""
    return {
        "page_title": "招待の書面",
        "title": f"{settings.PORTAL_NAME}への登録のご案内",
        "publisher": actor.organisation.full_name,
        "invitation": row,
        "link": link_of(token),
        "today": clock.today(),
        "sender": actor,
    }
