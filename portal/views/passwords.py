"""The letter by which a person without an own address sets a new password."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.errors import PortalError
from portal.http import PortalRequest
from portal.people.passwords import password_link
from portal.permissions import Action
from portal.signin.reauth import confirm
from portal.views.people import membership_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def password_letter(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask, then show the letter to print; each one carries a new link and is kept nowhere."""
    row = membership_or_404(request, pk, Action.GIVE_PASSWORD_LINK)
    confirm(request)
    back = reverse("person_detail", args=[row.user_id])
    context = {
        "membership": row,
        "back_url": back,
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
    }
    if request.method != "POST":
        return render(
            request, "people/password_letter_ask.html", context | {"page_title": "パスワード再設定の書面"}
        )
    try:
        link = password_link(membership=row, actor=request.actor)
    except PortalError as error:
        messages.error(request, error.sentence)
        return redirect(back)
    context |= {
        "page_title": f"{settings.PORTAL_NAME}　パスワード再設定のご案内",
        "link": link,
        "today": clock.today(),
        "sender": request.actor,
    }
    return render(request, "people/password_letter.html", context)
