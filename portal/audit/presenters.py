"""Entries in words, for the pages and for files; nothing here shows more than the reader may know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from portal.actor import Actor
from portal.audit.codes import AuditCode
from portal.audit.words import NAMES
from portal.choices import AuditResult, Duty, Role
from portal.escaping import escaped
from portal.models import AuditEntry

#: Shown where the reader is of another organisation than who acted.
NOT_TOLD = "—"


def label_of(code: str) -> str:
    """What an act is called; its code when no release knows it any more."""
    return AuditCode(code).label if code in AuditCode.values else code


@dataclass(frozen=True)
class Shown:
    """One entry as one reader may see it."""

    entry: AuditEntry
    reader: Actor

    @property
    def is_own(self) -> bool:
        """Whether the reader's own people acted, or the reader keeps the whole trail."""
        return self.reader.role == Role.ADMIN or self.entry.organisation_id == self.reader.organisation.pk

    @property
    def label(self) -> str:
        """The act."""
        return label_of(self.entry.code)

    @property
    def result(self) -> str:
        """How it ended."""
        return AuditResult(self.entry.result).label

    @property
    def person(self) -> str:
        """Who acted; of other organisations the reader learns which one, not who."""
        if not self.is_own:
            return NOT_TOLD
        return escaped(self.entry.user_name) or ("システム" if self.entry.user_id is None else NOT_TOLD)

    @property
    def organisation(self) -> str:
        """For which organisation, as it was called then."""
        return escaped(self.entry.organisation_name) or NOT_TOLD

    @property
    def title(self) -> str:
        """In which role and duty."""
        role = Role(self.entry.role).label if self.entry.role in Role.values else self.entry.role
        duty = Duty(self.entry.duty).label if self.entry.duty in Duty.values else ""
        return f"{role}（{duty}）" if duty and duty != "担当" else role or NOT_TOLD

    @property
    def thing(self) -> str:
        """What the act was about: its kind and its name; without an object, the list, data or page."""
        if not self.entry.object_type:
            told = self.entry.details
            return escaped(told.get("title") or told.get("data") or told.get("page") or NOT_TOLD)
        return f"{self.kind}「{escaped(self.entry.object_label)}」"

    @property
    def kind(self) -> str:
        """The kind of thing, in Japanese where the model is still there."""
        try:
            return str(apps.get_model(self.entry.object_type)._meta.verbose_name)
        except (LookupError, ValueError):
            return self.entry.object_type

    @property
    def concerns(self) -> str:
        """Whose thing it was."""
        return escaped(self.entry.concerns.full_name) if self.entry.concerns else NOT_TOLD

    @property
    def address(self) -> str:
        """From where; told to the own organisation only."""
        return (self.entry.address or NOT_TOLD) if self.is_own else NOT_TOLD

    @property
    def request_id(self) -> str:
        """The number of the request; told to the own organisation only."""
        return (self.entry.request_id or NOT_TOLD) if self.is_own else NOT_TOLD

    @property
    def sentence(self) -> str:
        """The entry as one sentence for people."""
        who = self.organisation if self.person == NOT_TOLD else f"{self.organisation}の{self.person}さん"
        if self.organisation == NOT_TOLD:
            who = "システム" if self.person in {NOT_TOLD, "システム"} else f"{self.person}さん"
        about = f"対象：{self.thing}。" if self.entry.object_type else ""
        ended = "" if self.entry.result == AuditResult.DONE else f"結果：{self.result}。"
        return f"{who}が、{self.label}。{about}{ended}"

    def values(self, name: str) -> list[tuple[str, str]]:
        """The values of `before`, `after` or `details`: what each is called, and what it says."""
        return list(flat(getattr(self.entry, name)))

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """What was before and what is after, side by side."""
        before, after = dict(self.values("before")), dict(self.values("after"))
        return [(name, before.get(name, NOT_TOLD), after.get(name, NOT_TOLD)) for name in {**before, **after}]

    @property
    def details(self) -> list[tuple[str, str]]:
        """Everything else that was recorded."""
        return self.values("details")


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested values as pairs of name and text."""
    for key, value in values.items():
        name = f"{prefix}{NAMES.get(key, escaped(key))}"
        if isinstance(value, Mapping):
            yield from flat(value, f"{name}・")
        elif isinstance(value, list):
            yield name, "、".join(escaped(one) for one in value) or NOT_TOLD
        else:
            yield name, _word(value)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return NOT_TOLD if value in (None, "") else escaped(value)


def line_of(shown: Shown) -> list[Any]:
    """One row of the file."""
    entry = shown.entry
    told = [
        "／".join(f"{name}：{text}" for name, text in shown.values(part))
        for part in ("before", "after", "details")
    ]
    return [
        entry.seq,
        entry.at,
        shown.label,
        shown.result,
        shown.organisation,
        shown.title,
        shown.person,
        shown.thing,
        shown.concerns,
        shown.address,
        shown.request_id,
        str(entry.job_id or ""),
        *told,
    ]
