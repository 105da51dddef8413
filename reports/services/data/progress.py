"""What towns and prefecture told of their progress (取組状況), of handed-in forms only."""

import datetime as dt
from typing import Any

from django.db.models import Q

from assessments.choices import RoundStage
from assessments.models import PrefectureSupport, ProgressReport, Round, RoundTarget
from assessments.services.status import PROGRESS_FORM, not_applicable_forms
from assessments.services.versions import counted_state, counted_submission
from programs.models import Region


def rounds_of(region: Region, on: dt.date) -> list[Round]:
    """Rounds of the region's year that had opened by that day and ask anybody of it, oldest first."""
    prefecture = region.prefecture.organisation_id
    asked = RoundTarget.objects.filter(Q(organisation=prefecture) | Q(organisation__parent=prefecture))
    rounds = region.program.rounds.in_force().filter(opens_on__lte=on, pk__in=asked.values("round"))
    return list(rounds.order_by("opens_on", "id"))


def latest(rounds: list[Round], stage: RoundStage) -> Round | None:
    """The newest round of a stage."""
    return next((r for r in reversed(rounds) if r.stage == stage), None)


def progress_data(region: Region, on: dt.date) -> dict[str, Any]:
    """The mid-term and the final round of the region, each with one row per partner and the prefecture."""
    rounds = rounds_of(region, on)
    return {
        stage.value: _round(region, found) if (found := latest(rounds, stage)) else None
        for stage in (RoundStage.MIDTERM, RoundStage.FINAL)
    }


def _round(region: Region, round_: Round) -> dict[str, Any]:
    absent = {who for _round, who, form in not_applicable_forms([round_]) if form == PROGRESS_FORM}
    asked = {target.organisation_id for target in round_.targets.filter(asks_progress=True)}
    asked -= absent - set(
        ProgressReport.objects.handed_in().filter(round=round_).values_list("organisation", flat=True)
    )
    reports = {
        report.organisation_id: report
        for report in ProgressReport.objects.handed_in()
        .filter(round=round_, organisation__in=asked)
        .prefetch_related("submissions")
    }
    supports = dict(
        PrefectureSupport.objects.filter(round=round_, organisation__in=asked).values_list(
            "organisation", "text"
        )
    )
    organisations = [p.organisation for p in region.partnerships.select_related("organisation")]
    organisations.append(region.prefecture.organisation)
    rows = [
        _row(organisation, reports.get(organisation.pk), supports.get(organisation.pk, ""))
        for organisation in organisations
        if organisation.pk in asked
    ]
    return {
        "title": round_.title,
        "due_on": round_.due_on.isoformat(),
        "rows": rows,
        "handed_in": sum(row["state"] != "" for row in rows),
        "asked": len(rows),
    }


def _row(organisation: Any, report: ProgressReport | None, support: str) -> dict[str, Any]:
    counted = counted_submission(report) if report else None
    state = counted_state(report) if report else None
    return {
        "name": organisation.name,
        "kind": organisation.kind,
        "state": state.value if state else "",
        "state_label": state.label if state else "未提出",
        "receipt": counted.receipt if counted else "",
        "sections": counted.content["sections"] if counted else {},
        "prefecture_support": support,
    }
