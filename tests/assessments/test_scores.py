"""Scores: means of means, what is not scored, aggregates, distributions, the round before."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.choices import AnswerStatus, AssessmentState
from assessments.models import Answer, Assessment
from assessments.services import scores
from assessments.services.previous import previous_assessment, previous_submission
from assessments.services.results import assessment_result
from tests import factories as f
from tests.factories_assessments import (
    answer_all,
    make_framework,
    make_round,
    questions_of,
    submitted_assessment,
    submitted_report,
)

pytestmark = pytest.mark.django_db
NA, UNKNOWN = AnswerStatus.NOT_APPLICABLE, AnswerStatus.UNKNOWN


def answer(assessment, question, level=None, status=None):
    status = status or AnswerStatus.SCORED
    Answer.objects.create(assessment=assessment, question=question, level=level, status=status)


def test_principle_is_the_mean_of_scored_answers_and_assessment_the_mean_of_principles(round_):
    framework = make_framework(principles=3, questions=3)
    assessment = f.AssessmentFactory(round=round_, framework=framework)
    q = questions_of(framework)
    answer(assessment, q[0], 4)
    answer(assessment, q[1], 1)
    answer(assessment, q[2], status=NA)
    answer(assessment, q[3], 0)
    answer(assessment, q[4], status=UNKNOWN)
    answer(assessment, q[6], status=UNKNOWN)
    first, second, third = framework.principles.all()
    found = scores.scores_of(Assessment.objects.all())[assessment.pk]
    assert found[first.pk] == scores.PrincipleScore(first.pk, 2.5, 2, 1, 0)
    assert found[second.pk] == scores.PrincipleScore(second.pk, 0.0, 1, 0, 1)
    assert found[third.pk].mean is None
    assert scores.overall(found.values()) == 1.25
    result = assessment_result(assessment)
    assert [one.unanswered for one in result.principles] == [0, 1, 2]


def test_nothing_scored_has_no_mean():
    assert scores.overall([]) is None


def many(round_, framework, levels):
    for level in levels:
        assessment = f.AssessmentFactory(round=round_, framework=framework, state=AssessmentState.SUBMITTED)
        answer_all(assessment, level)
    return Assessment.objects.filter(framework=framework)


def test_aggregate_counts_each_organisation_once_in_one_query(round_, framework):
    rows = many(round_, framework, [1, 1, 4])
    extra = f.QuestionFactory(principle=framework.principles.first(), position=9)
    answer(rows.last(), extra, 4)  # more answers of one town weigh no more
    with CaptureQueriesContext(connection) as queries:
        found = scores.principle_scores(rows)
    assert len(queries) == 1
    assert [(one.mean, one.organisations) for one in found.values()] == [(2.0, 3), (2.0, 3)]


@pytest.mark.parametrize(("towns", "shown"), [(4, False), (5, True)])
def test_distribution_needs_the_programs_minimum(round_, framework, towns, shown):
    rows = many(round_, framework, [0, 1, 2, 3, 4][:towns])
    found = scores.distributions(rows, minimum=round_.program.disclosure_minimum)
    assert bool(found) is shown


def test_distribution_is_the_middle_half(round_, framework):
    found = scores.distributions(many(round_, framework, [0, 1, 2, 3, 4]), minimum=5)
    assert set(found.values()) == {scores.Distribution(5, 1.0, 2.0, 3.0)}


def test_peers_are_handed_in_towns_of_the_same_prefecture(round_, framework, town, world):
    mine = submitted_assessment(round_, framework, town)
    submitted_assessment(round_, framework, world.actors["town_b"])
    f.AssessmentFactory(round=round_, framework=framework, organisation=world.actors["town_a2"].organisation)
    assert list(scores.peers(mine)) == [mine]


@pytest.fixture
def earlier(world, town, framework):
    """The round before, in which town A1 was at level 1."""
    round_ = make_round(
        world.program,
        town.organisation,
        frameworks=(framework,),
        opens_on=dt.date(2025, 6, 1),
        due_on=dt.date(2025, 6, 30),
        closes_on=dt.date(2025, 12, 31),
    )
    submitted_assessment(round_, framework, town, level=1)
    submitted_report(round_, town, overview="前回の概要")
    return round_


def test_result_is_compared_with_the_round_before(earlier, round_, framework, town):
    result = assessment_result(submitted_assessment(round_, framework, town, level=3))
    assert (result.mean, result.previous_mean, result.change) == (3.0, 1.0, 2.0)
    assert [one.before for one in result.principles] == [1.0, 1.0]


def test_a_draft_of_the_round_before_is_not_compared(earlier, round_, framework, town):
    Assessment.objects.filter(round=earlier).update(state=AssessmentState.DRAFT)
    now = f.AssessmentFactory(round=round_, framework=framework, organisation=town.organisation)
    assert previous_assessment(now) is None


def test_an_earlier_round_knows_no_later_one(earlier, round_, framework, town):
    submitted_assessment(round_, framework, town)
    submitted_report(round_, town)
    assert previous_assessment(Assessment.objects.get(round=earlier)) is None
    assert previous_submission(round_=earlier, organisation=town.organisation) is None
    assert previous_submission(round_=round_, organisation=town.organisation).report.round == earlier
