"""Rows of a workbook, parsed by a child process under limits: a hostile file cannot harm the worker."""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from portal.spreadsheets.guards import SAVE_AGAIN, SPLIT, check_directory
from portal.spreadsheets.problems import SheetRefused

CHILD = Path(__file__).with_name("xlsx_child.py")
MEMORY_BYTES = 400 * 1024 * 1024
CPU_SECONDS = 8
WALL_SECONDS = 30

REFUSALS = {
    "dtd": ("ファイルに使えない定義（DTD）が含まれています。", SAVE_AGAIN),
    "broken": ("ファイルの中身が壊れていて、読み取れません。", SAVE_AGAIN),
    "no_sheet": ("読み取れるシートがありません。", "表のあるシートを表示してから保存し直してください。"),
    "too_many_sheets": ("シートが多すぎます。", "様式にないシートを削除してください。"),
    "too_wide": ("列が多すぎます（{cell}に値があります）。", "表の右側の余分な列を削除してください。"),
    "too_long": ("行が多すぎます（{cell}に値があります）。", SPLIT),
    "too_much_text": ("文字が多すぎます（{cell}まで読み取りました）。", SPLIT),
    "memory": ("ファイルが大きすぎて読み取れません。", SPLIT),
    "time": ("読み取りに時間がかかりすぎます。", SPLIT),
}


def refusal(rule: str, cell: str = "") -> SheetRefused:
    """The refusal with its sentence."""
    sentence, remedy = REFUSALS[rule]
    return SheetRefused(rule, sentence.format(cell=cell or "表の外"), remedy)


def read_lines(
    file: BinaryIO, *, sheet: str | None, max_rows: int, max_columns: int
) -> Generator[Any, None, None]:
    """The child's lines (see `xlsx_child`), once the zip directory is found harmless; raises SheetRefused.

    `sheet` is the one to read; None reads every visible one.
    """
    check_directory(file)
    limits = {
        "sheet": sheet,
        "rows": max_rows,
        "columns": max_columns,
        "memory": MEMORY_BYTES,
        "seconds": CPU_SECONDS,
    }
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        file.seek(0)
        copy.flush()
        copy.seek(0)
        # -I -S and an empty environment: no site packages, no secret of ours in the child.
        command = [sys.executable, "-I", "-S", str(CHILD), json.dumps(limits)]
        with subprocess.Popen(
            command, stdin=copy, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
        ) as process:
            timer = threading.Timer(WALL_SECONDS, process.kill)
            timer.start()
            try:
                yield from _lines(process)
            finally:
                timer.cancel()
                process.kill()


def _lines(process: subprocess.Popen[bytes]) -> Iterator[Any]:
    """Lines until the child says it has read all; anything else is a refusal."""
    assert process.stdout is not None  # noqa: S101 - asked for above
    for raw in process.stdout:
        line = json.loads(raw) if raw.endswith(b"\n") else {}
        if isinstance(line, dict) and "refuse" in line:
            raise refusal(line["refuse"], line["cell"])
        if isinstance(line, dict) and "end" in line:
            return
        yield line
    code = process.wait()
    raise refusal("time" if code < 0 else "memory")
