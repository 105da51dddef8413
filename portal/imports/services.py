"""Use-cases of the import: upload, preview, confirm, apply; nothing is written before someone confirms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, BinaryIO, cast

from django.db import IntegrityError, transaction
from import_export.exceptions import ImportError as RowsRefused

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import ImportState
from portal.errors import PortalError
from portal.files import scan_later, store
from portal.imports.kinds import ImportKind, imports
from portal.imports.plan import FILE, NOW, Plan, fingerprint
from portal.imports.resources import NAMED
from portal.imports.source import Contents, ImportSource
from portal.jobs import enqueue
from portal.models import ImportRun, Job, StoredFile
from portal.permissions import check
from portal.spreadsheets import SheetRefused

PREVIEW, APPLY = "portal.preview_import", "portal.apply_import"
AGAIN = "「もう一度内容を確認する」を押して、今の内容と比べ直してください。"


@transaction.atomic
def start_import(
    *, kind: ImportKind, params: Mapping[str, str], upload: IO[bytes], name: str, content_type: str, by: Actor
) -> ImportRun:
    """Keep the uploaded file and ask for its preview; the request itself never parses the file."""
    kind.target_of(by, params)
    stored = store(
        upload.read(), name=name, content_type=content_type, organisation=by.organisation, by=by.user
    )
    scan_later(stored, by=by)
    return start_again(kind=kind, params=params, stored=stored, by=by)


@transaction.atomic
def start_again(*, kind: ImportKind, params: Mapping[str, str], stored: StoredFile, by: Actor) -> ImportRun:
    """Ask for the preview of a file that is kept already, to the one who asks now."""
    kind.target_of(by, params)
    run = ImportRun.objects.create(
        kind=kind.code,
        params=dict(params),
        stored_file=stored,
        organisation=by.organisation,
        requested_by=by.user,
        membership=by.membership,
        created_at=clock.now(),
    )
    _ask(run, PREVIEW, by, {"run": str(run.pk)})
    details = {"kind": run.kind, "params": run.params, "file": stored.name, "bytes": stored.size}
    record(AuditCode.IMPORT_STARTED, actor=by, obj=run, concerns=run.organisation, details=details)
    return run


@transaction.atomic
def preview_again(*, run: ImportRun, by: Actor) -> ImportRun:
    """Compare the kept file with today's rows anew; not after it was applied, nor while a job is at it."""
    imports.get(run.kind).target_of(by, run.params)
    run = ImportRun.objects.select_for_update(of=("self",), no_key=True).select_related("job").get(pk=run.pk)
    if run.state == ImportState.APPLIED:
        raise PortalError("この取り込みは、すでに反映されています。")
    if run.job and not run.job.is_finished:
        raise PortalError("前の処理が終わっていません。終わるまで待ってから、もう一度操作してください。")
    run.state, run.preview, run.versions, run.fingerprint = ImportState.READING, {}, {}, ""
    run.save(update_fields=["state", "preview", "versions", "fingerprint"])
    _ask(run, PREVIEW, by, {"run": str(run.pk)})
    record(AuditCode.IMPORT_AGAIN, actor=by, obj=run, concerns=run.organisation, details={"kind": run.kind})
    return run


@transaction.atomic
def confirm_import(
    *, run: ImportRun, seen: str, by: Actor, choices: Mapping[str, str] | None = None
) -> ImportRun:
    """Ask for the changes to be made; `seen` is the fingerprint of the preview the person looked at.

    `choices` says for each row that was changed on both sides which content stays; without one nothing
    is done.
    """
    imports.get(run.kind).target_of(by, run.params)
    run = ImportRun.objects.select_for_update(of=("self",), no_key=True).select_related("job").get(pk=run.pk)
    if run.state == ImportState.APPLIED:
        raise PortalError("この取り込みは、すでに反映されています。")
    if run.state != ImportState.PREVIEWED or not seen or run.fingerprint != seen:
        raise PortalError(
            "確認した内容が新しくなっています。表示されている内容を確認し、もう一度操作してください。"
        )
    conflicts = Plan.from_json(run.preview).conflicts
    chosen = {row.key: (choices or {}).get(row.key, "") for row in conflicts}
    left = sum(choice not in (FILE, NOW) for choice in chosen.values())
    if left:
        raise PortalError(
            f"画面にも別の内容がある項目が、{left}件残っています。どちらの内容にするかを選んでください。"
        )
    _ask(run, APPLY, by, {"run": str(run.pk), "fingerprint": seen, "choices": chosen})
    details = {"kind": run.kind, "fingerprint": seen} | ({"chosen": chosen} if chosen else {})
    record(AuditCode.IMPORT_CONFIRMED, actor=by, obj=run, concerns=run.organisation, details=details)
    return run


def _ask(run: ImportRun, kind: str, by: Actor, params: dict[str, Any]) -> None:
    run.job = enqueue(kind, actor=by, params=params, organisation=run.organisation, key=str(run.pk))
    run.save(update_fields=["job"])


def read(run: ImportRun, resource: ImportSource) -> Any:
    """The contents of the kept file; raises SheetRefused."""
    with run.stored_file.file.open("rb") as file:
        return resource.read(cast(BinaryIO, file), name=imports.label_of(run.kind))


def make_preview(*, run: ImportRun, by: Actor) -> tuple[Plan, dict[str, str]]:
    """What the file would change for this actor, and the marks of the rows it names; writes nothing."""
    resource = imports.get(run.kind).resource_for(by, run.params)
    try:
        table = read(run, resource)
    except SheetRefused as refused:
        reason = {"rule": refused.rule, "sentence": refused.sentence, "remedy": refused.remedy}
        return Plan(refused=reason), {}
    versions = resource.load(table)
    return resource.preview(table), versions


def keep_preview(*, run: ImportRun, plan: Plan, versions: dict[str, str], by: Actor) -> dict[str, str]:
    """Write the preview, unless the import was applied meanwhile; call inside the job's transaction."""
    state = ImportState.PREVIEWED if plan.ok else ImportState.REFUSED
    kept = ImportRun.objects.filter(pk=run.pk, state=ImportState.READING).update(
        state=state,
        preview=plan.as_json(),
        versions=versions if plan.ok else {},
        fingerprint=fingerprint(plan, versions) if plan.ok else "",
    )
    if not kept:
        return {}
    counts = {"new": plan.count("new"), "changed": plan.count("changed"), "errors": len(plan.errors)}
    details = {"kind": run.kind, "state": state, **counts}
    record(AuditCode.IMPORT_PREVIEWED, actor=by, obj=run, concerns=run.organisation, details=details)
    return {"state": str(state)}


def apply_import(
    *, run_id: str, seen: str, table: Contents, resource: ImportSource, job: Job
) -> dict[str, int]:
    """Write all rows or none, inside the job's finishing transaction.

    Rows that somebody changed since the preview are refused by name: what the
    person confirmed is no longer what would happen.
    """
    run = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run_id)
    if run.state != ImportState.PREVIEWED or run.fingerprint != seen:
        raise PortalError(f"確認した内容が新しくなっています。{AGAIN}")
    _refuse_stale(run, resource, table)
    resource.run, resource.choices = run, job.params.get("choices", {})
    try:
        plan = resource.apply(table)
    except (RowsRefused, IntegrityError) as error:
        raise PortalError(f"登録されている内容が変わったため、1行も取り込みませんでした。{AGAIN}") from error
    if not table.ok:
        raise PortalError(f"{table.errors[0].sentence}1行も取り込みませんでした。{AGAIN}")
    run.state, run.applied_at, run.applied_by = ImportState.APPLIED, clock.now(), job.requested_by
    run.save(update_fields=["state", "applied_at", "applied_by"])
    counts = {"new": plan.count("new"), "changed": plan.count("changed"), "unchanged": plan.unchanged}
    details = {"kind": run.kind, "params": run.params, **counts}
    by = Actor(user=job.requested_by, membership=job.membership)
    record(AuditCode.IMPORT_APPLIED, actor=by, obj=run, concerns=run.organisation, details=details)
    return counts


def _refuse_stale(run: ImportRun, resource: ImportSource, table: Contents) -> None:
    """Lock the rows and compare their marks with those of the preview."""
    stale = resource.stale(table, run.versions, resource.load(table, lock=True))
    if stale is not None:
        named = "、".join(stale[:NAMED])
        more = f"ほか{len(stale) - NAMED}件" if len(stale) > NAMED else ""
        raise PortalError(
            f"内容を確認した後に、ほかの人が変更した行があります（{named}{more}）。"
            f"1行も取り込みませんでした。{AGAIN}"
        )


def may_open(*, run: ImportRun, actor: Actor) -> None:
    """Raise unless the actor may look at the import: their organisation's, with the right of its kind."""
    kind = imports.get(run.kind)
    if kind.target is None:
        check(actor, kind.action, run)
    else:
        kind.target_of(actor, run.params)
