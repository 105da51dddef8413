"""What the portal must know from the apps above it, filled in their `AppConfig.ready()`.

`portal` imports no other app; upper apps add menu items, tabs and sources of
tasks here, each naming the action that decides who sees it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db.models import Q

from portal.actor import Actor
from portal.permissions import Action

if TYPE_CHECKING:
    from portal.models import Handover, Organisation


@dataclass(frozen=True)
class MenuItem:
    """An entry of the main menu; `count` may give a number of things that wait."""

    label: str
    url_name: str
    icon: str
    order: int
    action: Action
    count: Callable[[Actor], int] | None = None


@dataclass(frozen=True)
class Tab:
    """A page that belongs to a thing another app shows, e.g. the reports of a region."""

    label: str
    url_name: str
    order: int
    action: Action


@dataclass(frozen=True)
class TaskItem:
    """Something that waits for the actor: what, whose, by when, where."""

    label: str
    note: str
    url: str
    state: str
    state_label: str
    due: dt.date | None = None
    #: Before everything with a date: what somebody began and left.
    comes_first: bool = False


@dataclass(frozen=True)
class HandoverHook:
    """What belongs to a person and goes on to the successor: how it is called, how many, how it moves.

    Both take any number of hand-overs in a fixed number of queries. `move` runs once, when hand-overs
    take effect and the successors are known, inside the transaction that closes them.
    """

    label: str
    count: Callable[[Sequence[Handover]], int]
    move: Callable[[Sequence[Handover]], int]


@dataclass(frozen=True)
class TownLink:
    """A page about one municipality that another app shows, offered to those who find something there."""

    label: str
    url: str


TownLinkSource = Callable[[Actor, "Organisation"], Iterable[TownLink]]
TaskSource = Callable[[Actor], Iterable[TaskItem]]
#: How many things wait for each of a person's memberships, by its id, in a fixed number of queries.
TaskCounter = Callable[[Sequence[Actor]], Mapping[int, int]]
#: Organisations whose contacts an actor may read besides its own and its prefecture's, over Organisation.
ContactScope = Callable[[Actor], Q]
T = TypeVar("T")


class Registry(Generic[T]):
    """A list that is filled at start-up and only read afterwards."""

    def __init__(self) -> None:
        self._entries: list[T] = []

    def add(self, entry: T) -> None:
        """Add an entry; adding an equal one again changes nothing."""
        if entry not in self._entries:
            self._entries.append(entry)

    def all(self) -> list[T]:
        """All entries in the order they were added."""
        return list(self._entries)


menu: Registry[MenuItem] = Registry()
region_tabs: Registry[Tab] = Registry()
task_sources: Registry[TaskSource] = Registry()
task_counters: Registry[TaskCounter] = Registry()
handover_hooks: Registry[HandoverHook] = Registry()
contact_scopes: Registry[ContactScope] = Registry()
#: Official codes of organisations, by id: what a spreadsheet names them by.
organisation_codes: Registry[Callable[[Iterable[int]], Mapping[int, str]]] = Registry()
town_links: Registry[TownLinkSource] = Registry()
