"""FIL-03 and FIL-06 for the workbook of a round: errors by cell, conflicts by choice, all or nothing."""

import pytest

from assessments.choices import FormState
from assessments.models import Assessment, RoundTarget
from assessments.services import not_applicable, progress, progress_saving
from assessments.services.issues import withdraw_issue
from assessments.services.sheets.seals import Seal, shown_mark, sign
from portal.audit import AuditCode
from portal.choices import ImportState, JobState
from portal.models import AuditEntry
from tests import factories as f
from tests.assessments.sheets.conftest import errors_of, fill, plan_of, row_of
from tests.factories_assessments import TEXT, full_report, questions_of, submitted_assessment
from tests.factories_issues import make_issue


@pytest.fixture
def report(round_, town, steps):
    return full_report(round_, town.organisation)


def save(report, town, **values):
    report.refresh_from_db()
    return progress_saving.save_progress(report=report, values=values, version=report.version, actor=town)


def test_every_error_is_named_by_sheet_cell_value_rule_and_remedy(desk, report, framework):
    first, second, third, fourth = questions_of(framework)
    book, name = desk.book(), framework.name
    cells = [
        ("取組状況", fill(book, "text.overview", "あ" * 2001), "too_long"),
        ("取組状況", fill(book, "fields.health", "△"), "mark"),
        ("取組状況", fill(book, "steps.STEP02", "済んだ"), "choice"),
        ("取組状況", fill(book, "text.activities", "=A1&B1", kind="f"), "uncalculated"),
        ("取組状況", fill(book, "text.issues", "#REF!", kind="e"), "error_value"),
        (name, fill(book, str(first.pk), "5", sheet=name), "choice"),
        (name, fill(book, str(second.pk), 2.5, sheet=name), "choice"),
        (name, fill(book, str(third.pk), "根拠だけ", sheet=name, column=6), "required"),
        (name, fill(book, str(fourth.pk), "あ" * 501, sheet=name, column=6), "too_long"),
    ]
    cells[7] = (name, cells[7][1].replace("F", "E"), "required")
    book["地域課題"].cell(row=2, column=4).value = "名前だけの課題"
    run = desk.send(book)
    assert run.state == ImportState.REFUSED
    found = errors_of(run)
    assert set(cells) <= set(found)
    assert ("地域課題", "F2", "required") in found
    page = desk.look(run)
    assert "シート「取組状況」" in page
    assert f"シート「{name}」" in page
    assert "は2,001文字あります。2,000文字以内で入力してください。" in page
    assert "の値「△」は、○かどうか分かりません。" in page
    assert "件を反映する" not in page
    report.refresh_from_db()
    assert report.overview == TEXT


def test_line_breaks_dates_and_numbers_in_texts(desk, report):
    book = desk.book()
    fill(book, "text.overview", "1行目\r\n2行目\n\n4行目")
    fill(book, "text.activities", 1250)
    run = desk.send(book)
    assert errors_of(run) == []
    desk.confirm(run)
    report.refresh_from_db()
    assert (report.overview, report.activities) == ("1行目\n2行目\n\n4行目", "1250")


def test_a_changed_id_or_mark_is_refused_with_its_cell(desk, report):
    book = desk.book()
    sheet = book["取組状況"]
    one, other = row_of(book, "取組状況", "text.overview"), row_of(book, "取組状況", "text.activities")
    sheet.cell(row=one, column=1).value = "text.issues"
    mark = str(sheet.cell(row=other, column=2).value)
    sheet.cell(row=other, column=2).value = mark.replace(".", "1.", 1)
    run = desk.send(book)
    assert errors_of(run) == [("取組状況", f"A{one}", "tampered"), ("取組状況", f"A{other}", "tampered")]
    assert "管理用の印と合いません" in desk.look(run)


def test_a_mark_made_without_the_key_of_the_portal_is_refused(desk, report, round_, town, settings):
    book, ours = desk.book(), settings.SECRET_KEY
    settings.SECRET_KEY = "another key, as somebody else would have"
    seal = Seal(round_.pk, town.organisation.pk, "progress", 0, shown_mark({"value": ""}))
    number = row_of(book, "取組状況", "text.overview")
    book["取組状況"].cell(row=number, column=2).value = sign(seal, "text.overview")
    settings.SECRET_KEY = ours
    assert errors_of(desk.send(book)) == [("取組状況", f"A{number}", "tampered")]


def test_the_file_of_another_town_or_another_round_is_refused_by_name(
    desk, world, round_, town, framework, client_of, report
):
    from django.urls import reverse

    from tests.assessments.sheets.conftest import Desk

    place = [round_.pk]
    neighbour = Desk(
        client_of(world.actors["town_a2"]),
        reverse("round_sheet", args=place),
        reverse("round_sheet_file", args=place),
    )
    run = desk.send(neighbour.download())
    assert plan_of(run).refused["rule"] == "other_organisation"
    assert "このファイルは、ほかの団体の様式です。" in desk.look(run)

    later = f.RoundFactory(program=world.program)
    f.RoundTargetFactory(round=later, organisation=town.organisation)
    other = Desk(
        desk.client,
        reverse("round_sheet", args=[later.pk]),
        reverse("round_sheet_file", args=[later.pk]),
    )
    run = desk.send(other.download())
    assert plan_of(run).refused["rule"] == "other_round"


def test_missing_columns_sheets_of_ones_own_and_doubled_rows_are_named(desk, report):
    book = desk.book()
    book["取組状況"].delete_cols(5)
    run = desk.send(book)
    assert [(sheet, rule) for sheet, _cell, rule in errors_of(run)] == [("取組状況", "missing_header")]

    book = desk.book()
    book.create_sheet("メモ")["A1"] = "電話した"
    assert errors_of(desk.send(book)) == [("メモ", "シート全体", "unknown_sheet")]

    book = desk.book()
    book.copy_worksheet(book["取組状況"]).title = "控え"
    rules = {(sheet, rule) for sheet, _cell, rule in errors_of(desk.send(book))}
    assert rules == {("控え", "double")}


def test_a_file_that_is_no_form_is_refused(desk, report):
    run = desk.send("日付,内容\n2025-09-01,あ\n".encode(), "メモ.csv")
    assert plan_of(run).refused["rule"] == "no_header"
    answer = desk.client.post(desk.page, {"file": ""})
    assert "入力内容に" in answer.content.decode()


def test_what_changed_online_and_in_the_file_needs_a_choice_for_each(desk, report, town):
    book = desk.book()
    fill(book, "text.overview", "ファイルの概要")
    fill(book, "text.activities", "ファイルの取組")
    fill(book, "text.target_state", "ファイルの姿")
    save(report, town, overview="画面の概要", activities="画面の取組", effective_support="画面の支援")
    run = desk.send(book)
    assert errors_of(run) == []
    plan = plan_of(run)
    assert [(one.key, one.conflict) for one in plan.changes] == [
        ("progress.text.overview", True),
        ("progress.text.activities", True),
        ("progress.text.target_state", False),
    ]
    assert "1項目は、ファイルでは変えられていないため" in plan.notes[0]
    page = desk.look(run)
    assert "画面にも別の内容がある項目（2件）" in page
    assert "画面の概要" in page

    # Without a choice for each nothing happens, and what was chosen stays chosen.
    from django.urls import reverse

    answer = desk.client.post(
        reverse("import_apply", args=[run.pk]),
        {"seen": run.fingerprint, "choice_progress.text.overview": "file"},
    )
    text = answer.content.decode()
    assert "1件残っています" in text
    assert text.count(" checked") == 1
    report.refresh_from_db()
    assert report.overview == "画面の概要"

    run = desk.confirm(run, **{"progress.text.overview": "file", "progress.text.activities": "now"})
    assert run.state == ImportState.APPLIED, run.job.error
    report.refresh_from_db()
    assert (report.overview, report.activities) == ("ファイルの概要", "画面の取組")
    assert (report.effective_support, report.target_state) == ("画面の支援", "ファイルの姿")


def test_what_somebody_saves_between_preview_and_confirming_stops_all_by_name(desk, report, town, framework):
    first, *_ = questions_of(framework)
    book = desk.book()
    fill(book, "text.overview", "ファイルの概要")
    fill(book, str(first.pk), "4", sheet=framework.name)
    run = desk.send(book)
    save(report, town, overview="あとから直した概要")
    run = desk.confirm(run)
    assert (run.state, run.job.state) == (ImportState.PREVIEWED, JobState.FAILED)
    assert "「取組状況」の取組の概要と分野：取組の概要" in run.job.error
    report.refresh_from_db()
    assert report.overview == "あとから直した概要"
    assert not Assessment.objects.exists()
    assert not AuditEntry.objects.filter(code=AuditCode.IMPORT_APPLIED).exists()


def test_a_refusal_at_the_last_form_takes_everything_back(desk, report, town, framework, round_):
    first, *_ = questions_of(framework)
    book = desk.book()
    fill(book, "text.overview", "ファイルの概要")
    fill(book, str(first.pk), "4", sheet=framework.name)
    run = desk.send(book)
    submitted_assessment(round_, framework, town)
    run = desk.confirm(run)
    assert run.job.state == JobState.FAILED
    report.refresh_from_db()
    assert report.overview == TEXT


def test_what_cannot_be_written_now_is_an_error_in_the_preview(
    desk, report, town, prefecture, framework, round_
):
    first, *_ = questions_of(framework)
    book = desk.book()
    fill(book, "text.overview", "新しい概要")
    fill(book, "text.activities", "新しい取組")
    fill(book, str(first.pk), "4", sheet=framework.name)

    progress.submit_progress(report=report, actor=town)
    not_applicable.declare_not_applicable(
        target=RoundTarget.objects.get(round=round_, organisation=town.organisation),
        form=framework,
        reason="対象でない",
        actor=town,
    )
    run = desk.send(book)
    assert {(sheet, rule) for sheet, _cell, rule in errors_of(run)} == {
        ("取組状況", "closed"),
        (framework.name, "closed"),
    }
    page = desk.look(run)
    assert "取組状況は「提出済み」のため、変更できません。" in page
    assert "「該当なし」として登録されています" in page

    report.refresh_from_db()
    progress.return_progress(report=report, reason="直してください", sections=["overview"], actor=prefecture)
    del book[framework.name]
    run = desk.send(book)
    assert [rule for *_place, rule in errors_of(run)] == ["closed"]
    assert "「これまでの取組」は、差し戻されていないため、変更できません。" in desk.look(run)

    book = desk.book()
    fill(book, "text.overview", "直した概要")
    run = desk.confirm(desk.send(book))
    assert run.state == ImportState.APPLIED
    report.refresh_from_db()
    assert (report.overview, report.state) == ("直した概要", FormState.RETURNED)


def test_after_the_round_is_closed_nothing_is_taken(desk, report, settings):
    book = desk.book()
    fill(book, "text.overview", "遅れた概要")
    settings.PORTAL_TODAY = "2025-10-11"
    run = desk.send(book)
    assert [rule for *_place, rule in errors_of(run)] == ["closed"]
    assert "受付は、2025年10月10日（金）に終わりました。" in desk.look(run)


def test_an_issue_that_was_withdrawn_meanwhile_and_one_that_is_there_already(desk, town, report):
    one = make_issue(town, "消える課題")
    make_issue(town, "残る課題")
    book = desk.book()
    fill(book, str(one.pk), "消える課題の新しい名前", sheet="地域課題", column=4)
    sheet = book["地域課題"]
    for column, value in ((4, "残る課題"), (6, "窓口"), (14, "共有する")):
        sheet.cell(row=4, column=column).value = value
    withdraw_issue(issue=one, actor=town)
    run = desk.send(book)
    assert errors_of(run) == [("地域課題", "D2", "gone"), ("地域課題", "D4", "known")]
    assert "取り下げられています" in desk.look(run)


def test_what_is_applied_is_recorded_form_by_form(desk, report, framework):
    first, *_ = questions_of(framework)
    book = desk.book()
    fill(book, "text.overview", "ファイルの概要")
    fill(book, str(first.pk), "4", sheet=framework.name)
    desk.confirm(desk.send(book))
    codes = list(AuditEntry.objects.order_by("pk").values_list("code", flat=True))
    assert codes.count(AuditCode.FORM_SAVED) == 2
    assert codes.index(AuditCode.IMPORT_CONFIRMED) < codes.index(AuditCode.FORM_SAVED)
    assert AuditCode.IMPORT_APPLIED in codes
    assert AuditEntry.objects.filter(code=AuditCode.EXPORTED).count() == 1
