"""How many tasks of rounds wait for each of a person's memberships, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from assessments.choices import AssessmentState, FormState
from assessments.models import Assessment, ProgressReport, Question, RoundTarget
from assessments.services.own import OwnForm
from assessments.services.questions import asked_of
from assessments.services.status import PROGRESS_FORM, shown_state
from portal import clock
from portal.actor import Actor
from portal.choices import OrganisationKind, Role
from portal.models import Organisation
from portal.permissions import Action, allows


def count_waiting(actors: Sequence[Actor]) -> Mapping[int, int]:
    """The number of items `waiting_tasks` gives for each membership, by its id."""
    own = _own([actor.organisation for actor in actors if allows(actor, Action.EDIT_PROGRESS)])
    review = _reviews(actors)
    return {
        actor.membership.pk: review[actor.membership.pk]
        + (own.get(actor.organisation.pk, 0) if allows(actor, Action.EDIT_PROGRESS) else 0)
        for actor in actors
    }


def _own(organisations: Sequence[Organisation]) -> dict[int, int]:
    """Open forms by organisation."""
    if not organisations:
        return {}
    targets = list(
        RoundTarget.objects.filter(organisation__in=organisations, round__opens_on__lte=clock.today())
        .select_related("round")
        .prefetch_related("round__frameworks")
    )
    reports = _states(ProgressReport, organisations)
    checklists = _states(Assessment, organisations, "framework_id")
    kinds = {row.pk: row.kind for row in organisations}
    asked = {kind: _frameworks(kind) for kind in (OrganisationKind.PREFECTURE, OrganisationKind.MUNICIPALITY)}
    counts: dict[int, int] = {}
    for target in targets:
        key = (target.round_id, target.organisation_id)
        states = [reports.get(key)] if target.asks_progress else []
        if target.asks_checklists:
            prefecture = kinds[target.organisation_id] == OrganisationKind.PREFECTURE
            mine = asked[OrganisationKind.PREFECTURE if prefecture else OrganisationKind.MUNICIPALITY]
            frameworks = [row for row in target.round.frameworks.all() if row.pk in mine]
            states += [checklists.get((*key, row.pk)) for row in frameworks]
        counts[target.organisation_id] = counts.get(target.organisation_id, 0) + sum(
            _is_open(target, state) for state in states
        )
    return counts


def _states(model: Any, organisations: Sequence[Organisation], *more: str) -> dict[tuple[int, ...], str]:
    rows = model.objects.filter(organisation__in=organisations)
    return {
        tuple(key): state for *key, state in rows.values_list("round_id", "organisation_id", *more, "state")
    }


def _frameworks(kind: str) -> set[int]:
    """The checklists with a question for organisations of this kind."""
    return set(Question.objects.filter(asked_of(kind)).values_list("principle__framework", flat=True))


def _is_open(target: RoundTarget, state: str | None) -> bool:
    shown = shown_state(state, target.round, clock.today())
    return OwnForm(target.round, PROGRESS_FORM, "", shown, None).is_open


def _reviews(actors: Sequence[Actor]) -> dict[int, int]:
    """Rounds with something to accept or confirm, by membership: towns for a prefecture, else prefectures."""
    counts = dict.fromkeys((actor.membership.pk for actor in actors), 0)
    kinds = (
        (Action.REVIEW_PROGRESS, ProgressReport, FormState.SUBMITTED),
        (Action.CONFIRM_ASSESSMENT, Assessment, AssessmentState.SUBMITTED),
    )
    for action, model, state in kinds:
        asked = [actor for actor in actors if allows(actor, action)]
        if not asked:
            continue
        parents = [actor.organisation.pk for actor in asked if actor.role == Role.PREFECTURE]
        mine = Q(organisation__parent__in=parents) | Q(organisation__kind=OrganisationKind.PREFECTURE)
        rows = model.objects.filter(mine, state=state).order_by()
        found = set(rows.values_list("round", "organisation__parent", "organisation__kind").distinct())
        for actor in asked:
            counts[actor.membership.pk] += len(
                {round_ for round_, parent, kind in found if _is_mine(actor, parent, kind)}
            )
    return counts


def _is_mine(actor: Actor, parent: int | None, kind: str) -> bool:
    if actor.role == Role.PREFECTURE:
        return parent == actor.organisation.pk
    return kind == OrganisationKind.PREFECTURE
