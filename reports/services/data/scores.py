"""What the checklists say (自己点検): region means over its towns, and every town's own means."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assessments.choices import RoundStage
from assessments.models import Assessment, Framework, Round
from assessments.services.scores import PrincipleScore, overall, scores_of, summarise
from portal.choices import OrganisationKind
from programs.models import Region
from reports.services.data.progress import latest, rounds_of

TOWN_KINDS = (OrganisationKind.MUNICIPALITY, OrganisationKind.UNION)


def scores_data(region: Region, on: dt.date) -> dict[str, Any]:
    """For the mid-term and the final round: one entry per framework that the round asks."""
    rounds = rounds_of(region, on)
    found: dict[str, Any] = {}
    for stage in (RoundStage.MIDTERM, RoundStage.FINAL):
        round_ = latest(rounds, stage)
        before = [one for one in rounds if round_ and one.opens_on < round_.opens_on]
        found[stage.value] = _frameworks(region, round_, before) if round_ else []
    return found


def _frameworks(region: Region, round_: Round, before: list[Round]) -> list[dict[str, Any]]:
    frameworks = round_.frameworks.prefetch_related("principles__questions", "levels")
    return [_framework(region, round_, before, framework) for framework in frameworks]


def _framework(region: Region, round_: Round, before: list[Round], framework: Framework) -> dict[str, Any]:
    principles = list(framework.principles.all())
    towns = _towns(region, round_, framework)
    return {
        "code": framework.code,
        "name": framework.name,
        "chart": framework.chart,
        "maximum": max(level.level for level in framework.levels.all()),
        "source": framework.source,
        "round": round_.title,
        "principles": [
            {
                "number": one.number,
                "name": one.name,
                "for_towns": any(question.for_municipalities for question in one.questions.all()),
            }
            for one in principles
        ],
        "towns": [_town(assessment, scores, principles) for assessment, scores in towns],
        **_region_means(towns, principles),
        "earlier": _earlier(region, before, framework, principles),
    }


def _towns(
    region: Region, round_: Round, framework: Framework
) -> list[tuple[Assessment, dict[int, PrincipleScore]]]:
    """Handed-in assessments of the region's partners in its order, the prefecture's own last."""
    partners = list(region.partnerships.values_list("organisation", flat=True))
    order = {pk: i for i, pk in enumerate([*partners, region.prefecture.organisation_id])}
    assessments = (
        Assessment.objects.handed_in()
        .filter(round=round_, framework=framework, organisation__in=order)
        .select_related("organisation")
    )
    scores = scores_of(assessments)
    ordered = sorted(assessments, key=lambda one: order[one.organisation_id])
    return [(one, scores.get(one.pk, {})) for one in ordered]


def _region_means(
    towns: list[tuple[Assessment, dict[int, PrincipleScore]]], principles: list[Any]
) -> dict[str, Any]:
    """Means over towns and unions; the prefecture answers other questions and is not part of them."""
    counted = [scores for one, scores in towns if one.organisation.kind in TOWN_KINDS]
    means = summarise(counted)
    overalls = [value for scores in counted if (value := overall(scores.values())) is not None]
    return {
        "count": len(counted),
        "means": [_rounded(means[p.pk].mean) if p.pk in means else None for p in principles],
        "overall": _rounded(sum(overalls) / len(overalls)) if overalls else None,
        "unknown": sum(mean.unknown for mean in means.values()),
    }


def _town(assessment: Assessment, scores: dict[int, PrincipleScore], principles: list[Any]) -> dict[str, Any]:
    return {
        "name": assessment.organisation.name,
        "kind": assessment.organisation.kind,
        "means": [_rounded(scores[p.pk].mean) if p.pk in scores else None for p in principles],
        "overall": _rounded(overall(scores.values())),
        "unknown": sum(one.unknown for one in scores.values()),
    }


def _earlier(
    region: Region, before: list[Round], framework: Framework, principles: list[Any]
) -> dict[str, Any] | None:
    """The oldest earlier round of the year in which towns answered the same framework."""
    for round_ in before:
        towns = _towns(region, round_, framework)
        found = _region_means(towns, principles)
        if found["count"]:
            return {"round": round_.title, **found}
    return None


def _rounded(value: float | None) -> float | None:
    """Scores are kept with four decimals: enough for every figure shown, and the same on both databases."""
    return None if value is None else round(float(value), 4)
