"""Rows of the matrix for attachments of progress reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.models import ProgressAttachment, ProgressReport
from portal import clock
from portal.actor import Actor
from portal.files import store

if TYPE_CHECKING:
    from tests.permissions.scene import Scene

# fmt: off
ROWS = """
#                                 out    none  A: t1  t2  pf  ve   B: t  pf  ve   sec min exp adm
progress_attach             GET   in in  403   go  go  go  404   404 404 404   404
progress_attach             POST  in in  403   go  go  go  404   404 404 404   404
progress_attachment         GET   in in  403   ok  404 ok  ok    404 404 404   ok  ok  404 404
progress_attachment         POST  in in  403   405
progress_attachment/draft   GET   in in  403   404 ok  404 404   404 404 404   404
progress_attachment_remove  GET   in in  403   go  404 403 403   404 404 404   403 403 404 404
progress_attachment_remove  POST  in in  403   go  404 403 403   404 404 404   403 403 404 404
progress_attachment_remove/draft GET in in 403 404 ok  404 404   404 404 404   404
progress_attachment_remove/draft POST in in 403 404 go 404 404   404 404 404   404
"""

DUTIES = """
#                                 approver  reader
progress_attach             GET   403       403
progress_attach             POST  403       403
progress_attachment_remove  GET   403       403
progress_attachment_remove  POST  403       403
"""
# fmt: on


def hang(report: ProgressReport, officer: Actor, *, handed_in: bool) -> ProgressAttachment:
    """A file on a report; with its last submission, or on the draft only."""
    stored = store(
        "資料の本文".encode(),
        name="資料.txt",
        content_type="text/plain",
        organisation=report.organisation,
        by=officer.user,
    )
    attachment = ProgressAttachment.objects.create(
        report=report, stored_file=stored, uploaded_by=officer.user, uploaded_at=clock.now()
    )
    if handed_in:
        attachment.submissions.set(report.submissions.all())
    return attachment


def hang_files(scene: Scene) -> None:
    """A file on what each side handed in, and on A's draft."""
    actors = scene.world.actors
    hang(scene.a.submitted, actors["town_a1"], handed_in=True)
    hang(scene.b.submitted, actors["town_b"], handed_in=True)
    hang(scene.a.draft, actors["town_a2"], handed_in=False)


def _file_of(report: ProgressReport) -> list[Any]:
    return [report.attachments.get().stored_file_id]


Make = Callable[["Scene"], Any]
ARGUMENTS: dict[str, Make] = {
    "progress_attach": lambda scene: [scene.a.round.pk],
    "progress_attachment": lambda scene: _file_of(scene.a.submitted),
    "progress_attachment/draft": lambda scene: _file_of(scene.a.draft),
    "progress_attachment_remove": lambda scene: _file_of(scene.a.submitted),
    "progress_attachment_remove/draft": lambda scene: _file_of(scene.a.draft),
}
POSTED: dict[str, Make] = {
    "progress_attach": lambda _: {"file": SimpleUploadedFile("資料2.txt", "もう1つの資料".encode())},
}
