"""Many rows of everything that a page lists, so that a query per row shows."""

from __future__ import annotations

import datetime as dt

from assessments.choices import AssessmentState, FormState
from assessments.models import Question, RoundTarget
from portal import clock
from portal.actor import Actor
from portal.choices import JobState
from portal.files import store
from portal.models import ImportRun, Job
from programs.models import (
    ApplicationDuty,
    ApplicationItem,
    LiaisonAssignment,
    PostingSlot,
    RegionTopic,
    Vendor,
)
from reports.models import Version
from tests import factories as f
from tests.conftest import actor_for
from tests.factories_issues import make_issue
from tests.permissions import rows_outbox
from tests.permissions.rows_issue_reports import grow_issue_reports
from tests.permissions.rows_local import grow_issues
from tests.permissions.rows_talk import grow_talk
from tests.permissions.scene import Scene, submitted
from tests.permissions.scene_people import grow_people

TOWNS, POSTINGS, JOBS, VERSIONS, ROUNDS, REGIONS, QUESTIONS = 28, 20, 20, 5, 5, 6, 8


def grow(scene: Scene) -> None:
    """Thirty towns, twenty postings and jobs, five versions and rounds, six more regions and years."""
    _questions(scene)
    for _ in range(TOWNS):
        _town(scene)
    _postings(scene)
    _jobs(scene)
    _versions(scene)
    for _ in range(REGIONS):
        region = f.RegionFactory(program=scene.world.program)
        f.PartnershipFactory(region=region)
        f.ConsortiumMemberFactory(consortium=f.ConsortiumFactory(region=region))
        f.ReportFactory(region=region)
        year = f.RegionFactory(prefecture=scene.a.prefecture)
        f.ReportFactory(region=year)
    _rounds(scene)
    _application(scene)
    grow_people(scene)
    neighbours = _neighbours(scene)
    grow_issues(scene.world.actors["town_a1"], neighbours)
    grow_issue_reports(scene, neighbours)
    _hats(scene)
    rows_outbox.grow(scene)
    grow_talk(scene)


def _neighbours(scene: Scene) -> list[Actor]:
    """An officer of every town that takes part in A's region, but the first."""
    rows = scene.a.region.partnerships.exclude(organisation=scene.world.town_a1.organisation)
    return [actor_for(row.organisation) for row in rows.select_related("organisation")]


def start(scene: Scene) -> None:
    """One row of what the scene gives only some people: an empty list asks less."""
    for actor in scene.world.actors.values():
        _job(actor, "reports.render")
        f.MembershipFactory(user=actor.user)
    _posting(scene, scene.a.region.consortium.members.get().vendor, weekday=0)
    make_issue(scene.world.actors["town_a2"])
    rows_outbox.grow(scene, head="start", times=1)


def _questions(scene: Scene) -> None:
    for position in range(2, QUESTIONS):
        principle = f.PrincipleFactory(framework=scene.framework, position=position)
        f.QuestionFactory(principle=principle)
        f.QuestionFactory(principle=scene.question.principle)


def _town(scene: Scene) -> None:
    region, round_ = scene.a.region, scene.a.round
    town = f.MunicipalityFactory(prefecture=scene.a.prefecture)
    partnership = f.PartnershipFactory(region=region, organisation=town.organisation)
    vendor = region.consortium.members.filter(is_lead=True).get().vendor
    f.SupportPlanFactory(partnership=partnership, issues="人手", support="助言", vendor=vendor)
    f.RoundTargetFactory(round=round_, organisation=town.organisation)
    officer = actor_for(town.organisation)
    report = f.ProgressReportFactory(
        round=round_, organisation=town.organisation, state=FormState.SUBMITTED, overview="概要"
    )
    submitted(report, officer)
    checklist = f.AssessmentFactory(
        round=round_,
        organisation=town.organisation,
        framework=scene.framework,
        state=AssessmentState.SUBMITTED,
    )
    submitted(checklist, officer)
    for question in Question.objects.filter(principle__framework=scene.framework):
        f.AnswerFactory(assessment=checklist, question=question, level=2)
    LiaisonAssignment.objects.create(
        organisation=town.organisation,
        person=scene.world.actors["prefecture_a"].user,
        field="community",
        valid_from=dt.date(2025, 4, 1),
    )


def _postings(scene: Scene) -> None:
    for number in range(POSTINGS):
        member = f.ConsortiumMemberFactory(consortium=scene.a.region.consortium, is_lead=False)
        _posting(scene, member.vendor, weekday=number % 5)


def _posting(scene: Scene, vendor: Vendor, *, weekday: int) -> None:
    """One person planned in both regions at once: a posting and a conflict."""
    resident = f.ResidentFactory(vendor=vendor)
    for region in (scene.a.region, scene.b.region):
        posting = f.PostingFactory(region=region, resident=resident)
        PostingSlot.objects.create(posting=posting, weekday=weekday, half="am")


def _jobs(scene: Scene) -> None:
    for actor in scene.world.actors.values():
        for _ in range(JOBS):
            _job(actor, "reports.render")


def _job(actor: Actor, kind: str) -> Job:
    return Job.objects.create(
        kind=kind,
        state=JobState.SUCCEEDED,
        organisation=actor.organisation,
        requested_by=f.MembershipFactory(organisation=actor.organisation).user,
        membership=actor.membership,
        created_at=clock.now(),
        finished_at=clock.now(),
    )


def _versions(scene: Scene) -> None:
    actor = scene.world.actors["prefecture_a"]
    for number in range(2, VERSIONS + 2):
        job = _job(actor, "reports.render")
        stored = store(
            b"%PDF-1.7",
            name="中間報告書.pdf",
            content_type="application/pdf",
            organisation=actor.organisation,
            by=actor.user,
        )
        Version.objects.create(
            report=scene.a.version.report,
            number=number,
            as_of=clock.now(),
            data={},
            pdf=stored,
            pages=1,
            job=job,
            requested_by=job.requested_by,
        )
        admin = scene.world.actors["admin"]
        ImportRun.objects.create(
            kind="municipalities",
            stored_file=store(
                b"a", name="a.csv", content_type="text/csv", organisation=admin.organisation, by=admin.user
            ),
            state=scene.imported.state,
            fingerprint="seen",
            organisation=admin.organisation,
            requested_by=f.MembershipFactory(organisation=admin.organisation).user,
            membership=admin.membership,
            created_at=clock.now(),
        )


def _rounds(scene: Scene) -> None:
    targets = list(RoundTarget.objects.filter(round=scene.a.round).values_list("organisation", flat=True))
    for number in range(ROUNDS):
        day = dt.date(2025, 6, 1 + number)
        round_ = f.RoundFactory(program=scene.world.program, opens_on=day)
        round_.frameworks.add(scene.framework)
        for organisation in targets:
            f.RoundTargetFactory(round=round_, organisation_id=organisation, organisation=None)


def _application(scene: Scene) -> None:
    application = scene.a.region.application
    for number in range(10, 30):
        item = ApplicationItem.objects.create(
            application=application,
            section="roles",
            position=number,
            organisation_label="町",
            organisation=scene.world.town_a1.organisation,
            text="本文",
        )
        ApplicationDuty.objects.create(item=item, position=1, text="分担")
        RegionTopic.objects.create(region=scene.a.region, number=number, challenge_title="課題")


def _hats(scene: Scene) -> None:
    """Everybody acts for three organisations: the menu of memberships lists them."""
    for actor in scene.world.actors.values():
        for _ in range(2):
            f.MembershipFactory(user=actor.user)
