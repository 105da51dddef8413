"""The kinds of import, filled in `AppConfig.ready()` of the apps that own the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import Http404

from portal.actor import Actor
from portal.permissions import Action, Protected, check

if TYPE_CHECKING:
    from portal.imports.source import ImportSource


@dataclass(frozen=True)
class Wording:
    """How the page of an import speaks."""

    #: The button that confirms; {count} is the number of rows.
    confirm: str = "{count}件を取り込む"
    done: str = "取り込みました"
    #: The chip of an import that was applied; the usual one unless said.
    state: str = ""
    #: What stands below `done`.
    done_more: str = ""
    #: Above the changes, before and after they were applied.
    before: str = "取り込むと変わる内容"
    after: str = "取り込んだ内容"
    #: What the contents are called that the file is compared with.
    now: str = "変更前"


@dataclass(frozen=True)
class ImportKind:
    """One form of table that can be imported."""

    #: Part of the address, and of the job's key.
    code: str
    #: What the rows are: 「市区町村」.
    label: str
    action: Action
    #: Makes the resource for an actor and the target (None when there is no target).
    resource: Callable[[Actor, Any], ImportSource]
    #: One sentence for the start page.
    lead: str
    #: The page the rows are looked at on; without arguments, or `back` gives the address.
    url_name: str = ""
    #: Finds what the rows belong to (a region) by `params`, among what the actor may see; raises Http404.
    target: Callable[[Actor, Mapping[str, str]], Any] | None = None
    #: What the right is asked on, where that is not the target itself.
    guard: Callable[[Any], Protected] | None = None
    #: The names of the parameters that `target` takes from the address.
    params: tuple[str, ...] = ()
    #: Address and name of a page of its own that explains the form and takes the file; else the general one.
    start: Callable[[Mapping[str, str]], tuple[str, str]] | None = None
    words: Wording = field(default_factory=Wording)

    def target_of(self, actor: Actor, params: Mapping[str, str]) -> Any:
        """The target, when the actor may import into it; 404 when it is not theirs, 403 when they may not."""
        target = self.target(actor, params) if self.target else None
        check(actor, self.action, self.guard(target) if self.guard else target)
        return target

    def resource_for(self, actor: Actor, params: Mapping[str, str]) -> ImportSource:
        """The resource, after the right was checked."""
        return self.resource(actor, self.target_of(actor, params))

    def params_of(self, given: Mapping[str, str]) -> dict[str, str]:
        """Only the parameters the kind knows."""
        return {name: given[name] for name in self.params if name in given}


class ImportKinds:
    """The kinds by code; adding the same one again changes nothing."""

    def __init__(self) -> None:
        self._kinds: dict[str, ImportKind] = {}

    def add(self, kind: ImportKind) -> None:
        """Make a kind known."""
        self._kinds[kind.code] = kind

    def get(self, code: str) -> ImportKind:
        """The kind of that code; Http404 when there is none."""
        if code not in self._kinds:
            raise Http404
        return self._kinds[code]

    def label_of(self, code: str) -> str:
        """What people call a kind; its code when no app knows it any more."""
        return self._kinds[code].label if code in self._kinds else code

    def all(self) -> list[ImportKind]:
        """All kinds in the order they were added."""
        return list(self._kinds.values())


imports = ImportKinds()
