"""Tags of the sign-in pages."""

from __future__ import annotations

import json
import re
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder

register = template.Library()

#: The first that fits; Edge says Chrome too, and Chrome says Safari.
BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def device(agent: str) -> str:
    """What the browser says it is, in two words."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return "・".join(part for part in (system, browser) if part) or "種類の分からない端末"


@register.filter
def groups(text: str, size: int = 4) -> str:
    """A secret in groups, so that it can be typed."""
    return " ".join(re.findall(rf".{{1,{size}}}", text))


@register.filter
def as_json(value: Any) -> str:
    """For a data attribute; the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder)
