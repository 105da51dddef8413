"""What every page shows around its content."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from portal import clock
from portal.http import PortalRequest
from portal.models import OutboxMessage
from portal.permissions import allows
from portal.registry import menu
from portal.services.memberships import active_memberships


def portal(request: PortalRequest) -> dict[str, Any]:
    """Name of the portal, clock banner, main menu and the memberships to switch between."""
    actor = getattr(request, "actor", None)
    context: dict[str, Any] = {
        "portal_name": settings.PORTAL_NAME,
        "portal_contact": settings.PORTAL_CONTACT,
        "portal_today": clock.fixed_today(),
        "session_warning": settings.SESSION_WARNING_SECONDS,
        "actor": actor,
        "menu_items": [],
        "memberships": [],
        "unread_notices": 0,
    }
    if actor:
        context["menu_items"] = SimpleLazyObject(lambda: _menu(request))
        context["memberships"] = SimpleLazyObject(lambda: list(active_memberships(actor.user)))
        unread = OutboxMessage.objects.for_user(actor).unread_by(actor)
        context["unread_notices"] = SimpleLazyObject(unread.count)
    return context


def _menu(request: PortalRequest) -> list[dict[str, Any]]:
    items = []
    for item in sorted(menu.all(), key=lambda entry: entry.order):
        if not allows(request.actor, item.action):
            continue
        url = reverse(item.url_name)
        current = request.path == url or (url != "/" and request.path.startswith(url))
        items.append(
            {
                "label": item.label,
                "url": url,
                "icon": item.icon,
                "current": current,
                "count": item.count(request.actor) if item.count else None,
            }
        )
    return items
