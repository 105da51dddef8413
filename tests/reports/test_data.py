"""What goes into a report: handed-in rows only, the same for everyone, plain enough to freeze."""

import json

from assessments.models import ProgressReport
from portal import clock
from programs.models import Region
from reports.services.data import for_report
from tests import factories as f
from tests.factories_assessments import snapshot


def data_of(told):
    region = Region.objects.with_names().get(pk=told.world.region_a.pk)
    return for_report(region, clock.now())


def test_data_are_plain_json(told):
    data = data_of(told)
    assert json.loads(json.dumps(data)) == data


def test_drafts_never_enter(told):
    text = json.dumps(data_of(told), ensure_ascii=False)
    assert "住民説明会" in text
    assert "まだ出していない下書き" not in text


def test_returned_forms_do_not_count(told):
    ProgressReport.objects.filter(state="submitted").update(state="returned")
    assert data_of(told)["progress"]["midterm"]["handed_in"] == 0


def test_progress_names_who_is_missing(told):
    rows = data_of(told)["progress"]["midterm"]["rows"]
    assert [(row["name"], row["state_label"]) for row in rows] == [
        (told.world.town_a1.name, "提出済み"),
        (told.world.town_a2.name, "未提出"),
    ]


def test_another_regions_towns_do_not_enter(told):
    other = f.ProgressReportFactory(
        round=told.round,
        organisation=told.world.town_b.organisation,
        state="submitted",
        overview="よその町の文章",
    )
    snapshot(other, told.world.actors["town_b"])
    f.RoundTargetFactory(round=told.round, organisation=other.organisation)
    assert "よその町の文章" not in json.dumps(data_of(told), ensure_ascii=False)


def test_scores_are_means_of_handed_in_checklists(told):
    [framework] = data_of(told)["scores"]["midterm"]
    assert framework["count"] == 1
    assert framework["means"] == [3.0]
    assert framework["overall"] == 3.0


def test_rounds_that_have_not_opened_are_not_told(told, settings):
    settings.PORTAL_TODAY = "2025-08-31"
    assert data_of(told)["progress"]["midterm"] is None


def test_no_names_of_residents(told):
    resident = told.world.region_a.postings.get().resident
    assert resident.name not in json.dumps(data_of(told), ensure_ascii=False)


def test_queries_do_not_grow_with_towns(told, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        data_of(told)
    for _ in range(8):
        partner = f.PartnershipFactory(region=told.world.region_a).organisation
        f.RoundTargetFactory(round=told.round, organisation=partner)
        f.ProgressReportFactory(round=told.round, organisation=partner, state="submitted", overview="本文")
    with django_assert_num_queries(len(few)):
        data_of(told)
