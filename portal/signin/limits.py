"""Fair limits on guessing: how long one must wait, in words; told once in the audit trail."""

from __future__ import annotations

import math
import time

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.audit import AuditCode, record
from portal.choices import AuditResult

APP = "allauth.account"
#: All limits that answer with a page of their own count by the minute (ACCOUNT_RATE_LIMITS).
PAGE_SECONDS = 60


def seconds_left(request: HttpRequest, action: str, key: str) -> int:
    """How long until this action is let through again; 0 when it is."""
    waits = [0.0]
    for rate in ratelimit.get_rates(app=APP, action=action):
        history = cache.get(ratelimit.get_cache_key(request, app=APP, action=action, rate=rate, key=key), [])
        if len(history) >= rate.amount:
            waits.append(history[-1] + rate.duration - time.time())
    return math.ceil(max(waits))


def in_words(seconds: int) -> str:
    """「1分」, rounded up: who waits so long is let in."""
    return f"{max(1, math.ceil(seconds / 60))}分"


def sentence(seconds: int) -> str:
    """What a form says while it takes nothing."""
    return (
        "誤りが続いたため、安全のため受付を一時止めています。"
        f"約{in_words(seconds)}待って、もう一度入力してください。"
    )


def tell(request: HttpRequest, action: str, seconds: int) -> None:
    """Record that a limit was hit: once for each address and limit while it lasts."""
    told = f"signin.limit-told:{action}:{ratelimit.get_ip(request)}"
    if cache.add(told, True, timeout=max(1, seconds)):
        user = request.user if request.user.is_authenticated else None
        record(
            AuditCode.LIMIT_HIT,
            user=user,  # type: ignore[arg-type]
            details={"limit": action},
            result=AuditResult.REFUSED,
        )


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: how long to wait, and whom to call."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    tell(request, str(name), PAGE_SECONDS)
    response = render(request, "429.html", {"wait": in_words(PAGE_SECONDS)}, status=429)
    response["Retry-After"] = str(PAGE_SECONDS)
    return response
