"""Confirming who is there before a sensitive act: password or second factor within the last five minutes.

    @recently_confirmed
    def view(request): ...

    class View(RecentlyConfirmedMixin, PortalView): ...

Without script: the browser is sent to the question and comes back; a form that was posted is carried out
after the answer. The view is then called past the middleware, so it must ask `check` itself, as all do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import HttpRequest, HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def confirm(request: HttpRequest) -> None:
    """Return when the person was asked lately; else leave for the question (ReauthenticationRequired)."""
    raise_if_reauthentication_required(request, app="portal")


def recently_confirmed(view: View) -> View:
    """A view for which the person must have been asked lately."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        confirm(request)
        return view(request, *args, **kwargs)

    return asked  # type: ignore[return-value]


class RecentlyConfirmedMixin:
    """The same for view classes."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask first."""
        confirm(request)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
