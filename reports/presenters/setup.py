"""意義・道筋 and マネジメント: what the plan and the parties say."""

from __future__ import annotations

from typing import Any

from portal.pdf.tables import Column
from reports.presenters.common import NONE, Data, day, table

KINDS = {"municipality": "市町村", "union": "組合", "prefecture": "都道府県"}


def meaning(data: Data, _stage: str) -> dict[str, Any] | None:
    """The region in a paragraph and what it wants to become."""
    region = data["region"]
    visions = [topic for topic in region["topics"] if topic["vision_title"] or topic["vision"]]
    if not (region["summary"] or visions):
        return None
    return {"summary": region["summary"], "visions": visions, "partners": len(data["setup"]["partners"])}


def topics(data: Data, _stage: str) -> dict[str, Any] | None:
    """The path from challenge to activity to vision, by number."""
    found = data["region"]["topics"]
    if not found:
        return None
    columns = [
        Column("番号", 10, "number"),
        Column("課題", 30),
        Column("実施概要", 30),
        Column("実現する社会像", 30),
    ]
    rows = [
        [
            str(topic["number"]),
            _lines(topic["challenge_title"], topic["challenge"]),
            _lines(topic["activity_title"], topic["activity"]),
            _lines(topic["vision_title"], topic["vision"]),
        ]
        for topic in found
    ]
    return {"table": table(data, "課題、実施概要及び実現する社会像", columns, rows)}


def setup(data: Data, _stage: str) -> dict[str, Any] | None:
    """Promotion bodies, vendors with their lead, partner municipalities with their fields."""
    found = data["setup"]
    if not (found["partners"] or found["vendors"]):
        return None
    partners = [
        [
            partner["name"],
            KINDS[partner["kind"]],
            partner["field"] or NONE,
            _days(partner["onsite_days"]),
            _days(partner["online_days"]),
            partner["vendor"] or NONE,
        ]
        for partner in found["partners"]
    ]
    columns = [
        Column("団体", 20),
        Column("種別", 10),
        Column("取組分野", 25),
        Column("常駐", 10, "number"),
        Column("遠隔", 10, "number"),
        Column("常駐支援事業者", 25),
    ]
    vendors = [[vendor["name"], "代表機関" if vendor["is_lead"] else "構成員"] for vendor in found["vendors"]]
    return {
        "bodies": found["promotion_bodies"],
        "contract": f"{day(found['contract_from'])}～{day(found['contract_to'])}" if vendors else "",
        "vendors": table(data, "支援体制", [Column("事業者", 70), Column("役割", 30)], vendors),
        "has_vendors": bool(vendors),
        "partners": table(
            data,
            "連携市町村と取組分野（常駐とオンライン（遠隔）は、週当たりの日数）",
            columns,
            partners,
            dense=len(partners) > 12,
        ),
        "liaisons": found["liaisons"],
    }


def plans(data: Data, _stage: str) -> dict[str, Any] | None:
    """What was planned with each partner at the start."""
    found = [partner for partner in data["setup"]["partners"] if partner["issues"] or partner["support"]]
    if not found:
        return None
    columns = [Column("団体", 15), Column("取組分野", 20), Column("課題", 30), Column("伴走支援内容", 35)]
    rows = [[p["name"], p["field"] or NONE, p["issues"] or NONE, p["support"] or NONE] for p in found]
    return {"table": table(data, "当初計画", columns, rows, dense=len(rows) > 6)}


def _lines(title: str, text: str) -> str:
    return "\n".join(part for part in (title, text) if part) or NONE


def _days(value: float | None) -> str:
    return NONE if value is None else f"{value:g}"
