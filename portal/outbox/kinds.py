"""What kinds of messages are called, filled in `AppConfig.ready()` of the apps that send them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from portal.errors import PortalError
from portal.models import OutboxMessage


class NotWanted(PortalError):
    """The mail is not to be sent any more; the sentence says why."""


@dataclass(frozen=True)
class Courier:
    """How mails go out whose text holds a secret: it is made at that moment and stands in no row.

    `text` makes it, in transactions of its own, or raises NotWanted. `ended` is told how an attempt ended
    (the reason it failed, or nothing), last in the transaction that marks it.
    """

    text: Callable[[OutboxMessage], str]
    ended: Callable[[OutboxMessage, str], None]


_kinds: dict[str, str] = {}
_couriers: dict[str, Courier] = {}


def register_kind(kind: str, label: str, courier: Courier | None = None) -> None:
    """Make a kind known by the word people read; the same registration twice changes nothing."""
    if _kinds.setdefault(kind, label) != label:
        raise ImproperlyConfigured(f"Message kind {kind} is registered twice, differently.")
    if courier:
        _couriers[kind] = courier


def courier_of(kind: str) -> Courier | None:
    """Who makes the text of this kind when it goes out; nobody when the row holds it."""
    return _couriers.get(kind)


def label_of(kind: str) -> str:
    """What people call a kind; its bare name when this process does not know it."""
    return _kinds.get(kind, kind)


def all_kinds() -> list[tuple[str, str]]:
    """Every kind with its word, for filters."""
    return sorted(_kinds.items(), key=lambda item: item[1])
