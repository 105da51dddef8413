"""The request as the portal's views see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.views.generic import View

if TYPE_CHECKING:
    from portal.actor import Actor
    from portal.models import User


class PortalRequest(HttpRequest):
    """A request of a signed-in person; for typing only, Django makes the plain one.

    `ActorMiddleware` lets nobody without a membership in force reach a view, so that a view
    that needs sign-in can rely on `actor`.
    """

    actor: Actor
    user: User  # type: ignore[assignment]


class PortalView(View):
    """A view class whose `request` is the portal's."""

    request: PortalRequest
