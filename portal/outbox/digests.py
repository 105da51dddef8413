"""One mail a day for those who want it: gathers what was held back since the last one."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.db import transaction

from portal import clock
from portal.choices import MessageState
from portal.models import OutboxMessage
from portal.outbox.kinds import register_kind
from portal.outbox.posting import Letter, post_all
from portal.services.bulk import BATCH
from portal.ui.dates import jdate

KIND = "portal.digest"
_Group = tuple[int, int | None, str]


def register() -> None:
    """Name the kind."""
    register_kind(KIND, "1日分のまとめ")


@transaction.atomic
def gather(day: dt.date) -> int:
    """Write each reader's mail of the day; how many. A second run finds the keys there and does nothing."""
    held = list(
        OutboxMessage.objects.select_for_update(of=("self",), no_key=True)
        .filter(state=MessageState.HELD)
        .select_related("organisation", "user")
        .order_by("created_at", "id")
    )
    groups: dict[_Group, list[OutboxMessage]] = defaultdict(list)
    for message in held:
        groups[(message.organisation_id, message.user_id, message.address)].append(message)
    letters = {_key(group, day): _letter(group, rows, day) for group, rows in groups.items()}
    members = {_key(group, day): rows for group, rows in groups.items()}
    written = post_all(letters.values())
    changed = []
    for digest in written:
        for message in members[digest.key]:
            message.digest, message.state = digest, MessageState.WAITING
            message.next_attempt_at = clock.real_now()
            changed.append(message)
    OutboxMessage.objects.bulk_update(changed, ["digest", "state", "next_attempt_at"], batch_size=BATCH)
    return len(written)


def _key(group: _Group, day: dt.date) -> str:
    organisation, user, _address = group
    return f"digest:{day}:{organisation}:{user or 'office'}"


def _letter(group: _Group, rows: list[OutboxMessage], day: dt.date) -> Letter:
    first = rows[0]
    lines = [
        first.recipient,
        "",
        f"{jdate(day)}の朝までのお知らせ{len(rows)}件を、1通にまとめてお送りします。",
        "",
    ]
    for number, row in enumerate(rows, start=1):
        lines += ["─" * 30, f"{number}　{row.subject}", f"差出人：{row.sender_name}", "─" * 30, row.body, ""]
    lines += [
        "1日1通にまとめる設定は、ポータルの「お知らせ」の「メールの受け取り方」で変えられます。",
        settings.PORTAL_NAME,
    ]
    return Letter(
        key=_key(group, day),
        kind=KIND,
        organisation=first.organisation,
        user=first.user,
        recipient=first.recipient,
        address=first.address,
        subject=f"お知らせ{len(rows)}件（{jdate(day)}）",
        body="\n".join(lines),
        sender_name=settings.PORTAL_NAME,
        urgent=True,
        in_portal=False,
    )
