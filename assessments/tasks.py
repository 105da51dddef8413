"""Background work of the assessments app; the rules are in the services."""

from django.urls import reverse

from assessments.services.printing import JOB_KIND, run_pdf
from portal import jobs
from portal.choices import JobQueue
from portal.models import Job


def result_url(job: Job) -> str | None:
    """Where the finished PDF is taken."""
    file = (job.result or {}).get("file")
    return reverse("progress_print_file", args=[file]) if file else None


def register() -> None:
    """Make the job kinds of this app known."""
    jobs.register(
        JOB_KIND,
        run=run_pdf,
        label="取組状況のPDF作成",
        queue=JobQueue.RENDER,
        result_url=result_url,
        result_label="PDFを保存する",
    )
