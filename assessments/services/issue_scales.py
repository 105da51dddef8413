"""How local issues are rated: loading the scale from its data file, and reading the one in use."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from assessments.models import IssueCriterion, IssueLevel, IssueScale, SupportStep
from portal import clock
from portal.audit import AuditCode, record
from portal.errors import MoveRefused
from portal.services.bulk import upsert

DATA = Path(__file__).parents[1] / "data" / "issue_scale.yaml"


class ScaleMissing(MoveRefused):
    """Nobody loaded how issues are rated: nothing can be added or drawn yet."""


@dataclass(frozen=True)
class ScalesLoaded:
    """What a load did: rows in the file, rows created and rows updated."""

    scales: int
    steps: int
    created: int
    updated: int


@transaction.atomic
def load_issue_scales(*, path: Path = DATA) -> ScalesLoaded:
    """Bring scales and steps to what the file says; nothing is deleted, ratings stay."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    steps = upsert(
        SupportStep.objects.all(),
        ({**item, "source": content["steps_source"]} for item in content["steps"]),
        key=["code"],
    )
    scales = upsert(
        IssueScale.objects.all(),
        ({name: value for name, value in item.items() if name != "criteria"} for item in content["scales"]),
        key=["version"],
    )
    ids = {version: row.pk for version, row in scales.rows.items()}
    criteria = upsert(
        IssueCriterion.objects.filter(scale__in=ids.values()),
        _criteria(content, ids),
        key=["scale_id", "code"],
    )
    levels = upsert(
        IssueLevel.objects.filter(criterion__scale__in=ids.values()),
        _levels(content, ids, criteria.rows),
        key=["criterion_id", "level"],
    )
    created = steps.created + scales.created + criteria.created + levels.created
    updated = steps.updated + scales.updated + criteria.updated + levels.updated
    loaded = ScalesLoaded(len(content["scales"]), len(content["steps"]), created, updated)
    record(AuditCode.DATA_LOADED, details={"data": "地域課題の評価の尺度", **dataclasses.asdict(loaded)})
    return loaded


def _criteria(content: dict[str, Any], ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    for scale in content["scales"]:
        for position, item in enumerate(scale["criteria"], start=1):
            told = {name: value for name, value in item.items() if name != "levels"}
            yield {"scale_id": ids[scale["version"]], "position": position, **told}


def _levels(
    content: dict[str, Any], ids: dict[str, int], criteria: dict[tuple[int, str], IssueCriterion]
) -> Iterator[dict[str, Any]]:
    for scale in content["scales"]:
        for item in scale["criteria"]:
            criterion = criteria[ids[scale["version"]], item["code"]].pk
            for level in item["levels"]:
                yield {"criterion_id": criterion, "anchor": "", **level}


def scale_in_use() -> IssueScale:
    """The scale that issues are rated with today, its criteria and levels fetched."""
    scale = IssueScale.objects.in_use(clock.today()).prefetch_related("criteria__levels").first()
    if scale is None:
        raise ScaleMissing("評価の目安が登録されていません。システム管理者に連絡してください。")
    return scale


def steps() -> list[SupportStep]:
    """The steps in order."""
    return list(SupportStep.objects.all())
