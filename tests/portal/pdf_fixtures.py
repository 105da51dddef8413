"""Shared by the PDF tests: a render server of their own and the made-up report they render."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.charts import Series, radar_figure
from portal.pdf.client import RenderServer
from portal.pdf.tables import Column, Table

CREATED = datetime.datetime(2025, 9, 16, 10, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=9)))
AXES = [
    "課題の\n話し合い",
    "庁内の\n一枚岩",
    "目標と\n役割",
    "仲間づくり",
    "住民との\n対話",
    "内外への\n発信",
    "速い決定\nと学び",
]
TYPED = (
    "髙橋と高橋、山﨑と山崎。7月1日～9月30日、A〜B、㈱見本、𠮷野家と吉野家、①Ⅳ㎡㍻ℓ、"
    "々〆ヶケー、“引用”—ダッシュ―、ﾊﾝｶｸ、全角ＡＢ、−5と△5、神と神、葛󠄀城、<b>太字ではない</b>&amp;。"
)


@pytest.fixture(scope="module")
def server() -> Iterator[RenderServer]:
    """A render server that ends with the module."""
    one = RenderServer()
    yield one
    one.close()


@pytest.fixture
def report_templates(settings) -> None:
    """Let Django find the templates beside the tests."""
    engine = dict(settings.TEMPLATES[0])
    engine["DIRS"] = [*engine["DIRS"], Path(__file__).parent / "templates"]
    settings.TEMPLATES = [engine]


def page(body: str, head: str = "") -> str:
    """A small document, finished HTML."""
    return (
        f'<!doctype html><html lang="ja"><head><title>試験</title>{head}</head>'
        f"<body style=\"font-family: 'Noto Sans CJK JP'\">{body}</body></html>"
    )


def report_context(**more: Any) -> dict[str, Any]:
    """All blocks of a report, small."""
    values = Series("令和7年度", [3.0, 2.5, None, 1.0, 4.0, 2.0, 3.5])
    columns = [Column("団体", 40), Column("内容", 40), Column("回数", 20, "number")]
    rows = [[f"見本{n}町", "研修", str(n)] for n in range(1, 4)]
    return {
        "title": "見本県 中間報告書",
        "subtitle": "令和7年度",
        "publisher": "見本県",
        "facts": [("作成日", "2025年9月16日（火）"), ("版", "第1版")],
        "entries": [
            {"id": "one", "title": "最初の章", "level": 1},
            {"id": "one-one", "title": "最初の節", "level": 2},
            {"id": "two", "title": "次の章", "level": 1},
            {"id": "annex-one", "title": "一覧", "level": 1, "annex": True},
        ],
        "sample": True,
        "typed": TYPED,
        "table": Table("研修の回数", columns, "見本県", "2025年9月16日現在", rows),
        "figure": radar_figure(uid="radar", title="七ヶ条の自己点検", axes=AXES, series=[values]),
        "cards": [{"label": "連携市町村", "value": "6", "unit": "団体"}],
        "words": "書いたままの文章です。",
    } | more
