"""What waits for an actor and how the running round stands, gathered from all apps."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from assessments.choices import ChartKind
from assessments.models import Assessment, Framework, Round, RoundTarget
from assessments.services.scores import scores_of, summarise
from assessments.services.status import PROGRESS_FORM, counts_by_state, round_status
from portal import clock
from portal.actor import Actor
from portal.charts import Figure, Series, radar_figure
from portal.choices import OrganisationKind
from portal.models import Membership
from portal.permissions import Action, allows
from portal.registry import TaskItem, task_counters, task_sources
from portal.services.memberships import active_memberships

#: Shown on the home page; the rest stands on the page of all tasks.
SHOWN = 5


def tasks_of(actor: Actor) -> list[TaskItem]:
    """Everything that waits for the actor: what was begun and left, then what is due first."""
    items = [item for source in task_sources.all() for item in source(actor)]
    return sorted(items, key=lambda item: (not item.comes_first, item.due or dt.date.max))


@dataclass(frozen=True)
class Elsewhere:
    """What waits in another membership of the same person."""

    membership: Membership
    count: int


def waiting_elsewhere(actor: Actor) -> list[Elsewhere]:
    """The person's other memberships in force, with what waits there; the same few queries for any number."""
    others = [row for row in active_memberships(actor.user) if row.pk != actor.membership.pk]
    actors = [Actor(user=actor.user, membership=row) for row in others]
    counters = [count(actors) for count in task_counters.all()] if actors else []
    return [Elsewhere(row, sum(found.get(row.pk, 0) for found in counters)) for row in others]


def home_data(actor: Actor) -> dict[str, Any]:
    """The first tasks, the running round in figures, and the newest checklist as a radar."""
    tasks = tasks_of(actor)
    first = next((task for task in tasks if not task.comes_first), None)
    today = clock.today()
    round_ = open_round(actor, today)
    due_on = _due_on(round_, actor) if round_ else None
    return {
        "first": first,
        "first_overdue": bool(first and first.due and first.due < today),
        "tasks": tasks[:SHOWN],
        "more": max(len(tasks) - SHOWN, 0),
        "count": len(tasks),
        "elsewhere": waiting_elsewhere(actor),
        "round": round_,
        "due_on": due_on,
        "days_left": (due_on - today).days if due_on else None,
        "cards": round_cards(round_, actor) if round_ else [],
        "radar": newest_radar(actor),
        "is_sample": bool(round_ and round_.program.is_sample),
    }


def open_round(actor: Actor, today: dt.date) -> Round | None:
    """The round the actor is concerned with that is open today and due first."""
    rounds = Round.objects.for_user(actor).in_force().filter(opens_on__lte=today, closes_on__gte=today)
    return rounds.select_related("program").order_by("due_on", "id").first()


def _due_on(round_: Round, actor: Actor) -> dt.date:
    """The day that counts for the actor's own organisation: a later one when it was given one."""
    targets = RoundTarget.objects.for_user(actor).select_related("round")
    target = targets.filter(round=round_, organisation=actor.organisation).first()
    return target.due_on if target else round_.due_on


@dataclass(frozen=True)
class Card:
    """One figure of the running round; a figure of none leads nowhere."""

    label: str
    value: int
    unit: str
    icon: str
    note: str
    link: str
    state: str = ""
    whole: int | None = None


def round_cards(round_: Round, actor: Actor) -> list[Card]:
    """Progress reports that are in, wait for review, are sent back or late; none for a single town."""
    rows = [row for row in round_status(round_, actor) if row.form == PROGRESS_FORM and row.is_asked]
    if len(rows) < 2:
        return []
    counts = counts_by_state(rows)
    handed_in = sum(row.is_done for row in rows)
    own_waits = any(row.state == "submitted" and row.organisation_id == actor.organisation.pk for row in rows)
    waiting = "提出済みで、まだ受理していないもの" + ("（自団体を含む）" if own_waits else "")
    asked = f"／{len(rows)}団体"
    return [
        Card("提出済み", handed_in, asked, "file", round_.title, "提出状況を見る", whole=len(rows)),
        Card("確認待ち", counts.get("submitted", 0), "件", "clock", waiting, "確認を始める", "submitted"),
        Card(
            "差戻し中",
            counts.get("returned", 0),
            "件",
            "return",
            "直しているもの",
            "差戻しの一覧を見る",
            "returned",
        ),
        Card(
            "期限超過",
            counts.get("overdue", 0),
            "件",
            "alert",
            "提出期限を過ぎて、まだ提出されていないもの",
            "未提出の団体を見る",
            "overdue",
        ),
    ]


def newest_radar(actor: Actor) -> Figure | None:
    """The newest handed-in checklist of seven: a town's own, or the mean of a prefecture's towns."""
    if not allows(actor, Action.VIEW_ASSESSMENT):
        return None
    assessments = (
        Assessment.objects.for_user(actor)
        .handed_in()
        .filter(framework__chart=ChartKind.RADAR, organisation__kind=OrganisationKind.MUNICIPALITY)
    )
    newest = (
        assessments.select_related("round", "framework")
        .order_by("-round__opens_on", "framework__position", "-updated_at")
        .first()
    )
    if newest is None:
        return None
    same = assessments.filter(round=newest.round_id, framework=newest.framework_id)
    return _radar(newest.framework, newest.round, same)


def _radar(framework: Framework, round_: Round, assessments: Any) -> Figure:
    scores = scores_of(assessments)
    means = summarise(scores.values())
    principles = list(framework.principles.order_by("position"))
    whose = f"{len(scores)}団体の平均" if len(scores) > 1 else "自団体"
    return radar_figure(
        uid="home-radar",
        title=f"{framework.name}（{whose}、{round_.title}）",
        axes=[principle.name for principle in principles],
        series=[Series(round_.title, [means[p.pk].mean if p.pk in means else None for p in principles])],
    )
