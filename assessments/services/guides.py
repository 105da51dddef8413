"""Files that help to fill a round's forms in: 記入要領 and 記入例."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from assessments.models import Round, RoundGuide
from assessments.services.setup import lock_round, refuse_withdrawn
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, outgoing, record
from portal.errors import MoveRefused
from portal.files import Accepted, accept_from, keep
from portal.models import StoredFile
from portal.permissions import Action, check

SUFFIXES = (".pdf", ".xlsx", ".docx")
KINDS_LABEL = "PDF、Excel（xlsx）、Word（docx）"
MEGABYTES = 10
MAX_GUIDES = 10


def attach_guide(*, round_: Round, kind: str, upload: UploadedFile, actor: Actor) -> RoundGuide:
    """Hang a file on the round; also after it has opened: one more file harms nobody.

    Raises FileRefused for the file, MoveRefused for the round.
    """
    check(actor, Action.MANAGE_ROUND, round_)
    return _attach(round_, kind, accept_from(upload, actor=actor, obj=round_), actor)


@transaction.atomic
def _attach(round_: Round, kind: str, accepted: Accepted, actor: Actor) -> RoundGuide:
    fresh = lock_round(round_)
    check(actor, Action.MANAGE_ROUND, fresh)
    refuse_withdrawn(fresh)
    if fresh.guides.filter(removed_at__isnull=True).count() >= MAX_GUIDES:
        raise MoveRefused(
            f"登録できるファイルは、{MAX_GUIDES}件までです。不要なファイルを取り外してください。"
        )
    stored = keep(accepted, organisation=fresh.organisation, by=actor)
    guide = RoundGuide.objects.create(round=fresh, kind=kind, stored_file=stored, attached_at=clock.now())
    told = {"kind": kind, "name": stored.name, "size": stored.size, "sha256": stored.sha256}
    record(AuditCode.GUIDE_ATTACHED, actor=actor, obj=fresh, after=told)
    return guide


@transaction.atomic
def remove_guide(*, guide: RoundGuide, actor: Actor) -> None:
    """Take a file off before the round opens; afterwards somebody may be working by it."""
    fresh = lock_round(guide.round)
    check(actor, Action.MANAGE_ROUND, fresh)
    refuse_withdrawn(fresh)
    if fresh.has_begun(clock.today()):
        raise MoveRefused(
            "受付が始まったあとは、記入要領と記入例を取り外せません。"
            "市町村が見ながら入力しているためです。直したものを、加えてください。"
        )
    if RoundGuide.objects.filter(pk=guide.pk, removed_at__isnull=True).update(removed_at=clock.now()):
        told = {"kind": guide.kind, "name": guide.stored_file.name}
        record(AuditCode.GUIDE_REMOVED, actor=actor, obj=fresh, before=told)


def downloaded(*, guide: RoundGuide, actor: Actor) -> StoredFile:
    """The file for somebody whom the round concerns; that it was taken is recorded."""
    check(actor, Action.VIEW_ROUNDS, guide)
    stored = guide.stored_file
    outgoing.downloaded(stored, actor=actor, obj=guide)
    return stored
