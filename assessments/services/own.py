"""The forms one organisation has before it, and what waits for a reviewer, in a few queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from assessments.choices import AssessmentState, FormKind, FormState
from assessments.models import (
    Assessment,
    Framework,
    IssueReport,
    ProgressReport,
    Question,
    Round,
    RoundTarget,
)
from assessments.services.questions import asked_of
from assessments.services.status import (
    ISSUES_FORM,
    NOT_APPLICABLE,
    PROGRESS_FORM,
    not_applicable_forms,
    shown_state,
)
from portal import clock
from portal.actor import Actor
from portal.choices import OrganisationKind, Role
from portal.permissions import Action, allows
from portal.registry import TaskItem
from portal.ui.chips import CHIPS

#: States in which the author has something to do.
_TO_DO = {"todo", "draft", "overdue", "returned", "waiting", "correcting"}


#: Where each kind of form is written, and where it is read.
_PAGES = {
    PROGRESS_FORM: ("progress_edit", "progress_detail"),
    ISSUES_FORM: ("round_issues", "issue_report"),
}
_CHECKLIST_PAGES = ("assessment_edit", "assessment_detail")


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
    #: Whether it was accepted once and is being corrected: no day counts for that.
    is_correction: bool = False

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
            self.round.is_open(clock.today()) or self.state == FormState.RETURNED or self.is_correction
        )

    @property
    def url(self) -> str:
        """The page to go on with: the form while it is open, else what was handed in."""
        if self.state == NOT_APPLICABLE:
            return self.not_applicable_url
        edit, detail = _PAGES.get(self.form, _CHECKLIST_PAGES)
        if self.object_id and (self.state == FormState.WAITING or not self.is_open):
            return reverse(detail, args=[self.object_id])
        more = [self.framework.pk] if self.framework else []
        return reverse(edit, args=[self.round.pk, *more])

    @property
    def has_page(self) -> bool:
        """Whether there is anything to look at."""
        return self.object_id is not None or self.is_open or self.state == NOT_APPLICABLE


def own_forms(actor: Actor, rounds: QuerySet[Round] | list[Round] | None = None) -> list[OwnForm]:
    """The forms asked of the actor's organisation in rounds that have begun, the next due first."""
    targets = RoundTarget.objects.for_user(actor).filter(organisation=actor.organisation)
    targets = targets.filter(round__in=rounds) if rounds is not None else targets
    return [form for _organisation, form in _forms(targets, writable=allows(actor, Action.EDIT_PROGRESS))]


def _forms(wanted: QuerySet[RoundTarget], *, writable: bool) -> list[tuple[int, OwnForm]]:
    """The forms of these targets with their organisation, in a fixed number of queries."""
    targets = (
        wanted.filter(round__opens_on__lte=clock.today())
        .select_related("round__program", "organisation")
        .prefetch_related("round__frameworks")
        .order_by("round__due_on", "round")
    )
    key = ("organisation_id", "round_id")
    written: dict[tuple[int, int, str], _Row] = {}
    for form, model in ((PROGRESS_FORM, ProgressReport), (ISSUES_FORM, IssueReport)):
        written |= {(row.organisation_id, row.round_id, form): row for row in _written(model, targets, *key)}
    written |= {
        (row.organisation_id, row.round_id, str(row.framework_id)): row
        for row in _written(Assessment, targets, *key, "framework_id")
    }
    asked = {kind: _asked(kind) for kind in {target.organisation.kind for target in targets}}
    absent = not_applicable_forms([target.round for target in targets])
    found: list[tuple[int, OwnForm]] = []
    for target in targets:
        for code, label, framework in _forms_of(target, asked[target.organisation.kind]):
            row = written.get((target.organisation_id, target.round_id, code))
            gone = (target.round_id, target.organisation_id, code) in absent
            own = _own(target, row, writable, gone, form=code, label=label, framework=framework)
            found.append((target.organisation_id, own))
    return found


_Row = ProgressReport | Assessment | IssueReport


def _forms_of(target: RoundTarget, mine: set[int]) -> Iterable[tuple[str, str, Framework | None]]:
    """Code, name and checklist of each form a target is asked for, in order."""
    if target.asks_progress:
        yield PROGRESS_FORM, FormKind.PROGRESS.label, None
    if target.asks_checklists:
        for one in target.round.frameworks.all():
            if one.pk in mine:
                yield str(one.pk), one.name, one
    if target.asks_issues:
        yield ISSUES_FORM, FormKind.ISSUES.label, None


def _written(model: type[_Row], targets: QuerySet, *names: str) -> Iterable:
    of = targets.order_by()
    rows = model.objects.filter(organisation__in=of.values("organisation"), round__in=of.values("round"))
    accepted = ("accepted",) if model is ProgressReport else ()
    return rows.only("pk", "state", *accepted, *names)


def _asked(kind: str) -> set[int]:
    """The checklists with a question for organisations of this kind."""
    questions = Question.objects.filter(asked_of(kind)).order_by()
    return set(questions.values_list("principle__framework", flat=True).distinct())


def _own(
    target: RoundTarget, row: _Row | None, writable: bool, not_applicable: bool, **about: Any
) -> OwnForm:
    stored = row.state if row else ""
    corrected = isinstance(row, ProgressReport) and row.is_correction
    state = (
        stored
        if corrected
        else shown_state(stored or None, target.due_on, clock.today(), not_applicable=not_applicable)
    )
    return OwnForm(
        round=target.round,
        **about,
        state=state,
        object_id=row.pk if row else None,
        stored=stored,
        writable=writable,
        due=target.due_on,
        is_extended=target.is_extended,
        is_correction=corrected,
    )


def waiting_tasks(actor: Actor) -> list[TaskItem]:
    """What waits for the actor: open forms of the own organisation, and forms to accept or confirm."""
    return [*_own_tasks(actor), *_review_tasks(actor)]


def count_waiting(actors: Sequence[Actor]) -> Mapping[int, int]:
    """How many of these tasks wait for each membership, by its id, in a fixed number of queries."""
    reviews = _count_reviews(actors)
    own = _forms(
        RoundTarget.objects.in_force().filter(organisation__in=[actor.organisation for actor in actors]),
        writable=True,
    )
    return {
        actor.membership.pk: reviews[actor.membership.pk]
        + sum(organisation == actor.organisation.pk and _waits_for(actor, form) for organisation, form in own)
        for actor in actors
    }


def _waits_for(actor: Actor, form: OwnForm) -> bool:
    writes = allows(actor, Action.EDIT_PROGRESS) and form.is_open
    return writes or (allows(actor, Action.SIGN_OFF_PROGRESS) and form.state == FormState.WAITING)


def _count_reviews(actors: Sequence[Actor]) -> dict[int, int]:
    """Rounds with something to accept or confirm, by membership: towns for a prefecture, else prefectures."""
    counts = dict.fromkeys((actor.membership.pk for actor in actors), 0)
    for action, model, state, *_words in _REVIEWS:
        asked = [actor for actor in actors if allows(actor, action)]
        if not asked:
            continue
        parents = [actor.organisation.pk for actor in asked if actor.role == Role.PREFECTURE]
        mine = Q(organisation__parent__in=parents) | Q(organisation__kind=OrganisationKind.PREFECTURE)
        rows = model.objects.filter(mine, state=state).order_by()
        found = set(rows.values_list("round", "organisation__parent", "organisation__kind").distinct())
        for actor in asked:
            counts[actor.membership.pk] += len(
                {round_ for round_, parent, kind in found if _reviews(actor, parent, kind)}
            )
    return counts


def _reviews(actor: Actor, parent: int | None, kind: str) -> bool:
    if actor.role == Role.PREFECTURE:
        return parent == actor.organisation.pk
    return kind == OrganisationKind.PREFECTURE


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
                due=None if form.is_correction else form.due,
            )


_TASKS: dict[str, str] = {
    FormState.RETURNED: "修正と再提出",
    FormState.WAITING: "決裁",
    FormState.CORRECTING: "訂正と再提出",
}


#: What a reviewer is asked for: action, whose rows, in which state, how both are called, and the filter.
_REVIEWS: tuple[tuple[Action, Any, str, str, str, str], ...] = (
    (Action.REVIEW_PROGRESS, ProgressReport, FormState.SUBMITTED, "取組状況", "受理", PROGRESS_FORM),
    (Action.CONFIRM_ASSESSMENT, Assessment, AssessmentState.SUBMITTED, "自己点検", "確定", ""),
    (Action.CONFIRM_ISSUE_REPORT, IssueReport, AssessmentState.SUBMITTED, "地域課題", "確定", ISSUES_FORM),
)


def _review_tasks(actor: Actor) -> Iterable[TaskItem]:
    """One item per round and kind of form: a prefecture's towns, for the secretariat the prefectures."""
    for action, model, state, noun, act, form in _REVIEWS:
        if not allows(actor, action):
            continue
        mine = Q(organisation__parent=actor.organisation) | Q(organisation__kind=OrganisationKind.PREFECTURE)
        waiting = (
            model.objects.for_user(actor)
            .filter(mine, state=state)
            .exclude(organisation=actor.organisation)
            .order_by()
            .values("round", "round__title", "round__due_on")
            .annotate(count=Count("pk", distinct=True))
            .order_by("round__due_on", "round")
        )
        for row in waiting:
            yield TaskItem(
                label=f"{row['count']}件の{noun}の確認（{act}または差戻し）",
                note=row["round__title"],
                url=f"{reverse('round_detail', args=[row['round']])}?form={form}&state={state}",
                state=str(state),
                state_label=CHIPS[str(state)][2],
                due=None,
            )
