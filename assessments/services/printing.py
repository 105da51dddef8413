"""A progress report on paper: what it says, marked 案 until it is handed in, and its PDF."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from assessments.choices import HANDED_IN
from assessments.models import (
    PrefectureSupport,
    ProgressPrint,
    ProgressReport,
    ProgressSubmission,
    RoundTarget,
)
from assessments.services.attachments import current_attachments
from assessments.services.sections import told_sections, words_of
from assessments.services.versions import shown_submission
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, outgoing, record
from portal.db import snapshot
from portal.errors import MoveRefused
from portal.files import store
from portal.jobs import JobContext, Outcome, enqueue
from portal.models import Job, StoredFile
from portal.pdf import render_pdf
from portal.permissions import Action, allows, check
from portal.ui.dates import jdate, jdate_range, jdatetime

JOB_KIND = "assessments.print"
TEMPLATE = "assessments/pdf/form.html"
#: The mark of what has not been handed in.
DRAFT_MARK = "案"
#: Who signs on paper, from left to right.
SIGNERS = ("起案", "係長", "課長")


@dataclass(frozen=True)
class Paper:
    """What is printed, as plain text."""

    title: str
    organisation: str
    #: 案, or 提出済み with the receipt; on every page.
    mark: str
    is_draft: bool
    facts: list[tuple[str, str]]
    sections: list[tuple[str, str]]
    attachments: list[str]
    support: str
    #: Boxes for a sign-off on paper; none on what another organisation handed in.
    signers: tuple[str, ...]
    is_sample: bool
    submission: ProgressSubmission | None = None


def may_print(actor: Actor, report: ProgressReport) -> bool:
    """Whether the actor finds anything of the form to print."""
    if not allows(actor, Action.PRINT_PROGRESS, report):
        return False
    return allows(actor, Action.VIEW_OWN_FORMS, report) or shown_submission(report) is not None


def paper_of(*, report: ProgressReport, actor: Actor) -> Paper:
    """The form as this reader may have it: one's own as it stands, another's as it was handed in."""
    check(actor, Action.PRINT_PROGRESS, report)
    mine = allows(actor, Action.VIEW_OWN_FORMS, report)
    shown = shown_submission(report)
    if shown is None and not mine:
        raise MoveRefused("この取組状況は、提出されていないため、印刷できません。")
    submission = shown if not mine or report.state in HANDED_IN else None
    if submission:
        texts = submission.content["sections"]
        files = [one["name"] for one in submission.content.get("attachments", [])]
        mark = f"提出済み　{submission.receipt}"
    else:
        texts, mark = words_of(report), DRAFT_MARK
        files = [str(one) for one in current_attachments(report)]
    support = PrefectureSupport.objects.for_user(actor).filter(
        round=report.round, organisation=report.organisation
    )
    return Paper(
        title=f"{report.round.title}　取組状況",
        organisation=report.organisation.full_name,
        mark=mark,
        is_draft=submission is None,
        facts=_facts(report, submission),
        sections=[(one.label, texts.get(one.code, "")) for one in told_sections(report, texts)],
        attachments=files,
        support="".join(row.text for row in support),
        signers=SIGNERS if mine else (),
        is_sample=report.round.program.is_sample,
        submission=submission,
    )


def _facts(report: ProgressReport, submission: ProgressSubmission | None) -> list[tuple[str, str]]:
    round_ = report.round
    target = RoundTarget.objects.filter(round=round_, organisation=report.organisation).first()
    facts = [("団体", report.organisation.full_name), ("報告回", round_.title)]
    if round_.period_from and round_.period_to:
        facts.append(("対象期間", jdate_range(round_.period_from, round_.period_to)))
    facts.append(("提出期限", jdate(target.due_on if target else round_.due_on)))
    if submission is None:
        return [*facts, ("状態", f"{report.get_state_display()}（提出していません）")]
    facts += [
        ("受付番号", submission.receipt),
        ("提出日時", jdatetime(submission.at)),
        ("提出回", f"{submission.number}回目"),
    ]
    if submission.corrects:
        facts.append(("訂正", f"{submission.corrects.receipt} の訂正。理由：{submission.reason}"))
    return facts


@transaction.atomic
def request_pdf(*, report: ProgressReport, actor: Actor) -> Job:
    """Ask for the PDF; while one is on its way, that job is returned."""
    check(actor, Action.PRINT_PROGRESS, report)
    if not may_print(actor, report):
        raise MoveRefused("この取組状況は、提出されていないため、印刷できません。")
    return enqueue(
        JOB_KIND,
        actor=actor,
        params={"report": report.pk},
        organisation=actor.organisation,
        key=f"form-{report.pk}-{actor.organisation.pk}",
        concerns=report.organisation,
    )


def run_pdf(context: JobContext) -> Outcome:
    """The job: the form as it stands now, rendered, and kept with the finish."""
    at = clock.now()
    with snapshot():
        report = ProgressReport.objects.select_related("round__program", "organisation__parent").get(
            pk=context.params["report"]
        )
        paper = paper_of(report=report, actor=context.actor)
    context.progress(0, 2, "PDFを作成しています")
    rendered = render_pdf(TEMPLATE, pdf_context(paper), created=at)
    context.progress(1, 2, "保存しています")
    return Outcome(
        result={"pages": rendered.pages},
        apply=lambda job: _keep(job, report, paper, rendered, at),
    )


def pdf_context(paper: Paper) -> dict[str, Any]:
    """What the template is given."""
    return {
        "title": f"{paper.title}（{paper.organisation}）",
        "publisher": paper.organisation,
        "sample": paper.is_sample,
        "paper": paper,
    }


def _keep(job: Job, report: ProgressReport, paper: Paper, rendered: Any, at: dt.datetime) -> dict[str, Any]:
    state = DRAFT_MARK if paper.submission is None else paper.submission.receipt
    stored = store(
        rendered.content,
        name=f"{report.round.title}_取組状況_{report.organisation}_{state}.pdf",
        content_type="application/pdf",
        organisation=job.organisation,
        by=job.requested_by,
    )
    made = ProgressPrint.objects.create(
        report=report,
        submission=paper.submission,
        organisation=job.organisation,
        stored_file=stored,
        pages=rendered.pages,
        requested_by=job.requested_by,
        at=at,
    )
    record(
        AuditCode.FORM_PRINTED,
        actor=Actor(user=job.requested_by, membership=job.membership),
        obj=made,
        concerns=report.organisation,
        details={"file": stored.name, "pages": rendered.pages, "bytes": stored.size},
    )
    return {"file": str(stored.pk), "bytes": stored.size}


def downloaded_print(*, printed: ProgressPrint, actor: Actor) -> StoredFile:
    """The PDF for somebody who was let through; that it was taken is recorded."""
    check(actor, Action.PRINT_PROGRESS, printed)
    outgoing.downloaded(printed.stored_file, actor=actor, obj=printed, concerns=printed.report.organisation)
    return printed.stored_file
