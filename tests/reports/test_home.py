"""The home page says what to do next and how the running round stands."""

import pytest
from django.urls import reverse

from assessments.choices import FormState
from portal.services.drafts import keep
from reports.services.home import home_data
from tests import factories as f


@pytest.fixture
def running(world):
    round_ = f.RoundFactory(program=world.program)
    for town, state in ((world.town_a1, FormState.SUBMITTED), (world.town_a2, FormState.RETURNED)):
        f.RoundTargetFactory(round=round_, organisation=town.organisation, asks_checklists=False)
        f.ProgressReportFactory(round=round_, organisation=town.organisation, state=state)
    return round_


def test_a_town_is_led_to_its_open_form(world, client_of):
    round_ = f.RoundFactory(program=world.program)
    f.RoundTargetFactory(round=round_, organisation=world.town_a1.organisation, asks_checklists=False)
    page = client_of(world.actors["town_a1"]).get(reverse("home")).content.decode()
    assert "次にすること" in page
    assert reverse("progress_edit", args=[round_.pk]) in page


def test_figures_of_a_prefecture_equal_the_lists_they_lead_to(world, running, client_of):
    client = client_of(world.actors["prefecture_a"])
    cards = {card.label: card.value for card in home_data(world.actors["prefecture_a"])["cards"]}
    assert cards == {"提出済み": 1, "確認待ち": 1, "差戻し中": 1, "期限超過": 0}
    page = client.get(reverse("home")).content.decode()
    for state in ("submitted", "returned"):
        address = f"{reverse('round_detail', args=[running.pk])}?form=progress&state={state}"
        assert address.replace("&", "&amp;") in page
        assert client.get(address).context["page"].paginator.count == 1
    assert "state=overdue" not in page


def test_overdue_comes_first_and_in_red(world, client_of, settings):
    round_ = f.RoundFactory(program=world.program)
    f.RoundTargetFactory(round=round_, organisation=world.town_a1.organisation, asks_checklists=False)
    settings.PORTAL_TODAY = "2025-10-01"
    page = client_of(world.actors["town_a1"]).get(reverse("home")).content.decode()
    assert "提出期限を過ぎたものがあります" in page


@pytest.mark.parametrize("who", ["vendor_a", "secretariat", "ministry", "expert", "admin"])
def test_everyone_has_a_home(world, running, client_of, who):
    assert client_of(world.actors[who]).get(reverse("home")).status_code == 200


def test_the_radar_is_for_those_who_may_see_scores(world, client_of):
    framework = f.FrameworkFactory()
    question = f.QuestionFactory(principle=f.PrincipleFactory(framework=framework))
    assessment = f.AssessmentFactory(
        round=f.RoundFactory(program=world.program),
        organisation=world.town_a1.organisation,
        framework=framework,
        state="submitted",
    )
    f.AnswerFactory(assessment=assessment, question=question, level=3)
    seen = {name for name, actor in world.actors.items() if home_data(actor)["radar"]}
    assert seen == {"town_a1", "approver_a1", "prefecture_a", "reader_a", "secretariat"}


def test_all_tasks_stand_on_one_page_and_unsaved_texts_come_first(client_of, world):
    town = world.actors["town_a1"]
    for number in range(7):
        round_ = f.RoundFactory(program=world.program, title=f"第{number}回の報告")
        f.RoundTargetFactory(round=round_, organisation=town.organisation)
    keep(actor=town, form="progress:1", title="書きかけ", url="/", payload={"text": "文"})
    client = client_of(town)
    home = client.get(reverse("home")).content.decode()
    assert reverse("task_list") in home
    assert "ほかに3件あります。" in home
    page = client.get(reverse("task_list"))
    labels = [task.label for task in page.context["tasks"]]
    assert labels[0] == "保存していない入力が1件あります"
    assert len(labels) == 8
    assert page.content.decode().count("第6回の報告") == 1
    other = client_of(world.actors["town_b"]).get(reverse("task_list")).content.decode()
    assert "今、対応が必要な項目はありません。" in other
