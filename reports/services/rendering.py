"""From a wish for a PDF to a frozen version: ask, freeze, render, keep."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.db import snapshot
from portal.errors import PortalError
from portal.files import store
from portal.jobs import JobContext, JobFailed, Outcome, enqueue
from portal.models import Job
from portal.pdf import RenderedPdf, render_pdf
from portal.permissions import Action, check
from programs.core.choices import RegionStatus
from programs.models import Region
from reports.choices import ReportKind
from reports.definitions import DEFINITIONS
from reports.models import Report, Version
from reports.presenters.report import report_context
from reports.services.bounds import refuse_oversized
from reports.services.data import for_report

JOB_KIND = "reports.render"


@transaction.atomic
def request_render(*, region: Region, kind: ReportKind, actor: Actor) -> Job:
    """Ask for a PDF of a region's report; while one is on its way, that job is returned."""
    check(actor, Action.RENDER_REPORT, region)
    if region.status != RegionStatus.ADOPTED:
        raise PortalError("報告書は、採択された支援地域について作成します。")
    report, _ = Report.objects.get_or_create(region=region, kind=kind)
    return enqueue(
        JOB_KIND,
        actor=actor,
        params={"report": report.pk},
        organisation=actor.organisation,
        key=f"report-{report.pk}-{actor.organisation.pk}",
        concerns=region.prefecture.organisation,
    )


def run_render(context: JobContext) -> Outcome:
    """The job: freeze the data in one snapshot, render, and keep file and version with the finish."""
    report = Report.objects.select_related("region__program", "region__prefecture__organisation").get(
        pk=context.params["report"]
    )
    as_of = clock.now()
    context.progress(0, 3, "データを集めています")
    with snapshot():
        data = for_report(report.region, as_of)
        number = _next_number(report)
    refuse_oversized(data)
    context.progress(1, 3, "PDFを作成しています")
    rendered = render_version(kind=ReportKind(report.kind), data=data, number=number)
    context.progress(2, 3, "保存しています")
    return Outcome(
        result={"pages": rendered.pages},
        apply=lambda job: _keep(job=job, report=report, data=data, number=number, rendered=rendered),
    )


def render_version(*, kind: ReportKind, data: dict[str, Any], number: int) -> RenderedPdf:
    """The PDF of frozen data; the same data give the same bytes under the same lock and fonts."""
    definition = DEFINITIONS[kind]
    context = report_context(definition, data, number)
    created = dt.datetime.fromisoformat(data["as_of"])
    rendered = render_pdf(definition.template, context, created=created)
    if not definition.one_page or rendered.pages == 1:
        return rendered
    rendered = render_pdf(definition.template, context | {"compact": True}, created=created)
    if rendered.pages > 1:
        raise JobFailed(
            f"{definition.title}が、小さい文字でも1ページに収まりません。"
            "概要、課題、実施概要、実現する社会像の文章を短くしてから、もう一度作成してください。"
        )
    return rendered


def _next_number(report: Report) -> int:
    last = report.versions.order_by("-number").first()
    return last.number + 1 if last else 1


def _keep(
    *, job: Job, report: Report, data: dict[str, Any], number: int, rendered: RenderedPdf
) -> dict[str, Any]:
    region = report.region
    prefix = f"{region.program.fiscal_year}_{region.prefecture.name}"
    name = f"{prefix}_{report.get_kind_display()}_第{number}版.pdf"
    stored = store(
        rendered.content,
        name=name,
        content_type="application/pdf",
        organisation=job.organisation,
        by=job.requested_by,
    )
    version = Version.objects.create(
        report=report,
        number=number,
        as_of=dt.datetime.fromisoformat(data["as_of"]),
        data=data,
        pdf=stored,
        pages=rendered.pages,
        job=job,
        requested_by=job.requested_by,
    )
    record(
        AuditCode.REPORT_MADE,
        actor=Actor(user=job.requested_by, membership=job.membership),
        obj=version,
        concerns=region.prefecture.organisation,
        details={"file": name, "number": number, "pages": rendered.pages, "bytes": stored.size},
    )
    return {"version": version.pk, "bytes": stored.size}
