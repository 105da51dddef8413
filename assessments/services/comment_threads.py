"""Comments as their readers see them: threads of a form, counts by section, and what waits for an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from assessments.choices import CommentVisibility
from assessments.models import FormComment, ProgressReport, Round
from assessments.services.sections import label_of
from portal.actor import Actor
from portal.choices import OrganisationKind, Role
from portal.permissions import Action, allows
from portal.registry import TaskItem

WHOLE = "取組状況の全体"


@dataclass
class Thread:
    """A comment with the answers to it."""

    comment: FormComment
    #: What it is about, in words.
    label: str
    replies: list[FormComment] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether it still asks for something."""
        return self.comment.is_open

    @property
    def is_internal(self) -> bool:
        """Whether only the organisation that wrote it reads it."""
        return self.comment.visibility == CommentVisibility.INTERNAL


def threads(*, report: ProgressReport, actor: Actor) -> list[Thread]:
    """What the actor may read of the talk about a form, the oldest first; one query."""
    if not report.pk:
        return []
    rows = _readable(actor).filter(report=report)
    found: dict[int, Thread] = {}
    for row in rows:
        if row.parent_id is None:
            found[row.pk] = Thread(row, label_of(report, row.code) if row.code else WHOLE)
        elif row.parent_id in found:
            found[row.parent_id].replies.append(row)
    return list(found.values())


def round_threads(*, round_: Round, actor: Actor) -> list[Thread]:
    """The same of all forms of a round, form by form; one query."""
    rows = _readable(actor).filter(report__round=round_)
    rows = rows.select_related("report__organisation", "by", "organisation", "membership", "resolved_by")
    found: dict[int, Thread] = {}
    for row in rows.order_by("report__organisation__parent_id", "report__organisation", "at", "id"):
        if row.parent_id is None:
            found[row.pk] = Thread(row, label_of(row.report, row.code) if row.code else WHOLE)
        elif row.parent_id in found:
            found[row.parent_id].replies.append(row)
    return list(found.values())


def _readable(actor: Actor) -> QuerySet[FormComment]:
    rows = FormComment.objects.for_user(actor)
    return rows.select_related("by", "organisation", "membership", "resolved_by").order_by("at", "id")


def open_counts(*, report: ProgressReport, actor: Actor) -> Counter[str]:
    """Section → how many comments the actor reads there that are not resolved; one query."""
    if not report.pk:
        return Counter()
    rows = FormComment.objects.for_user(actor).unresolved().filter(report=report)
    return Counter(rows.order_by().values_list("code", flat=True))


# --- what waits for an answer ----------------------------------------------------
def comment_tasks(actor: Actor) -> Iterable[TaskItem]:
    """One item per form on which others wrote something that nobody of one's own has answered."""
    if not allows(actor, Action.COMMENT_ON_FORM):
        return
    counted: Counter[tuple[int, str, str]] = Counter()
    for row in _waiting([actor]):
        if _concerns(actor, row):
            counted[(row["report"], row["report__organisation__name"], row["report__round__title"])] += 1
    for (report, name, title), number in sorted(counted.items()):
        yield TaskItem(
            label=f"{name}の取組状況へのコメント（{number}件）",
            note=title,
            url=f"{reverse('progress_detail', args=[report])}#comments",
            state="unresolved",
            state_label="未解決",
        )


def count_comment_tasks(actors: Sequence[Actor]) -> Mapping[int, int]:
    """How many of these items wait for each membership, by its id; one query."""
    asked = [actor for actor in actors if allows(actor, Action.COMMENT_ON_FORM)]
    rows = list(_waiting(asked)) if asked else []
    return {
        actor.membership.pk: len({row["report"] for row in rows if _concerns(actor, row)}) for actor in asked
    }


def _waiting(actors: Sequence[Actor]) -> Iterable[Any]:
    """Shared threads on the forms that concern any of them, with who spoke last."""
    offices = [actor.organisation.pk for actor in actors]
    concerned = Q(report__organisation__in=offices) | Q(report__organisation__parent__in=offices)
    if any(actor.role == Role.SECRETARIAT for actor in actors):
        concerned |= Q(report__organisation__kind=OrganisationKind.PREFECTURE)
    said = FormComment.objects.filter(
        Q(pk=OuterRef("pk")) | Q(parent=OuterRef("pk")), withdrawn_at__isnull=True
    )
    rows = FormComment.objects.unresolved().filter(concerned, visibility=CommentVisibility.SHARED)
    return (
        rows.order_by()
        .annotate(last=Subquery(said.order_by("-at", "-id").values("organisation")[:1]))
        .values(
            "report",
            "report__organisation",
            "report__organisation__name",
            "report__organisation__parent",
            "report__organisation__kind",
            "report__round__title",
            "last",
        )
    )


def _concerns(actor: Actor, row: Mapping) -> bool:
    """Whether an answer is the actor's: of the form's own office, and of who reviews it."""
    office = actor.organisation.pk
    if row["last"] == office:
        return False
    if row["report__organisation"] == office:
        return True
    if actor.role == Role.PREFECTURE:
        return bool(row["report__organisation__parent"] == office)
    of_prefecture = row["report__organisation__kind"] == OrganisationKind.PREFECTURE
    return actor.role == Role.SECRETARIAT and of_prefecture
