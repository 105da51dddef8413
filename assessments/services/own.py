"""The forms one organisation has before it, and what waits for a reviewer, in a few queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from assessments.choices import AssessmentState, FormState
from assessments.models import Assessment, Framework, ProgressReport, Question, Round, RoundTarget
from assessments.services.questions import asked_of
from assessments.services.status import NOT_APPLICABLE, PROGRESS_FORM, not_applicable_forms, shown_state
from portal import clock
from portal.actor import Actor
from portal.choices import OrganisationKind
from portal.permissions import Action, allows
from portal.registry import TaskItem
from portal.ui.chips import CHIPS

#: States in which the author has something to do.
_TO_DO = {"todo", "draft", "overdue", "returned", "waiting"}


@dataclass(frozen=True)
class OwnForm:
    """One form asked of the actor's own organisation, with where to go on."""

    round: Round
    form: str
    label: str
    state: str
    object_id: int | None
    framework: Framework | None = None
    #: The state as stored; empty when nothing is written yet.
    stored: str = ""
    #: Whether the actor fills forms in; others of the office read them, or sign them off.
    writable: bool = True
    #: The last day to hand it in on time: the round's, or a later one this organisation was given.
    due: dt.date = dt.date.max
    is_extended: bool = False

    @property
    def may_not_apply(self) -> bool:
        """Whether 該当なし can be said of it, or taken back: the round is open, nothing is handed in."""
        state = self.state in {"todo", "draft", "overdue", "not_applicable"} and self.stored in ("", "draft")
        return self.writable and state and self.round.is_open(clock.today())

    @property
    def not_applicable_url(self) -> str:
        """The page on which 該当なし is said, read and taken back."""
        return reverse("not_applicable", args=[self.round.pk, self.form])

    @property
    def is_open(self) -> bool:
        """Whether something can be written now: the round is open, or the form was returned."""
        if not self.writable:
            return False
        return self.state in _TO_DO and (
            self.round.is_open(clock.today()) or self.state == FormState.RETURNED
        )

    @property
    def url(self) -> str:
        """The page to go on with: the form while it is open, else what was handed in."""
        if self.state == NOT_APPLICABLE:
            return self.not_applicable_url
        if self.object_id and (self.state == FormState.WAITING or not self.is_open):
            name = "assessment_detail" if self.framework else "progress_detail"
            return reverse(name, args=[self.object_id])
        if self.framework:
            return reverse("assessment_edit", args=[self.round.pk, self.framework.pk])
        return reverse("progress_edit", args=[self.round.pk])

    @property
    def has_page(self) -> bool:
        """Whether there is anything to look at."""
        return self.object_id is not None or self.is_open or self.state == NOT_APPLICABLE


def own_forms(actor: Actor, rounds: QuerySet[Round] | list[Round] | None = None) -> list[OwnForm]:
    """The forms asked of the actor's organisation in rounds that have begun, the next due first."""
    targets = RoundTarget.objects.for_user(actor).filter(organisation=actor.organisation)
    targets = targets.filter(round__in=rounds) if rounds is not None else targets
    targets = (
        targets.filter(round__opens_on__lte=clock.today())
        .select_related("round__program")
        .prefetch_related("round__frameworks")
        .order_by("round__due_on", "round")
    )
    reports = {row.round_id: row for row in _mine(ProgressReport, actor, targets)}
    checklists = {(row.round_id, row.framework_id): row for row in _mine(Assessment, actor, targets)}
    asked = set(
        Question.objects.filter(asked_of(actor.organisation.kind))
        .order_by()
        .values_list("principle__framework", flat=True)
        .distinct()
    )
    writable = allows(actor, Action.EDIT_PROGRESS)
    absent = not_applicable_forms([target.round for target in targets], actor.organisation.pk)
    found: list[OwnForm] = []
    for target in targets:
        gone = {framework for round_id, _organisation, framework in absent if round_id == target.round_id}
        if target.asks_progress:
            found.append(_own(target, reports.get(target.round_id), None, writable, None in gone))
        if target.asks_checklists:
            found += [
                _own(
                    target,
                    checklists.get((target.round_id, framework.pk)),
                    framework,
                    writable,
                    framework.pk in gone,
                )
                for framework in target.round.frameworks.all()
                if framework.pk in asked
            ]
    return found


def _mine(model: type[ProgressReport] | type[Assessment], actor: Actor, targets: QuerySet) -> Iterable:
    rows = model.objects.filter(organisation=actor.organisation, round__in=targets.order_by().values("round"))
    return rows.only("pk", "round_id", "state", *(["framework_id"] if model is Assessment else []))


def _own(
    target: RoundTarget,
    row: ProgressReport | Assessment | None,
    framework: Framework | None,
    writable: bool,
    not_applicable: bool,
) -> OwnForm:
    stored = row.state if row else ""
    state = shown_state(stored or None, target.due_on, clock.today(), not_applicable=not_applicable)
    return OwnForm(
        round=target.round,
        form=str(framework.pk) if framework else PROGRESS_FORM,
        label=framework.name if framework else "取組状況",
        state=state,
        object_id=row.pk if row else None,
        framework=framework,
        stored=stored,
        writable=writable,
        due=target.due_on,
        is_extended=target.is_extended,
    )


def waiting_tasks(actor: Actor) -> list[TaskItem]:
    """What waits for the actor: open forms of the own organisation, and forms to accept or confirm."""
    return [*_own_tasks(actor), *_review_tasks(actor)]


def count_waiting(actors: Sequence[Actor]) -> Mapping[int, int]:
    """How many of these tasks wait for each membership, by its id; people have two or three, not hundreds."""
    return {actor.membership.pk: len(waiting_tasks(actor)) for actor in actors}


def _own_tasks(actor: Actor) -> Iterable[TaskItem]:
    if not allows(actor, Action.VIEW_OWN_FORMS):
        return
    signs = allows(actor, Action.SIGN_OFF_PROGRESS)
    for form in own_forms(actor):
        if form.is_open or (signs and form.state == FormState.WAITING):
            yield TaskItem(
                label=f"{form.label}の{_TASKS.get(form.state, '提出')}",
                note=form.round.title,
                url=form.url,
                state=form.state,
                state_label=CHIPS[form.state][2],
                due=form.due,
            )


_TASKS: dict[str, str] = {FormState.RETURNED: "修正と再提出", FormState.WAITING: "決裁"}


def _review_tasks(actor: Actor) -> Iterable[TaskItem]:
    """One item per round and kind of form: a prefecture's towns, for the secretariat the prefectures."""
    kinds = (
        (Action.REVIEW_PROGRESS, ProgressReport, FormState.SUBMITTED, "取組状況", "受理"),
        (Action.CONFIRM_ASSESSMENT, Assessment, AssessmentState.SUBMITTED, "自己点検", "確定"),
    )
    for action, model, state, noun, act in kinds:
        if not allows(actor, action):
            continue
        mine = Q(organisation__parent=actor.organisation) | Q(organisation__kind=OrganisationKind.PREFECTURE)
        waiting = (
            model.objects.for_user(actor)  # type: ignore[attr-defined]
            .filter(mine, state=state)
            .exclude(organisation=actor.organisation)
            .order_by()
            .values("round", "round__title", "round__due_on")
            .annotate(count=Count("pk", distinct=True))
            .order_by("round__due_on", "round")
        )
        for row in waiting:
            form = "progress" if model is ProgressReport else ""
            yield TaskItem(
                label=f"{row['count']}件の{noun}の確認（{act}または差戻し）",
                note=row["round__title"],
                url=f"{reverse('round_detail', args=[row['round']])}?form={form}&state={state}",
                state=str(state),
                state_label=CHIPS[str(state)][2],
                due=None,
            )
