"""The checklists: 140 questions, 121 of them for towns, with the names of the data file."""

import pytest
import yaml
from django.core.management import call_command

from assessments.models import Framework, Principle, Question
from assessments.services.frameworks import DATA, load_frameworks


@pytest.fixture
def frameworks(db) -> None:
    """The bundled checklists."""
    load_frameworks()


def test_there_are_140_questions_121_for_towns_and_19_for_prefectures_alone(frameworks):
    assert Question.objects.count() == 140
    assert Question.objects.filter(for_municipalities=True).count() == 121
    assert Question.objects.filter(for_municipalities=False, for_prefectures=True).count() == 19
    assert Question.objects.filter(for_prefectures=True).count() == 140


@pytest.mark.parametrize(
    ("code", "chart", "principles", "questions"),
    [("seven_c", "radar", 7, 48), ("seven_success", "radar", 7, 39), ("skillset", "bars", 8, 53)],
)
def test_each_framework_has_its_principles(frameworks, code, chart, principles, questions):
    framework = Framework.objects.get(code=code)
    assert framework.chart == chart
    assert framework.principles.count() == principles
    assert Question.objects.filter(principle__framework=framework).count() == questions
    assert list(framework.levels.values_list("level", flat=True)) == [0, 1, 2, 3, 4]
    assert not framework.principles.filter(summary="").exists()


def test_only_the_second_chapter_of_skills_is_for_prefectures_alone(frameworks):
    alone = Principle.objects.filter(questions__for_municipalities=False).distinct()
    assert {(row.framework.code, row.chapter_number) for row in alone} == {("skillset", 2)}


def test_names_and_questions_are_those_of_the_source(frameworks, source_data):
    source = yaml.safe_load((source_data / "principles.yaml").read_text(encoding="utf-8"))
    rows = [row for framework in source["frameworks"] for row in framework["principles"]]
    names = [row["name_ja"] for row in rows] + [row["title"] for row in source["skillset"]["items"]]
    assert list(Principle.objects.values_list("name", flat=True)) == names
    texts = {
        question["id"]: question["text"]
        for row in [*rows, *source["skillset"]["items"]]
        for question in row["indicators"]
    }
    assert dict(Question.objects.values_list("code", "text")) == texts


def test_a_second_load_changes_nothing(frameworks):
    again = load_frameworks()
    assert (again.created, again.updated) == (0, 0)


def test_mended_wording_keeps_the_question(frameworks, tmp_path):
    before = Question.objects.get(code="seven_c.1.1").pk
    mended = tmp_path / "frameworks.yaml"
    text = DATA.read_text(encoding="utf-8")
    mended.write_text(text.replace("定期的に比較・検証している", "毎年、比較している"), encoding="utf-8")
    assert load_frameworks(path=mended).updated == 1
    assert Question.objects.get(code="seven_c.1.1").pk == before


def test_the_command_says_what_it_loaded(db, capsys):
    call_command("load_frameworks")
    assert "点検票：3種類、条22、設問140" in capsys.readouterr().out
