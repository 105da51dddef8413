"""The checklist in the browser's terms, without script: answer, check, hand in, conflict, result, review."""

import re

import pytest
from django.urls import reverse

from assessments.choices import AssessmentState
from assessments.models import Answer, Assessment
from tests import factories as f
from tests.assessments.pages import hidden
from tests.conftest import actor_for
from tests.factories_assessments import make_framework, questions_of, submitted_assessment

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of, town):
    """The town's browser."""
    return client_of(town)


def address(name, round_, framework, *more):
    return reverse(name, args=[round_.pk, framework.pk, *more])


def answers(framework, position, value="2", evidence=""):
    found = {}
    for question in questions_of(framework):
        if question.principle.position == position:
            found |= {f"answer_{question.pk}": value, f"evidence_{question.pk}": evidence}
    return found


def test_the_whole_way_without_script(browser, round_, framework):
    overview = browser.get(address("assessment_edit", round_, framework)).content.decode()
    assert "4問のうち、0問に答えています" in overview
    url = address("assessment_principle", round_, framework, 1)
    for position in (1, 2):
        page = browser.get(url)
        assert "定着・改善の目安" in page.content.decode()
        url = browser.post(url, {**answers(framework, position), "act": "next", **hidden(page)}).url
    assert url == address("assessment_check", round_, framework)
    done = browser.post(url, follow=True).content.decode()
    assert "R7-C-0001" in done
    result = browser.get(reverse("assessment_detail", args=[Assessment.objects.get().pk])).content.decode()
    assert "全体の平均は<strong>2.0</strong>です。" in result
    assert "<svg" in result


def test_a_page_may_be_saved_half_answered(browser, round_, framework):
    url = address("assessment_principle", round_, framework, 1)
    first = questions_of(framework)[0]
    answer = browser.post(url, {f"answer_{first.pk}": "unknown", "act": "draft", **hidden(browser.get(url))})
    assert answer.url == url
    assert Answer.objects.get().status == "unknown"
    assert (
        "4問のうち、1問に答えています"
        in browser.get(address("assessment_edit", round_, framework)).content.decode()
    )


def test_evidence_without_an_answer_is_an_error_and_stays_typed(browser, round_, framework):
    url = address("assessment_principle", round_, framework, 1)
    first, second, *_rest = questions_of(framework)
    data = {f"evidence_{first.pk}": "会議の記録", f"answer_{second.pk}": "3", f"evidence_{second.pk}": "要綱"}
    page = browser.post(url, {**data, "act": "next", **hidden(browser.get(url))}).content.decode()
    assert "設問1の段階を選んでください。" in page
    assert "会議の記録" in page
    assert "要綱" in page
    assert re.search(rf'name="answer_{second.pk}" value="3"[^>]*checked', page)
    assert not Assessment.objects.exists()


def test_check_page_says_what_is_missing(browser, round_, framework, town):
    assessment = f.AssessmentFactory(round=round_, framework=framework, organisation=town.organisation)
    Answer.objects.create(assessment=assessment, question=questions_of(framework)[0], level=4)
    page = browser.post(address("assessment_check", round_, framework)).content.decode()
    assert "「第1条」の1問に根拠を入力してください。" in page
    assert "「第1条」の1問に回答してください。" in page
    assert "「第2条」の2問に回答してください。" in page
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.DRAFT


def test_a_conflict_shows_both_answers_and_keeps_what_was_typed(browser, client_of, round_, framework, town):
    url = address("assessment_principle", round_, framework, 1)
    colleague = client_of(actor_for(town.organisation))
    mine, theirs = hidden(browser.get(url)), hidden(colleague.get(url))
    colleague.post(url, {**answers(framework, 1, "1"), "act": "draft", **theirs})
    typed = answers(framework, 1, "4", "自分の根拠")
    answer = browser.post(url, {**typed, "act": "draft", **mine})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert page.count("自分の根拠") >= 2
    assert "検討・準備中" in page
    first, second, *_rest = questions_of(framework)
    choice = {
        **typed,
        f"use_{first.pk}": "mine",
        f"use_{second.pk}": "saved",
        "act": "draft",
        **hidden(answer),
    }
    assert browser.post(url, choice).status_code == 302
    assert dict(Answer.objects.values_list("question_id", "level")) == {first.pk: 4, second.pk: 1}


def test_bars_for_a_skillset(browser, round_, town):
    framework = make_framework(chart="bars")
    round_.frameworks.add(framework)
    assessment = submitted_assessment(round_, framework, town)
    page = browser.get(reverse("assessment_detail", args=[assessment.pk])).content.decode()
    assert "<svg" in page
    assert "<polyline" not in page


def test_review_through_the_pages(browser, client_of, round_, framework, town, prefecture):
    assessment = submitted_assessment(round_, framework, town)
    office = client_of(prefecture)
    office.post(reverse("assessment_confirm", args=[assessment.pk]))
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.CONFIRMED
    reopen = reverse("assessment_reopen", args=[assessment.pk])
    assert "入力してください。" in office.post(reopen, {"reason": ""}).content.decode()
    office.post(reopen, {"reason": "根拠を詳しく"})
    assert "根拠を詳しく" in browser.get(address("assessment_edit", round_, framework)).content.decode()
    assert office.get(reverse("assessment_detail", args=[assessment.pk])).status_code == 404


def test_other_towns_values_stand_only_from_the_programs_minimum_on(browser, round_, framework, town, world):
    assessment = submitted_assessment(round_, framework, town)
    url = reverse("assessment_detail", args=[assessment.pk])
    for count in range(2, 6):
        assert "県内の中央値" not in browser.get(url).content.decode(), count
        other = actor_for(f.MunicipalityFactory(prefecture=world.prefecture_a).organisation)
        f.RoundTargetFactory(round=round_, organisation=other.organisation)
        submitted_assessment(round_, framework, other)
    assert "県内の中央値" in browser.get(url).content.decode()


def test_trying_to_hand_in_what_is_not_begun_begins_nothing(browser, round_, framework):
    page = browser.post(address("assessment_check", round_, framework)).content.decode()
    assert "「第2条」の2問に回答してください。" in page
    assert not Assessment.objects.exists()


def test_pressing_twice_leads_to_the_receipt_and_a_colleague_to_the_result(
    browser, client_of, round_, framework, town
):
    submitted_assessment(round_, framework, town)
    url = address("assessment_check", round_, framework)
    assert browser.post(url).url == address("assessment_done", round_, framework)
    colleague = client_of(actor_for(town.organisation)).post(url)
    assert colleague.url == reverse("assessment_detail", args=[Assessment.objects.get().pk])
