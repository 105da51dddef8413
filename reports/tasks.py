"""Background work of the reports app; the rules are in the services."""

from django.urls import reverse

from portal import jobs
from portal.choices import JobQueue
from portal.models import Job
from reports.models import Version
from reports.services.rendering import JOB_KIND, run_render


def result_url(job: Job) -> str | None:
    """Where the finished report is read."""
    version = (
        Version.objects.filter(job=job)
        .select_related("report__region__prefecture", "report__region__program")
        .first()
    )
    if version is None:
        return None
    region = version.report.region
    return reverse("report_detail", args=[region.program.slug, region.prefecture.code, version.report.kind])


def register() -> None:
    """Make the job kinds of this app known."""
    jobs.register(
        JOB_KIND, run=run_render, label="報告書のPDF作成", queue=JobQueue.RENDER, result_url=result_url
    )
