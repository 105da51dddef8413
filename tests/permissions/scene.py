"""Two prefectures furnished alike, so that every address has an object of A and one of B behind it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.test import Client

from assessments.choices import AssessmentState, FormState
from assessments.models import (
    Assessment,
    AssessmentSubmission,
    Framework,
    PrefectureSupport,
    ProgressReport,
    ProgressSubmission,
    Question,
    Round,
)
from assessments.services.sections import words_of
from municipalities.models import Municipality, Prefecture
from portal import clock
from portal.actor import Actor
from portal.choices import ImportState, JobState
from portal.files import store
from portal.models import DraftBuffer, ImportRun, Job
from portal.services.drafts import keep
from portal.services.memberships import SESSION_KEY
from programs.calls.choices import ApplicationSection
from programs.models import (
    Application,
    ApplicationDuty,
    ApplicationItem,
    LiaisonAssignment,
    PostingSlot,
    PromotionBody,
    Region,
    RegionTopic,
    ResidentRequest,
)
from reports.choices import ReportKind
from reports.models import Version
from reports.services.rendering import JOB_KIND
from tests import factories as f
from tests.conftest import World, build_world
from tests.factories_assessments import steps_doing
from tests.permissions import rows_audit, rows_guard, rows_outbox, rows_sheets, rows_signin
from tests.permissions.rows_issue_reports import furnish_issue_reports
from tests.permissions.rows_local import furnish_issues
from tests.permissions.rows_rounds import furnish_rounds
from tests.permissions.rows_talk import furnish_talk
from tests.permissions.scene_people import PeopleRows, furnish_people

User = get_user_model()
PDF = b"%PDF-1.7\n%%EOF\n"


@dataclass
class Side:
    """What one prefecture's people have: objects of every kind that an address names."""

    region: Region
    prefecture: Prefecture
    towns: list[Municipality]
    round: Round
    submitted: ProgressReport
    draft: ProgressReport | None
    assessment: Assessment
    draft_assessment: Assessment | None
    version: Version
    waiting_job: Job
    failed_job: Job


@dataclass
class Scene:
    """The furnished world, and one signed-in session per persona."""

    world: World
    a: Side
    b: Side
    shared: Round
    framework: Framework
    question: Question
    imported: ImportRun
    unsaved: DraftBuffer
    sessions: dict[str, str] = field(default_factory=dict)
    people: dict[str, PeopleRows] = field(default_factory=dict)

    def client(self, persona: str, **options: Any) -> Client:
        """A browser with this persona's session; without one for somebody anonymous."""
        client = Client(**options)
        if persona in self.sessions:
            client.cookies["session"] = self.sessions[persona]
        return client


def build_scene() -> Scene:
    """Everything, both sides alike, with sessions for all personas."""
    world = build_world()
    framework = f.FrameworkFactory()
    question = f.QuestionFactory(principle=f.PrincipleFactory(framework=framework, position=1))
    a = furnish(world, "a", [world.town_a1, world.town_a2], question)
    b = furnish(world, "b", [world.town_b], question)
    furnish_rounds(world, a, b)
    furnish_issue_reports(world, a, b)
    shared = f.RoundFactory(program=world.program, title="全県の報告回")
    for town in (world.town_a1, world.town_b):
        f.RoundTargetFactory(round=shared, organisation=town.organisation)
    imported, unsaved = _imported(world.actors["admin"]), _unsaved(world.actors["town_a1"], a.round)
    rows_audit.add_entries(world)
    scene = Scene(world, a, b, shared, framework, question, imported, unsaved)
    rows_signin.furnish(scene)
    furnish_people(scene)
    rows_outbox.messages(scene)
    _sign_in(scene)
    rows_guard.hang_files(scene)
    furnish_talk(scene)
    rows_sheets.furnish_entry(scene)
    return scene


def _sign_in(scene: Scene) -> None:
    people = {name: actor.user for name, actor in scene.world.actors.items()}
    people["nobody"] = f.UserFactory()
    town = scene.world.town_a1.organisation
    people["disabled"] = f.MembershipFactory(organisation=town).user
    for name, user in people.items():
        client = Client()
        client.force_login(user)
        if name in scene.world.actors:
            session = client.session
            session[SESSION_KEY] = scene.world.actors[name].membership.pk
            session.save()
        scene.sessions[name] = client.cookies["session"].value
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in people.values()
    )
    User.objects.filter(pk=people["disabled"].pk).update(is_active=False)


def furnish(world: World, letter: str, towns: list[Municipality], question: Question) -> Side:
    """Give one prefecture a round of its own, forms, plans, postings, a report and jobs."""
    region: Region = getattr(world, f"region_{letter}")
    prefecture: Prefecture = getattr(world, f"prefecture_{letter}")
    actor = world.actors[f"prefecture_{letter}"]
    _plans(region, towns[0], actor)
    _application(region, towns[0])
    round_ = f.RoundFactory(
        program=world.program, organisation=prefecture.organisation, title=f"県の報告回{letter}"
    )
    framework = question.principle.framework
    round_.frameworks.add(framework)
    for organisation in [prefecture.organisation, *(town.organisation for town in towns)]:
        f.RoundTargetFactory(round=round_, organisation=organisation)
    officer = world.actors["town_a1" if letter == "a" else "town_b"]
    furnish_issues(officer)
    submitted = _progress(round_, officer)
    assessment = _assessment(round_, officer, question)
    draft = draft_assessment = None
    if len(towns) > 1:
        second = towns[1].organisation
        draft = f.ProgressReportFactory(round=round_, organisation=second, overview="まだ出していない下書き")
        draft_assessment = f.AssessmentFactory(round=round_, organisation=second, framework=framework)
        f.AnswerFactory(assessment=draft_assessment, question=question, level=1)
    version = _version(region, actor)
    return Side(
        region=region,
        prefecture=prefecture,
        towns=towns,
        round=round_,
        submitted=submitted,
        draft=draft,
        assessment=assessment,
        draft_assessment=draft_assessment,
        version=version,
        waiting_job=_job(actor, JobState.QUEUED),
        failed_job=_job(actor, JobState.FAILED, error="作成できませんでした。"),
    )


def _unsaved(actor: Actor, round_: Round) -> DraftBuffer:
    return keep(
        actor=actor,
        form=f"progress:{round_.pk}:{actor.organisation.pk}:overview",
        title="取組の概要",
        url=f"/rounds/{round_.pk}/progress/sections/overview/",
        payload={"overview": "町A1だけが知る書きかけ"},
    )


def _plans(region: Region, town: Municipality, actor: Actor) -> None:
    partnership = region.partnerships.get(organisation=town.organisation)
    vendor = region.consortium.members.get().vendor
    f.SupportPlanFactory(partnership=partnership, issues="人手", support="助言", vendor=vendor)
    RegionTopic.objects.create(
        region=region,
        number=1,
        challenge_title="担い手",
        challenge="担い手の不足",
        activity_title="研修",
        activity="研修を開く",
        vision_title="自走",
        vision="自ら進める",
    )
    PromotionBody.objects.create(region=region, name="推進協議会", note="県と市町村")
    resident = f.ResidentFactory(vendor=vendor, specialty="業務改善")
    posting = f.PostingFactory(region=region, resident=resident)
    PostingSlot.objects.create(posting=posting, weekday=0, half="am")
    LiaisonAssignment.objects.create(
        organisation=town.organisation,
        person=actor.user,
        field="administration",
        valid_from=dt.date(2025, 4, 1),
    )


def _application(region: Region, town: Municipality) -> None:
    application = Application.objects.create(
        region=region,
        appendix="別紙1",
        contact_department="市町村課",
        source_name="application.yaml",
        source_sha256="0" * 64,
        imported_at=clock.now(),
    )
    line = {"application": application, "organisation_label": "県", "organisation": town.organisation}
    for position, section in enumerate(ApplicationSection.values):
        item = ApplicationItem.objects.create(
            section=section, position=position, heading="見出し", text="本文", **line
        )
        ApplicationDuty.objects.create(item=item, position=1, text="分担")
    ResidentRequest.objects.create(position=1, mode="常駐", quote="週2日の常駐を希望", **line)


def _progress(round_: Round, officer: Actor) -> ProgressReport:
    texts: dict[str, Any] = {
        "overview": "概要の文",
        "activities": "取組の文",
        "issues": "課題の文",
        "effective_support": "支援の文",
        "target_state": "目指す姿の文",
        "fields": ["disaster"],
        "steps": steps_doing(),
    }
    report = f.ProgressReportFactory(
        round=round_, organisation=officer.organisation, state=FormState.SUBMITTED, **texts
    )
    drawn = ProgressSubmission.objects.count()
    words = words_of(report)
    for number, issues in ((1, "はじめの課題の文"), (2, texts["issues"])):
        sections = words | {"issues": issues}
        ProgressSubmission.objects.create(
            report=report,
            number=number,
            receipt=f"R7-P-{drawn + number:04d}",
            content={"organisation": "町", "round": round_.title, "version": number, "sections": sections},
            by=officer.user,
            at=clock.now(),
        )
    submitted(report, officer)
    PrefectureSupport.objects.create(
        round=round_, organisation=officer.organisation, text="県の支援", updated_at=clock.now()
    )
    return report


def _assessment(round_: Round, officer: Actor, question: Question) -> Assessment:
    assessment = f.AssessmentFactory(
        round=round_,
        organisation=officer.organisation,
        framework=question.principle.framework,
        state=AssessmentState.SUBMITTED,
    )
    f.AnswerFactory(assessment=assessment, question=question, level=3, evidence="会議の記録")
    number = AssessmentSubmission.objects.count() + 1
    AssessmentSubmission.objects.create(
        assessment=assessment,
        number=1,
        receipt=f"R7-C-{number:04d}",
        content={"answers": []},
        by=officer.user,
        at=clock.now(),
    )
    submitted(assessment, officer)
    return assessment


def submitted(form: ProgressReport | Assessment, officer: Actor) -> None:
    form.status_changes.create(
        action="submit",
        from_state=FormState.DRAFT,
        to_state=FormState.SUBMITTED,
        by=officer.user,
        membership=officer.membership,
        at=clock.now(),
    )


def _job(actor: Actor, state: str, **more: Any) -> Job:
    return Job.objects.create(
        kind=JOB_KIND,
        state=state,
        organisation=actor.organisation,
        requested_by=actor.user,
        membership=actor.membership,
        created_at=clock.now(),
        **more,
    )


def _imported(actor: Actor) -> ImportRun:
    """A file of municipalities that its organisation has looked at and not yet confirmed."""
    stored = store(
        "団体コード,名称".encode(),
        name="市区町村.csv",
        content_type="text/csv",
        organisation=actor.organisation,
        by=actor.user,
    )
    return ImportRun.objects.create(
        kind="municipalities",
        stored_file=stored,
        state=ImportState.PREVIEWED,
        fingerprint="seen",
        organisation=actor.organisation,
        requested_by=actor.user,
        membership=actor.membership,
        created_at=clock.now(),
    )


def _version(region: Region, actor: Actor) -> Version:
    report = f.ReportFactory(region=region, kind=ReportKind.MIDTERM)
    stored = store(
        PDF,
        name="中間報告書.pdf",
        content_type="application/pdf",
        organisation=actor.organisation,
        by=actor.user,
    )
    job = _job(actor, JobState.SUCCEEDED, finished_at=clock.now(), params={"report": report.pk})
    return Version.objects.create(
        report=report,
        number=1,
        as_of=clock.now(),
        data={"as_of": clock.now().isoformat()},
        pdf=stored,
        pages=1,
        job=job,
        requested_by=actor.user,
    )
