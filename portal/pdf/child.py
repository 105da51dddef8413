"""One document, one process: limits first, then WeasyPrint, then `os._exit`."""

import contextlib
import ctypes
import errno
import gc
import json
import logging
import os
import resource
import signal
import traceback
from datetime import datetime
from typing import Any

from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from portal.pdf.document import Blocked, TooManyPages, make_pdf

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
MAX_WARNINGS = 20
REASONS: dict[type[BaseException], str] = {
    FatalURLFetchingError: "blocked",
    Blocked: "blocked",
    TooManyPages: "pages",
    MemoryError: "memory",
    SystemError: "memory",  # what a C library answers when it gets no memory
    RecursionError: "recursion",
}


class Collected(logging.Handler):
    """Keep WeasyPrint's first complaints, so that the portal's log can show them."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.lines) < MAX_WARNINGS:
            self.lines.append(record.getMessage()[:200])


def run(source: int, target: int, report: int, *, server: int, fonts: FontConfiguration) -> None:
    """Render the request in `source` into `target`, say how it went to `report`, and leave the process."""
    try:
        gc.disable()
        close_all_but({source, target, report})
        request = json.loads(read_all(source))
        confine(request["limits"])
        if os.getppid() == server:  # else it died before we asked to die with it
            os.write(report, json.dumps(render(request, target, fonts)).encode() + b"\n")
    finally:
        os._exit(0)


def close_all_but(kept: set[int]) -> None:
    """Let go of other callers' pipes: they would wait for us too."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in kept:
            with contextlib.suppress(OSError):
                os.close(int(name))


def confine(limits: dict[str, Any]) -> None:
    """Lower what this process may take; nothing here can be raised again."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(int(limits["niceness"]))
    cpu = int(limits["cpu_seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
    for which, name in (
        (resource.RLIMIT_AS, "memory_bytes"),
        (resource.RLIMIT_FSIZE, "file_bytes"),
        (resource.RLIMIT_NOFILE, "open_files"),
        (resource.RLIMIT_CORE, None),
    ):
        value = int(limits[name]) if name else 0
        resource.setrlimit(which, (value, value))


def render(request: dict[str, Any], target: int, fonts: FontConfiguration) -> dict[str, Any]:
    """The answer for the caller: pages when it went well, else one word for the reason."""
    collected = Collected()
    logging.getLogger("weasyprint").addHandler(collected)
    try:
        content, pages = make_pdf(
            request["html"],
            created=datetime.fromisoformat(request["created"]),
            pages=int(request["limits"]["pages"]),
            fonts=fonts,
        )
        write_all(target, content)
    except (Exception, FatalURLFetchingError) as error:  # noqa: BLE001  our owner must hear why
        return {"reason": reason(error)} if reason(error) else {"crash": traceback.format_exc()[-4000:]}
    return {"pages": pages, "warnings": collected.lines}


def reason(error: BaseException) -> str | None:
    """The word for an expected end; None for one nobody foresaw."""
    if isinstance(error, OSError):
        return "size" if error.errno in {errno.EFBIG, errno.ENOSPC} else None
    return next((word for kind, word in REASONS.items() if isinstance(error, kind)), None)


def read_all(source: int) -> bytes:
    with os.fdopen(source, "rb", closefd=False) as file:
        file.seek(0)
        return file.read()


def write_all(target: int, content: bytes) -> None:
    with os.fdopen(target, "wb", closefd=False) as file:
        file.write(content)
