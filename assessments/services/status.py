"""Who has handed in what: the exact state of each form that a round asks for, in a few queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet

from assessments.choices import ASSESSMENT_HANDED_IN, HANDED_IN, FormKind, FormState
from assessments.models import (
    Assessment,
    Framework,
    IssueReport,
    NotApplicable,
    ProgressReport,
    Round,
    RoundTarget,
)
from portal import clock
from portal.actor import Actor
from portal.choices import OrganisationKind
from portal.permissions import Action, allows
from portal.ui.chips import CHIPS

PROGRESS_FORM: str = FormKind.PROGRESS.value
ISSUES_FORM: str = FormKind.ISSUES.value
#: All states a form may show, what needs work first; 未着手 and 期限超過 are computed, never stored.
SHOWN_STATES = (
    "overdue",
    "returned",
    "todo",
    "draft",
    "waiting",
    "submitted",
    "correcting",
    "accepted",
    "confirmed",
    "not_applicable",
)
#: What was accepted counts as handed in until its correction is accepted.
_DONE = {*HANDED_IN, FormState.CORRECTING, *ASSESSMENT_HANDED_IN}
_RETURNED = "returned"
#: Said by the organisation itself: the form counts as not asked for.
NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class FormStatus:
    """One form asked of one organisation in one round, with the state it shows today."""

    organisation_id: int
    organisation: str
    prefecture_id: int
    prefecture: str
    code: str
    form: str
    form_label: str
    state: str
    object_id: int | None
    handed_in_at: dt.datetime | None
    days_left: int
    order: int = 0
    due_on: dt.date | None = None
    is_extended: bool = False
    #: The state as it is stored, also when the form shows 期限超過; 訂正中 for all states of a correction.
    stored: str = ""

    @property
    def waits_for_sign_off(self) -> bool:
        """Whether the office's head of section has it, late or not."""
        return self.stored == FormState.WAITING

    @property
    def state_label(self) -> str:
        """The word of the chip."""
        return CHIPS[self.state][2]

    @property
    def is_done(self) -> bool:
        """Whether the form counts as handed in."""
        return self.state in _DONE

    @property
    def is_asked(self) -> bool:
        """Whether the form counts as asked for: all but what its organisation declared 該当なし."""
        return self.state != NOT_APPLICABLE

    @property
    def days_in_words(self) -> str:
        """How long until, or since, its due day; nothing once there is nothing to wait for."""
        if self.is_done or not self.is_asked:
            return ""
        if self.days_over:
            return f"{self.days_over:,}日超過"
        return f"残り{self.days_left:,}日" if self.days_left else "今日まで"

    @property
    def days_over(self) -> int:
        """How many days past the due day; 0 before it."""
        return max(-self.days_left, 0)


@dataclass(frozen=True)
class _Target:
    round_id: int
    organisation_id: int
    name: str
    kind: str
    code: str
    prefecture_id: int
    prefecture: str
    asks_progress: bool
    asks_checklists: bool
    asks_issues: bool
    due_on: dt.date
    is_extended: bool


class _Form(NamedTuple):
    code: str
    label: str
    order: int


_PROGRESS = _Form(PROGRESS_FORM, FormKind.PROGRESS.label, 0)
#: Behind all checklists, however many a round has.
_ISSUES = _Form(ISSUES_FORM, FormKind.ISSUES.label, 1000)


@dataclass(frozen=True)
class _Shown:
    """What those may see who ask; what they may not see is left out."""

    checklists: bool = True
    issues: bool = True


def shown_state(state: str | None, due_on: dt.date, today: dt.date, *, not_applicable: bool = False) -> str:
    """The state a form shows: 期限超過 when its due day is over and it was never handed in or returned."""
    if state in _DONE or state == _RETURNED:
        return str(state)
    if not_applicable:
        return NOT_APPLICABLE
    if today > due_on:
        return "overdue"
    return state or "todo"


def round_state(round_: Round, today: dt.date) -> str:
    """Whether a round is being set up, withdrawn, planned, open or closed."""
    if round_.withdrawn_at:
        return "withdrawn"
    if not round_.confirmed_at:
        return "setup"
    if today < round_.opens_on:
        return "planned"
    return "open" if round_.is_open(today) else "closed"


def asked_frameworks(round_: Round, kind: str) -> list[Framework]:
    """The round's checklists that ask this kind of organisation anything, in order."""
    return [one for one, of_town, of_prefecture in form_kinds(round_) if _asked(kind, of_town, of_prefecture)]


def form_kinds(round_: Round) -> list[tuple[Framework, bool, bool]]:
    """Each checklist of the round, with whether it asks a town, and a prefecture, anything."""
    asks_towns = Q(principles__questions__for_municipalities=True)
    asks_prefectures = Q(principles__questions__for_prefectures=True)
    rows = round_.frameworks.annotate(
        of_town=Max("principles__questions__pk", filter=asks_towns),
        of_prefecture=Max("principles__questions__pk", filter=asks_prefectures),
    )
    return [(row, bool(row.of_town), bool(row.of_prefecture)) for row in rows]


def _asked(kind: str, of_town: bool, of_prefecture: bool) -> bool:
    return of_prefecture if kind == OrganisationKind.PREFECTURE else of_town


def _targets(round_: Round, wanted: QuerySet[RoundTarget]) -> list[_Target]:
    rows = (
        wanted.filter(round=round_)
        .order_by("organisation__parent_id", "organisation_id")
        .distinct()
        .values_list(
            "organisation_id",
            "organisation__name",
            "organisation__kind",
            "organisation__municipality__code",
            "organisation__prefecture__lg_code",
            "organisation__parent_id",
            "organisation__parent__name",
            "asks_progress",
            "asks_checklists",
            "asks_issues",
            "extended_to",
        )
    )
    found = []
    for pk, name, kind, code, own_code, parent, parent_name, progress, checklists, issues, later in rows:
        due_on = max(round_.due_on, later or round_.due_on)
        own = kind == OrganisationKind.PREFECTURE
        found.append(
            _Target(
                round_.pk,
                pk,
                name,
                kind,
                code or own_code or "",
                pk if own else parent or pk,
                name if own else parent_name or "",
                progress,
                checklists,
                issues,
                due_on,
                due_on > round_.due_on,
            )
        )
    return found


def round_status(round_: Round, actor: Actor, organisation_id: int | None = None) -> list[FormStatus]:
    """Every form of the round the actor is concerned with, what needs work first; seven queries at most.

    States are told from the first draft on; contents stay behind `for_user`. Checklists and local issues
    are left out for those who may not see them. With `organisation_id`, of that organisation alone.
    """
    one = {"organisation": organisation_id} if organisation_id else {}
    targets = _targets(round_, RoundTarget.objects.for_user(actor).filter(**one))
    shown = _Shown(allows(actor, Action.VIEW_ASSESSMENT), allows(actor, Action.VIEW_ISSUE_REPORT))
    return _statuses(round_, targets, clock.today(), shown)


def all_forms(round_: Round, today: dt.date) -> list[FormStatus]:
    """Every form of the round as it stands on that day, for work that the portal does by itself.

    A round that is being set up, or was called off, asks nobody for anything.
    """
    if not round_.is_in_force:
        return []
    return _statuses(round_, _targets(round_, RoundTarget.objects.all()), today, _Shown())


def _statuses(round_: Round, targets: list[_Target], today: dt.date, shown: _Shown) -> list[FormStatus]:
    ids = [target.organisation_id for target in targets]
    reports = _progress(ProgressReport.objects.filter(round=round_, organisation__in=ids))
    absent = not_applicable_forms([round_])
    found = [
        _status(target, _PROGRESS, reports.get((target.organisation_id, None)), absent, today)
        for target in targets
        if target.asks_progress
    ]
    if shown.checklists and any(target.asks_checklists for target in targets):
        found += _checklists(round_, targets, ids, absent, today)
    asked = [target for target in targets if target.asks_issues]
    if shown.issues and asked:
        lists = _latest(IssueReport.objects.filter(round=round_, organisation__in=ids))
        found += [
            _status(target, _ISSUES, lists.get((target.organisation_id, None)), absent, today)
            for target in asked
        ]
    return sorted(
        found, key=lambda one: (SHOWN_STATES.index(one.state), one.code, one.organisation_id, one.order)
    )


_Absent = set[tuple[int, int, str]]


def not_applicable_forms(rounds: Iterable[Round], organisation_id: int | None = None) -> _Absent:
    """(round, organisation, code of the form) of every form declared 該当なし; one query."""
    rows = NotApplicable.objects.filter(target__round__in=list(rounds), undone_at__isnull=True)
    if organisation_id:
        rows = rows.filter(target__organisation=organisation_id)
    named = rows.order_by().values_list("target__round", "target__organisation", "form", "framework")
    return {(round_, organisation, str(framework or form)) for round_, organisation, form, framework in named}


def _checklists(
    round_: Round, targets: list[_Target], ids: list[int], absent: _Absent, today: dt.date
) -> Iterable[FormStatus]:
    rows = _latest(Assessment.objects.filter(round=round_, organisation__in=ids), "framework_id")
    for order, (framework, of_town, of_prefecture) in enumerate(form_kinds(round_), start=1):
        for target in targets:
            if target.asks_checklists and _asked(target.kind, of_town, of_prefecture):
                row = rows.get((target.organisation_id, framework.pk))
                form = _Form(str(framework.pk), framework.name, order)
                yield _status(target, form, row, absent, today)


_Row = tuple[int, str, dt.datetime | None]


def _progress(reports: QuerySet[ProgressReport]) -> dict[tuple[int, int | None], _Row]:
    """The reports; one that is being corrected shows that, and the day of what was accepted."""
    names = ("organisation_id", "pk", "state", "accepted__at")
    found: dict[tuple[int, int | None], _Row] = {}
    for row in reports.order_by().values(*names).annotate(at=Max("submissions__at")):
        state, at = row["state"], row["at"]
        if row["accepted__at"] and state != FormState.SUBMITTED:
            at = row["accepted__at"]
            state = state if state == FormState.ACCEPTED else FormState.CORRECTING
        found[(row["organisation_id"], None)] = (row["pk"], str(state), at)
    return found


def _latest(queryset: object, extra: str = "") -> dict[tuple[int, int | None], _Row]:
    names = ["organisation_id", "pk", "state", *([extra] if extra else [])]
    rows = queryset.order_by().values(*names).annotate(at=Max("submissions__at"))  # type: ignore[attr-defined]
    return {
        (row["organisation_id"], row[extra] if extra else None): (row["pk"], row["state"], row["at"])
        for row in rows
    }


def _status(target: _Target, form: _Form, row: _Row | None, absent: _Absent, today: dt.date) -> FormStatus:
    pk, state, at = row or (None, None, None)
    none_here = (target.round_id, target.organisation_id, form.code) in absent
    shown = shown_state(state, target.due_on, today, not_applicable=none_here)
    return FormStatus(
        organisation_id=target.organisation_id,
        organisation=target.name,
        prefecture_id=target.prefecture_id,
        prefecture=target.prefecture,
        code=target.code,
        form=form.code,
        form_label=form.label,
        state=shown,
        object_id=pk,
        handed_in_at=at if shown in _DONE else None,
        days_left=(target.due_on - today).days,
        order=form.order,
        due_on=target.due_on,
        is_extended=target.is_extended,
        stored=state or "",
    )


def counts_by_state(rows: Iterable[FormStatus]) -> dict[str, int]:
    """How many forms show each state, in the order of `SHOWN_STATES`; states without a form are left out."""
    counted = dict.fromkeys(SHOWN_STATES, 0)
    for row in rows:
        counted[row.state] += 1
    return {state: number for state, number in counted.items() if number}
