"""自己点検 and 七ヶ条の変化: region figures in the chapter, scores by town in the annex.

Means of fewer towns than the program's disclosure minimum stand in the annex
only (DESIGN §5); the chapter then says so.
"""

from __future__ import annotations

from typing import Any

from portal.charts import Figure, Series, bars_figure, radar_figure
from portal.pdf.tables import Column
from reports.presenters.common import NONE, Data, figure_text, table


def scores(data: Data, stage: str) -> dict[str, Any] | None:
    """Region figures of every framework that towns have answered."""
    found = [one for one in data["scores"][stage] if one["count"]]
    if not found:
        return None
    minimum = data["region"]["disclosure_minimum"]
    return {"frameworks": [_chapter_part(one, minimum, "now") for one in found], "minimum": minimum}


def change(data: Data, stage: str) -> dict[str, Any] | None:
    """The first round beside the last, for the frameworks both asked."""
    found = [one for one in data["scores"][stage] if one["earlier"] and one["count"]]
    if not found:
        return None
    minimum = data["region"]["disclosure_minimum"]
    return {"frameworks": [_chapter_part(one, minimum, "change") for one in found], "minimum": minimum}


def town_scores(data: Data, stage: str) -> dict[str, Any] | None:
    """The annex: a table per framework, and the figures of small regions that the chapter leaves out."""
    found = [one for one in data["scores"][stage] if one["towns"]]
    if not found:
        return None
    minimum = data["region"]["disclosure_minimum"]
    return {
        "frameworks": [
            {
                "name": one["name"],
                "figure": _figure(one, minimum, "annex") if 0 < one["count"] < minimum else None,
                "table": _town_table(data, one),
                "legend": [f"{p['number']}：{p['name']}" for p in one["principles"]],
            }
            for one in found
        ]
    }


def _chapter_part(framework: dict[str, Any], minimum: int, uid: str) -> dict[str, Any]:
    disclosed = framework["count"] >= minimum
    return {
        "name": framework["name"],
        "count": framework["count"],
        "figure": _figure(framework, minimum, uid) if disclosed else None,
        "overall": figure_text(framework["overall"]) if disclosed else None,
        "unknown": framework["unknown"],
        "source": f"本ポータルの登録内容。点検票は、{framework['source']}",
    }


def _figure(framework: dict[str, Any], minimum: int, uid: str) -> Figure:
    asked = [i for i, principle in enumerate(framework["principles"]) if principle["for_towns"]]
    means = [framework["means"][i] for i in asked]
    series = [Series(framework["round"], means)]
    earlier = framework["earlier"]
    if uid != "now" and earlier and (uid == "annex" or earlier["count"] >= minimum):
        series.append(Series(earlier["round"], [earlier["means"][i] for i in asked]))
    title = f"{framework['name']}の平均（{framework['count']}団体）"
    names = [framework["principles"][i]["name"] for i in asked]
    uid = f"{uid}-{framework['code']}"
    if framework["chart"] == "radar":
        return radar_figure(uid=uid, title=title, axes=names, series=series, maximum=framework["maximum"])
    finding = _bars_finding(names, means)
    return bars_figure(
        uid=uid,
        title=title,
        finding=finding,
        names=names,
        series=series,
        maximum=framework["maximum"],
        digits=1,
    )


def _bars_finding(names: list[str], means: list[float | None]) -> str:
    scored = [(mean, name) for mean, name in zip(means, names, strict=True) if mean is not None]
    if not scored:
        return "回答がありません。"
    high, low = max(scored), min(scored)
    return f"「{high[1]}」が{high[0]:.1f}で最も高く、「{low[1]}」が{low[0]:.1f}で最も低い結果です。"


def _town_table(data: Data, framework: dict[str, Any]) -> Any:
    numbers = [principle["number"] for principle in framework["principles"]]
    share = 5 * ((60 // len(numbers)) // 5) or 5
    last = 100 - 25 - share * len(numbers)
    columns = [
        Column("団体", 25),
        *(Column(number, share, "number") for number in numbers),
        Column("平均（分からない）", last, "number"),
    ]
    rows = [
        [
            town["name"],
            *(figure_text(mean) for mean in town["means"]),
            f"{figure_text(town['overall'])}（{town['unknown']}問）" if town["overall"] is not None else NONE,
        ]
        for town in framework["towns"]
    ]
    return table(data, f"{framework['name']}の団体ごとの平均", columns, rows, dense=True)
