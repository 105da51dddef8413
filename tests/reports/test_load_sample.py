"""The sample stands whole, twice is once, and looks as if the portal's own services had made it."""

import datetime as dt
import itertools

import pytest
import yaml
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import Count

from assessments.choices import AnswerStatus, AssessmentState, FormState, IssueState
from assessments.models import (
    Answer,
    Assessment,
    AssessmentStatusChange,
    AssessmentSubmission,
    FormComment,
    IssueReport,
    IssueReportSubmission,
    LocalIssue,
    LocalIssueChange,
    ProgressReport,
    ProgressStatusChange,
    ProgressSubmission,
    Round,
    RoundTarget,
)
from assessments.models.progress import SECTION_LIMIT
from assessments.models.sections import TEXT_FIELDS
from assessments.services import issue_reports
from assessments.services.checklists import gaps, submit_assessment
from assessments.services.issue_snapshots import differences, issues_in
from assessments.services.previous import previous_issues
from assessments.services.progress import submit_progress
from assessments.services.sections import lacks, section_of
from assessments.states import ASSESSMENT, ISSUE, PROGRESS
from portal import clock
from portal.actor import Actor
from portal.choices import ROLE_OF_KIND, OrganisationKind, Role
from portal.models import Handover, Invitation, Membership, Organisation, User
from portal.permissions import Action, allows
from programs.models import LiaisonAssignment, Partnership, Posting, Program, Region, SupportPlan
from programs.staffing.services import conflicts, coverage, postings_with_elsewhere
from reports.sample.files import read_program
from reports.sample.loader import SampleRefused, load_sample
from tests import factories as f
from tests.factories_assessments import full_values

PARTNERS = {"宮城県": 3, "栃木県": 4, "新潟県": 3, "山梨県": 4, "兵庫県": 19, "島根県": 6, "沖縄県": 3}
TODAY = dt.date(2025, 9, 16)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The bundled sample, loaded once for this file and rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_sample(password="for-tests-only-2025")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def sample(loaded, db) -> None:
    """The bundled sample; what a test changes is rolled back."""


def counts() -> dict[str, int]:
    """How many rows there are of everything the sample makes."""
    kinds = [User, Membership, Organisation, Program, Region, Partnership, SupportPlan, Posting, Round]
    kinds += [
        Handover,
        Invitation,
        RoundTarget,
        ProgressReport,
        ProgressSubmission,
        Assessment,
        Answer,
        LiaisonAssignment,
    ]
    kinds += [LocalIssue, LocalIssueChange, IssueReport, IssueReportSubmission, FormComment]
    return {kind.__name__: kind.objects.count() for kind in kinds}


def actor(email: str) -> Actor:
    """The actor of a sample account."""
    membership = Membership.objects.select_related("organisation", "user").filter(user__email=email).first()
    return Actor(user=membership.user, membership=membership)


def test_nothing_of_it_enters_where_samples_are_not_allowed(db, settings):
    settings.SAMPLE_ALLOWED = False
    with pytest.raises(CommandError, match="本番の設定"):
        call_command("load_sample")
    assert counts() == dict.fromkeys(counts(), 0)


def test_a_real_program_with_a_slug_of_the_sample_is_never_touched(db):
    f.ProgramFactory(slug="r7", name="本物の事業")
    with pytest.raises(SampleRefused, match="r7"):
        load_sample(password="for-tests-only-2025")
    assert Program.objects.get().name == "本物の事業"


def test_both_years_have_their_regions_and_partners(sample):
    regions = Region.objects.filter(program__slug="r7").adopted().annotate(size=Count("partnerships"))
    assert {region.prefecture.name: region.size for region in regions} == PARTNERS
    towns = Partnership.objects.filter(region__program__slug="r7", organisation__kind="municipality")
    assert towns.count() == 41
    union = Organisation.objects.get(kind=OrganisationKind.UNION)
    assert union.name == "山梨県市町村総合事務組合"
    assert union.parent.name == "山梨県"
    last_year = Partnership.objects.filter(region__program__slug="r6")
    assert {row.organisation.name for row in last_year} == {
        "尼崎市", "西宮市", "加西市", "多可町", "上郡町", "豊岡市"
    }  # fmt: skip
    assert Program.objects.filter(is_sample=True).count() == 2


def test_the_facts_are_those_of_the_source(sample, source_data):
    source = yaml.safe_load((source_data / "regions_r7.yaml").read_text(encoding="utf-8"))
    regions = Region.objects.filter(program__slug="r7").order_by("position")
    for told, region in zip(source["regions"], regions, strict=True):
        assert told["prefecture"] == region.prefecture.name
        names = [row.organisation.name for row in region.partnerships.all()]
        assert names == [*told["partner_municipalities"], *told["partner_organizations"]]
        members = {row.vendor.organisation.name: row.is_lead for row in region.consortium.members.all()}
        assert members == {vendor["name"]: vendor["lead"] for vendor in told["vendors"]}
        assert region.topics.count() == len(told["challenges"])


def test_the_days_of_the_six_towns_are_those_of_the_source(sample, source_data):
    source = yaml.safe_load((source_data / "progress_hyogo_r6.yaml").read_text(encoding="utf-8"))
    for told in source["municipalities"]:
        plan = SupportPlan.objects.get(
            partnership__region__program__slug="r6", partnership__organisation__name=told["name"]
        )
        assert plan.field == told["sector"]
        assert plan.onsite_days == told["resident_days_per_week"]
        assert plan.online_days == told["online_days_per_week"]
        assert plan.vendor.organisation.name == told["resident_vendor"]


def test_a_second_run_changes_nothing_and_keeps_what_was_typed(sample):
    draft = ProgressReport.objects.get(organisation__name="村田町")
    ProgressReport.objects.filter(pk=draft.pk).update(issues="町の人が書いた文")
    before = counts()
    assert not any(row.made for row in load_sample(password="another-password-2025"))
    assert counts() == before
    draft.refresh_from_db()
    assert draft.issues == "町の人が書いた文"
    assert User.objects.get(email="murata@example.jp").check_password("for-tests-only-2025")


def test_every_state_of_a_form_is_there_in_the_open_round(sample):
    open_round = Round.objects.get(program__slug="r7", stage="midterm")
    assert open_round.is_open(TODAY)
    reports = ProgressReport.objects.filter(round=open_round)
    assert set(reports.values_list("state", flat=True)) == set(FormState.values)
    asked = open_round.targets.filter(asks_progress=True).count()
    assert asked == 42 + 7
    assert reports.count() < asked
    states = set(Assessment.objects.filter(round=open_round).values_list("state", flat=True))
    assert states == set(AssessmentState.values)


def test_lists_of_issues_were_handed_in_as_they_stood_then(sample):
    opened = Round.objects.get(program__slug="r7", stage="midterm")
    assert opened.targets.filter(asks_issues=True).count() == 42 + 7
    reports = IssueReport.objects.filter(round=opened)
    assert set(reports.values_list("state", flat=True)) == set(AssessmentState.values)
    assert reports.filter(state="draft", submissions__isnull=False).exists()
    for submission in IssueReportSubmission.objects.select_related("report__round"):
        told = submission.content
        assert set(told) == set(issue_reports.snapshot(submission.report, [], 2))
        issues = issues_in(submission)
        assert [issue.rank for issue in issues] == list(range(1, len(issues) + 1))
        assert not [issue for issue in issues if not issue.is_rated or not issue.urgency or not issue.field]
        first, *later = submission.report.status_changes.all()
        assert (first.action, first.at, first.by) == ("submit", submission.at, submission.by)
        assert all(row.by != first.by for row in later)
        assert submission.report.round.opens_on <= submission.at.date() <= submission.report.round.closes_on
    misato = IssueReport.objects.get(round=opened, organisation__name="美里町")
    before = previous_issues(misato)
    found = differences(issues_in(before), issues_in(misato.submissions.get()))
    assert {one.kind for one in found} == {"new", "changed"}
    murata = Organisation.objects.get(name="村田町")
    assert [gap.missing for gap in issue_reports.gaps(issue_reports.list_of(murata))] == [
        ["裨益性", "難易度", "緊急性"]
    ]


def test_local_issues_have_every_state_a_past_and_something_to_draw(sample):
    issues = LocalIssue.objects.all()
    assert all(issue.is_sample for issue in issues)
    assert set(issues.values_list("state", flat=True)) == set(IssueState.values)
    for told in (True, False):
        assert issues.filter(shared=told).exists()
    for issue in issues:
        changes = list(issue.status_changes.all())
        assert [row.action for row in changes][:1] == ["create"]
        assert changes[-1].to_state == issue.state
        for before, after in itertools.pairwise(changes):
            assert before.to_state == after.from_state
            assert before.at < after.at
            move = ISSUE.moves.get(after.action)
            assert move is None or before.to_state in move.sources
            assert move is None or after.reason or not move.needs_reason
        assert issue.updated_at <= dt.datetime(2025, 9, 17, tzinfo=dt.UTC)
    murata = issues.filter(organisation__name="村田町").active()
    assert [row.position for row in murata] == list(range(1, 13))
    assert sum(row.is_rated for row in murata) == 11
    assert issues.filter(withdrawn_at__isnull=False).count() == 1


def test_only_drafts_lack_a_section_and_none_is_too_long(sample):
    for report in ProgressReport.objects.all():
        assert not lacks(report) or report.state == FormState.DRAFT
        assert max(len(getattr(report, name)) for name in TEXT_FIELDS) <= SECTION_LIMIT


def test_the_past_of_each_form_is_a_chain_of_real_moves_by_those_who_may(sample):
    for machine, changes, forms in (
        (PROGRESS, ProgressStatusChange, "report"),
        (ASSESSMENT, AssessmentStatusChange, "assessment"),
    ):
        rows = changes.objects.select_related("membership__organisation", "by", forms).order_by(forms, "at")
        state_of: dict[int, str] = {}
        for row in rows:
            form, move = getattr(row, forms), machine.moves[row.action]
            assert row.from_state in move.sources
            assert row.to_state == move.target
            assert row.from_state == state_of.get(form.pk, "draft")
            assert bool(row.reason) == move.needs_reason
            assert row.membership.user_id == row.by_id
            assert row.at.date() <= TODAY
            own = row.membership.organisation_id == form.organisation_id
            assert own == (row.action in ("submit", "request_sign_off", "correct"))
            state_of[form.pk] = row.to_state
        model = ProgressReport if forms == "report" else Assessment
        moved = dict(model.objects.values_list("pk", "state"))
        assert all(state == state_of.get(pk, "draft") for pk, state in moved.items())


def test_a_handed_in_form_has_a_snapshot_and_its_own_receipt(sample):
    for model in (ProgressReport, Assessment):
        handed_in = model.objects.exclude(state__in=["draft", "waiting"])
        assert not handed_in.filter(submissions__isnull=True).exists()
        assert not model.objects.filter(state__in=["draft", "waiting"], submissions__isnull=False).exists()


def test_snapshots_have_the_shape_the_services_write(sample):
    town = actor("murata@example.jp")
    report = ProgressReport.objects.get(organisation=town.organisation)
    ProgressReport.objects.filter(pk=report.pk).update(**full_values(town.organisation))
    real = submit_progress(report=report, actor=town)
    stored = ProgressSubmission.objects.filter(receipt__startswith="R7").exclude(pk=real.pk).first()
    assert stored.content.keys() == real.content.keys()
    assert stored.content["sections"].keys() == real.content["sections"].keys()
    assert stored.receipt[:5] == real.receipt[:5] == "R7-P-"
    other = Assessment.objects.filter(state=AssessmentState.SUBMITTED, round__stage="midterm").first()
    Assessment.objects.filter(pk=other.pk).update(state=AssessmentState.DRAFT)
    officer = Membership.objects.filter(organisation=other.organisation).select_related("user").first()
    again = submit_assessment(assessment=other, actor=Actor(user=officer.user, membership=officer))
    first = AssessmentSubmission.objects.get(assessment=other, number=1)
    assert again.number == 2
    assert {**again.content, "version": None} == {**first.content, "version": None}


def test_comments_are_such_as_the_services_take(sample):
    rows = list(FormComment.objects.select_related("report__organisation", "by", "membership__organisation"))
    for row in rows:
        row.full_clean()
        assert row.code == "" or section_of(row.report, row.code)
        assert row.organisation == row.membership.organisation
        assert allows(Actor(user=row.by, membership=row.membership), Action.COMMENT_ON_FORM, row.report)
        assert row.report.submissions.get().at < row.at < clock.now()
    waiting = [row for row in rows if row.is_open and row.visibility == "shared" and row.parent is None]
    assert {row.organisation.kind for row in waiting} == {"prefecture", "municipality"}
    assert [row.parent.resolved_at > row.at for row in rows if row.parent] == [True]
    assert [row.visibility for row in rows].count("internal") == 1


def test_what_was_handed_in_is_complete(sample):
    for assessment in Assessment.objects.handed_in().select_related("framework", "organisation"):
        assert gaps(assessment) == []


def test_answers_grow_from_round_to_round(sample):
    def mean_of(stage: str, slug: str) -> float:
        levels = Answer.objects.filter(
            assessment__round__stage=stage,
            assessment__round__program__slug=slug,
            status=AnswerStatus.SCORED,
        ).values_list("level", flat=True)
        return sum(levels) / len(levels)

    assert mean_of("midterm", "r7") > mean_of("baseline", "r7") + 0.2
    assert mean_of("final", "r6") > mean_of("midterm", "r6") + 0.2


def test_only_okinawa_has_a_week_without_anyone_and_nobody_is_at_two_places(sample):
    for region in Region.objects.with_names():
        postings = postings_with_elsewhere(region=region)
        found = coverage(region=region, postings=[row for row in postings if row.region_id == region.pk])
        gap = [(row.first, row.last) for row in found.gaps]
        alone = region.prefecture.code == "47"
        assert gap == ([(dt.date(2025, 11, 17), dt.date(2025, 11, 21))] if alone else [])
        assert conflicts(region=region, postings=postings) == []


def test_residents_sit_as_often_as_the_plans_say(sample):
    for plan in SupportPlan.objects.select_related("partnership__region__program"):
        partnership = plan.partnership
        postings = Posting.objects.filter(
            region=partnership.region, host=partnership.organisation, mode="onsite"
        )
        # 沖縄県: two postings one after the other sit on the same weekdays.
        days = postings.values_list("slots__weekday", flat=True).distinct().count()
        assert days == plan.onsite_days, partnership.organisation.name


def test_accounts_hold_the_role_of_their_organisation_and_one_holds_two(sample):
    memberships = Membership.objects.select_related("organisation")
    assert all(row.role == ROLE_OF_KIND[row.organisation.kind] for row in memberships)
    assert set(memberships.values_list("role", flat=True)) == set(Role.values)
    twice = User.objects.annotate(size=Count("memberships")).filter(size=2)
    assert [user.email for user in twice] == ["kenmu@example.jp"]
    assert User.objects.exclude(email__endswith="@example.jp").count() == 0
    assert User.objects.filter(emailaddress__verified=True).count() == User.objects.count()


def test_there_are_people_to_show(sample):
    """Three memberships of which one is over, a hand-over to come, an invitation that waits, telephones."""
    three = Membership.objects.filter(user__email="kenmu3@example.jp")
    assert (three.count(), three.active(TODAY).count()) == (3, 2)
    handover = Handover.objects.get()
    assert (handover.organisation.name, handover.state) == ("小千谷市", "prepared")
    assert handover.effective_on == dt.date(2026, 4, 1)
    waiting = Invitation.objects.exclude(pk=handover.invitation_id).get()
    assert waiting.login_id
    assert waiting.state_at(clock.now()) == "invited"
    assert Organisation.objects.exclude(phone="").exclude(notification_address="").count() >= 5


def test_hyogo_has_two_liaisons_for_each_of_forty_towns(sample):
    rows = LiaisonAssignment.objects.values("organisation__name", "field").annotate(size=Count("pk"))
    assert {row["size"] for row in rows} == {1}
    assert len(rows) == 80
    assert "神戸市" not in {row["organisation__name"] for row in rows}


def test_other_towns_of_miyagi_are_asked_for_checklists_only(sample):
    targets = RoundTarget.objects.filter(round__program__slug="r7", round__stage="midterm")
    others = targets.filter(organisation__parent__name="宮城県", asks_progress=False)
    assert others.count() == 35 - 3
    assert not ProgressReport.objects.filter(organisation__in=others.values("organisation")).exists()


def test_the_data_files_speak_of_known_rounds_only():
    for slug in ("r6", "r7"):
        content = read_program(slug)
        codes = {item["code"] for item in content["rounds"]}
        assert {sheet["round"] for sheet in content["progress"]} <= codes
