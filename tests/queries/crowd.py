"""As many towns as a prefecture or the whole country has, each with people and forms, in a few statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from assessments.choices import AssessmentState, CommentVisibility, FormKind, FormState
from assessments.models import (
    Assessment,
    DueExtension,
    FormComment,
    IssueReport,
    NotApplicable,
    PrefectureSupport,
    ProgressReport,
    ProgressStatusChange,
    Round,
    RoundTarget,
)
from municipalities.choices import MunicipalityKind
from municipalities.codes import check_digit
from municipalities.models import Municipality, Prefecture
from portal import clock
from portal.actor import Actor
from portal.choices import Duty, OrganisationKind, Role
from portal.models import Handover, Invitation, Membership, Organisation, User, Vacancy
from portal.outbox import Letter, post_all

DRAFT, SUBMITTED, RETURNED, ACCEPTED = (
    FormState.DRAFT,
    FormState.SUBMITTED,
    FormState.RETURNED,
    FormState.ACCEPTED,
)
#: What the towns have done, in turn; 該当なし and a longer day are among those who have not begun.
STATES = (None, DRAFT, SUBMITTED, RETURNED, ACCEPTED)
#: Codes that no other town of the tests has.
FIRST_CODE = 801
BEGUN = dt.date(2025, 4, 1)


class Crowd:
    """Grows the towns of a round; whoever set the round up did everything that only keepers do."""

    def __init__(self, round_: Round, prefectures: Sequence[Prefecture], keeper: Actor) -> None:
        self.round, self.prefectures, self.keeper = round_, prefectures, keeper
        self.framework = round_.frameworks.get()
        self.made = 0

    def grow(self, number: int) -> None:
        """So many more towns."""
        numbers = range(self.made, self.made + number)
        self.made += number
        towns = self._towns(numbers)
        officers = self._officers(towns, numbers)
        self._forms(towns, officers)
        self._targets(towns)
        self._changes_of_people(towns, officers)
        post_all(
            Letter(
                key=f"crowd-{town.pk}", kind="test", organisation=town, subject="お知らせ", body="本文",
                address="office@example.jp", sender=self.keeper.organisation,
            )
            for town in towns
        )  # fmt: skip

    def _of(self, number: int) -> tuple[Prefecture, int]:
        turn, place = divmod(number, len(self.prefectures))
        return self.prefectures[place], FIRST_CODE + turn

    def _towns(self, numbers: range) -> list[Organisation]:
        towns = Organisation.objects.bulk_create(
            Organisation(
                kind=OrganisationKind.MUNICIPALITY, name=f"群{n}町", parent=self._of(n)[0].organisation
            )
            for n in numbers
        )
        rows = []
        for number, town in zip(numbers, towns, strict=True):
            prefecture, turn = self._of(number)
            five = f"{prefecture.code}{turn:03d}"
            rows.append(
                Municipality(
                    code=five + check_digit(five), name=town.name, kana=f"むれ{number}ちょう",
                    kind=MunicipalityKind.TOWN, population=10_000, population_as_of=BEGUN, area_km2=50,
                    prefecture=prefecture, organisation=town,
                )
            )  # fmt: skip
        Municipality.objects.bulk_create(rows)
        return towns

    def _officers(self, towns: list[Organisation], numbers: range) -> list[Membership]:
        users = User.objects.bulk_create(
            User(name=f"群 {number}郎", email=f"crowd{number}@example.jp") for number in numbers
        )
        return Membership.objects.bulk_create(
            Membership(
                user=user,
                organisation=town,
                role=Role.MUNICIPALITY,
                duty=Duty.EDITOR,
                valid_from=BEGUN,
                phone="0123-45-6789",
            )
            for user, town in zip(users, towns, strict=True)
        )

    def _forms(self, towns: list[Organisation], officers: list[Membership]) -> None:
        now = clock.now()
        begun = [
            (town, officer, STATES[number % len(STATES)])
            for number, (town, officer) in enumerate(zip(towns, officers, strict=True))
            if STATES[number % len(STATES)]
        ]
        reports = ProgressReport.objects.bulk_create(
            ProgressReport(round=self.round, organisation=town, state=state, overview="概要", updated_at=now)
            for town, _officer, state in begun
        )
        ProgressStatusChange.objects.bulk_create(
            ProgressStatusChange(
                report=report, action="submit", from_state=DRAFT, to_state=report.state,
                by_id=officer.user_id, membership=officer, at=now,
            )
            for report, (_town, officer, state) in zip(reports, begun, strict=True)
            if state != DRAFT
        )  # fmt: skip
        Assessment.objects.bulk_create(
            Assessment(
                round=self.round, organisation=town, framework=self.framework, updated_at=now,
                state=AssessmentState.DRAFT if state == DRAFT else AssessmentState.SUBMITTED,
            )
            for town, _officer, state in begun
        )  # fmt: skip
        IssueReport.objects.bulk_create(
            IssueReport(
                round=self.round, organisation=town, begun_at=now,
                state=AssessmentState.DRAFT if state == DRAFT else AssessmentState.SUBMITTED,
            )
            for town, _officer, state in begun
        )  # fmt: skip
        FormComment.objects.bulk_create(
            FormComment(
                report=report, code="overview", visibility=CommentVisibility.SHARED, text="コメント",
                organisation=town, by_id=officer.user_id, membership=officer, at=now,
            )
            for report, (town, officer, state) in zip(reports, begun, strict=True)
            if state != DRAFT
        )  # fmt: skip
        PrefectureSupport.objects.bulk_create(
            PrefectureSupport(round=self.round, organisation=town, text="支援", updated_at=now)
            for town, _officer, _state in begun
        )

    def _targets(self, towns: list[Organisation]) -> None:
        later = self.round.due_on + dt.timedelta(days=3)
        targets = RoundTarget.objects.bulk_create(
            RoundTarget(
                round=self.round, organisation=town,
                asks_progress=True, asks_checklists=True, asks_issues=True,
                extended_to=later if STATES[number % len(STATES)] == DRAFT else None,
            )
            for number, town in enumerate(towns)
        )  # fmt: skip
        by, at = self.keeper.user, clock.now()
        DueExtension.objects.bulk_create(
            DueExtension(
                target=target, kind="granted", due_on=later, reason="理由", by=by, at=at,
                membership=self.keeper.membership,
            )
            for target in targets
            if target.extended_to
        )  # fmt: skip
        NotApplicable.objects.bulk_create(
            NotApplicable(target=target, form=FormKind.PROGRESS, reason="理由", by=by, at=at)
            for target in targets[:: len(STATES)]
        )

    def _changes_of_people(self, towns: list[Organisation], officers: list[Membership]) -> None:
        by, at = self.keeper, clock.now()
        first = clock.today() + dt.timedelta(days=30)
        invitations = Invitation.objects.bulk_create(
            Invitation(
                organisation=town, role=Role.MUNICIPALITY, duty=Duty.EDITOR, name="後任 太郎",
                email=f"next{town.pk}@example.jp", valid_from=first, invited_by=by.user,
                membership=by.membership, invited_at=at, expires_at=at + dt.timedelta(days=14),
            )
            for town in towns
        )  # fmt: skip
        Handover.objects.bulk_create(
            Handover(
                organisation=town, person_id=officer.user_id, leaving=officer, effective_on=first,
                successor_name="後任 太郎", successor_email=invitation.email, duty=Duty.EDITOR,
                invitation=invitation, prepared_by=by.user, membership=by.membership, prepared_at=at,
            )
            for town, officer, invitation in zip(towns, officers, invitations, strict=True)
        )  # fmt: skip
        Vacancy.objects.bulk_create(Vacancy(organisation=town, since=BEGUN) for town in towns[::7])
