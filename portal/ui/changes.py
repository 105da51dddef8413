"""What changed between two texts, in pieces a page can mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Sentences, and inside them runs of one kind of sign: what a reader would call a word.
_PIECES = re.compile(r"[一-鿿々〆ヶ]+|[ぁ-ゖー]+|[ァ-ヺー]+|[0-9A-Za-z０-９Ａ-Ｚａ-ｚ.,]+|\s|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed (`same`), came (`added`) or went (`removed`)."""

    kind: str
    text: str


def changes(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order; what went stands before what came in its place."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    return list(_joined(_marked(old, new)))


def _marked(old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if b > a:
            yield Piece("removed", "".join(old[a:b]))
        if d > c:
            yield Piece("added", "".join(new[c:d]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Changes with nothing but a sign or two between them are one change: word salad helps nobody."""
    held: list[Piece] = []
    for piece in pieces:
        if piece.kind == "same" and len(piece.text) > 2:
            yield from _flushed(held)
            held = []
            yield piece
        else:
            held.append(piece)
    yield from _flushed(held)


def _flushed(held: list[Piece]) -> Iterator[Piece]:
    if all(piece.kind == "same" for piece in held):
        yield from held
        return
    removed = "".join(piece.text for piece in held if piece.kind != "added")
    added = "".join(piece.text for piece in held if piece.kind != "removed")
    if removed:
        yield Piece("removed", removed)
    if added:
        yield Piece("added", added)
