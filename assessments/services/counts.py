"""How many forms rounds ask for and how many are handed in, for many rounds at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from assessments.choices import FormKind
from assessments.models import (
    Assessment,
    IssueReport,
    NotApplicable,
    ProgressReport,
    Round,
    RoundTarget,
)
from portal.actor import Actor
from portal.choices import OrganisationKind
from portal.models import Organisation
from portal.permissions import Action, allows


@dataclass(frozen=True)
class RoundCount:
    """Forms asked for and forms handed in."""

    asked: int
    done: int


def round_counts(
    rounds: Iterable[Round], actor: Actor, *, prefecture: Organisation | None = None
) -> dict[int, RoundCount]:
    """Round id → counts over what concerns the actor, of one prefecture and its towns when given."""
    ids = [round_.pk for round_ in rounds]
    where = Q(round__in=ids)
    if prefecture:
        where &= Q(organisation=prefecture) | Q(organisation__parent=prefecture)
    targets = RoundTarget.objects.for_user(actor).filter(where)
    seen = _seen(actor)
    asked = _asked(ids, targets, seen)
    done = Counter(_done(ProgressReport.objects.for_user(actor).filter(where).handed_in()))
    if FormKind.CHECKLIST in seen:
        done += Counter(_done(Assessment.objects.for_user(actor).filter(where).handed_in()))
    if FormKind.ISSUES in seen:
        done += Counter(_done(IssueReport.objects.for_user(actor).filter(where).handed_in()))
    absent = _not_applicable(targets, seen)
    return {pk: RoundCount(asked.get(pk, 0) - absent.get(pk, 0), done.get(pk, 0)) for pk in ids}


def _seen(actor: Actor) -> set[FormKind]:
    """The kinds of forms whose states the actor may know."""
    asked = {FormKind.CHECKLIST: Action.VIEW_ASSESSMENT, FormKind.ISSUES: Action.VIEW_ISSUE_REPORT}
    return {FormKind.PROGRESS} | {kind for kind, action in asked.items() if allows(actor, action)}


def _not_applicable(targets: QuerySet, seen: set[FormKind]) -> dict[int, int]:
    """Forms declared 該当なし: they count as not asked for."""
    rows = NotApplicable.objects.filter(
        undone_at__isnull=True, form__in=seen, target__in=targets.order_by().values("pk")
    )
    counted = rows.order_by().values("target__round").annotate(number=Count("pk"))
    return {row["target__round"]: row["number"] for row in counted}


def _done(rows: QuerySet) -> dict[int, int]:
    counted = rows.order_by().values("round_id").annotate(number=Count("pk", distinct=True))
    return {row["round_id"]: row["number"] for row in counted}


def _asked(ids: list[int], targets: QuerySet, seen: set[FormKind]) -> dict[int, int]:
    checklists = _checklists_asked(ids) if FormKind.CHECKLIST in seen else {}
    rows = (
        targets.order_by()
        .values("round_id", "organisation__kind")
        .annotate(
            progress=Count("pk", filter=Q(asks_progress=True), distinct=True),
            checklists=Count("pk", filter=Q(asks_checklists=True), distinct=True),
            issues=Count("pk", filter=Q(asks_issues=True), distinct=True),
        )
    )
    found: dict[int, int] = {}
    for row in rows:
        of_prefecture = row["organisation__kind"] == OrganisationKind.PREFECTURE
        each = checklists.get(row["round_id"], {}).get(of_prefecture, 0)
        forms = row["progress"] + row["checklists"] * each
        forms += row["issues"] if FormKind.ISSUES in seen else 0
        found[row["round_id"]] = found.get(row["round_id"], 0) + forms
    return found


def _checklists_asked(ids: list[int]) -> dict[int, dict[bool, int]]:
    """Round id → number of checklists that ask a prefecture (True) or a town (False) anything."""
    of_town = Q(frameworks__principles__questions__for_municipalities=True)
    of_prefecture = Q(frameworks__principles__questions__for_prefectures=True)
    rows = (
        Round.objects.filter(pk__in=ids)
        .order_by()
        .values("pk")
        .annotate(
            towns=Count("frameworks", filter=of_town, distinct=True),
            prefectures=Count("frameworks", filter=of_prefecture, distinct=True),
        )
    )
    return {row["pk"]: {False: row["towns"], True: row["prefectures"]} for row in rows}
