"""Each report once: its title, its template and its chapters.

A section's presenter turns frozen data into what its template shows, or says
None: then the section stands with the sentence for missing data, so that a
reader sees what is still to come. Chapters follow the call's outline
(意義・道筋, 目標及び達成状況, マネジメント); see `docs/reports.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reports.choices import ReportKind
from reports.presenters import progress, scores, setup, staffing

Presenter = Callable[[dict[str, Any], str], dict[str, Any] | None]


@dataclass(frozen=True)
class Section:
    """One numbered section (節); without a presenter nothing in the portal writes it yet."""

    title: str
    template: str = ""
    present: Presenter | None = None


@dataclass(frozen=True)
class Chapter:
    """One chapter (章) and its sections."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Definition:
    """One kind of report; `stage` is the stage of the round it tells of."""

    kind: ReportKind
    title: str
    template: str
    stage: str
    chapters: tuple[Chapter, ...] = ()
    annex: tuple[Section, ...] = ()
    one_page: bool = False


_MEANING = Chapter(
    "意義・道筋",
    (
        Section("位置づけ・意義", "reports/pdf/meaning.html", setup.meaning),
        Section("道筋・戦略", "reports/pdf/topics.html", setup.topics),
    ),
)
_GOALS = Chapter("目標及び達成状況", (Section("アウトカムと達成見込み"), Section("アウトプットと達成状況")))
_MANAGEMENT = Chapter(
    "マネジメント",
    (
        Section("実施体制", "reports/pdf/setup.html", setup.setup),
        Section("常駐", "reports/pdf/staffing.html", staffing.staffing),
        Section("実施計画", "reports/pdf/plans.html", setup.plans),
        Section("経費支出の妥当性"),
    ),
)
_SUBMISSIONS = Section("提出の状況", "reports/pdf/submissions.html", progress.submissions)
_SCORES = Section("支援地域の結果", "reports/pdf/scores.html", scores.scores)
_ANNEX = (Section("団体ごとの自己点検の結果", "reports/pdf/town_scores.html", scores.town_scores),)

DEFINITIONS: dict[ReportKind, Definition] = {
    ReportKind.MIDTERM: Definition(
        kind=ReportKind.MIDTERM,
        title="中間報告書",
        template="reports/pdf/report.html",
        stage="midterm",
        chapters=(
            _MEANING,
            _GOALS,
            _MANAGEMENT,
            Chapter(
                "取組状況",
                (
                    _SUBMISSIONS,
                    Section("団体ごとの取組状況", "reports/pdf/progress.html", progress.progress),
                ),
            ),
            Chapter("自己点検", (_SCORES,)),
            Chapter(
                "課題",
                (Section("見えてきた課題と有効と思われる支援", "reports/pdf/issues.html", progress.issues),),
            ),
        ),
        annex=_ANNEX,
    ),
    ReportKind.FINAL: Definition(
        kind=ReportKind.FINAL,
        title="最終報告書",
        template="reports/pdf/report.html",
        stage="final",
        chapters=(
            _MEANING,
            _GOALS,
            _MANAGEMENT,
            Chapter(
                "取組と成果",
                (
                    _SUBMISSIONS,
                    Section("団体ごとの取組と成果", "reports/pdf/results.html", progress.results),
                ),
            ),
            Chapter(
                "七ヶ条の変化",
                (_SCORES, Section("前回からの変化", "reports/pdf/scores.html", scores.change)),
            ),
            Chapter("研修・セミナー・広報", (Section("実施した研修・セミナー・広報"),)),
            Chapter(
                "残された課題と次年度以降の計画",
                (
                    Section("残された課題", "reports/pdf/issues.html", progress.issues),
                    Section("次年度以降の計画"),
                ),
            ),
            Chapter("支出報告", (Section("支出の状況"),)),
        ),
        annex=_ANNEX,
    ),
    ReportKind.SUMMARY: Definition(
        kind=ReportKind.SUMMARY,
        title="支援地域の概要",
        template="pdf/landscape.html",
        stage="midterm",
        one_page=True,
    ),
}
