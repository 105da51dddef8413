"""Marking what changed between two texts."""

import pytest

from portal.ui.changes import Piece, changes


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("同じ文。", "同じ文。", [("same", "同じ文。")]),
        ("", "新しい", [("added", "新しい")]),
        ("古い", "", [("removed", "古い")]),
        (
            "研修を3回開いた。住民が参加した。",
            "研修を5回開いた。住民が参加した。",
            [("same", "研修を"), ("removed", "3"), ("added", "5"), ("same", "回開いた。住民が参加した。")],
        ),
        (
            "一行目\n二行目",
            "一行目\n別の行\n二行目",
            [("same", "一行目\n"), ("added", "別の行\n"), ("same", "二行目")],
        ),
    ],
)
def test_changes(before, after, pieces):
    assert changes(before, after) == [Piece(kind, text) for kind, text in pieces]


def test_both_texts_can_be_read_off_the_pieces():
    before = "髙橋さんが7月に棚卸しを行い、課題を3つ見つけた。\n担当は1人。"
    after = "﨑山さんが7月と8月に棚卸しを行った。課題は2つ。\n担当は2人になった。"
    pieces = changes(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
