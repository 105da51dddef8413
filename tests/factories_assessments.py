"""What tests of rounds and checklists need beyond single rows: a whole round, a whole checklist."""

import datetime as dt
from typing import Any

from assessments.choices import AssessmentState, FormState, IssueField, StepState
from assessments.models import (
    Answer,
    Assessment,
    Framework,
    ProgressReport,
    ProgressSubmission,
    Question,
    Round,
    SupportStep,
)
from assessments.models.sections import TEXT_FIELDS, sections_for
from assessments.services.checklists import submit_assessment
from assessments.services.progress import submit_progress
from assessments.services.sections import all_values, words_of
from assessments.services.setup import Setup
from portal import clock
from portal.actor import Actor
from portal.models import Organisation
from tests import factories as f

TEXT = "庁内で話し合いました。"


def make_framework(principles: int = 2, questions: int = 2, **kwargs) -> Framework:
    """A checklist of some principles with some questions each."""
    framework = f.FrameworkFactory(**kwargs)
    for position in range(1, principles + 1):
        principle = f.PrincipleFactory(framework=framework, position=position, name=f"第{position}条")
        for number in range(1, questions + 1):
            f.QuestionFactory(principle=principle, position=number, text=f"設問{position}-{number}")
    return framework


def make_round(
    program, *organisations: Organisation, frameworks: tuple[Framework, ...] = (), **kwargs
) -> Round:
    """A round that asks these organisations for everything."""
    round_ = f.RoundFactory(program=program, **kwargs)
    round_.frameworks.set(frameworks)
    for organisation in organisations:
        f.RoundTargetFactory(round=round_, organisation=organisation, asks_checklists=bool(frameworks))
    return round_


def full_report(round_: Round, organisation: Organisation, **kwargs) -> ProgressReport:
    """A draft with something in every section."""
    return f.ProgressReportFactory(
        round=round_, organisation=organisation, **(full_values(organisation) | kwargs)
    )


def full_values(organisation: Organisation) -> dict[str, Any]:
    """Column → what a complete form of this organisation holds."""
    names = [name for section in sections_for(organisation.kind) for name in section.fields]
    found: dict[str, Any] = {name: TEXT for name in names if name in TEXT_FIELDS}
    if "fields" in names:
        found |= {"fields": [IssueField.DISASTER.value], "steps": steps_doing()}
    return found


def steps_doing() -> dict[str, str]:
    """Every step that is loaded, under way."""
    return {step.code: StepState.DOING.value for step in SupportStep.objects.all()}


def snapshot(report: ProgressReport, actor: Actor) -> ProgressSubmission:
    """The next submission of a report whose state was set by hand."""
    number = report.submissions.count() + 1
    return ProgressSubmission.objects.create(
        report=report,
        number=number,
        receipt=f"R7-P-{ProgressSubmission.objects.count() + 1:04d}",
        content={"sections": words_of(report), "values": all_values(report)},
        by=actor.user,
        at=clock.now(),
    )


def submitted_report(round_: Round, actor: Actor, **kwargs) -> ProgressReport:
    """A report handed in by its author."""
    report = full_report(round_, actor.organisation, **kwargs)
    submit_progress(report=report, actor=actor)
    report.refresh_from_db()
    assert report.state == FormState.SUBMITTED
    return report


def questions_of(framework: Framework) -> list[Question]:
    """All questions in order."""
    return list(
        Question.objects.filter(principle__framework=framework).order_by("principle__position", "position")
    )


def answer_all(assessment: Assessment, level: int = 2, evidence: str = "") -> None:
    """The same answer to every question."""
    for question in questions_of(assessment.framework):
        Answer.objects.create(assessment=assessment, question=question, level=level, evidence=evidence)


def submitted_assessment(round_: Round, framework: Framework, actor: Actor, level: int = 2) -> Assessment:
    """A complete checklist handed in by its author."""
    assessment = f.AssessmentFactory(round=round_, framework=framework, organisation=actor.organisation)
    answer_all(assessment, level, evidence="計画書" if level >= framework.evidence_level else "")
    submit_assessment(assessment=assessment, actor=actor)
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.SUBMITTED
    return assessment


def a_setup(program, **more) -> Setup:
    """A final round from 2 to 27 February 2026, late ones until 13 March."""
    values = {
        "program": program,
        "title": "第2回",
        "stage": "final",
        "period_from": dt.date(2025, 9, 1),
        "period_to": dt.date(2026, 1, 31),
        "opens_on": dt.date(2026, 2, 2),
        "due_on": dt.date(2026, 2, 27),
        "closes_on": dt.date(2026, 3, 13),
        "request_text": "よろしくお願いします。",
    }
    return Setup(**values | more)
