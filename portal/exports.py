"""Lists as files: the same address with ?export=xlsx, csv or csv-cp932, the same rows as on the page."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any, BinaryIO, cast

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from portal import clock
from portal.audit.outgoing import exported
from portal.models import Organisation
from portal.spreadsheets import Sheet, write_csv, write_xlsx

PARAMETER = "export"
#: Set when the reader agreed that some characters are written as 〓.
LOSSY = "lossy"
CP932 = "csv-cp932"
LABELS = {
    "xlsx": "Excel形式で保存する",
    "csv": "CSV形式で保存する",
    CP932: "CSV形式（シフトJIS）で保存する",
}
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    CP932: "text/csv; charset=Shift_JIS",
}
#: Larger files wait on the disk, not in memory.
IN_MEMORY = 2 * 1024 * 1024
BAD_IN_NAMES = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+')


@dataclass(frozen=True)
class Download:
    """What a list page offers as a file; `concerns`: whose things stand in it, when one organisation's."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    concerns: Organisation | None = None


class _Counted:
    """Rows, and how many of them have been read."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self.rows, self.read = rows, 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self.rows:
            self.read += 1
            yield row


def wanted(request: HttpRequest) -> str:
    """The format asked for; empty when the page itself is wanted."""
    asked = request.GET.get(PARAMETER, "")
    return asked if asked in LABELS else ""


def links(request: HttpRequest) -> list[dict[str, str]]:
    """The export links of a page; they keep its filter and its order."""
    return [{"label": label, "url": link(request, code)} for code, label in LABELS.items()]


def link(request: HttpRequest, code: str, *, lossy: bool = False) -> str:
    """The address of this list in a format."""
    query = request.GET.copy()
    for name in ("page", LOSSY):
        query.pop(name, None)
    query[PARAMETER] = code
    if lossy:
        query[LOSSY] = "1"
    return f"{request.path}?{query.urlencode()}"


def file_name(title: str, code: str) -> str:
    """A name every file system takes: title, day, ending."""
    kept = BAD_IN_NAMES.sub("_", title).strip(" ._")[:80] or "一覧"
    return f"{kept}_{clock.today():%Y%m%d}.{'xlsx' if code == 'xlsx' else 'csv'}"


def respond(request: HttpRequest, download: Download) -> HttpResponseBase:
    """The file in the format asked for; a page first when CP932 has not all of its characters."""
    code = wanted(request)
    counted = _Counted(download.rows)
    file, missing = write(replace(download, rows=counted), code)
    if missing and LOSSY not in request.GET:
        file.close()
        return _ask_first(request, download.title, missing)
    return _hand_over(request, download, code, file, counted.read)


def export_response(
    request: HttpRequest, rows: Iterable[Sequence[Any]], columns: Sequence[str], fmt: str, filename: str
) -> HttpResponseBase:
    """Rows as a file without a page before it; what CP932 does not have is written as 〓."""
    counted = _Counted(rows)
    download = Download(filename, columns, counted)
    file, _ = write(download, fmt)
    return _hand_over(request, download, fmt, file, counted.read)


def _hand_over(
    request: HttpRequest, download: Download, code: str, file: BinaryIO, rows: int
) -> FileResponse:
    """The download; that it left the portal is recorded with the number of its rows."""
    name = file_name(download.title, code)
    exported(request, title=download.title, kind=code, name=name, rows=rows, concerns=download.concerns)
    return as_response(file, name, TYPES[code])


def write(download: Download, code: str) -> tuple[BinaryIO, list[str]]:
    """The file, standing at its start, and the characters that could not be written."""
    # Closed by the response when it has been sent.
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115
    missing: list[str] = []
    if code == "xlsx":
        write_xlsx(file, sheets=[Sheet(download.title, download.header, download.rows)])
    else:
        encoding = "cp932" if code == CP932 else "utf-8-sig"
        missing = write_csv(file, header=download.header, rows=download.rows, encoding=encoding)
    file.seek(0)
    return file, missing


def as_response(file: IO[bytes], name: str, content_type: str) -> FileResponse:
    """A download; the name may be Japanese."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _ask_first(request: HttpRequest, title: str, missing: Sequence[str]) -> HttpResponse:
    context = {
        "page_title": "シフトJISにない文字があります",
        "title": title,
        "missing": missing[:100],
        "more": max(0, len(missing) - 100),
        "utf8_url": link(request, "csv"),
        "xlsx_url": link(request, "xlsx"),
        "lossy_url": link(request, CP932, lossy=True),
    }
    return render(request, "exports/cp932.html", context)


class ExportableListMixin:
    """For a ListView: `get_download(rows)` gives title, header and rows of all pages; the rest is here."""

    def get_download(self, rows: Any) -> Download:
        """What the list offers as a file; `rows` is the filtered, ordered queryset."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The file when one is asked for, else the page."""
        if wanted(request):
            return respond(request, self.get_download(self.get_queryset()))  # type: ignore[attr-defined]
        return super().get(request, *args, **kwargs)  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The export links for `layouts/list.html`."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"export_links": links(self.request)}  # type: ignore[attr-defined]
