"""What the pages about people share: lists with export, and pages that ask before they act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from portal import exports
from portal.errors import PortalError
from portal.http import PortalRequest
from portal.ui.forms import PortalForm

PER_PAGE = 50
#: Label and address of each step above a page.
Trail = Sequence[tuple[str, str]]


def list_context(request: PortalRequest, rows: Any, *, title: str, **more: Any) -> dict[str, Any]:
    """What `layouts/list.html` needs."""
    return {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "page_title": title,
        "export_links": exports.links(request),
        "order": "団体、氏名の順",
        **more,
    }


class Empty(PortalForm):
    """A page that only asks whether it is meant."""


def form_page(
    request: PortalRequest,
    *,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    done: str,
    context: dict[str, Any],
) -> HttpResponse:
    """A form whose one service is `act` (it returns the sentence of success); refusals stand in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
        except PortalError as error:
            form.add_error(None, error.sentence)
        else:
            return redirect(done)
    return render(request, "people/form.html", {"form": form, "cancel_url": done, **context})


def ask_first(
    request: PortalRequest, *, act: Callable[[], str], done: str, context: dict[str, Any]
) -> HttpResponse:
    """A page that names what will happen; its button does it."""
    form = Empty(request.POST or None) if request.method == "POST" else Empty()
    if request.method == "POST":
        try:
            messages.success(request, act())
        except PortalError as error:
            messages.error(request, error.sentence)
        return redirect(done)
    return render(request, "people/form.html", {"form": form, "cancel_url": done, **context})
