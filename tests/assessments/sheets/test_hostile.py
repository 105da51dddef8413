"""FIL-01, FIL-04 and FIL-06 for the workbook of a round: hostile files, formulas, a killed runner."""

import io
import os
import signal
import zipfile

import pytest
from django.db import connection, connections
from django.urls import reverse

from assessments.models import Assessment, LocalIssue, ProgressReport
from assessments.services.issue_scales import load_issue_scales
from assessments.services.sheets.book import LAYOUTS, START
from portal.choices import ImportState
from portal.imports.services import confirm_import
from portal.jobs import run_job
from portal.models import AuditEntry, Job
from portal.spreadsheets import SheetRefused, read_book, write_xlsx
from portal.spreadsheets.writer import Sheet
from tests.assessments.sheets.conftest import Desk, errors_of, fill, plan_of
from tests.conftest import build_world
from tests.factories_assessments import full_report, make_framework, make_round, questions_of
from tests.portal.test_spreadsheets_hostile import HOSTILE, many_rows
from tests.portal.workbooks import package, sheet_xml


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_the_sentence_of_its_rule(name):
    """The same files as for one table."""
    make, rule = HOSTILE[name]
    with pytest.raises(SheetRefused) as refused:
        read_book(make(), layouts=LAYOUTS, aside={START})
    assert refused.value.rule == rule
    assert refused.value.sentence.endswith("。")


def test_a_hostile_file_is_answered_on_the_page_and_the_runner_goes_on(desk):
    make, _rule = HOSTILE["entity_bomb"]
    run = desk.send(make().getvalue())
    assert (run.state, run.job.state) == (ImportState.REFUSED, "succeeded")
    assert "このファイルは読み取れません" in desk.look(run)
    assert plan_of(desk.send(desk.download())).ok


def test_many_sheets_and_many_rows_are_refused():
    file = io.BytesIO()
    write_xlsx(file, sheets=[Sheet(f"表{n}", ["項目"], [["あ"]]) for n in range(40)])
    with pytest.raises(SheetRefused) as refused:
        read_book(file, layouts={})
    assert refused.value.rule == "too_many_sheets"
    body = package(sheet=sheet_xml(many_rows(3_000, 2)))
    with pytest.raises(SheetRefused) as refused:
        read_book(body, layouts={})
    assert refused.value.rule in {"too_long", "broken"}


def test_the_texts_of_all_sheets_together_are_limited():
    """A string that every sheet names is counted over all of them."""
    rows = [["あ" * 30_000]] * 60
    file = io.BytesIO()
    write_xlsx(file, sheets=[Sheet(f"表{n}", ["項目"], rows) for n in range(10)])
    with pytest.raises(SheetRefused) as refused:
        read_book(file, layouts={})
    assert refused.value.rule in {"too_much_text", "ratio", "unpacked"}


def test_nothing_that_goes_out_is_a_formula(desk, round_, town):
    odd = ["=1", "==1", "+1", "-1+1", "@A1", "\t=1", "＝1", "'=1"]
    full_report(round_, town.organisation, overview="\n".join(odd), target_state="=HYPERLINK(1)")
    with zipfile.ZipFile(io.BytesIO(desk.download())) as archive:
        bodies = [archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name]
    assert all("<f>" not in body for body in bodies)
    assert all('t="inlineStr"' in body for body in bodies)
    text = desk.download(form="progress", export="csv").decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert plan_of(desk.send(desk.download())).changes == []


def test_a_cp932_file_names_what_it_cannot_hold(desk, round_, town):
    full_report(round_, town.organisation, overview="𠮷野の取組")
    answer = desk.client.get(desk.file, {"form": "progress", "export": "csv-cp932"})
    assert "𠮷" in answer.content.decode()
    assert "シフトJISにない文字があります" in answer.content.decode()
    # Agreed to: the 〓 that stand in the file are what was shown, or else they come back as a change.
    body = desk.download(form="progress", export="csv-cp932", lossy="1")
    run = desk.send(body, "様式.csv")
    assert [change.key for change in plan_of(run).changes] == ["progress.text.overview"]
    assert errors_of(run) == []


@pytest.fixture
def real_database():
    """A forked runner must see the same rows: not so with SQLite in memory."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory is not shared with another process; needs PostgreSQL.")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["assessments_answer", "assessments_localissue", "portal_importrun"])
def test_a_runner_killed_in_the_middle_leaves_nothing(real_database, client_of, table):
    """kill -9 while the second form, the issues, or the end of the import is written."""
    load_issue_scales()
    world, framework = build_world(), make_framework()
    town = world.actors["town_a1"]
    round_ = make_round(world.program, town.organisation, frameworks=(framework,))
    place = [round_.pk]
    desk = Desk(client_of(town), reverse("round_sheet", args=place), reverse("round_sheet_file", args=place))
    book = desk.book()
    fill(book, "text.overview", "ファイルの概要")
    fill(book, str(questions_of(framework)[0].pk), "4", sheet=framework.name)
    for column, value in ((4, "窓口で待つ"), (6, "窓口"), (14, "共有する")):
        book["地域課題"].cell(row=2, column=column).value = value
    run = desk.send(book)
    assert errors_of(run) == []
    job = confirm_import(run=run, seen=run.fingerprint, by=town).job
    before = AuditEntry.objects.count()

    assert killed_while_writing(job, table) == signal.SIGKILL
    assert not ProgressReport.objects.exists()
    assert not Assessment.objects.exists()
    assert not LocalIssue.objects.exists()
    assert AuditEntry.objects.count() == before
    run.refresh_from_db()
    assert run.state == ImportState.PREVIEWED


def killed_while_writing(job: Job, table: str) -> int:
    """Run the job in a process that dies by SIGKILL when it first writes into the table; its signal."""
    connections.close_all()
    child = os.fork()
    if child == 0:

        def killer(execute, sql, params, many, context):
            if sql.startswith(("INSERT", "UPDATE")) and f'"{table}"' in sql.split("SET")[0].split("(")[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(killer):
            run_job(job.pk)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) * -1
