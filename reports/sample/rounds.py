"""The sample's reporting rounds and who is asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assessments.choices import RoundStage
from assessments.models import Framework, Round, RoundTarget
from portal import clock
from programs.models import Partnership, Program
from reports.sample.organisations import Organisations


def make_rounds(
    *,
    program: Program,
    content: list[dict[str, Any]],
    frameworks: dict[str, Framework],
    organisations: Organisations,
) -> dict[str, Round]:
    """The rounds of a program by code, asking its partners, their prefectures and, where told, all towns.

    They are the secretariat's: the same for all regions.
    """
    rounds = {}
    for item in content:
        row = Round.objects.create(
            program=program,
            title=item["title"],
            stage=RoundStage(item["stage"]),
            opens_on=item["opens_on"],
            due_on=item["due_on"],
            closes_on=item["closes_on"],
            organisation=organisations["secretariat"],
            period_from=item["period_from"],
            period_to=item["period_to"],
            request_text=item["request"],
            confirmed_at=dt.datetime.combine(item["confirmed_on"], dt.time(10), clock.JAPAN),
        )
        row.frameworks.set(frameworks[code] for code in item["frameworks"])
        _targets(row, program, item, organisations)
        rounds[item["code"]] = row
    return rounds


def _targets(row: Round, program: Program, item: dict[str, Any], organisations: Organisations) -> None:
    partners = Partnership.objects.filter(region__program=program).values_list("organisation_id", flat=True)
    prefectures = program.regions.values_list("prefecture__organisation_id", flat=True)
    asked = dict.fromkeys([*prefectures, *partners], item["asks_progress"])
    for part in item["all_towns"]:
        asked = {town.pk: False for town in organisations.towns[part["prefecture"]]} | asked
    listing = {*prefectures, *partners}
    if item["asks_issues"] != "all":
        listing &= {organisations[code].pk for code in item["asks_issues"]}
    RoundTarget.objects.bulk_create(
        RoundTarget(
            round=row,
            organisation_id=pk,
            asks_progress=progress,
            asks_checklists=True,
            asks_issues=pk in listing,
        )
        for pk, progress in asked.items()
    )
