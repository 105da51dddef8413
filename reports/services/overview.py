"""Which reports a region has, and their versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from portal.actor import Actor
from portal.models import Job
from programs.models import Region
from reports.choices import ReportKind
from reports.models import Report, Version
from reports.services.rendering import JOB_KIND


@dataclass(frozen=True)
class ReportRow:
    """One kind of report of one region with its newest version, if any."""

    region: Region
    kind: ReportKind
    latest: Version | None


def report_rows(regions: Iterable[Region]) -> list[ReportRow]:
    """A row per region and kind, in two queries however many regions."""
    regions = list(regions)
    newest = Version.objects.select_related("pdf").order_by("report", "-number").defer("data")
    reports = Report.objects.filter(region__in=regions).prefetch_related(
        Prefetch("versions", queryset=newest, to_attr="newest_first")
    )
    found = {(report.region_id, report.kind): report for report in reports}
    rows = []
    for region in regions:
        for kind in ReportKind:
            report = found.get((region.pk, kind.value))
            versions = report.newest_first if report else []  # type: ignore[attr-defined]
            rows.append(ReportRow(region=region, kind=kind, latest=versions[0] if versions else None))
    return rows


def versions_of(region: Region, kind: ReportKind) -> list[Version]:
    """All versions of one report, newest first, without their frozen data."""
    return list(
        Version.objects.filter(report__region=region, report__kind=kind)
        .select_related("pdf", "requested_by")
        .defer("data")
        .order_by("-number")
    )


def unfinished_job(region: Region, kind: ReportKind, actor: Actor) -> Job | None:
    """The job of the actor's organisation that is making this report now, if any."""
    report = Report.objects.filter(region=region, kind=kind).first()
    if report is None:
        return None
    return Job.objects.for_user(actor).unfinished().filter(kind=JOB_KIND, params__report=report.pk).first()
