"""The order of an organisation's issues: one step up or down, or all ranks at once."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from assessments.models import LocalIssue
from assessments.services.forms import digest
from assessments.services.issue_reports import begin_reports
from assessments.services.issues import lock_list
from portal import audit
from portal.actor import Actor
from portal.audit import AuditCode
from portal.errors import EditConflict
from portal.permissions import Action, check

ORDERED_ELSEWHERE = (
    "ほかの画面で、順位が先に変わりました。今の順位と見比べて、順位をもう一度入力してください。"
)


def order_seen(keys: list[int]) -> str:
    """What a page carries to tell whether the order it showed still stands."""
    return digest({"order": keys})


@transaction.atomic
def step_issue(*, issue: LocalIssue, steps: int, actor: Actor) -> int:
    """Move an issue up (−1) or down (+1) among its neighbours as they stand now; answers with its rank."""
    check(actor, Action.EDIT_LOCAL_ISSUE, issue)
    lock_list(actor.organisation)
    rows = _rows(actor)
    keys = [row.pk for row in rows]
    if issue.pk not in keys:
        return 0  # withdrawn meanwhile
    place = keys.index(issue.pk)
    wanted = min(max(place + steps, 0), len(keys) - 1)
    keys.insert(wanted, keys.pop(place))
    _write(rows, keys, actor)
    return wanted + 1


@transaction.atomic
def save_order(*, ranks: Mapping[int, int], seen: str, actor: Actor) -> bool:
    """Give the issues the ranks typed; one that moves, up or down, ends at its rank.

    EditConflict when the order is no longer what the page showed. Answers whether anything changed.
    """
    check(actor, Action.EDIT_LOCAL_ISSUE, LocalIssue(organisation=actor.organisation))
    lock_list(actor.organisation)
    rows = _rows(actor)
    if order_seen([row.pk for row in rows]) != seen or set(ranks) != {row.pk for row in rows}:
        raise EditConflict(ORDERED_ELSEWHERE, rows)

    def key(row: LocalIssue) -> tuple[int, int, int]:
        rank, place = ranks[row.pk], row.position or 0
        return rank, (rank > place) - (rank < place), place

    return _write(rows, [row.pk for row in sorted(rows, key=key)], actor)


def _rows(actor: Actor) -> list[LocalIssue]:
    rows = LocalIssue.objects.filter(organisation=actor.organisation).active()
    return list(rows.order_by("position", "pk"))


def _write(rows: list[LocalIssue], keys: list[int], actor: Actor) -> bool:
    place = {key: number for number, key in enumerate(keys, start=1)}
    moved = [row for row in rows if row.position != place[row.pk]]
    before = {str(row.pk): row.position for row in moved}
    for row in moved:
        row.position = place[row.pk]
    LocalIssue.objects.bulk_update(moved, ["position"])
    if moved:
        begin_reports(actor)
        after = {str(row.pk): row.position for row in moved}
        audit.record(
            AuditCode.ISSUES_ORDERED, actor=actor, obj=actor.organisation, before=before, after=after
        )
    return bool(moved)
