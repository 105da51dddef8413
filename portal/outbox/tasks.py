"""What waits for those in whose name mails go out."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from portal.actor import Actor
from portal.choices import MessageState
from portal.models import OutboxMessage
from portal.permissions import Action, allows
from portal.registry import TaskItem


def mails_in_trouble(actor: Actor) -> Iterable[TaskItem]:
    """Mails that were given up: somebody has to look at the address."""
    if not (allows(actor, Action.VIEW_OUTBOX) and allows(actor, Action.RETRY_MAIL)):
        return
    count = OutboxMessage.objects.answered_for(actor).filter(state=MessageState.GIVEN_UP).count()
    if count:
        yield TaskItem(
            label=f"届けられなかったメール{count}件の確認",
            note="宛先を確かめて、もう一度送ってください。",
            url=f"{reverse('outbox_list')}?state={MessageState.GIVEN_UP}",
            state="failed",
            state_label="送信できず",
        )
