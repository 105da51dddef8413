"""The whole report: cover, contents, chapters; and the one-page summary."""

from __future__ import annotations

from typing import Any

from reports.definitions import Chapter, Definition, Section
from reports.presenters.common import Data, as_of, day, year

SUMMARY_PARTS = ("challenge", "activity", "vision")


def report_context(definition: Definition, data: Data, number: int) -> dict[str, Any]:
    """What the definition's template needs, from frozen data only."""
    region = data["region"]
    frame = {
        "publisher": region["prefecture"],
        "sample": region["is_sample"],
        "subtitle": f"{region['program']}（{year(data)}）",
        "as_of": as_of(data),
    }
    if not definition.chapters:
        return frame | _summary(data)
    chapters = [_chapter(data, definition, i, chapter) for i, chapter in enumerate(definition.chapters, 1)]
    annex = [_section(data, definition, "annex", i, one) for i, one in enumerate(definition.annex, 1)]
    return frame | {
        "title": f"{region['prefecture']} {definition.title}",
        "running": f"{region['prefecture']} {definition.title}（{year(data)}）",
        "lead": region["title"],
        "facts": [
            ("対象期間", f"{day(region['support_from'])}～{day(region['support_to'])}"),
            ("データの時点", as_of(data)),
            ("版", f"第{number}版"),
        ],
        "entries": _entries(chapters, annex),
        "chapters": chapters,
        "annex": annex,
    }


def _chapter(data: Data, definition: Definition, number: int, chapter: Chapter) -> dict[str, Any]:
    name = f"chapter-{number}"
    sections = [_section(data, definition, name, i, one) for i, one in enumerate(chapter.sections, 1)]
    # A chapter without any data needs no page of its own.
    follows = number > 1 and all(one["content"] is None for one in sections)
    return {"id": name, "title": chapter.title, "sections": sections, "follows": follows}


def _section(
    data: Data, definition: Definition, parent: str, number: int, section: Section
) -> dict[str, Any]:
    content = section.present(data, definition.stage) if section.present else None
    return {
        "id": f"{parent}-{number}",
        "title": section.title,
        "template": section.template if content is not None else "pdf/components/empty.html",
        "content": content,
    }


def _entries(chapters: list[dict[str, Any]], annex: list[dict[str, Any]]) -> list[dict[str, Any]]:
    entries = []
    for chapter in chapters:
        entries.append({"id": chapter["id"], "title": chapter["title"], "level": 1})
        entries += [{"id": one["id"], "title": one["title"], "level": 2} for one in chapter["sections"]]
    return entries + [{"id": one["id"], "title": one["title"], "level": 1, "annex": True} for one in annex]


def _summary(data: Data) -> dict[str, Any]:
    """One landscape page: 実施地域・支援体制・概要, then 課題｜実施概要｜実現する社会像 by number."""
    region, setup = data["region"], data["setup"]
    partners = "、".join(partner["name"] for partner in setup["partners"])
    vendors = "、".join(
        f"{vendor['name']}（代表機関）" if vendor["is_lead"] else vendor["name"]
        for vendor in setup["vendors"]
    )
    rows = [
        [{"title": topic[f"{part}_title"], "text": topic[part]} for part in SUMMARY_PARTS]
        for topic in region["topics"]
    ]
    return {
        "title": region["title"] or f"{region['prefecture']} 支援地域の概要",
        "facts": [
            ("実施地域", f"{region['prefecture']}（{partners}）" if partners else region["prefecture"]),
            ("支援体制", vendors or "未登録"),
            ("概要", region["summary"] or "未登録"),
        ],
        "columns": ["課題", "実施概要", "実現する社会像"],
        "rows": rows,
        "source": "本ポータルの登録内容",
    }
