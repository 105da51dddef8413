"""A report of invented content, as long and as mixed as a region's mid-term report (about 30 pages)."""

import datetime
from typing import Any

from portal.charts import Series, State, Week, WeekRow, bars_figure, radar_figure, states_figure, weeks_figure
from portal.pdf.tables import Column, Table

AXES = [
    "課題の\n話し合い",
    "庁内の\n一枚岩",
    "目標と\n役割",
    "仲間づくり",
    "住民との\n対話",
    "内外への\n発信",
    "速い決定\nと学び",
]
SOURCE, AS_OF = "見本県 取組状況（見本）", "2025年9月16日現在"
WORK = ["窓口の見直し", "職員の研修", "データの整備"]
TEXTS = [
    "見本県では、県と市町村が同じ机を囲み、窓口業務の見直しと職員の育成を両輪として取り組んでいる。"
    "常駐支援者は週に3日、県庁と町役場を行き来し、現場で気付いた点をその日のうちに担当者へ返している。",
    "書かない窓口は、来庁者の待ち時間を平均で12分短くした。申請書の様式を見直すだけで済んだ手続も多く、"
    "機器の導入を急がず、業務の流れを先に整理したことが効果につながった。",
    "一方で、兼務の職員が多い町村では、打合せの時間を確保すること自体が難しい。"
    "後半は、月に一度の合同作業日を設け、複数の町が同じ作業を一緒に進める形に改める。",
]


def table(number: int) -> Table:
    """A table of 27 rows and six columns."""
    columns = [Column("団体", 20), Column("区分", 10), Column("取組の内容", 35), Column("回数", 10, "number")]
    columns += [Column("参加者（人）", 15, "number"), Column("点数", 10, "number")]
    rows = [
        [
            f"見本{'市町村'[n % 3]}{n + 1:02}",
            "市町村"[n % 3],
            f"{WORK[n % 3]}を{n + 1}回に分けて進め、担当課と振り返りを行った。",
            f"{n + number}",
            f"{(n + 3) * 41 * number:,}",
            f"{(n % 5) * 0.8:.1f}",
        ]
        for n in range(27)
    ]
    return Table(f"取組の実施状況（その{number}）", columns, SOURCE, AS_OF, rows)


def radar(number: int) -> Any:
    now = [((number * 7 + i * 5) % 40) / 10 for i in range(7)]
    series = [Series("令和7年度", now), Series("令和6年度", [max(value - 0.4, 0) for value in now])]
    return radar_figure(
        uid=f"radar-{number}", title=f"七ヶ条の自己点検（その{number}）", axes=AXES, series=series
    )


def weeks() -> Any:
    start = datetime.date(2025, 6, 30)
    rows = [
        WeekRow(
            name,
            [
                Week(
                    start + datetime.timedelta(7 * i),
                    "holiday" if i == 26 else "gap" if i == gap else "covered",
                )
                for i in range(37)
            ],
        )
        for name, gap in (("見本県庁", 99), ("見本市", 12), ("架空町", 20))
    ]
    return weeks_figure(uid="weeks", title="常駐の予定（週ごと）", rows=rows)


def states() -> Any:
    counts = [
        State("accepted", "受理", 12),
        State("submitted", "提出済み", 5),
        State("returned", "差戻し", 2),
    ]
    return states_figure(uid="states", title="取組状況の提出", counts=[*counts, State("todo", "未着手", 1)])


def skills(number: int) -> Any:
    names = [
        "全体の進行管理",
        "業務の分析",
        "データの利活用",
        "情報セキュリティ",
        "対話の進め方",
        "調達と契約",
    ]
    series = [
        Series("令和7年度", [2.8, 2.1, 1.4, None, 3.0, 1.9]),
        Series("令和6年度", [2.0, 1.8, 1.0, 2.2, 2.5, 1.5]),
    ]
    finding = "「対話の進め方」が3.0で最も高く、「データの利活用」が1.4で最も低い結果です。"
    return bars_figure(
        uid=f"skills-{number}",
        title="スキルセットの自己点検",
        finding=finding,
        names=names,
        series=series,
        maximum=4,
        digits=1,
    )


def part(title: str, number: int, **more: Any) -> dict[str, Any]:
    return {"title": title, "texts": TEXTS * (1 + number % 2), **more}


def chapter(number: int) -> dict[str, Any]:
    """Two sections with prose, a table and a radar each."""
    titles = ["意義・道筋", "目標及び達成状況", "マネジメント", "取組状況", "自己点検", "課題"]
    sections = [
        {
            "id": f"c{number}-{n}",
            "title": ["位置づけと考え方", "進め方と体制"][n],
            "parts": [
                part(
                    "これまでの取組",
                    number,
                    words="担当者が替わっても続くように、手順を紙1枚にまとめた。髙橋﨑の〜㈱表記も、そのまま残る。",
                ),
                part("数字で見る状況", number, table=table(number * 2 + n - 1)),
                {
                    "title": "点検の結果",
                    "texts": [],
                    "figure": radar(number * 2 + n) if number < 5 else skills(number),
                },
            ],
        }
        for n in range(2 if number < 5 else 1)
    ]
    return {"id": f"c{number}", "title": titles[number - 1], "lead": TEXTS[number % 3], "sections": sections}


def context() -> dict[str, Any]:
    """All that `bench/report.html` needs."""
    chapters = [chapter(number) for number in range(1, 7)]
    chapters[0]["cards"] = [
        {"label": "連携市町村", "value": "6", "unit": "団体", "note": "令和6年度より2団体増えました。"},
        {"label": "常駐した日", "value": "124", "unit": "日", "note": "計画の131日に対して94.7%です。"},
        {"label": "受理した取組状況", "value": "12", "unit": "／20件", "note": "提出済みは5件です。"},
    ]
    chapters[2]["sections"][0]["parts"].append({"title": "常駐", "texts": TEXTS[:1], "figure": weeks()})
    chapters[3]["sections"][0]["parts"].append({"title": "提出", "texts": TEXTS[:1], "figure": states()})
    chapters.append({"id": "c7", "title": "次年度以降の計画", "empty": True})
    chapters.append({"id": "a1", "title": "市町村ごとの点数", "annex": True, "sections": [annex_section()]})
    entries = []
    for one in chapters:
        entries.append({"id": one["id"], "title": one["title"], "level": 1, "annex": one.get("annex")})
        if not one.get("annex"):
            entries += [{**section, "level": 2} for section in one.get("sections", [])]
    return {
        "title": "見本県 市町村DX伴走支援 中間報告書",
        "subtitle": "令和7年度 都道府県による市町村DX伴走支援",
        "running": "見本県 中間報告書",
        "publisher": "見本県",
        "facts": [("対象期間", "2025年7月1日～9月16日"), ("作成日", "2025年9月16日（火）"), ("版", "第1版")],
        "sample": True,
        "entries": entries,
        "chapters": chapters,
    }


def annex_section() -> dict[str, Any]:
    return {
        "id": "a1-1",
        "title": "点数の一覧",
        "parts": [{"title": "点数", "texts": [], "table": table(20)}],
    }
