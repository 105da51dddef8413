"""Rows of the permission matrix for notices, mails and reminders."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from portal.choices import MessageState
from portal.models import Organisation, OutboxMessage
from portal.outbox import Letter, post_all

if TYPE_CHECKING:
    from tests.permissions.canaries import Canaries
    from tests.permissions.scene import Scene

# fmt: off
ROWS = """
notice_list                 GET   in in  403   ok
notice_list                 POST  in in  403   405
notice_read_all             GET   in in  403   405
notice_read_all             POST  in in  403   go
notice_detail               GET   in in  403   ok  404 404 404   404 404 404   404
notice_detail               POST  in in  403   405
mail_setting                GET   in in  403   ok
mail_setting                POST  in in  403   go
outbox_list                 GET   in in  403   403 403 ok  403   403 ok  403   ok  403 403 ok
outbox_list                 POST  in in  403   405
outbox_retry_all            GET   in in  403   405
outbox_retry_all            POST  in in  403   403 403 go  403   403 go  403   go  403 403 go
outbox_detail               GET   in in  403   404 404 ok  404   404 404 404   404 404 404 ok
outbox_detail               POST  in in  403   405
outbox_retry                GET   in in  403   405
outbox_retry                POST  in in  403   404 404 go  404   404 404 404   404 404 404 go
round_remind                GET   in in  403   403 403 ok  403   404 404 404   ok  403 404 404
round_remind                POST  in in  403   403 403 go  403   404 404 404   go  403 404 404
"""

#: What the one who signs off for town A1, and the one who only reads for prefecture A, get instead.
DUTIES = """
outbox_retry_all            POST  403       403
outbox_retry                POST  404       403
round_remind                GET   403       403
round_remind                POST  403       403
"""
# fmt: on


def _message(key: str) -> Any:
    return lambda scene: [OutboxMessage.objects.get(key=f"scene:{key}:a").pk]


ARGUMENTS: dict[str, Any] = {
    "notice_detail": _message("office"),
    "outbox_detail": _message("failed"),
    "outbox_retry": _message("failed"),
    "round_remind": lambda scene: [scene.a.round.pk],
}

POSTED: dict[str, Any] = {
    "mail_setting": lambda _: {"personal": "yes", "office": "yes"},
    "round_remind": lambda scene: {
        "organisations": [scene.a.towns[1].organisation.pk, scene.a.prefecture.organisation_id],
        "note": "",
        "press": str(uuid.UUID(int=1)),
        "act": "send",
    },
}


def messages(scene: Scene) -> None:
    """On both sides a notice to the first town's office in the prefecture's name, and a mail that failed."""
    for letter, side in (("a", scene.a), ("b", scene.b)):
        sender = Organisation.objects.get(pk=side.prefecture.organisation_id)
        town = side.towns[0].organisation
        town.notification_address = f"office-{letter}@example.jp"
        town.save()
        common = {
            "kind": "assessments.reminder",
            "organisation": town,
            "recipient": "ご担当の方",
            "address": town.notification_address,
            "sender": sender,
            "sender_name": sender.name,
            "subject": "提出のお願い",
            "body": "まだ提出されていません。",
            "concerns": side.round,
        }
        post_all(Letter(key=f"scene:{key}:{letter}", **common) for key in ("office", "failed"))
    failed = OutboxMessage.objects.filter(key__startswith="scene:failed")
    failed.update(state=MessageState.GIVEN_UP, attempts=9, error="届けられませんでした。")


def grow(scene: Scene, head: str = "grown", times: int = 20) -> None:
    """So many notices and mails for every persona, from both kinds of senders, some of them failed."""
    sender = Organisation.objects.get(pk=scene.a.prefecture.organisation_id)
    post_all(
        Letter(
            key=f"{head}:{name}:{number}",
            kind="assessments.reminder",
            organisation=actor.organisation,
            user=actor.user if number % 2 else None,
            address="grown@example.jp",
            sender=sender if number % 3 else None,
            subject="提出のお願い",
            body="本文",
            concerns=scene.a.round,
        )
        for name, actor in scene.world.actors.items()
        for number in range(times)
    )
    OutboxMessage.objects.filter(key__endswith="5").update(state=MessageState.GIVEN_UP)


def plant(found: Canaries) -> None:
    """Mark what is said between prefecture B and its town."""
    found.set(OutboxMessage.objects.filter(key="scene:office:b"), "subject", "body", "recipient")
    found.set(OutboxMessage.objects.filter(key="scene:failed:b"), "error")
