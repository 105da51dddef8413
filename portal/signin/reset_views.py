"""Pages of the two-person reset of a lost factor, and ending another person's sessions."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import MoveRefused
from portal.http import PortalRequest
from portal.models import FactorReset
from portal.permissions import Action, allows, check
from portal.signin import resets
from portal.signin.forms import AskResetForm, DecideResetForm
from portal.signin.reauth import recently_confirmed


@require_safe
def reset_list(request: PortalRequest) -> HttpResponse:
    """Requests one may see; the way to a new one for those in charge."""
    may_ask = allows(request.actor, Action.ASK_FACTOR_RESET)
    may_decide = allows(request.actor, Action.DECIDE_FACTOR_RESET)
    if not (may_ask or may_decide):
        check(request.actor, Action.ASK_FACTOR_RESET)
    rows = FactorReset.objects.for_user(request.actor).select_related(
        "user", "membership__organisation__parent", "asked_by", "decided_by"
    )
    context = {
        "page_title": "二段階認証の初期化",
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "order": "依頼日時の新しい順",
        "may_ask": may_ask,
        "may_decide": may_decide,
        "empty_sentence": "初期化の依頼はありません。",
    }
    return render(request, "signin/reset_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
def reset_ask(request: PortalRequest) -> HttpResponse:
    """Ask for a person one is in charge of."""
    check(request.actor, Action.ASK_FACTOR_RESET)
    form = AskResetForm(request.POST or None, people=resets.people_of(request.actor))
    if request.method == "POST" and form.is_valid():
        try:
            resets.ask(
                actor=request.actor,
                membership=form.cleaned_data["person"],
                reason=form.cleaned_data["reason"],
            )
        except MoveRefused as error:
            form.add_error("person", error.sentence)
        else:
            messages.success(request, "初期化を依頼しました。システム管理者の決定を待ってください。")
            return redirect("signin_reset_list")
    context = {
        "page_title": "二段階認証の初期化の依頼",
        "form": form,
        "submit_label": "初期化を依頼する",
        "cancel_url": "/accounts/lost-factor/",
        "cancel_label": "依頼せずに戻る",
    }
    return render(request, "signin/reset_ask.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
def reset_decide(request: PortalRequest, pk: int) -> HttpResponse:
    """Reset the factors of the person, or decline."""
    reset = FactorReset.objects.for_user(request.actor).filter(pk=pk).first()
    if reset is None:
        raise Http404
    check(request.actor, Action.DECIDE_FACTOR_RESET, reset)
    form = DecideResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        confirm = request.POST.get("act") == "confirm"
        try:
            resets.decide(actor=request.actor, reset=reset, confirm=confirm, note=form.cleaned_data["note"])
        except MoveRefused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, "初期化しました。" if confirm else "初期化を見送りました。")
        return redirect("signin_reset_list")
    context = {"page_title": "二段階認証の初期化の決定", "reset": reset, "form": form}
    return render(request, "signin/reset_decide.html", context)


@require_safe
def people_list(request: PortalRequest) -> HttpResponse:
    """Those one is in charge of, and on how many devices each is signed in."""
    check(request.actor, Action.END_SESSIONS)
    people = resets.people_of(request.actor).annotate(devices=Count("user__usersession"))
    rows = people.order_by("organisation__name", "user__name", "pk")
    context = {
        "page_title": "ほかの方のサインイン",
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "unit": "人",
        "order": "団体の順",
        "empty_sentence": "ほかの方はいません。",
    }
    return render(request, "signin/people.html", context)


@require_POST
@recently_confirmed
def end_sessions(request: PortalRequest, pk: int) -> HttpResponse:
    """Sign a person out everywhere; somebody one is not in charge of does not exist."""
    membership = resets.people_of(request.actor).filter(pk=pk).first()
    if membership is None:
        raise Http404
    count = resets.end_sessions_of(actor=request.actor, membership=membership)
    messages.success(request, f"{membership.user.name}さんの端末{count}台をログアウトしました。")
    return redirect("signin_people")
