"""Errors of the domain: each carries a Japanese sentence for the person in front of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_refused: ContextVar[list[MoveRefused] | None] = ContextVar("refused_moves", default=None)


class PortalError(Exception):
    """Something the user can be told; views show its sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class MoveRefused(PortalError):
    """A change of state that the table of moves or a rule does not allow; `obj` is the thing, when known."""

    def __init__(self, sentence: str, obj: object = None) -> None:
        super().__init__(sentence)
        self.obj = obj
        collected = _refused.get()
        if collected is not None:
            collected.append(self)


class EditConflict(PortalError):
    """Somebody saved the same thing first; `current` is the row as it stands now."""

    def __init__(self, sentence: str, current: object) -> None:
        super().__init__(sentence)
        self.current = current


@contextmanager
def collect_refused_moves() -> Iterator[list[MoveRefused]]:
    """The moves refused inside; the audit trail tells of them when their transactions have ended."""
    found: list[MoveRefused] = []
    token = _refused.set(found)
    try:
        yield found
    finally:
        _refused.reset(token)
