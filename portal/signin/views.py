"""Pages around signing in that the library does not bring."""

from __future__ import annotations

from typing import Any

from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.views import RemoveWebAuthnView as LibraryRemoveView
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from portal.http import PortalRequest
from portal.permissions import Action, allows
from portal.signin import kept, policy, sessions
from portal.signin.mfa import PortalMFAAdapter
from portal.signin.reauth import recently_confirmed


@require_safe
def settings_page(request: PortalRequest) -> HttpResponse:
    """Where everything about one's own sign-in is reached from."""
    context = {
        "page_title": "サインインの設定",
        "has_factor": policy.has_factor(request.user),
        "demanded": policy.demanded_of(request.user),
        "may_end": allows(request.actor, Action.END_SESSIONS),
        "may_reset": allows(request.actor, Action.ASK_FACTOR_RESET)
        or allows(request.actor, Action.DECIDE_FACTOR_RESET),
    }
    return render(request, "signin/settings.html", context)


@require_safe
def factor_needed(request: PortalRequest) -> HttpResponse:
    """Why a second factor is asked for here, and how to get or show one."""
    if not request.actor.factor_missing:
        return redirect("home")
    has_factor = policy.has_factor(request.user)
    title = "認証コードの確認が必要です" if has_factor else "二段階認証の登録が必要です"
    context = {"page_title": title, "has_factor": has_factor}
    return render(request, "signin/factor_needed.html", context)


@require_GET
@recently_confirmed
def totp_qr(request: PortalRequest) -> HttpResponse:
    """The secret that waits in this session as a picture; a page of ours may show no data: address."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = PortalMFAAdapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(picture, content_type="image/svg+xml")


@require_POST
def ping(request: PortalRequest) -> HttpResponse:
    """「続ける」: use that the middleware has noted; without script the page before is shown again."""
    if request.headers.get("X-Requested-With") == "fetch":
        return _left(request)
    messages.success(request, "サインインの時間を延ばしました。")
    return redirect("home")


@require_GET
def status(request: PortalRequest) -> HttpResponse:
    """How long the session lasts; asking is no use."""
    return _left(request)


def _left(request: PortalRequest) -> HttpResponse:
    found = sessions.left(request.session)
    return JsonResponse({"idle": found.idle, "absolute": found.absolute})


def came_too_late(request: HttpRequest, was: tuple[int, int | None] | None) -> HttpResponse:
    """A form of somebody whose session is over: nothing was done, everything typed is shown."""
    is_kept = was is not None and kept.keep(request, *was)
    context = {
        "page_title": "サインインの時間が終わっていたため、保存できませんでした",
        "texts": kept.texts(kept.fields(request)),
        "is_kept": is_kept,
        "files": len(request.FILES),
    }
    response = render(request, "signin/too_late.html", context, status=403)
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
def kept_texts(request: PortalRequest) -> HttpResponse:
    """What could not be sent before signing in again: send it now, or drop it."""
    waiting = kept.waiting(request.session, request.user.pk)
    if waiting is None:
        return redirect("home")
    context = {
        "page_title": "送れなかった入力があります",
        "kept_path": waiting["path"],
        "fields": waiting["fields"],
        "texts": kept.texts(waiting["fields"]),
        "files": waiting["files"],
    }
    return render(request, "signin/kept.html", context)


@require_POST
def kept_drop(request: PortalRequest) -> HttpResponse:
    """Drop it."""
    kept.drop(request.session)
    messages.success(request, "送れなかった入力を消しました。")
    return redirect("home")


class RemovePasskey(LibraryRemoveView):
    """The library lets the last passkey go; here it stays while a membership demands a second factor."""

    def get_context_data(self, **kwargs: Any) -> dict:
        """Say so before the button is pressed."""
        stays = not PortalMFAAdapter().can_delete_authenticator(self.object)
        return {**super().get_context_data(**kwargs), "stays": stays}

    def form_valid(self, form: Any) -> HttpResponse:
        """Refuse the last one."""
        try:
            PortalMFAAdapter().refuse_last(self.get_object())
        except ValidationError as error:
            messages.error(self.request, error.messages[0])
            return redirect("mfa_list_webauthn")
        return super().form_valid(form)


remove_passkey = RemovePasskey.as_view()
