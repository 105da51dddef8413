"""Self-assessments: answering, handing in, confirming, reopening; the prefecture's part; the moves' table."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.choices import AnswerStatus, AssessmentState
from assessments.models import Answer, PrefectureSupport
from assessments.services import checklists as service
from assessments.services.checklists import Given
from assessments.services.forms import start_assessment
from assessments.services.support import save_prefecture_support
from assessments.states import ASSESSMENT
from portal.actor import Actor
from portal.errors import EditConflict, MoveRefused
from portal.permissions import PermissionRefused
from tests import factories as f
from tests.factories_assessments import answer_all, make_framework, questions_of, submitted_assessment

pytestmark = pytest.mark.django_db

NA, UNKNOWN, SCORED = AnswerStatus.NOT_APPLICABLE, AnswerStatus.UNKNOWN, AnswerStatus.SCORED


@pytest.fixture
def assessment(round_, framework, town):
    """A draft of town A1."""
    return f.AssessmentFactory(round=round_, framework=framework, organisation=town.organisation)


@pytest.mark.parametrize(
    ("state", "names"),
    [
        (AssessmentState.DRAFT, {"submit"}),
        (AssessmentState.SUBMITTED, {"confirm", "reopen"}),
        (AssessmentState.CONFIRMED, {"reopen"}),
    ],
)
def test_table_of_moves(state, names):
    assert {move.name for move in ASSESSMENT.available(state)} == names


def test_answers_are_saved_changed_and_cleared(assessment, framework, town):
    first, second, third, _fourth = questions_of(framework)
    answers = [Given(first.pk, SCORED, 2), Given(second.pk, NA), Given(third.pk, UNKNOWN, None, "確認中")]
    service.save_answers(assessment=assessment, answers=answers, version=1, actor=town)
    changed = [Given(first.pk, SCORED, 4, "計画書"), Given(second.pk)]
    service.save_answers(assessment=assessment, answers=changed, version=2, actor=town)
    kept = {row.question_id: (row.status, row.level, row.evidence) for row in Answer.objects.all()}
    assert kept == {first.pk: (SCORED, 4, "計画書"), third.pk: (UNKNOWN, None, "確認中")}


def test_saving_takes_the_same_queries_for_two_answers_and_for_twenty(round_, town):
    counts = []
    for number in (2, 20):
        framework = make_framework(principles=1, questions=number)
        round_.frameworks.add(framework)
        assessment = f.AssessmentFactory(round=round_, framework=framework, organisation=town.organisation)
        answers = [Given(question.pk, SCORED, 1) for question in questions_of(framework)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            service.save_answers(assessment=assessment, answers=answers, version=1, actor=town)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_second_save_from_one_version_is_a_conflict(assessment, framework, town):
    first = questions_of(framework)[0]
    service.save_answers(assessment=assessment, answers=[Given(first.pk, SCORED, 1)], version=1, actor=town)
    with pytest.raises(EditConflict):
        service.save_answers(assessment=assessment, answers=[Given(first.pk, NA)], version=1, actor=town)
    assert Answer.objects.get().level == 1


def test_another_page_saved_in_between_is_no_conflict(assessment, framework, town):
    first, second, *_rest = questions_of(framework)
    seen = service.answers_digest(service.given_answers(assessment, [second.pk]))
    service.save_answers(assessment=assessment, answers=[Given(first.pk, SCORED, 1)], version=1, actor=town)
    service.save_answers(
        assessment=assessment, answers=[Given(second.pk, NA)], version=1, actor=town, seen=seen
    )
    assert Answer.objects.count() == 2


@pytest.mark.parametrize("level", [5, None])
def test_levels_outside_the_scale_are_refused(assessment, framework, town, level):
    answers = [Given(questions_of(framework)[0].pk, SCORED, level)]
    with pytest.raises(MoveRefused):
        service.save_answers(assessment=assessment, answers=answers, version=1, actor=town)


def test_questions_not_asked_of_towns_are_refused_and_not_missed(assessment, framework, town):
    only_prefectures = f.QuestionFactory(
        principle=framework.principles.first(), position=9, for_municipalities=False
    )
    with pytest.raises(MoveRefused):
        service.save_answers(
            assessment=assessment, answers=[Given(only_prefectures.pk, NA)], version=1, actor=town
        )
    assert only_prefectures not in [gap.question for gap in service.gaps(assessment)]


def test_only_the_author_answers(assessment, framework, prefecture, world):
    answers = [Given(questions_of(framework)[0].pk, NA)]
    for other in (prefecture, world.actors["secretariat"], world.actors["town_a2"]):
        with pytest.raises(PermissionRefused):
            service.save_answers(assessment=assessment, answers=answers, version=1, actor=other)


def test_unanswered_questions_keep_a_checklist_back(assessment, framework, town):
    Answer.objects.create(assessment=assessment, question=questions_of(framework)[0], level=1)
    with pytest.raises(MoveRefused, match="3問"):
        service.submit_assessment(assessment=assessment, actor=town)


@pytest.mark.parametrize(("level", "evidence", "taken"), [(2, "", True), (3, "", False), (3, "計画書", True)])
def test_evidence_is_asked_from_its_level_on(assessment, town, level, evidence, taken):
    answer_all(assessment, level, evidence)
    assert (service.gaps(assessment) == []) is taken


def test_submission_is_kept_once(assessment, town):
    answer_all(assessment)
    first = service.submit_assessment(assessment=assessment, actor=town)
    assert service.submit_assessment(assessment=assessment, actor=town) == first
    assert first.receipt == "R7-C-0001"
    assert len(first.content["answers"]) == 4


def test_confirm_and_reopen(round_, framework, town, prefecture):
    assessment = submitted_assessment(round_, framework, town)
    assert service.confirm_assessment(assessment=assessment, actor=prefecture).state == "confirmed"
    with pytest.raises(MoveRefused):
        service.reopen_assessment(assessment=assessment, reason=" ", actor=prefecture)
    reopened = service.reopen_assessment(assessment=assessment, reason="根拠を詳しく", actor=prefecture)
    assert reopened.state == AssessmentState.DRAFT
    assert service.submit_assessment(assessment=assessment, actor=town).number == 2


def test_nobody_confirms_the_own_checklist(round_, framework, prefecture, world):
    assessment = submitted_assessment(round_, framework, prefecture)
    for other in (prefecture, world.actors["vendor_a"], world.actors["town_a1"], world.actors["ministry"]):
        with pytest.raises(PermissionRefused):
            service.confirm_assessment(assessment=assessment, actor=other)


def test_start_is_for_checklists_of_the_round(round_, town):
    target = round_.targets.get(organisation=town.organisation)
    with pytest.raises(MoveRefused):
        start_assessment(target=target, framework=make_framework(), actor=town)


# --- the prefecture's part --------------------------------------------------
def test_prefecture_writes_about_its_towns_until_the_round_closes(round_, town, prefecture, settings):
    key = {"round_": round_, "organisation": town.organisation, "actor": prefecture}
    saved = save_prefecture_support(**key, text="助言しました。", version=1)
    with pytest.raises(EditConflict):
        save_prefecture_support(**key, text="別の文", version=1)
    settings.PORTAL_TODAY = "2025-10-11"
    with pytest.raises(MoveRefused):
        save_prefecture_support(**key, text="遅い", version=saved.version)
    assert PrefectureSupport.objects.get().text == "助言しました。"


@pytest.mark.parametrize("name", ["town_a1", "prefecture_b", "vendor_a", "secretariat", "ministry"])
def test_nobody_else_writes_the_prefectures_part(round_, town, world, name):
    with pytest.raises(PermissionRefused):
        save_prefecture_support(
            round_=round_, organisation=town.organisation, text="x", version=1, actor=world.actors[name]
        )


def test_nobody_confirms_a_checklist_they_answered(round_, framework, town, prefecture):
    assessment = submitted_assessment(round_, framework, town)
    row = f.MembershipFactory(user=town.user, organisation=prefecture.organisation)
    with pytest.raises(MoveRefused, match="あなたが入力または提出した自己点検"):
        service.confirm_assessment(assessment=assessment, actor=Actor(user=town.user, membership=row))
    assert service.confirm_assessment(assessment=assessment, actor=prefecture).state == "confirmed"
