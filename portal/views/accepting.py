"""Accepting an invitation, without being signed in.

Whatever is wrong with a link, the answer is the same page. Whether the invited address has an account
is told to nobody: the answer to a password is the same, and the owner of an account goes on by signing in.
"""

from __future__ import annotations

from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.models import Invitation, User
from portal.people.acceptance import LinkDead, accept_as, accept_new, find, find_by_hash, may_accept
from portal.people.forms import AcceptForm
from portal.services.memberships import SESSION_KEY

#: In the session between the password and the sign-in: what is kept of the token, never the token.
WAITING = "invitation"


def _dead(request: HttpRequest) -> HttpResponse:
    """The one answer to every link that cannot be used."""
    context = {"page_title": "この招待は使えません"}
    return render(request, "people/invitation_dead.html", context, status=404)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_open(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the office and changes nothing; POST sets the password of a new account."""
    if request.method == "POST" and not ratelimit.consume(request, action="invitation"):
        return ratelimit.respond_429(request)
    try:
        invitation = find(token)
    except LinkDead:
        return _dead(request)
    if request.user.is_authenticated:
        return _signed_in(request, invitation)
    person = User(email=invitation.email or None, login_id=invitation.login_id, name=invitation.name)
    form = AcceptForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            accept_new(token=token, password=form.cleaned_data["password1"])
        except LinkDead:
            return _dead(request)
        request.session[WAITING] = {
            "hash": invitation.token_hash,
            "name": invitation.email or invitation.login_id,
        }
        return redirect("invitation_done")
    context = {"page_title": "ポータルへの登録", "invitation": invitation, "form": form}
    return render(request, "people/invitation_open.html", context)


@login_not_required
@never_cache
@require_safe
def invitation_done(request: HttpRequest) -> HttpResponse:
    """What comes next: the same for a new account and for one that was there."""
    waiting = request.session.get(WAITING)
    if not waiting:
        return _dead(request)
    sign_in = f"{reverse('account_login')}?{urlencode({'next': reverse('invitation_finish')})}"
    context = {
        "page_title": "登録の手続を受け付けました",
        "name": waiting["name"],
        "sign_in_url": sign_in,
    }
    return render(request, "people/invitation_done.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_finish(request: HttpRequest) -> HttpResponse:
    """After sign-in: who had an account already adds the membership; who is new goes to work."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': reverse('invitation_finish')})}")
    waiting = request.session.get(WAITING)
    try:
        invitation = find_by_hash(waiting["hash"] if waiting else "")
    except LinkDead:
        request.session.pop(WAITING, None)
        return redirect("home")
    return _signed_in(request, invitation)


def _signed_in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The invited person adds the membership; anybody else is asked to sign out first."""
    user = cast(User, request.user)
    mine = may_accept(invitation, user)
    if request.method == "POST" and mine:
        try:
            membership = accept_as(token_hash=invitation.token_hash or "", user=user)
        except LinkDead:
            return _dead(request)
        request.session.pop(WAITING, None)
        if membership.is_active(clock.today()):
            request.session[SESSION_KEY] = membership.pk
        messages.success(
            request, f"{membership.organisation.full_name}の{membership.title}として登録しました。"
        )
        return redirect("home")
    context = {"page_title": "所属の追加", "invitation": invitation, "mine": mine}
    return render(request, "people/invitation_add.html", context)
