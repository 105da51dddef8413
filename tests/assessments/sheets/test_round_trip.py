"""FIL-05 for the workbook of a round: what goes out comes back the same, and what is filled in arrives."""

import io
import random

import pytest

from assessments.choices import FormState, IssueField
from assessments.models import Answer, Assessment, LocalIssue, ProgressReport
from assessments.services.sheets.base import Entry
from assessments.services.sheets.book import forms_of, header_of, table_rows, write_workbook
from assessments.services.sheets.source import SheetSource
from portal.choices import ImportState
from portal.spreadsheets import write_csv
from tests import factories as f
from tests.assessments.sheets.conftest import errors_of, fill, plan_of, row_of
from tests.factories_assessments import answer_all, full_report, questions_of
from tests.factories_issues import make_issue

ODD = "  =1+1\n+2\r\n髙﨑町①\u200b「㈱」～ _x0041_ 'x  \n\n-5  "


@pytest.fixture
def filled(round_, town, framework, steps):
    """A town with odd texts in every form."""
    report = full_report(
        round_,
        town.organisation,
        overview=ODD,
        activities="あ" * 2000,
        issues="",
        skipped={"issues": "=該当しない"},
        fields=["disaster", "other"],
    )
    row = f.AssessmentFactory(round=round_, framework=framework, organisation=town.organisation)
    answer_all(row, level=3, evidence=ODD)
    Answer.objects.filter(assessment=row, question=questions_of(framework)[0]).update(
        status="na", level=None, evidence=""
    )
    make_issue(town, "避難所の受付", description=ODD, controllable=True, start_now=False, shared=True)
    make_issue(town, "=窓口", benefit=None, difficulty=None, urgency=None)
    return report


def test_the_file_comes_back_without_a_change(desk, filled):
    run = desk.send(desk.download())
    assert errors_of(run) == []
    assert run.state == ImportState.PREVIEWED
    plan = plan_of(run)
    assert (plan.changes, plan.notes) == ([], [])
    assert plan.unchanged > 20
    assert "変更される項目はありません" in desk.look(run)


def test_saved_by_a_spreadsheet_program_it_still_has_no_change(desk, filled):
    run = desk.send(desk.book())
    assert (plan_of(run).changes, errors_of(run)) == ([], [])


@pytest.mark.parametrize("export", ["csv", "csv-cp932"])
@pytest.mark.parametrize("form", ["progress", "checklist", "issues"])
def test_each_form_as_csv_comes_back_without_a_change(desk, filled, framework, form, export):
    code = f"checklist{framework.pk}" if form == "checklist" else form
    ProgressReport.objects.update(overview="髙﨑町①㈱～")
    Answer.objects.exclude(evidence="").update(evidence="=1+1\n髙﨑")
    LocalIssue.objects.update(description="-5\n①")
    run = desk.send(desk.download(form=code, export=export), "様式.csv")
    assert (plan_of(run).changes, errors_of(run)) == ([], [])
    assert plan_of(run).unchanged > 1


def test_what_a_town_fills_in_arrives_in_every_form(desk, round_, town, framework):
    first, second, *_ = questions_of(framework)
    book = desk.book()
    fill(book, "text.overview", "=1+1 は式ではなく文です。\n２行目")
    fill(book, "fields.counter", "〇")
    fill(book, "steps.STEP01", "実施中")
    fill(book, "skip.issues", "まだ始めていない")
    fill(book, str(first.pk), "３", sheet=framework.name)
    fill(book, str(first.pk), "計画書", sheet=framework.name, column=6)
    fill(book, str(second.pk), "分からない", sheet=framework.name)
    issues = book["地域課題"]
    for column, value in enumerate(["窓口で待つ", "月末に混む", "窓口", 4, None, "3"], 4):
        issues.cell(row=2, column=column).value = value
    issues.cell(row=2, column=14).value = "共有しない"
    run = desk.send(book)
    assert errors_of(run) == []
    assert not ProgressReport.objects.exists()
    page = desk.look(run)
    assert "=1+1 は式ではなく文です。<br>２行目" in page
    assert "7件を反映する" in page

    run = desk.confirm(run)
    assert run.state == ImportState.APPLIED, run.job.error
    report = ProgressReport.objects.get(round=round_, organisation=town.organisation)
    assert report.overview == "=1+1 は式ではなく文です。\n２行目"
    assert (report.fields, report.steps) == (["counter"], {"STEP01": "doing"})
    assert report.skipped == {"issues": "まだ始めていない"}
    assert (report.state, list(report.writers.all())) == (FormState.DRAFT, [town.user])
    answers = Assessment.objects.get().answers.order_by("question")
    assert [(a.status, a.level, a.evidence) for a in answers] == [
        ("scored", 3, "計画書"),
        ("unknown", None, ""),
    ]
    issue = LocalIssue.objects.get()
    assert (issue.title, issue.field, issue.benefit, issue.urgency) == ("窓口で待つ", "counter", 4, 3)
    assert (issue.position, issue.state, issue.shared) == (1, "todo", False)
    assert "反映しました" in desk.look(run)
    # The same file again finds everything as it says.
    assert plan_of(desk.send(book)).changes == []


def test_reordered_rows_and_a_renamed_sheet_are_read_all_the_same(desk, filled):
    book = desk.book()
    fill(book, "text.target_state", "窓口を1つにする")
    sheet = book["取組状況"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for number, row in enumerate(reversed(rows), 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(row=number, column=column)
            cell.value, cell.data_type = value, "s" if isinstance(value, str) else "n"
    sheet.title = "Sheet1"
    run = desk.send(book)
    assert errors_of(run) == []
    assert [(change.key, change.sheet) for change in plan_of(run).changes] == [
        ("progress.text.target_state", "取組状況")
    ]


def test_a_sheet_that_is_left_out_stays_as_it_is_and_is_named(desk, filled, framework):
    book = desk.book()
    del book["地域課題"]
    fill(book, "text.overview", "新しい概要")
    run = desk.send(book)
    assert plan_of(run).notes == ["「地域課題」は、ファイルにありません。今の内容のまま変わりません。"]
    assert "「地域課題」は、ファイルにありません" in desk.look(run)


def test_the_workbook_has_lists_locks_and_hidden_marks(desk, filled, framework):
    book = desk.book()
    assert book.sheetnames == ["はじめに", "取組状況", framework.name, "地域課題", "選択肢"]
    assert book["選択肢"].sheet_state == "hidden"
    sheet = book["取組状況"]
    assert [cell.value for cell in sheet[1]] == [
        "項目ID", "管理用の印", "項目", "記入すること", "記入欄", "入力のしかた", "前回の内容",
    ]  # fmt: skip
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert [sheet.column_dimensions[name].hidden for name in "ABC"] == [True, True, False]
    number = row_of(book, "取組状況", "text.overview")
    assert [cell.protection.locked for cell in sheet[number]] == [True] * 4 + [False] + [True] * 2
    assert sheet.cell(row=number, column=5).alignment.wrap_text
    assert sheet.freeze_panes == "A2"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
    ranges = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    first, last = row_of(book, "取組状況", "fields.disaster"), row_of(book, "取組状況", "fields.other")
    assert f"E{first}:E{last}" in ranges
    shown = [[cell.value for cell in column if cell.value] for column in book["選択肢"].columns]
    assert ["未着手", "実施中", "完了", "行わない"] in shown
    levels = book[framework.name].data_validations.dataValidation[0]
    column = levels.formula1.split("$")[1]
    shown = [cell.value for cell in book["選択肢"][column] if cell.value]
    assert shown[0] == "0　未着手"
    assert shown[-2:] == ["該当しない", "分からない"]
    # Blank rows of the issues can be filled in.
    assert not book["地域課題"].cell(row=10, column=4).protection.locked


ALPHABET = "あ髙﨑①㈱～𠮷が\u304b\u3099=+-@＝'\"\t\n\r ,;_x000D_&<>]]>\u200b\ufeff\u3000…0１△○×😀"


@pytest.mark.parametrize("seed", range(25))
def test_whatever_stands_in_a_form_comes_back_as_it_was(round_, town, framework, steps, seed):
    """Any text in any row of any form, as workbook and as CSV: no difference, no error."""
    chance = random.Random(seed)

    def text(limit: int) -> str:
        return "".join(chance.choice(ALPHABET) for _ in range(chance.randrange(limit)))

    full_report(
        round_,
        town.organisation,
        **{name: text(300) for name in ("overview", "activities", "effective_support", "target_state")},
        skipped={"issues": text(50) or "理由"},
        fields=chance.sample(IssueField.values, chance.randrange(10)),
        steps={"STEP01": chance.choice(["todo", "doing", "done"])},
    )
    row = f.AssessmentFactory(round=round_, framework=framework, organisation=town.organisation)
    answer_all(row, level=chance.randrange(5), evidence=text(200))
    make_issue(town, f"課題{text(30)}", description=text(200), department=text(20))
    entry = Entry(round_.targets.get(organisation=town.organisation), town)
    file = io.BytesIO()
    write_workbook(file, entry)
    file.seek(0)
    files = [file]
    for form in forms_of(entry):
        files.append(io.BytesIO())
        write_csv(files[-1], header=header_of(form), rows=table_rows(form, 0))
        files[-1].seek(0)
    for one in files:
        source = SheetSource(entry)
        book = source.read(one, name="様式")
        assert source.load(book) == {}
        assert [error.sentence for error in book.errors] == []
        assert source.unchanged > 0
