"""A mark in every text of one prefecture, so that it is heard wherever that text comes out."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import models

from assessments.models import (
    Answer,
    Assessment,
    AssessmentSubmission,
    LocalIssue,
    LocalIssueChange,
    PrefectureSupport,
    ProgressAttachment,
    ProgressReport,
    ProgressStatusChange,
    ProgressSubmission,
    Round,
)
from assessments.models.sections import OF_TOWN
from portal import clock
from portal.audit.guards import permit
from portal.choices import ImportState, JobState
from portal.files import store
from portal.models import ImportRun, Job, Membership, StoredFile, User
from programs.models import (
    Application,
    ApplicationDuty,
    ApplicationItem,
    PromotionBody,
    Region,
    RegionTopic,
    Resident,
    ResidentRequest,
    SupportPlan,
    Vendor,
)
from reports.models import Version
from tests.permissions import rows_outbox
from tests.permissions.rows_issue_reports import plant_issue_reports
from tests.permissions.rows_rounds import plant_rounds
from tests.permissions.rows_talk import plant_talk
from tests.permissions.scene import Scene
from tests.permissions.scene_people import plant_people

MARK = "カナリア"


@dataclass
class Canaries:
    """The marks by the field they sit in."""

    marks: dict[str, str] = field(default_factory=dict)

    def heard_in(self, text: str) -> set[str]:
        """The fields whose mark stands in a text."""
        return {name for name, mark in self.marks.items() if mark in text} if MARK in text else set()

    def set(self, rows: models.QuerySet, *names: str) -> None:
        """Put a mark of its own into each field of these rows."""
        assert rows.exists(), f"no {rows.model.__name__} to mark"
        for name in names:
            key = f"{rows.model.__name__}.{name}"
            self.marks[key] = f"{MARK}{len(self.marks):02d}号"
            rows.update(**{name: self.marks[key]})


def plant(scene: Scene) -> Canaries:
    """Mark everything that is B's alone; names of prefectures and municipalities are public."""
    found = Canaries()
    _plans(found, scene)
    with permit():  # histories and submissions are append-only
        _forms(found, scene)
        plant_issue_reports(found, scene)
    plant_rounds(found, scene)
    _people(found, scene)
    plant_people(found, scene)
    _import(found, scene)
    rows_outbox.plant(found)
    plant_talk(scene, found)
    return found


def _plans(found: Canaries, scene: Scene) -> None:
    region = scene.b.region
    found.set(Region.objects.filter(pk=region.pk), "title", "summary")
    found.set(
        RegionTopic.objects.filter(region=region),
        "challenge_title",
        "challenge",
        "activity_title",
        "activity",
        "vision_title",
        "vision",
    )
    found.set(PromotionBody.objects.filter(region=region), "name", "note")
    found.set(SupportPlan.objects.filter(partnership__region=region), "field", "issues", "support")
    found.set(Resident.objects.filter(postings__region=region), "name", "specialty")
    application = Application.objects.filter(region=region)
    found.set(application, "appendix", "contact_department")
    items = ApplicationItem.objects.filter(application__region=region)
    found.set(items, "organisation_label", "heading", "text")
    found.set(ApplicationDuty.objects.filter(item__application__region=region), "text")
    found.set(ResidentRequest.objects.filter(application__region=region), "quote")


def _forms(found: Canaries, scene: Scene) -> None:
    found.set(Round.objects.filter(pk=scene.b.round.pk), "title")
    own = ProgressReport.objects.filter(round=scene.b.round)
    found.set(own, *(section.text_field for section in OF_TOWN))
    sections = [section.code for section in OF_TOWN]
    key = "ProgressSubmission.content"
    found.marks[key] = f"{MARK}提出版"
    ProgressSubmission.objects.filter(report__in=own).update(
        content={"organisation": "町", "round": "回", "sections": dict.fromkeys(sections, found.marks[key])}
    )
    found.set(ProgressSubmission.objects.filter(report__in=own, number=2), "receipt")
    found.marks["ProgressAttachment.name"] = f"{MARK}添付"
    StoredFile.objects.filter(
        pk__in=ProgressAttachment.objects.filter(report__in=own).values("stored_file")
    ).update(name=f"{MARK}添付.txt")
    found.set(ProgressStatusChange.objects.filter(report__in=own), "reason")
    found.set(PrefectureSupport.objects.filter(round=scene.b.round), "text")
    issues = LocalIssue.objects.filter(organisation=scene.world.town_b.organisation)
    found.set(issues, "title", "description", "department")
    found.set(LocalIssueChange.objects.filter(issue__in=issues), "reason")
    checklists = Assessment.objects.filter(round=scene.b.round)
    found.set(Answer.objects.filter(assessment__in=checklists), "evidence")
    found.set(AssessmentSubmission.objects.filter(assessment__in=checklists), "receipt")


def _people(found: Canaries, scene: Scene) -> None:
    ours = [scene.world.actors[name] for name in ("town_b", "prefecture_b", "vendor_b")]
    found.set(User.objects.filter(pk__in=[actor.user.pk for actor in ours]), "name")
    found.set(Membership.objects.filter(pk__in=[actor.membership.pk for actor in ours]), "department")
    vendor = Vendor.objects.get(consortium_memberships__consortium__region=scene.b.region)
    found.set(type(vendor.organisation).objects.filter(pk=vendor.organisation_id), "name")
    jobs = Job.objects.filter(organisation=scene.b.prefecture.organisation)
    jobs.filter(pk=scene.b.waiting_job.pk).update(state=JobState.RUNNING)
    found.set(jobs, "error", "progress_note")
    found.set(StoredFile.objects.filter(pk=Version.objects.get(pk=scene.b.version.pk).pdf_id), "name")


def _import(found: Canaries, scene: Scene) -> None:
    """A file that B has uploaded, with a preview that tells of its content."""
    actor = scene.world.actors["prefecture_b"]
    name, wrong = f"{MARK}取込み.csv", f"{MARK}行の誤り"
    found.marks |= {"ImportRun.stored_file": name, "ImportRun.preview": wrong}
    stored = store(b"x", name=name, content_type="text/csv", organisation=actor.organisation, by=actor.user)
    error = {"sheet": "", "cell": "B2", "label": "団体コード", "value": "x", "rule": "x", "sentence": wrong}
    ImportRun.objects.create(
        kind="partnerships",
        stored_file=stored,
        state=ImportState.REFUSED,
        preview={"errors": [error], "error_total": 1},
        organisation=actor.organisation,
        requested_by=actor.user,
        membership=actor.membership,
        created_at=clock.now(),
    )
