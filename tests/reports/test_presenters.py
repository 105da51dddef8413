"""From data to chapters: what is missing says so, small groups stay in the annex."""

import pytest

from portal import clock
from programs.models import Region
from reports.choices import ReportKind
from reports.definitions import DEFINITIONS
from reports.presenters import scores
from reports.presenters.report import report_context
from reports.services.data import for_report
from tests import factories as f

EMPTY = "pdf/components/empty.html"


def context_of(region, kind):
    data = for_report(Region.objects.with_names().get(pk=region.pk), clock.now())
    return report_context(DEFINITIONS[kind], data, 1)


def sections(context):
    return {one["title"]: one for chapter in context["chapters"] for one in chapter["sections"]}


@pytest.mark.parametrize("kind", [ReportKind.MIDTERM, ReportKind.FINAL])
def test_a_region_without_data_has_every_chapter_with_its_sentence(db, kind):
    found = sections(context_of(f.RegionFactory(), kind))
    assert {one["template"] for one in found.values()} == {EMPTY}


def test_chapters_with_data_are_written(told):
    found = sections(context_of(told.world.region_a, ReportKind.MIDTERM))
    assert {title for title, one in found.items() if one["template"] == EMPTY} == {
        "アウトカムと達成見込み",
        "アウトプットと達成状況",
        "経費支出の妥当性",
    }


def test_means_of_few_towns_stand_in_the_annex_only(told):
    context = context_of(told.world.region_a, ReportKind.MIDTERM)
    [chapter] = sections(context)["支援地域の結果"]["content"]["frameworks"]
    [annex] = context["annex"][0]["content"]["frameworks"]
    assert chapter["figure"] is None
    assert chapter["overall"] is None
    assert annex["figure"] is not None


def test_means_of_enough_towns_stand_in_the_chapter(told):
    told.world.program.disclosure_minimum = 1
    told.world.program.save()
    context = context_of(told.world.region_a, ReportKind.MIDTERM)
    [chapter] = sections(context)["支援地域の結果"]["content"]["frameworks"]
    assert chapter["overall"] == "3.0"
    assert chapter["figure"].rows


def test_entries_name_every_chapter_and_the_annex(told):
    context = context_of(told.world.region_a, ReportKind.FINAL)
    titles = [entry["title"] for entry in context["entries"]]
    assert "七ヶ条の変化" in titles
    assert context["entries"][-1] == {
        "id": "annex-1",
        "title": "団体ごとの自己点検の結果",
        "level": 1,
        "annex": True,
    }


def framework_data(**changes):
    row = {
        "code": "x",
        "name": "試験",
        "chart": "bars",
        "source": "試験",
        "maximum": 4,
        "round": "後",
        "count": 6,
        "means": [1.0, None, 3.0],
        "overall": 2.0,
        "unknown": 0,
        "principles": [
            {"number": "1", "name": "甲", "for_towns": True},
            {"number": "2", "name": "乙", "for_towns": False},
            {"number": "3", "name": "丙", "for_towns": True},
        ],
        "towns": [],
        "earlier": {"round": "前", "count": 6, "means": [0.5, None, 2.0]},
    }
    return {"scores": {"final": [row | changes]}, "region": {"disclosure_minimum": 5}}


def test_figures_leave_out_what_towns_are_not_asked():
    [part] = scores.scores(framework_data(), "final")["frameworks"]
    assert [row[0] for row in part["figure"].rows] == ["甲", "丙"]


def test_change_shows_both_rounds():
    [part] = scores.change(framework_data(), "final")["frameworks"]
    assert part["figure"].columns == ["項目", "後", "前"]


def test_change_hides_an_earlier_round_of_too_few_towns():
    few = {"round": "前", "count": 4, "means": [0.5, None, 2.0]}
    [part] = scores.change(framework_data(earlier=few), "final")["frameworks"]
    assert part["figure"].columns == ["項目", "後"]


def test_no_change_without_an_earlier_round():
    assert scores.change(framework_data(earlier=None), "final") is None
