"""Keeping what is typed until it is saved, and offering it to the person who typed it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import PortalError
from portal.models import DraftBuffer, Handover
from portal.registry import TaskItem

#: Somebody who typed within this time is shown to the others on the same form.
PRESENCE = dt.timedelta(minutes=10)
#: More than any form of the portal holds; what is larger did not come from one of its pages.
MOST_CHARACTERS = 200_000


def keep(*, actor: Actor, form: str, title: str, url: str, payload: Mapping[str, str]) -> DraftBuffer:
    """Keep what this person has typed into this form so far; the text before it is replaced."""
    content = {name: text.replace("\r\n", "\n") for name, text in payload.items()}
    size = len(json.dumps(content, ensure_ascii=False))
    if size > MOST_CHARACTERS:
        raise PortalError(
            f"入力内容が{size:,}文字あり、下書きとして残せません。{MOST_CHARACTERS:,}文字以内にしてください。"
        )
    row, _created = DraftBuffer.objects.update_or_create(
        user=actor.user,
        organisation=actor.organisation,
        form=form,
        defaults={"title": title, "url": url, "payload": content, "updated_at": clock.now()},
    )
    return row


def find(*, actor: Actor, form: str) -> DraftBuffer | None:
    """What this person typed into this form and did not save."""
    return DraftBuffer.objects.for_user(actor).filter(form=form).first()


def forms_of(*, actor: Actor, prefix: str) -> list[str]:
    """The forms with this beginning into which this person has typed something and not saved it."""
    rows = DraftBuffer.objects.for_user(actor).filter(form__startswith=prefix)
    return list(rows.values_list("form", flat=True))


def discard(*, actor: Actor, form: str) -> None:
    """Forget what this person typed into this form: it is saved, or not wanted."""
    DraftBuffer.objects.for_user(actor).filter(form=form).delete()


def typing_now(*, actor: Actor, form: str) -> list[DraftBuffer]:
    """The colleagues of the same organisation who are typing into this form, the latest first."""
    rows = DraftBuffer.objects.filter(organisation=actor.organisation, form=form)
    rows = rows.typed_since(clock.now() - PRESENCE).exclude(user=actor.user)
    # Only who and when: the text is their own.
    return list(rows.select_related("user").defer("payload"))


def waiting_tasks(actor: Actor) -> Iterable[TaskItem]:
    """One line for the home page while something typed is not saved."""
    count = DraftBuffer.objects.for_user(actor).count()
    if count:
        yield TaskItem(
            label=f"保存していない入力が{count}件あります",
            note="入力の続きに戻すか、破棄してください",
            url=reverse("draft_list"),
            state="draft",
            state_label="作成中",
            comes_first=True,
        )


def count_drafts(handovers: Sequence[Handover]) -> int:
    """How many unsaved texts would go on to the successors (one query)."""
    return len(_of_leaving(handovers))


def hand_over_drafts(handovers: Sequence[Handover]) -> int:
    """Give each office's unsaved texts to its successor (three queries).

    Where the successor typed into the same form, their own text stays and the other is let go: nobody
    can be offered two texts for one form.
    """
    successors = {
        (one.person_id, one.organisation_id): one.successor.user_id for one in handovers if one.successor
    }
    moving = [row for row in _of_leaving(handovers) if (row.user_id, row.organisation_id) in successors]
    typed = set(
        DraftBuffer.objects.filter(
            user__in=successors.values(), organisation__in=[one.organisation_id for one in handovers]
        ).values_list("user", "organisation", "form")
    )
    going = []
    for row in moving:
        successor = successors[row.user_id, row.organisation_id]
        if (successor, row.organisation_id, row.form) not in typed:
            row.user_id = successor
            going.append(row)
    return DraftBuffer.objects.bulk_update(going, ["user"], batch_size=500)


def _of_leaving(handovers: Sequence[Handover]) -> list[DraftBuffer]:
    leaving = {(one.person_id, one.organisation_id) for one in handovers}
    rows = DraftBuffer.objects.filter(
        user__in={person for person, _organisation in leaving},
        organisation__in={organisation for _person, organisation in leaving},
    )
    return [row for row in rows if (row.user_id, row.organisation_id) in leaving]


@transaction.atomic
def purge_drafts() -> int:
    """Remove what nobody came back to for DRAFT_DAYS days; return how many."""
    limit = clock.now() - dt.timedelta(days=settings.DRAFT_DAYS)
    removed, _by_model = DraftBuffer.objects.filter(updated_at__lt=limit).delete()
    if removed:
        record(AuditCode.DRAFTS_PURGED, details={"count": removed})
    return removed
