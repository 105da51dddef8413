"""The prefecture's part of a town's form (県による支援の状況)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from assessments.models import PrefectureSupport, Round, RoundTarget
from assessments.models.progress import SECTION_LIMIT
from assessments.services.forms import SAVED_ELSEWHERE, refuse_outside_round
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import EditConflict, MoveRefused
from portal.models import Organisation
from portal.permissions import Action, check
from portal.ui import errors


@transaction.atomic
def save_prefecture_support(
    *, round_: Round, organisation: Organisation, text: str, version: int, actor: Actor
) -> PrefectureSupport:
    """Save the text about one town when nobody saved it since `version`, until the round closes."""
    key = {"round": round_, "organisation": organisation}
    check(actor, Action.EDIT_PREFECTURE_SUPPORT, PrefectureSupport(**key))
    refuse_outside_round(round_)
    if not RoundTarget.objects.filter(**key, asks_progress=True).exists():
        raise MoveRefused("この報告回では、この団体に取組状況の提出を求めていません。")
    if len(text) > SECTION_LIMIT:
        raise MoveRefused(errors.too_long("県による支援の状況", SECTION_LIMIT, len(text)))
    row, _created = PrefectureSupport.objects.get_or_create(**key, defaults={"updated_at": clock.now()})
    before = {"version": row.version, "text_length": len(row.text)}
    changed = PrefectureSupport.objects.filter(pk=row.pk, version=version).update(
        text=text, version=F("version") + 1, updated_at=clock.now()
    )
    row.refresh_from_db()
    if not changed:
        raise EditConflict(SAVED_ELSEWHERE, row)
    after = {"version": row.version, "text_length": len(row.text)}
    record(AuditCode.SUPPORT_SAVED, actor=actor, obj=row, concerns=organisation, before=before, after=after)
    return row
