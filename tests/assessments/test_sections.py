"""The sections of a progress report: what is chosen, 該当なし, six states, copies of the round before."""

import pytest
from django.urls import reverse

from assessments.choices import FormState, StepState
from assessments.models import ProgressReport, ProgressSubmission, SupportStep
from assessments.models.sections import OF_PREFECTURE, OF_TOWN
from assessments.services.issue_scales import load_issue_scales
from assessments.services.progress import return_progress, submit_progress, unchanged_sections
from assessments.services.progress_saving import carry_over, save_progress
from assessments.services.section_tasks import section_tasks
from assessments.services.sections import lacks, words_of
from portal.errors import MoveRefused
from portal.permissions import PermissionRefused
from portal.services import drafts
from tests import factories as f
from tests.assessments.pages import hidden, section_data
from tests.conftest import actor_for
from tests.factories_assessments import TEXT, full_report, full_values, make_round, submitted_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def steps():
    """STEP01 to STEP04 as the portal ships them."""
    load_issue_scales()
    return list(SupportStep.objects.all())


@pytest.fixture
def earlier(world, town):
    """A round before, in which the town and the prefecture were asked too."""
    round_ = make_round(
        world.program,
        town.organisation,
        world.actors["prefecture_a"].organisation,
        title="前の回",
        opens_on="2025-06-01",
        due_on="2025-06-30",
        closes_on="2025-12-31",
    )
    round_.refresh_from_db()
    return round_


@pytest.fixture
def browser(client_of, town):
    """The town's browser."""
    return client_of(town)


def url_of(round_, section):
    return reverse("progress_section", args=[round_.pk, section])


def states(report, unsaved=()):
    return [task.state for task in section_tasks(report=report, unsaved=unsaved)]


def blank(round_, actor):
    return f.ProgressReportFactory(round=round_, organisation=actor.organisation)


class TestSteps:
    """STEP01–04 and the target state."""

    def test_each_step_has_its_state_in_the_words_of_the_submission(self, steps, round_, town):
        told = {"STEP01": "done", "STEP02": "doing", "STEP03": "todo", "STEP04": "not_planned"}
        report = submitted_report(round_, town, steps=told, target_state="1つの窓口で終えられる。")
        kept = report.submissions.get().content
        assert kept["sections"]["steps"] == (
            "STEP01 課題の整理：完了\nSTEP02 推進体制構築：実施中\nSTEP03 解決策の実装：未着手\n"
            "STEP04 改善：行わない\n目指す姿：1つの窓口で終えられる。"
        )
        assert kept["values"]["steps"] == told

    def test_a_step_without_a_state_keeps_the_form_from_being_handed_in(self, steps, round_, town):
        report = full_report(round_, town.organisation, steps={"STEP01": "done"})
        assert lacks(report) == {"steps": "STEP02の状態を選んでください。"}
        with pytest.raises(MoveRefused, match="STEP02の状態を選んでください。"):
            submit_progress(report=report, actor=town)

    def test_a_required_step_cannot_be_left_out(self, steps, browser, round_):
        url = url_of(round_, "steps")
        page = browser.get(url)
        offered = page.content.decode()
        assert offered.count("行わない") == 2
        data = section_data(OF_TOWN[-1]) | {"step_STEP01": StepState.NOT_PLANNED, "act": "next"}
        refused = browser.post(url, data | hidden(page)).content.decode()
        assert "STEP01 課題の整理の状態を選んでください。" in refused
        assert "steps の文" not in refused
        assert "stepsの文" in refused

    def test_what_is_chosen_comes_back(self, steps, browser, round_):
        url = url_of(round_, "steps")
        browser.post(url, section_data(OF_TOWN[-1]) | {"act": "draft"} | hidden(browser.get(url)))
        report = ProgressReport.objects.get()
        assert report.steps == dict.fromkeys([step.code for step in steps], "doing")
        assert browser.get(url).content.decode().count("checked") == 4


class TestFields:
    """取組の分野, several at once."""

    def test_they_are_saved_and_shown(self, browser, round_, town):
        url = url_of(round_, "overview")
        data = section_data(OF_TOWN[0]) | {"act": "draft"}
        browser.post(url, data | hidden(browser.get(url)))
        report = ProgressReport.objects.get()
        assert report.fields == ["disaster", "counter"]
        assert words_of(report)["overview"] == "分野：防災、窓口\noverviewの文"

    def test_none_is_too_few_to_go_on(self, browser, round_):
        url = url_of(round_, "overview")
        page = browser.post(url, {"overview": "文", "act": "next"} | hidden(browser.get(url)))
        assert "取組の分野を選んでください。" in page.content.decode()

    def test_a_conflict_shows_them_in_words_and_keeps_the_choice(self, browser, client_of, round_, town):
        full_report(round_, town.organisation)
        colleague = client_of(actor_for(town.organisation))
        url = url_of(round_, "overview")
        mine, theirs = hidden(browser.get(url)), hidden(colleague.get(url))
        colleague.post(url, {"overview": TEXT, "fields": ["tourism"], "act": "draft", **theirs})
        answer = browser.post(
            url, {"overview": TEXT, "fields": ["disaster", "industry"], "act": "draft", **mine}
        )
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "防災、産業" in page
        assert "観光" in page
        assert [clash.key for clash in answer.context["clashes"]] == ["fields"]
        again = {"overview": TEXT, "fields": ["disaster", "industry"], "act": "draft", **hidden(answer)}
        browser.post(url, again | {"use_fields": "saved"})
        assert ProgressReport.objects.get().fields == ["tourism"]
        browser.post(url, again | {"use_fields": "mine"} | hidden(browser.get(url)))
        assert ProgressReport.objects.get().fields == ["disaster", "industry"]

    def test_unsaved_choices_are_offered_again(self, browser, round_):
        url = url_of(round_, "overview")
        data = {
            "overview": "まだ保存していない文",
            "fields": ["disaster", "farming"],
            **hidden(browser.get(url)),
        }
        assert browser.post(url, data, headers={"X-Autosave": "1"}).status_code == 200
        page = browser.get(url).content.decode()
        assert "まだ保存していない文" in page
        assert page.count("checked") == 2


class TestSkipping:
    """該当なし of one section, with its reason."""

    def test_it_counts_as_done_and_says_why(self, round_, town):
        report = full_report(round_, town.organisation, issues="")
        save_progress(
            report=report, values={}, skipped={"issues": "今年度は調べていない"}, version=1, actor=town
        )
        report.refresh_from_db()
        assert states(report)[2] == "該当なし"
        submit_progress(report=report, actor=town)
        kept = report.submissions.get().content["sections"]["issues"]
        assert kept == "該当なし（理由：今年度は調べていない）"

    def test_the_text_stays_and_comes_back(self, browser, round_, town):
        full_report(round_, town.organisation)
        url = url_of(round_, "issues")
        skip = {"issues": TEXT, "skip": "on", "skip_reason": "対象外のため", "act": "draft"}
        browser.post(url, skip | hidden(browser.get(url)))
        report = ProgressReport.objects.get()
        assert (report.skipped, report.issues) == ({"issues": "対象外のため"}, TEXT)
        browser.post(url, {"issues": TEXT, "act": "draft"} | hidden(browser.get(url)))
        assert ProgressReport.objects.get().skipped == {}

    def test_it_needs_a_reason(self, browser, round_):
        url = url_of(round_, "issues")
        page = browser.post(url, {"skip": "on", "act": "draft"} | hidden(browser.get(url))).content.decode()
        assert page.count("該当しない理由を入力してください。") == 2
        assert not ProgressReport.objects.exists()

    def test_some_sections_always_apply(self, browser, round_, town):
        assert "この項目が該当しないとき" not in browser.get(url_of(round_, "activities")).content.decode()
        report = blank(round_, town)
        with pytest.raises(MoveRefused, match="「これまでの取組」は、該当なしにできません。"):
            save_progress(report=report, values={}, skipped={"activities": "x"}, version=1, actor=town)


class TestStates:
    """The six states of the task list."""

    def test_from_nothing_to_filled_in(self, round_, town):
        report = blank(round_, town)
        assert states(report) == ["未着手"] * 5
        report.overview = "文だけ"
        assert states(report)[0] == "入力中"
        report.fields = ["disaster"]
        assert states(report)[0] == "入力済み"
        assert states(report, unsaved={"overview"})[0] == "入力中"

    def test_what_this_person_typed_and_did_not_save_is_under_way(self, browser, client_of, round_, town):
        full_report(round_, town.organisation)
        url = reverse("progress_edit", args=[round_.pk])
        before = browser.get(url).content.decode().count("入力中")
        drafts.keep(
            actor=town,
            form=f"progress:{round_.pk}:{town.organisation.pk}:issues",
            title="見えてきた課題",
            url="/",
            payload={"issues": "途中"},
        )
        assert browser.get(url).content.decode().count("入力中") == before + 1
        other = client_of(actor_for(town.organisation))
        assert other.get(url).content.decode().count("入力中") == before

    def test_returned_and_mended(self, round_, town, prefecture):
        report = submitted_report(round_, town)
        return_progress(report=report, reason="詳しく", sections=["issues", "steps"], actor=prefecture)
        report.refresh_from_db()
        assert states(report) == ["入力済み", "入力済み", "差戻し", "入力済み", "差戻し"]
        save_progress(report=report, values={"issues": "直した"}, version=report.version, actor=town)
        report.refresh_from_db()
        assert states(report)[2] == "直し済み"


class TestCopies:
    """The round before: beside the field, copied, marked, counted."""

    def test_only_empty_sections_are_copied_and_marked(self, earlier, round_, town):
        submitted_report(earlier, town)
        report = f.ProgressReportFactory(round=round_, organisation=town.organisation, issues="もう書いた")
        labels = carry_over(report=report, sections=[one.code for one in OF_TOWN], actor=town)
        report.refresh_from_db()
        assert "見えてきた課題" not in labels
        assert (report.overview, report.issues) == (TEXT, "もう書いた")
        assert report.carried == dict.fromkeys(
            ["overview", "activities", "effective_support", "steps"], False
        )
        assert states(report) == ["入力中", "入力中", "入力済み", "入力中", "入力中"]

    def test_a_copy_is_not_handed_in_before_somebody_looked(self, earlier, round_, town):
        submitted_report(earlier, town)
        report = blank(round_, town)
        carry_over(report=report, sections=[one.code for one in OF_TOWN], actor=town)
        with pytest.raises(MoveRefused, match="「これまでの取組」は、前回の内容をコピーしたままです。"):
            submit_progress(report=report, actor=town)
        report.refresh_from_db()
        save_progress(report=report, values={"activities": "今回の取組"}, version=report.version, actor=town)
        report.refresh_from_db()
        assert "activities" not in report.carried
        for code in ("overview", "issues", "effective_support", "steps"):
            report.refresh_from_db()
            values = {
                name: getattr(report, name) for one in OF_TOWN if one.code == code for name in one.fields
            }
            save_progress(report=report, values=values, confirmed=[code], version=report.version, actor=town)
        report.refresh_from_db()
        assert states(report) == ["入力済み"] * 5
        submission = submit_progress(report=report, actor=town)
        assert submission.content["unchanged"] == ["overview", "issues", "effective_support", "steps"]

    def test_the_reviewer_reads_how_much_is_unchanged(self, earlier, round_, town, prefecture, client_of):
        submitted_report(earlier, town)
        report = submitted_report(round_, town, issues="今回だけの課題")
        assert unchanged_sections(report) == ["overview", "activities", "effective_support", "steps"]
        page = client_of(prefecture).get(reverse("progress_detail", args=[report.pk])).content.decode()
        assert "5項目のうち4項目が、前回と同じ内容です。" in page
        assert page.count("前回と同じ内容</span>") == 4

    def test_from_the_pages_without_script(self, earlier, browser, round_, town):
        submitted_report(earlier, town, activities="前回の取組の文")
        url = url_of(round_, "activities")
        page = browser.get(url)
        assert "前回の内容をコピーする" in page.content.decode()
        copied = browser.post(url, {"activities": "", "act": "carry"} | hidden(page), follow=True)
        text = copied.content.decode()
        assert "前回の内容のままです" in text
        assert "前回の内容のままで、変わりがないことを確認した" in text
        going_on = {"activities": "前回の取組の文", "act": "next", "confirm": "on"} | hidden(copied)
        assert browser.post(url, going_on).status_code == 302
        assert ProgressReport.objects.get(round=round_).carried == {"activities": True}

    def test_what_is_typed_is_never_replaced(self, earlier, browser, round_, town):
        submitted_report(earlier, town)
        url = url_of(round_, "activities")
        data = {"activities": "書きかけ", "act": "carry"} | hidden(browser.get(url))
        page = browser.post(url, data).content.decode()
        assert "入力中の内容があるため、コピーしませんでした。" in page
        assert "書きかけ" in page

    def test_all_at_once_from_the_task_list(self, earlier, browser, round_, town):
        submitted_report(earlier, town)
        edit, carry = (reverse(name, args=[round_.pk]) for name in ("progress_edit", "progress_carry"))
        assert carry in browser.get(edit).content.decode()
        page = browser.post(carry, follow=True).content.decode()
        assert "前回の内容をコピーしました。" in page
        assert carry not in page.replace("前回の内容をコピーしました。", "")
        assert browser.get(carry).url == edit

    def test_without_a_round_before_there_is_nothing_to_copy(self, browser, round_, town):
        carry = reverse("progress_carry", args=[round_.pk])
        assert carry not in browser.get(reverse("progress_edit", args=[round_.pk])).content.decode()
        assert "コピーできる項目がありません。" in browser.post(carry, follow=True).content.decode()

    @pytest.mark.parametrize("name", ["prefecture_a", "approver_a1", "reader_a", "vendor_a"])
    def test_only_those_who_write_copy(self, earlier, round_, town, world, name):
        submitted_report(earlier, town)
        with pytest.raises(PermissionRefused):
            carry_over(report=blank(round_, town), sections=["issues"], actor=world.actors[name])


class TestPrefecture:
    """The prefecture's own form: 課題, 取組, 今後の予定・展望."""

    def test_the_whole_way(self, client_of, prefecture, round_):
        office = client_of(prefecture)
        url = url_of(round_, "issues")
        for section in OF_PREFECTURE:
            assert url == url_of(round_, section.code)
            page = office.get(url)
            assert f"<h1>{section.label}" in page.content.decode().replace("\n", "")
            url = office.post(url, section_data(section) | {"act": "next"} | hidden(page)).url
        done = office.post(url, follow=True).content.decode()
        assert "R7-P-0001" in done
        report = ProgressReport.objects.get()
        assert report.state == FormState.SUBMITTED
        assert report.submissions.get().content["sections"].keys() == {"issues", "activities", "outlook"}

    def test_sections_of_a_town_are_not_there(self, client_of, prefecture, round_):
        office = client_of(prefecture)
        assert office.get(url_of(round_, "overview")).status_code == 404
        report = full_report(round_, prefecture.organisation)
        with pytest.raises(MoveRefused, match="この団体の取組状況にない項目です"):
            save_progress(report=report, values={"overview": "x"}, version=1, actor=prefecture)

    def test_the_secretariat_returns_a_section_of_it(self, client_of, prefecture, round_, world):
        report = full_report(round_, prefecture.organisation)
        submit_progress(report=report, actor=prefecture)
        office = client_of(world.actors["secretariat"])
        page = office.get(reverse("progress_return", args=[report.pk])).content.decode()
        assert "今後の予定・展望" in page
        assert "取組の概要" not in page
        assert full_values(prefecture.organisation).keys() == {"issues", "activities", "outlook"}


def test_what_a_form_used_to_have_is_still_read_where_it_was_handed_in(round_, prefecture, world, client_of):
    """Forms of a year ago keep their sections: on the page, beside a later version, on paper."""
    report = submitted_report(round_, prefecture)
    ProgressSubmission.objects.create(
        report=report,
        number=2,
        receipt="R7-P-0002",
        content={"sections": {"issues": TEXT, "overview": "前の様式の概要", "effective_support": ""}},
        by=prefecture.user,
        at=report.updated_at,
    )
    office = client_of(world.actors["secretariat"])
    page = office.get(reverse("progress_detail", args=[report.pk])).content.decode()
    assert "取組の概要と分野" in page
    assert "前の様式の概要" in page
    assert "有効と思われる支援" not in page
    assert "section=issues" in page
    assert "section=overview" not in page
    for name in ("progress_changes", "progress_print"):
        assert "前の様式の概要" in office.get(reverse(name, args=[report.pk])).content.decode()


def test_known_facts_are_shown_and_not_asked(browser, client_of, round_, town, world):
    plan = f.SupportPlanFactory(
        partnership=town.organisation.partnerships.get(region__program=world.program),
        field="防災DX",
        issues="職員が足りない",
        support="推進計画の助言",
        onsite_days=3,
        online_days=1,
    )
    page = browser.get(reverse("progress_edit", args=[round_.pk])).content.decode()
    for text in (plan.field, plan.issues, plan.support, "週3日常駐・週1日オンライン"):
        assert text in page
    assert plan.issues in browser.get(url_of(round_, "issues")).content.decode()
    other = client_of(world.actors["town_a2"]).get(reverse("progress_edit", args=[round_.pk]))
    assert plan.issues not in other.content.decode()
