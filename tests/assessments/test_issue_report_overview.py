"""Where a round's forms are listed and counted, local issues stand among them."""

import pytest
from django.urls import reverse

from assessments.choices import FormKind
from assessments.models import Reminder, RoundTarget
from assessments.services.counts import round_counts
from assessments.services.issue_reports import reopen_issue_report
from assessments.services.not_applicable import declare_not_applicable
from assessments.services.own import count_waiting, own_forms, waiting_tasks
from assessments.services.preview import asked_forms
from assessments.services.reminders import send_due_reminders
from assessments.services.setup import asked_counts, confirm_round, create_round, hindrances
from assessments.services.status import round_status
from assessments.services.targets import Asked, add_group, asked_of_each, set_targets
from portal import clock
from portal.errors import MoveRefused
from tests.factories_assessments import a_setup
from tests.factories_issues import asked_for_issues, hand_in, make_issue


@pytest.fixture
def asked(world, town):
    """An open round that asks the two towns of prefecture A for their issues and nothing else."""
    return asked_for_issues(world.program, town.organisation, world.actors["town_a2"].organisation)


def states(round_, actor):
    return [(row.form, row.form_label, row.organisation, row.state) for row in round_status(round_, actor)]


# --- asking -------------------------------------------------------------------
def test_a_round_asks_for_issues_alone_and_together_with_other_forms(world, town, prefecture):
    round_ = create_round(setup=a_setup(world.program), actor=prefecture)
    add_group(round_=round_, group="partners", asked=Asked(issues=True), actor=prefecture)
    assert list(hindrances(round_, asked_counts(round_))) == []
    add_group(round_=round_, group="partners", asked=Asked(progress=True), actor=prefecture)
    assert asked_of_each(round_)[town.organisation.pk] == Asked(progress=True, issues=True)
    assert asked_counts(round_) == (2, 0, 2)
    told = {form.code: (form.label, form.total) for form in asked_forms(round_)}
    assert told["issues"] == ("地域課題", 2)
    assert confirm_round(round_=round_, actor=prefecture).is_in_force


def test_a_copy_asks_the_same_organisations_for_issues(world, prefecture):
    round_ = create_round(setup=a_setup(world.program), actor=prefecture)
    add_group(round_=round_, group="partners", asked=Asked(issues=True), actor=prefecture)
    made = create_round(setup=a_setup(world.program, title="写し"), actor=prefecture, source=round_)
    assert asked_of_each(made) == asked_of_each(round_)


def test_who_handed_issues_in_is_not_let_go_who_only_wrote_them_down_is(asked, town, world, prefecture):
    asked.organisation = prefecture.organisation
    asked.save()
    make_issue(town)
    report = hand_in(asked, town)
    second = world.actors["town_a2"].organisation.pk
    with pytest.raises(MoveRefused, match="対象から外せません"):
        set_targets(round_=asked, wanted={town.organisation.pk: Asked()}, actor=prefecture)
    make_issue(world.actors["town_a2"])
    assert set_targets(round_=asked, wanted={second: Asked()}, actor=prefecture) == 1
    reopen_issue_report(report=report, reason="直してほしい", actor=prefecture)
    with pytest.raises(MoveRefused, match="対象から外せません"):
        set_targets(round_=asked, wanted={town.organisation.pk: Asked(progress=True)}, actor=prefecture)


# --- states and counts --------------------------------------------------------
def test_its_state_stands_among_the_forms(asked, town, world, prefecture):
    make_issue(town)
    first, second = town.organisation.name, world.actors["town_a2"].organisation.name
    assert {row[3] for row in states(asked, prefecture)} == {"todo"}
    hand_in(asked, town)
    assert set(states(asked, prefecture)) == {
        ("issues", "地域課題", first, "submitted"),
        ("issues", "地域課題", second, "todo"),
    }
    count = round_counts([asked], prefecture)[asked.pk]
    assert (count.asked, count.done) == (2, 1)


def test_it_is_late_after_the_due_day_of_its_organisation(asked, town, prefecture, settings):
    settings.PORTAL_TODAY = "2025-10-02"
    RoundTarget.objects.filter(organisation=town.organisation).update(extended_to="2025-10-06")
    found = {row[2]: row[3] for row in states(asked, prefecture)}
    assert sorted(found.values()) == ["overdue", "todo"]
    assert found[town.organisation.name] == "todo"


def test_what_does_not_apply_counts_as_not_asked(asked, town, world, prefecture):
    target = RoundTarget.objects.get(organisation=town.organisation)
    declare_not_applicable(target=target, form=FormKind.ISSUES, reason="今はない", actor=town)
    count = round_counts([asked], prefecture)[asked.pk]
    assert (count.asked, count.done) == (1, 0)
    assert [form.state for form in own_forms(town)] == ["not_applicable"]


@pytest.mark.parametrize("name", ["vendor_a", "ministry"])
def test_vendors_and_the_ministry_are_not_told_of_it(asked, town, world, name):
    make_issue(town)
    hand_in(asked, town)
    actor = world.actors[name]
    assert states(asked, actor) == []
    count = round_counts([asked], actor)[asked.pk]
    assert (count.asked, count.done) == (0, 0)


# --- tasks and reminders ------------------------------------------------------
def test_it_is_a_task_of_the_town_and_then_of_the_prefecture(asked, town, prefecture):
    make_issue(town)
    (task,) = waiting_tasks(town)
    assert (task.label, task.url) == ("地域課題の提出", reverse("round_issues", args=[asked.pk]))
    assert count_waiting([town, prefecture]) == {town.membership.pk: 1, prefecture.membership.pk: 0}
    report = hand_in(asked, town)
    assert waiting_tasks(town) == []
    (task,) = waiting_tasks(prefecture)
    assert task.label == "1件の地域課題の確認（確定または差戻し）"
    assert task.url == f"{reverse('round_detail', args=[asked.pk])}?form=issues&state=submitted"
    assert count_waiting([town, prefecture]) == {town.membership.pk: 0, prefecture.membership.pk: 1}
    (form,) = own_forms(town)
    assert form.url == reverse("issue_report", args=[report.pk])


def test_reminders_name_it(asked, world):
    send_due_reminders(clock.today())
    assert {tuple(row.forms) for row in Reminder.objects.all()} == {("地域課題",)}


# --- pages --------------------------------------------------------------------
def test_the_completion_page_filters_by_it_and_leads_to_it(asked, town, prefecture, client_of):
    make_issue(town)
    report = hand_in(asked, town)
    place = reverse("round_detail", args=[asked.pk])
    page = client_of(prefecture).get(f"{place}?form=issues&state=submitted")
    html = page.content.decode()
    assert page.context["page"].paginator.count == 1
    assert reverse("issue_report", args=[report.pk]) in html
    target = reverse("round_target", args=[asked.pk, town.organisation.pk])
    assert reverse("issue_report", args=[report.pk]) in client_of(prefecture).get(target).content.decode()


def test_its_not_applicable_page_and_reason(asked, town, prefecture, client_of):
    place = reverse("not_applicable", args=[asked.pk, "issues"])
    page = client_of(town)
    assert "地域課題を「該当なし」として登録します" in page.get(place).content.decode()
    page.post(place, {"reason": "今は課題がないため"})
    target = reverse("round_target", args=[asked.pk, town.organisation.pk])
    assert "該当なしの理由：今は課題がないため" in client_of(prefecture).get(target).content.decode()
    page.post(reverse("not_applicable_undo", args=[asked.pk, "issues"]))
    assert [form.state for form in own_forms(town)] == ["todo"]


def test_the_page_of_targets_ticks_it(world, town, prefecture, client_of):
    round_ = create_round(setup=a_setup(world.program), actor=prefecture)
    page, place = client_of(prefecture), reverse("round_targets", args=[round_.pk])
    page.post(place, {"act": "group", "group": "partners", "forms_asked": ["issues"]})
    assert asked_counts(round_) == (0, 0, 2)
    html = page.get(place).content.decode()
    assert "地域課題2団体" in html
    key = str(town.organisation.pk)
    page.post(place, {"shown": [key], "progress": [key], "issues": []})
    assert asked_of_each(round_)[town.organisation.pk] == Asked(progress=True)
