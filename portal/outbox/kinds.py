"""What kinds of messages are called, filled in `AppConfig.ready()` of the apps that send them."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

_kinds: dict[str, str] = {}


def register_kind(kind: str, label: str) -> None:
    """Make a kind known by the word people read; the same registration twice changes nothing."""
    if _kinds.setdefault(kind, label) != label:
        raise ImproperlyConfigured(f"Message kind {kind} is registered twice, differently.")


def label_of(kind: str) -> str:
    """What people call a kind; its bare name when this process does not know it."""
    return _kinds.get(kind, kind)


def all_kinds() -> list[tuple[str, str]]:
    """Every kind with its word, for filters."""
    return sorted(_kinds.items(), key=lambda item: item[1])
