"""Background work as its organisation sees it: what waits, how far it is, what came of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST
from django.views.generic import DetailView, ListView

from portal.choices import JobState
from portal.errors import PortalError
from portal.exports import Download, ExportableListMixin
from portal.http import PortalRequest
from portal.jobs import cancel, retry
from portal.jobs.kinds import label_of, result_of
from portal.models import Job
from portal.permissions import Action, allows, check


class JobList(ExportableListMixin, ListView):  # type: ignore[misc]  # get answers with a file too
    """The organisation's jobs, the newest first."""

    request: PortalRequest
    template_name = "jobs/job_list.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Job]:
        """Jobs the actor may see."""
        check(self.request.actor, Action.VIEW_JOBS)
        return Job.objects.for_user(self.request.actor).select_related("requested_by")

    def get_download(self, rows: QuerySet[Job]) -> Download:
        """The same list as a file."""
        header = ["処理", "状態", "依頼日時", "終了日時", "依頼者", "失敗の理由"]
        lines = [
            [
                label_of(job.kind),
                job.get_state_display(),
                job.created_at,
                job.finished_at,
                job.requested_by.name,
                job.error,
            ]
            for job in rows
        ]
        return Download("処理の一覧", header, lines)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each row with what people call its kind."""
        context = super().get_context_data(**kwargs)
        for job in context["page_obj"]:
            job.label = label_of(job.kind)
        return context | {
            "page": context["page_obj"],
            "page_title": "処理の状況",
            "order": "新しい順",
            "empty_sentence": "依頼した処理は、まだありません。",
        }


class JobDetail(DetailView):
    """One job; with `?part=1` only the part of the page that changes, for the script that asks again."""

    request: PortalRequest
    context_object_name = "job"

    def get_queryset(self) -> QuerySet[Job]:
        """Jobs the actor may see."""
        return Job.objects.for_user(self.request.actor).select_related("requested_by", "organisation")

    def get_object(self, queryset: QuerySet[Job] | None = None) -> Job:
        """The job, when the actor may look at it."""
        job = super().get_object(queryset)
        check(self.request.actor, Action.VIEW_JOBS, job)
        return job

    def get_template_names(self) -> list[str]:
        """The whole page or its changing part."""
        return ["jobs/_progress.html" if "part" in self.request.GET else "jobs/job_detail.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What is known about the job and what may be done with it."""
        job = self.object
        url, label = result_of(job)
        may_manage = allows(self.request.actor, Action.MANAGE_JOB, job)
        return super().get_context_data(**kwargs) | {
            "page_title": label_of(job.kind),
            "result_url": url,
            "result_label": label,
            "can_cancel": may_manage and not job.is_finished,
            "can_retry": may_manage and job.state in (JobState.FAILED, JobState.CANCELLED),
        }


@require_POST
def job_cancel(request: PortalRequest, pk: uuid.UUID) -> HttpResponse:
    """Call a job off."""
    job = get_object_or_404(Job.objects.for_user(request.actor), pk=pk)
    try:
        cancel(job=job, actor=request.actor)
        messages.success(request, "処理を取り消しました。")
    except PortalError as error:
        messages.error(request, error.sentence)
    return redirect("job_detail", pk)


@require_POST
def job_retry(request: PortalRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a failed or cancelled job back in the queue."""
    job = get_object_or_404(Job.objects.for_user(request.actor), pk=pk)
    try:
        job = retry(job=job, actor=request.actor)
        messages.success(request, "処理をもう一度受け付けました。")
    except PortalError as error:
        messages.error(request, error.sentence)
    return redirect("job_detail", job.pk)
