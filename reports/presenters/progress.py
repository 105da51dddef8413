"""取組状況, 課題 and 取組と成果: what towns and prefecture wrote, kept as typed."""

from __future__ import annotations

from typing import Any

from portal.charts import State, states_figure
from portal.pdf.tables import Column
from reports.presenters.common import NONE, Data, day, table

STATES = (("accepted", "受理"), ("submitted", "提出済み"), ("", "未提出"))


def _round(data: Data, stage: str) -> dict[str, Any] | None:
    found = data["progress"][stage]
    return found if found and found["handed_in"] else None


def submissions(data: Data, stage: str) -> dict[str, Any] | None:
    """Who has handed in what, as counts and as a table with receipt numbers."""
    found = _round(data, stage)
    if found is None:
        return None
    counts = [
        State(state or "todo", label, sum(row["state"] == state for row in found["rows"]))
        for state, label in STATES
    ]
    columns = [Column("団体", 40), Column("状態", 30), Column("受付番号", 30)]
    rows = [[row["name"], row["state_label"], row["receipt"] or NONE] for row in found["rows"]]
    return {
        "round": found["title"],
        "due": day(found["due_on"], weekday=True),
        "handed_in": found["handed_in"],
        "asked": found["asked"],
        "figure": states_figure(uid="submissions", title=f"{found['title']}の提出の状況", counts=counts),
        "table": table(data, "団体ごとの提出の状況", columns, rows, dense=True),
    }


def progress(data: Data, stage: str) -> dict[str, Any] | None:
    """Each organisation's own words; those who have not handed in are named once."""
    found = _round(data, stage)
    if found is None:
        return None
    return {
        "rows": [row for row in found["rows"] if row["state"]],
        "missing": [row["name"] for row in found["rows"] if not row["state"]],
    }


def results(data: Data, stage: str) -> dict[str, Any] | None:
    """取組と成果: the plan, what the mid-term said, and what stands at the end, per organisation."""
    found = _round(data, stage)
    if found is None:
        return None
    earlier = {row["name"]: row for row in (data["progress"]["midterm"] or {"rows": []})["rows"]}
    plans = {partner["name"]: partner for partner in data["setup"]["partners"]}
    rows = [
        row | {"earlier": earlier.get(row["name"]), "plan": plans.get(row["name"])}
        for row in found["rows"]
        if row["state"]
    ]
    return {"rows": rows, "missing": [row["name"] for row in found["rows"] if not row["state"]]}


def issues(data: Data, stage: str) -> dict[str, Any] | None:
    """The issues that came into view beside the support thought to help."""
    found = _round(data, stage)
    if found is None:
        return None
    columns = [Column("団体", 15), Column("見えてきた課題", 45), Column("有効と思われる支援", 40)]
    rows = [
        [row["name"], *(row["sections"].get(name) or NONE for name in ("issues", "effective_support"))]
        for row in found["rows"]
        if row["state"]
    ]
    return {"table": table(data, "見えてきた課題と有効と思われる支援", columns, rows, dense=len(rows) > 6)}
