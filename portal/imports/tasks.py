"""The two jobs of an import; the rules stand in `services`."""

from __future__ import annotations

from django.urls import reverse

from portal import clock
from portal.actor import Actor
from portal.choices import JobQueue
from portal.imports import services
from portal.imports.kinds import imports
from portal.jobs import JobContext, JobFailed, Outcome, register
from portal.models import ImportRun, Job, Membership
from portal.spreadsheets import SheetRefused


def _start(context: JobContext) -> tuple[ImportRun, Actor]:
    """The import and for whom it runs; a right taken away since the request counts."""
    run = ImportRun.objects.select_related("stored_file").get(pk=context.params["run"])
    actor = context.actor
    active = Membership.objects.active(clock.today()).filter(pk=actor.membership.pk).exists()
    if not active or not actor.user.is_active:
        raise JobFailed(
            "依頼した人の所属が終わったため、処理をやめました。担当者がもう一度依頼してください。"
        )
    context.progress(0, 0, "ファイルを読み取っています")
    return run, actor


def preview(context: JobContext) -> Outcome:
    """Read the file and keep what it would change."""
    run, actor = _start(context)
    plan, versions = services.make_preview(run=run, by=actor)
    return Outcome(apply=lambda job: services.keep_preview(run=run, plan=plan, versions=versions, by=actor))


def apply(context: JobContext) -> Outcome:
    """Read the file again and write its rows in the finishing transaction."""
    run, actor = _start(context)
    resource = imports.get(run.kind).resource_for(actor, run.params)
    try:
        table = services.read(run, resource)
    except SheetRefused as refused:
        raise JobFailed(str(refused)) from refused
    context.progress(0, len(table.rows), "取り込んでいます")
    seen = context.params["fingerprint"]
    return Outcome(
        apply=lambda job: services.apply_import(
            run_id=str(run.pk), seen=seen, table=table, resource=resource, job=job
        )
    )


def address(job: Job) -> str:
    """The page of the import a job belongs to."""
    return reverse("import_run", args=[job.params["run"]])


def register_jobs() -> None:
    """Make both kinds known to web and runners."""
    register(
        services.PREVIEW, run=preview, label="取り込む内容の確認", queue=JobQueue.IMPORT,
        result_url=address, result_label="内容を確認する",
    )  # fmt: skip
    register(
        services.APPLY, run=apply, label="取り込みの反映", queue=JobQueue.IMPORT,
        result_url=address, result_label="結果を見る",
    )  # fmt: skip
