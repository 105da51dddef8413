"""PDF: what a report holds, that the same report gives the same bytes, and whose process does what."""

import concurrent.futures
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest
from django.core.checks import run_checks

from portal.jobs.errors import JobFailed
from portal.pdf import RenderFailed, check_environment, render_pdf
from portal.pdf.client import ROOT, RenderServer
from portal.pdf.errors import RenderCrashed
from portal.pdf.limits import Limits
from portal.pdf.tables import PIECE, Column, Table
from tests.pdf_checks import assert_pdf_ua, bookmarks, page_texts, squeeze, text_of
from tests.portal.pdf_fixtures import CREATED, TYPED, page, report_context, report_templates, server

__all__ = ["report_templates", "server"]
pytestmark = pytest.mark.pdf
SLOW = page("<p>" + "長い段落の文字。" * 60_000)


@pytest.fixture
def report(report_templates):
    return render_pdf("pdf_tests/report.html", report_context(), created=CREATED)


def test_report_is_tagged_for_screen_readers(report):
    assert_pdf_ua(report.content, title="見本県 中間報告書", figures=1)


def test_report_has_numbers_contents_running_heads_and_bookmarks(report):
    texts = [squeeze(text) for text in page_texts(report.content)]
    assert report.pages == len(texts) == 5
    assert "第1章最初の章" in texts[1]
    assert texts[1].index("1.1最初の節") < texts[1].index("第2章次の章") < texts[1].index("附属資料1一覧")
    assert "2/5" in texts[1]
    assert "3/5" in texts[2]
    assert "見本県中間報告書" in texts[2]
    assert "表1研修の回数" in texts[2]
    assert "資料：見本県（2025年9月16日現在）" in texts[2]
    assert "図1七ヶ条の自己点検" in texts[3]
    assert "この章の資料は、まだ登録されていません。" in texts[3]
    with pikepdf.open(io.BytesIO(report.content)) as pdf:
        titles = bookmarks(pdf)
    assert titles == ["第1章 最初の章", "1.1 最初の節", "（1） 最初の項", "第2章 次の章", "附属資料1 一覧"]


def test_contents_name_the_pages_chapters_really_start_on(report_templates):
    rows = [[f"見本{n}町", "研修", str(n)] for n in range(120)]
    columns = [Column("団体", 40), Column("内容", 40), Column("回数", 20, "number")]
    table = Table("研修の回数", columns, "見本県", "2025年9月16日現在", rows)
    long = render_pdf("pdf_tests/report.html", report_context(table=table), created=CREATED)
    texts = [squeeze(text) for text in page_texts(long.content)]
    second = next(n for n, text in enumerate(texts[2:], 3) if "この章の資料は" in text)
    assert second > 4
    assert f"第2章次の章{'.' * texts[1].split('第2章次の章')[1].index(str(second))}{second}" in texts[1]
    assert all("団体内容回数" in text for text in texts[2 : second - 1]), "The table head repeats."


def test_sample_mark_stands_on_every_page_or_on_none(report, report_templates):
    assert all("見本データ（値は架空）" in squeeze(text) for text in page_texts(report.content))
    real = render_pdf("pdf_tests/report.html", report_context(sample=False), created=CREATED)
    assert not any("見本データ" in squeeze(text) for text in page_texts(real.content))


def test_text_comes_out_as_it_was_typed(report):
    assert squeeze(TYPED) in text_of(report.content)
    assert squeeze(TYPED) in squeeze("".join(page_texts(report.content)))


def test_landscape_summary_is_one_tagged_page():
    context = {
        "title": "見本県 地域の概要",
        "publisher": "見本県",
        "sample": True,
        "facts": [("実施地域", "見本市、架空町")],
        "columns": ["課題", "実施概要", "実現する社会像"],
        "rows": [["待ち時間が長い。", "書かない窓口を試す。", "15分で終わる窓口。"]] * 4,
        "source": "見本県",
        "as_of": "2025年9月16日現在",
    }
    summary = render_pdf("pdf/landscape.html", context, created=CREATED)
    assert summary.pages == 1
    assert_pdf_ua(summary.content, title="見本県 地域の概要", figures=0)
    with pikepdf.open(io.BytesIO(summary.content)) as pdf:
        left, bottom, right, top = pdf.pages[0].MediaBox
    assert right - left > top - bottom


def test_same_report_same_bytes_also_from_another_process(report, report_templates):
    again = render_pdf("pdf_tests/report.html", report_context(), created=CREATED)
    assert again.content == report.content
    first, second = RenderServer(), RenderServer()
    try:
        html = page(f"<h1>{TYPED}</h1>")
        one = first.render(html, created=CREATED, limits=Limits())
        assert one.content == second.render(html, created=CREATED, limits=Limits()).content
        later = CREATED.replace(day=17)
        assert one.content != second.render(html, created=later, limits=Limits()).content
    finally:
        first.close()
        second.close()


def test_date_in_the_pdf_is_the_one_given(report):
    with pikepdf.open(io.BytesIO(report.content)) as pdf:
        assert str(pdf.docinfo["/CreationDate"]) == "D:20250916100000+09'00"


def test_long_table_is_drawn_in_pieces_under_one_number():
    table = Table("一覧", [Column("番号", 100)], "見本県", "現在", [[str(n)] for n in range(PIECE + 1)])
    assert [len(piece) for piece in table.pieces] == [PIECE, 1]
    assert [len(piece) for piece in Table("空", [Column("番号", 100)], "見本県", "現在").pieces] == [0]
    with pytest.raises(ValueError, match="add up"):
        Table("幅", [Column("番号", 90)], "見本県", "現在")


def test_threads_get_their_own_documents(server):
    def text(n: int) -> str:
        return text_of(server.render(page(f"<p>札{n}番"), created=CREATED, limits=Limits()).content)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert list(pool.map(text, range(12))) == [f"札{n}番" for n in range(12)]


def test_answer_does_not_wait_for_a_document_begun_later(server):
    server.render(page("準備"), created=CREATED, limits=Limits())
    pid = server.process.pid
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        short = page("<p>" + "文字。" * 10_000)
        first = pool.submit(server.render, short, created=CREATED, limits=Limits())
        wait_for(lambda: children(pid))
        second = pool.submit(server.render, SLOW, created=CREATED, limits=Limits(cpu_seconds=5))
        wait_for(lambda: len(children(pid)) == 2)
        assert first.result(timeout=20).pages > 1
        later = children(pid)
        assert cpu(later[0]) < 4, "The first was answered only when the second had ended."
        os.kill(later[0], signal.SIGKILL)
        assert second.exception(timeout=20)


def test_server_sees_no_secret_and_no_django(server, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "himitsu-no-kagi")
    fresh = RenderServer()
    try:
        fresh.render(page("本文"), created=CREATED, limits=Limits())
        environment = Path(f"/proc/{fresh.process.pid}/environ").read_text()
        assert "himitsu" not in environment
        assert "DATABASE_URL" not in environment
        assert "DJANGO" not in environment
    finally:
        fresh.close()
    code = "import sys, portal.pdf.server; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"django", "psycopg", "sqlite3", "redis"} & set(done.stdout.split())


def test_killed_child_is_told_in_words_and_the_next_document_is_made(server):
    server.render(page("準備"), created=CREATED, limits=Limits())
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(server.render, SLOW, created=CREATED, limits=Limits())
        os.kill(wait_for(lambda: children(server.process.pid))[0], signal.SIGKILL)
        with pytest.raises(JobFailed, match="途中で止まりました"):
            waiting.result(timeout=20)
    assert server.render(page("次"), created=CREATED, limits=Limits()).pages == 1


def test_killed_server_is_replaced(server):
    server.render(page("準備"), created=CREATED, limits=Limits())
    os.kill(server.process.pid, signal.SIGKILL)
    assert server.render(page("次"), created=CREATED, limits=Limits()).pages == 1
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(server.render, SLOW, created=CREATED, limits=Limits(cpu_seconds=4))
        first = server.process.pid
        child = wait_for(lambda: children(first))[0]
        wait_for(lambda: cpu(child) > 0.5)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: gone(child), seconds=1)
        with pytest.raises(RenderFailed) as failed:
            waiting.result(timeout=30)
    assert failed.value.reason == "cpu", "It was tried again on a new server."
    assert server.process.pid != first


def test_render_server_dies_with_its_owner():
    code = (
        "import django\ndjango.setup()\nfrom datetime import datetime, UTC\n"
        "from portal.pdf.client import RenderServer\nfrom portal.pdf.limits import Limits\n"
        "server = RenderServer()\n"
        f"html = {page('<p>' + '長い段落の文字。' * 100)!r}\n"
        "server.render(html, created=datetime.now(UTC), limits=Limits())\n"
        "print(server.process.pid, flush=True)\n"
        "server.render(html.replace('字', '字' * 3000), created=datetime.now(UTC), limits=Limits())\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with owner:
        pid = int(owner.stdout.readline())
        child = wait_for(lambda: children(pid))[0]
        owner.kill()
    wait_for(lambda: gone(pid) and gone(child))


def test_caller_who_stops_waiting_leaves_no_process(server):
    server.render(page("準備"), created=CREATED, limits=Limits())

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(TimeoutError):
            server.render(SLOW, created=CREATED, limits=Limits())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    wait_for(lambda: not children(server.process.pid))
    assert server.render(page("次"), created=CREATED, limits=Limits()).pages == 1


def test_template_without_a_title_is_a_fault_of_ours_not_of_the_user(server):
    with pytest.raises(RenderCrashed, match="needs <html lang> and <title>"):
        server.render("<!doctype html><p>題のない文書", created=CREATED, limits=Limits())


def test_missing_font_is_named(tmp_path):
    config = tmp_path / "fonts.conf"
    config.write_text("<?xml version='1.0'?><fontconfig></fontconfig>")
    fontless = RenderServer({"FONTCONFIG_FILE": str(config)})
    try:
        with pytest.raises(RenderFailed, match="Noto Sans CJK JP"):
            fontless.render(page("本文"), created=CREATED, limits=Limits())
    finally:
        fontless.close()
    code = "from portal.pdf import check_environment; print(check_environment())"
    environment = os.environ | {"FONTCONFIG_FILE": str(config)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert "fonts-noto-cjk" in done.stdout


def test_this_machine_can_make_pdf_well():
    from weasyprint.text.ffi import harfbuzz_subset

    assert check_environment() == []
    assert harfbuzz_subset is not None
    assert not run_checks(tags=["pdf"])


def children(pid: int) -> list[int]:
    """The processes this one has forked."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu(pid: int) -> float:
    """CPU seconds this process has used."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(word) for word in words[11:13]) / os.sysconf("SC_CLK_TCK")


def gone(pid: int) -> bool:
    """Ended, or ended and not yet collected by whoever inherited it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_for(condition, seconds: float = 15):
    """What the condition gives once it is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("It did not happen in time.")
