"""Switching the membership one acts by."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from portal.http import PortalRequest
from portal.models import Membership
from portal.services.memberships import switch_membership


@require_POST
def switch(request: PortalRequest) -> HttpResponse:
    """Act by another of one's own memberships; someone else's does not exist."""
    try:
        membership = switch_membership(
            user=request.user, session=request.session, membership_id=int(request.POST["membership"])
        )
    except (Membership.DoesNotExist, KeyError, ValueError) as error:
        raise Http404 from error
    messages.success(request, f"{membership.organisation}として操作します。")
    return redirect("home")
