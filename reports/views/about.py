"""Pages about the portal itself, open to everyone: how to use it, accessibility, where data come from."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from municipalities.credits import all_credits


@login_not_required
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """使い方: the steps of each role in a few lines."""
    return render(request, "reports/about/help.html", {"page_title": "使い方"})


@login_not_required
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """ウェブアクセシビリティ方針."""
    return render(request, "reports/about/accessibility.html", {"page_title": "ウェブアクセシビリティ方針"})


@login_not_required
@require_GET
def credits(request: HttpRequest) -> HttpResponse:  # noqa: A001  the page's own name
    """データの出典: the credit line of everything bundled, and what was done to it."""
    context = {"page_title": "データの出典", "credits": all_credits()}
    return render(request, "reports/about/credits.html", context)
