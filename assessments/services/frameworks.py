"""Checklists from their data file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from assessments.models import Framework, FrameworkLevel, Principle, Question
from portal.audit import AuditCode, record
from portal.services.bulk import Synced, upsert

DATA = Path(__file__).parents[1] / "data" / "frameworks.yaml"


@dataclass(frozen=True)
class FrameworksLoaded:
    """What a load did: rows in the file, rows created and rows updated."""

    frameworks: int
    principles: int
    questions: int
    created: int
    updated: int


@transaction.atomic
def load_frameworks(*, path: Path = DATA) -> FrameworksLoaded:
    """Bring this version of the checklists to what the file says.

    Principles and questions are known by their codes, so wording may be mended in place; answers stay.
    Nothing is deleted: a question that must go needs a new version.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    frameworks = upsert(
        Framework.objects.filter(version=content["version"]), _frameworks(content), key=["code"]
    )
    ids = {code: row.pk for code, row in frameworks.rows.items()}
    levels = upsert(
        FrameworkLevel.objects.filter(framework__in=ids.values()),
        _levels(content, ids),
        key=["framework_id", "level"],
    )
    principles = upsert(
        Principle.objects.filter(framework__in=ids.values()),
        _principles(content, ids),
        key=["framework_id", "code"],
    )
    questions = upsert(
        Question.objects.filter(principle__framework__in=ids.values()),
        _questions(content, ids, principles.rows),
        key=["principle_id", "code"],
    )
    done: list[Synced[Any]] = [frameworks, levels, principles, questions]
    loaded = FrameworksLoaded(
        frameworks=len(content["frameworks"]),
        principles=sum(len(item["principles"]) for item in content["frameworks"]),
        questions=sum(
            len(principle["questions"]) for item in content["frameworks"] for principle in item["principles"]
        ),
        created=sum(part.created for part in done),
        updated=sum(part.updated for part in done),
    )
    record(AuditCode.DATA_LOADED, details={"data": "点検票", **dataclasses.asdict(loaded)})
    return loaded


def _frameworks(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for position, item in enumerate(content["frameworks"], start=1):
        yield {
            "code": item["code"],
            "version": content["version"],
            "name": item["name"],
            "kind_label": item["kind_label"],
            "chart": item["chart"],
            "synthesis": item["synthesis"],
            "source": item["source"],
            "evidence_level": content["scale"]["evidence_level"],
            "position": position,
        }


def _levels(content: dict[str, Any], ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    for framework in ids.values():
        for level in content["scale"]["levels"]:
            yield {"framework_id": framework, **level}


def _principles(content: dict[str, Any], ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    for item in content["frameworks"]:
        titles = {chapter["number"]: chapter["title"] for chapter in item["chapters"]}
        for position, principle in enumerate(item["principles"], start=1):
            chapter = principle.get("chapter")
            yield {
                "framework_id": ids[item["code"]],
                "number": principle["number"],
                "code": principle["code"],
                "name": principle["name"],
                "summary": principle["summary"],
                "chapter_number": chapter,
                "chapter_title": titles.get(chapter, ""),
                "position": position,
            }


def _questions(
    content: dict[str, Any], ids: dict[str, int], principles: dict[tuple[int, str], Principle]
) -> Iterator[dict[str, Any]]:
    for item in content["frameworks"]:
        for principle in item["principles"]:
            for position, question in enumerate(principle["questions"], start=1):
                yield {
                    "principle_id": principles[ids[item["code"]], principle["code"]].pk,
                    "code": question["code"],
                    "text": question["text"],
                    "for_municipalities": "municipality" in question["applies_to"],
                    "for_prefectures": "prefecture" in question["applies_to"],
                    "position": position,
                }
