"""Every service that writes, the code of its entry, and how to run it once (AUD-01).

A new service gets its line here; `test_audit_services.py` names the ones that are missing.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.backends.db import SessionStore

from assessments.choices import FormState
from assessments.models import Assessment, Framework, ProgressReport, Round, RoundTarget
from assessments.services import checklists, forms, frameworks, progress, progress_saving, support
from municipalities.services import load_master
from portal.actor import Actor
from portal.audit import AuditCode
from portal.choices import JobState
from portal.imports import imports
from portal.imports import services as importing
from portal.jobs import cancel, enqueue, retry, run_job
from portal.jobs.claims import claim
from portal.models import ImportRun, Job
from portal.services.memberships import switch_membership
from portal.states import move
from reports.choices import ReportKind
from reports.sample.loader import load_sample
from reports.services.rendering import request_render
from tests import factories as f
from tests.conftest import World, actor_for
from tests.factories_assessments import answer_all, full_report, make_framework, make_round
from tests.stormapp import kinds

C = AuditCode
IMPORT_HEADER = "団体コード,名称,よみがな,種別,人口（人）,人口の基準日,面積（km²）"


@dataclass
class Stage:
    """A world with a round that asks one town for everything, and the people who act in it."""

    world: World
    round: Round
    framework: Framework
    target: RoundTarget
    town: Actor
    prefecture: Actor
    admin: Actor
    #: Who did it in the end; None for a command.
    by: Actor | None = None
    made: dict[str, Any] = field(default_factory=dict)

    def report(self, state: str = FormState.DRAFT) -> ProgressReport:
        """A complete report of the town in a state."""
        report = full_report(self.round, self.town.organisation)
        if state in {FormState.SUBMITTED, FormState.ACCEPTED}:
            progress.submit_progress(report=report, actor=self.town)
        report.refresh_from_db()
        return report

    def waiting(self) -> ProgressReport:
        """A report that a colleague of the town's officer is asked to sign off."""
        type(self.town.organisation).objects.filter(pk=self.town.organisation.pk).update(
            sign_off_required=True
        )
        self.town.organisation.sign_off_required = True
        report = full_report(self.round, self.town.organisation)
        progress.request_sign_off(report=report, actor=self.town)
        return report

    def assessment(self, *, handed_in: bool = False) -> Assessment:
        """A complete checklist of the town."""
        row = f.AssessmentFactory(
            round=self.round, framework=self.framework, organisation=self.town.organisation
        )
        answer_all(row)
        if handed_in:
            checklists.submit_assessment(assessment=row, actor=self.town)
        return row

    def job(self, kind: str = "work") -> Job:
        """A job of the town."""
        kinds.register_all()
        return enqueue(
            f"storm.{kind}", actor=self.town, params={"log": ""}, organisation=self.town.organisation
        )

    def run(self) -> ImportRun:
        """An uploaded list of one town."""
        town = self.world.town_a1
        rows = [town.code, f"新{town.name}", town.kana, "町", "10000", "2025-01-01", "50"]
        text = f"{IMPORT_HEADER}\n{','.join(rows)}\n"
        return importing.start_import(
            kind=imports.get("municipalities"),
            params={},
            upload=io.BytesIO(text.encode()),
            name="市区町村.csv",
            content_type="text/csv",
            by=self.admin,
        )

    def previewed(self) -> ImportRun:
        """The list, read and shown."""
        run = self.run()
        run_job(run.job_id)
        run.refresh_from_db()
        return run

    def confirmed(self) -> ImportRun:
        """The list, confirmed."""
        run = self.previewed()
        return importing.confirm_import(run=run, seen=run.fingerprint, by=self.admin)


def build_stage(world: World) -> Stage:
    """The stage; the town has an officer, the prefecture a manager."""
    town = world.actors["town_a1"]
    framework = make_framework()
    round_ = make_round(world.program, town.organisation, frameworks=(framework,))
    return Stage(
        world=world,
        round=round_,
        framework=framework,
        target=round_.targets.get(),
        town=town,
        prefecture=world.actors["prefecture_a"],
        admin=world.actors["admin"],
    )


Run = Callable[[Stage], object]


def _by(name: str, run: Run) -> Run:
    """Run, and say who did it."""

    def runs(stage: Stage) -> object:
        stage.by = getattr(stage, name) if name else None
        return run(stage)

    return runs


def _save(stage: Stage) -> object:
    report = stage.report()
    return progress_saving.save_progress(
        report=report, values={"overview": "下書きの文"}, version=report.version, actor=stage.town
    )


def _carry(stage: Stage) -> object:
    earlier = make_round(
        stage.world.program,
        stage.town.organisation,
        opens_on="2025-06-01",
        due_on="2025-06-30",
        closes_on="2025-12-31",
    )
    earlier.refresh_from_db()
    before = full_report(earlier, stage.town.organisation)
    progress.submit_progress(report=before, actor=stage.town)
    report = forms.start_progress(target=stage.target, actor=stage.town)
    return progress_saving.carry_over(report=report, sections=["issues"], actor=stage.town)


def _answers(stage: Stage) -> object:
    row = stage.assessment()
    question = row.answers.first().question_id
    given = [checklists.Given(question, "scored", 3, "下書きの根拠")]
    return checklists.save_answers(assessment=row, answers=given, version=row.version, actor=stage.town)


def _support(stage: Stage) -> object:
    return support.save_prefecture_support(
        round_=stage.round,
        organisation=stage.town.organisation,
        text="下書きの支援",
        version=1,
        actor=stage.prefecture,
    )


def _sign_off(stage: Stage) -> object:
    stage.by = actor_for(stage.town.organisation, duty="approver")
    report = stage.waiting()
    return progress.sign_off_progress(report=report, actor=stage.by)


def _send_back(stage: Stage) -> object:
    report = stage.waiting()
    stage.by = actor_for(stage.town.organisation, duty="approver")
    return progress.send_back_progress(report=report, reason="下書きの理由", actor=stage.by)


def _fail(stage: Stage) -> object:
    return run_job(stage.job("expected").pk)


def _stuck(stage: Stage) -> object:
    job = stage.job()
    Job.objects.filter(pk=job.pk).update(attempts=job.max_attempts)
    return claim(Job.objects.filter(pk=job.pk))


def _retry(stage: Stage) -> object:
    job = stage.job()
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    return retry(job=job, actor=stage.town)


def _switch(stage: Stage) -> object:
    return switch_membership(
        user=stage.town.user, session=SessionStore(), membership_id=stage.town.membership.pk
    )


def _sample(_stage: Stage) -> object:
    load_master()  # the sample loads both only into an empty database
    frameworks.load_frameworks()
    return load_sample(password=f.PASSWORD)


def _submit(stage: Stage) -> object:
    return progress.submit_progress(report=stage.report(), actor=stage.town)


SUBMITTED = FormState.SUBMITTED
#: module.function → code, how to run it.
ACTS: dict[str, tuple[AuditCode, Run]] = {
    "portal.states.move": (
        C.STATE_MOVED,
        _by("town", lambda s: move(_progress_machine(), s.report(), "submit", actor=s.town)),
    ),
    "portal.services.memberships.switch_membership": (C.MEMBERSHIP_SWITCHED, _by("town", _switch)),
    "portal.jobs.queue.enqueue": (C.JOB_ASKED, _by("town", lambda s: s.job())),
    "portal.jobs.queue.cancel": (C.JOB_CANCELLED, _by("town", lambda s: cancel(job=s.job(), actor=s.town))),
    "portal.jobs.queue.retry": (C.JOB_RETRIED, _by("town", _retry)),
    "portal.jobs.runner.run_job": (C.JOB_FAILED, _by("town", _fail)),
    "portal.jobs.claims.claim": (C.JOB_FAILED, _by("town", _stuck)),
    "portal.imports.services.start_import": (C.IMPORT_STARTED, _by("admin", Stage.run)),
    "portal.imports.services.preview_again": (
        C.IMPORT_AGAIN,
        _by("admin", lambda s: importing.preview_again(run=s.previewed(), by=s.admin)),
    ),
    "portal.imports.services.keep_preview": (C.IMPORT_PREVIEWED, _by("admin", Stage.previewed)),
    "portal.imports.services.confirm_import": (C.IMPORT_CONFIRMED, _by("admin", Stage.confirmed)),
    "portal.imports.services.apply_import": (
        C.IMPORT_APPLIED,
        _by("admin", lambda s: run_job(s.confirmed().job_id)),
    ),
    "municipalities.services.load_master": (C.DATA_LOADED, _by("", lambda _s: load_master())),
    "assessments.services.frameworks.load_frameworks": (
        C.DATA_LOADED,
        _by("", lambda _s: frameworks.load_frameworks()),
    ),
    "reports.sample.loader.load_sample": (C.DATA_LOADED, _by("", _sample)),
    "assessments.services.forms.start_progress": (
        C.FORM_STARTED,
        _by("town", lambda s: forms.start_progress(target=s.target, actor=s.town)),
    ),
    "assessments.services.forms.start_assessment": (
        C.FORM_STARTED,
        _by("town", lambda s: forms.start_assessment(target=s.target, framework=s.framework, actor=s.town)),
    ),
    "assessments.services.progress_saving.save_progress": (C.FORM_SAVED, _by("town", _save)),
    "assessments.services.progress_saving.carry_over": (C.FORM_SAVED, _by("town", _carry)),
    "assessments.services.progress.submit_progress": (C.STATE_MOVED, _by("town", _submit)),
    "assessments.services.progress.request_sign_off": (C.STATE_MOVED, _by("town", Stage.waiting)),
    "assessments.services.progress.sign_off_progress": (C.STATE_MOVED, _sign_off),
    "assessments.services.progress.recall_progress": (
        C.STATE_MOVED,
        _by("town", lambda s: progress.recall_progress(report=s.waiting(), actor=s.town)),
    ),
    "assessments.services.progress.send_back_progress": (C.STATE_MOVED, _send_back),
    "assessments.services.progress.mark_opened": (
        C.FORM_OPENED,
        _by("prefecture", lambda s: progress.mark_opened(report=s.report(SUBMITTED), actor=s.prefecture)),
    ),
    "assessments.services.progress.withdraw_progress": (
        C.STATE_MOVED,
        _by("town", lambda s: progress.withdraw_progress(report=s.report(SUBMITTED), actor=s.town)),
    ),
    "assessments.services.progress.accept_progress": (
        C.STATE_MOVED,
        _by("prefecture", lambda s: progress.accept_progress(report=s.report(SUBMITTED), actor=s.prefecture)),
    ),
    "assessments.services.progress.return_progress": (
        C.STATE_MOVED,
        _by(
            "prefecture",
            lambda s: progress.return_progress(
                report=s.report(SUBMITTED),
                reason="下書きの理由",
                sections=["issues"],
                actor=s.prefecture,
            ),
        ),
    ),
    "assessments.services.checklists.save_answers": (C.FORM_SAVED, _by("town", _answers)),
    "assessments.services.checklists.submit_assessment": (
        C.STATE_MOVED,
        _by("town", lambda s: checklists.submit_assessment(assessment=s.assessment(), actor=s.town)),
    ),
    "assessments.services.checklists.confirm_assessment": (
        C.STATE_MOVED,
        _by(
            "prefecture",
            lambda s: checklists.confirm_assessment(
                assessment=s.assessment(handed_in=True), actor=s.prefecture
            ),
        ),
    ),
    "assessments.services.checklists.reopen_assessment": (
        C.STATE_MOVED,
        _by(
            "prefecture",
            lambda s: checklists.reopen_assessment(
                assessment=s.assessment(handed_in=True), reason="下書きの理由", actor=s.prefecture
            ),
        ),
    ),
    "assessments.services.support.save_prefecture_support": (C.SUPPORT_SAVED, _by("prefecture", _support)),
    "reports.services.rendering.request_render": (
        C.JOB_ASKED,
        _by(
            "prefecture",
            lambda s: request_render(region=s.world.region_a, kind=ReportKind.MIDTERM, actor=s.prefecture),
        ),
    ),
}


def _progress_machine():
    from assessments.states import PROGRESS

    return PROGRESS
