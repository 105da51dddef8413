"""Asks for every report of the sample through the real jobs and watches them to the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.actor import Actor
from portal.choices import JobState, OrganisationKind
from portal.models import Job, Membership
from programs.models import Program, Region
from reports.choices import ReportKind
from reports.models import Version
from reports.services.overview import versions_of
from reports.services.rendering import request_render

#: Which reports a sample year shows by its fiscal year: the running one half-way, the last one finished.
KINDS_RUNNING = (ReportKind.MIDTERM, ReportKind.SUMMARY)
KINDS_FINISHED = (ReportKind.FINAL, ReportKind.SUMMARY)
LOOK_SECONDS = 0.5


class RenderingFailed(Exception):
    """A sample report could not be made; its text says which and why."""


@dataclass(frozen=True)
class Wanted:
    """One report of the sample."""

    region: Region
    kind: ReportKind

    @property
    def label(self) -> str:
        """兵庫県 中間報告書（令和7年度）, short."""
        return f"{self.region.program.fiscal_year} {self.region.prefecture.name} {self.kind.label}"


def wanted_reports() -> list[Wanted]:
    """Every report the demo shows: mid-terms of the newest sample year, finals of the earlier ones."""
    programs = list(Program.objects.filter(is_sample=True).order_by("-fiscal_year"))
    regions = Region.objects.filter(program__in=programs).adopted().with_names()
    newest = programs[0].fiscal_year
    return [
        Wanted(region, kind)
        for region in regions.order_by("-program__fiscal_year", "position")
        for kind in (KINDS_RUNNING if region.program.fiscal_year == newest else KINDS_FINISHED)
    ]


def render_missing(wanted: list[Wanted], say: Callable[[str], None]) -> None:
    """Render what has no version yet; raises RenderingFailed when a job fails."""
    actor = _secretariat()
    jobs = {
        request_render(region=one.region, kind=one.kind, actor=actor).pk: one
        for one in wanted
        if not versions_of(one.region, one.kind)
    }
    waiting = set(jobs)
    while waiting:
        for job in Job.objects.filter(pk__in=waiting, state__in=_ENDED):
            waiting.discard(job.pk)
            one = jobs[job.pk]
            if job.state != JobState.SUCCEEDED:
                raise RenderingFailed(f"{one.label}を作成できませんでした。{job.error}")
            done = len(jobs) - len(waiting)
            say(f"  [{done:>2}/{len(jobs)}] {one.label}（{job.result['pages']}ページ）")
        if waiting:
            time.sleep(LOOK_SECONDS)


_ENDED = (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


def report_line(one: Wanted) -> dict[str, Any]:
    """What `demo --no-serve` prints of a report: its newest version and how long its job took."""
    version = versions_of(one.region, one.kind)[0]
    job = Version.objects.select_related("job").get(pk=version.pk).job
    if job.started_at is None or job.finished_at is None:
        raise RenderingFailed(f"{one.label}の処理が終わっていません。")
    seconds = (job.finished_at - job.started_at).total_seconds()
    return {
        "region": one.region.prefecture.name,
        "kind": one.kind.value,
        "pages": version.pages,
        "bytes": version.pdf.size,
        "seconds": round(seconds, 2),
        "path": version.pdf.file.path,
    }


def _secretariat() -> Actor:
    membership = (
        Membership.objects.filter(organisation__kind=OrganisationKind.SECRETARIAT)
        .select_related("user", "organisation")
        .order_by("pk")[0]
    )
    return Actor(user=membership.user, membership=membership)
