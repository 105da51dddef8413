"""Files on a progress report: hung on and taken off while the form is open, frozen by each submission."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from assessments.choices import OPEN_STATES
from assessments.models import ProgressAttachment, ProgressReport, ProgressSubmission, RoundTarget
from assessments.services.forms import refuse_outside_round, start_progress
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, outgoing, record
from portal.errors import MoveRefused
from portal.files import MAX_FILES, Accepted, accept_from, keep
from portal.models import StoredFile
from portal.permissions import Action, check


def current_attachments(report: ProgressReport) -> list[ProgressAttachment]:
    """What hangs on the form now, the oldest first."""
    return list(report.attachments.current().select_related("stored_file", "uploaded_by"))


def attachments_of(submission: ProgressSubmission) -> list[ProgressAttachment]:
    """What hung on the form when it was handed in, also what its author took off afterwards."""
    return list(submission.attachments.select_related("stored_file", "uploaded_by"))


def described(attachments: Iterable[ProgressAttachment]) -> list[dict[str, Any]]:
    """Names and fingerprints for the snapshot: proves later which bytes were handed in."""
    files = [one.stored_file for one in attachments]
    return [{"name": file.name, "sha256": file.sha256, "size": file.size} for file in files]


def attach_file(
    *, target: RoundTarget, upload: UploadedFile | BinaryIO, name: str, actor: Actor
) -> ProgressAttachment:
    """Hang a file on the organisation's form, which is started when there is none yet.

    Raises FileRefused for the file, MoveRefused for the form; a refused file goes to the audit trail.
    """
    check(actor, Action.EDIT_PROGRESS, ProgressReport(round=target.round, organisation=target.organisation))
    return _attach(target, accept_from(upload, name=name, actor=actor, obj=target), actor)


@transaction.atomic
def _attach(target: RoundTarget, accepted: Accepted, actor: Actor) -> ProgressAttachment:
    report = _locked(start_progress(target=target, actor=actor))
    _refuse_closed(report)
    if report.attachments.current().count() >= MAX_FILES:
        raise MoveRefused(
            f"添付できるファイルは、{MAX_FILES}件までです。不要なファイルの添付を取り消してください。"
        )
    stored = keep(accepted, organisation=report.organisation, by=actor)
    return ProgressAttachment.objects.create(
        report=report, stored_file=stored, uploaded_by=actor.user, uploaded_at=clock.now()
    )


@transaction.atomic
def remove_attachment(*, attachment: ProgressAttachment, actor: Actor) -> None:
    """Take a file off the open form; what a submission names stays for those who read that submission."""
    report = _locked(attachment.report)
    check(actor, Action.EDIT_PROGRESS, report)
    _refuse_closed(report)
    if not report.attachments.current().filter(pk=attachment.pk).update(removed_at=clock.now()):
        return
    stored = attachment.stored_file
    record(
        AuditCode.FILE_REMOVED, actor=actor, obj=stored, before={"name": stored.name, "sha256": stored.sha256}
    )


def may_remove(attachment: ProgressAttachment, actor: Actor) -> None:
    """Raise unless the actor may take this file off its form now."""
    check(actor, Action.EDIT_PROGRESS, attachment.report)
    if attachment.removed_at:
        raise MoveRefused("このファイルの添付は、すでに取り消されています。")
    _refuse_closed(attachment.report)


def downloaded(*, attachment: ProgressAttachment, actor: Actor) -> StoredFile:
    """The file for somebody who was let through both gates; that it was taken is recorded."""
    check(actor, Action.VIEW_PROGRESS, attachment)
    stored = attachment.stored_file
    outgoing.downloaded(stored, actor=actor, concerns=attachment.report.organisation)
    return stored


def _locked(report: ProgressReport) -> ProgressReport:
    return (
        ProgressReport.objects.select_for_update(of=("self",), no_key=True)
        .select_related("round__program", "organisation__parent")
        .get(pk=report.pk)
    )


def _refuse_closed(report: ProgressReport) -> None:
    if report.state not in OPEN_STATES:
        raise MoveRefused(
            f"この取組状況は「{report.get_state_display()}」のため、添付を変更できません。"
            "画面を開き直して、今の状態を確かめてください。"
        )
    refuse_outside_round(report.round, handed_in_before=report.submissions.exists())
