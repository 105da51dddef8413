"""Every service that writes leaves an entry: who, when, where, what, with what result (AUD-01, AUD-04)."""

from __future__ import annotations

import ast
import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings

from portal import clock
from portal.audit import AuditCode, Origin, about, record
from portal.audit.presenters import label_of
from portal.audit.verify import verify
from portal.choices import AuditResult
from portal.models import AuditEntry
from portal.permissions import PermissionRefused
from tests.portal.audit_acts import ACTS, build_stage

ORIGIN = Origin(address="192.0.2.7", request_id=str(uuid.uuid4()))
#: What the stage writes into drafts, reasons and evidence: it must not be found in the trail.
DRAFTED = "下書きの"
#: Run elsewhere: (module.function, why).
ELSEWHERE = {
    "programs.calls.services.import_application": "test_audit_commands.py, with a file",
    "reports.services.rendering.run_render": "tests/reports/test_rendering.py, with a real PDF",
    "portal.jobs.claims.claim_next": "calls claim",
    "portal.jobs.claims.take": "calls job_failed; run through claim",
    "portal.jobs.claims.job_failed": "the entry itself",
    "portal.jobs.runner.execute": "run through run_job",
    "portal.imports.services.start_again": "run through start_import",
    "portal.services.drafts.purge_drafts": "tests/assessments/test_draft_pages.py",
}


#: Services that the tests of their own part run, entry and all: module → folder or file.
TOLD_BY = {
    "programs.core.services": "tests/portal/people",
    "assessments.services.attachments": "tests/assessments/test_attachments.py",
    "assessments.services.setup": "tests/assessments/test_round_setup.py",
    "assessments.services.guides": "tests/assessments/test_round_setup.py",
    "assessments.services.targets": "tests/assessments/test_round_targets.py",
    "assessments.services.extensions": "tests/assessments/test_extensions.py",
    "assessments.services.comments": "tests/assessments/test_comments.py",
    "assessments.services.printing": "tests/assessments/test_printing.py",
    "assessments.services.corrections": "tests/assessments/test_corrections.py",
    "assessments.services.not_applicable": "tests/assessments/test_extensions.py",
    "assessments.services.reminders": "tests/assessments/test_reminders.py",
    "assessments.services.issues": "tests/assessments/test_issue_service.py",
    "assessments.services.issue_order": "tests/assessments/test_issue_service.py",
    "assessments.services.issue_reports": "tests/assessments/test_issue_reports.py",
    "assessments.services.sheets.proposals": "tests/assessments/sheets",
    "assessments.services.issue_scales": "tests/assessments/test_issue_service.py",
}


@pytest.fixture
def stage(world, settings, tmp_path):
    settings.SAMPLE_ALLOWED = True
    return build_stage(world)


@pytest.mark.parametrize("name", ACTS)
def test_an_act_leaves_an_entry(stage, name):
    code, run = ACTS[name]
    with about(ORIGIN):
        run(stage)
    (entry, *_more) = AuditEntry.objects.filter(code=code).order_by("-seq")
    assert entry.result == (AuditResult.FAILED if code == AuditCode.JOB_FAILED else AuditResult.DONE)
    assert abs(clock.real_now() - entry.at) < dt.timedelta(minutes=2)
    assert ("192.0.2.7", ORIGIN.request_id) == (entry.address, entry.request_id) or entry.job_id
    assert entry.object_type or code == AuditCode.DATA_LOADED
    by = stage.by
    told = (entry.user_id, entry.membership_id, entry.organisation_id, entry.user_name, entry.role)
    assert told == (
        (by.user.pk, by.membership.pk, by.organisation.pk, by.user.name, by.role)
        if by
        else (None, None, None, "", "")
    )
    assert verify().ok
    assert DRAFTED not in _everything()


def _everything() -> str:
    return json.dumps(list(AuditEntry.objects.values()), ensure_ascii=False, default=str)


def test_a_refused_act_leaves_the_entry_of_nothing_done(stage):
    report = stage.report()
    before = AuditEntry.objects.count()
    from assessments.services.progress_saving import save_progress

    with pytest.raises(PermissionRefused):
        save_progress(report=report, values={"overview": "a"}, version=1, actor=stage.prefecture)
    assert AuditEntry.objects.count() == before


def test_the_same_move_made_twice_is_one_entry(stage):
    from assessments.services.progress import submit_progress

    report = stage.report()
    for _ in range(3):
        submit_progress(report=report, actor=stage.town)
    assert AuditEntry.objects.filter(code=AuditCode.STATE_MOVED).count() == 1


def test_whose_thing_it_is_stands_in_the_entry(stage):
    from assessments.services.progress import accept_progress

    accept_progress(report=stage.report("submitted"), actor=stage.prefecture)
    entry = AuditEntry.objects.first()
    assert entry.organisation == stage.prefecture.organisation
    assert entry.concerns == stage.town.organisation
    assert (entry.before, entry.after["state"]) == ({"state": "submitted"}, "accepted")


def test_secrets_and_long_texts_never_reach_the_trail(world):
    entry = record(
        AuditCode.FORM_SAVED,
        actor=world.actors["town_a1"],
        details={"password": "hunter2", "sub": [{"token": "abc", "otp_code": "123456"}], "t": "長" * 5000},
        after={"session_key": "k"},
    )
    kept = json.dumps([entry.details, entry.after], ensure_ascii=False)
    assert "hunter2" not in kept
    assert "abc" not in kept
    assert "123456" not in kept
    assert entry.details["t"] == "（5000文字）"


def test_every_code_has_a_label_and_none_stands_twice():
    assert all(label_of(code) != code for code in AuditCode.values)
    assert len(set(AuditCode.labels)) == len(AuditCode.labels)


# --- the table is complete -------------------------------------------------

WRITES = {
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "save",
    "delete",
    "update",
}
TELLS = {"record", "move", "enqueue", "job_failed", "accept_from", "keep"}
HELPERS = {"store", "upsert"}
#: Not services of their own: called by one that is told.
PARTS = {
    "portal.services.bulk.upsert": "writes what its caller tells of",
    "portal.states.move": "",
    "portal.people.handover.arrange": "one step of preparing hand-overs, which is told",
    "portal.people.invitations.call_off": "one step of withdrawing a hand-over, which is told",
    "programs.core.services.move_liaisons": "one step of a hand-over, which is told",
    "portal.signin.resets.end_sessions_of": "calls sessions.end_sessions, which is told",
    "portal.signin.sessions.begin": "signing in, which is told",
    "portal.signin.sessions.seen": "when somebody last did something",
    "portal.signin.sessions.forget": "the end of a session, which is told",
    "portal.people.sending.text": "the link of a mail; `ended` tells how the mail went",
    "portal.signin.sessions.sweep": "what is over leaves; no row says anything by then",
    "portal.signin.sessions.rotate": "a new key for the same session",
    "portal.outbox.posting.post": "a row of what its caller tells of",
    "portal.outbox.posting.post_all": "rows of what its caller tells of",
    "portal.outbox.digests.gather": "mails that were told of, gathered in one",
    "portal.outbox.delivery.deliver_due": "how each attempt ended stands in the outbox",
    "portal.outbox.delivery.claim_next": "how each attempt ended stands in the outbox",
    "portal.outbox.handling.open_notice": "reading, by the reader alone",
    "portal.outbox.handling.read_all": "reading, by the reader alone",
    "portal.services.drafts.keep": "every two seconds while somebody types; the save is told",
    "portal.services.drafts.discard": "what was typed and not saved, by the one who typed it",
    "portal.services.drafts.hand_over_drafts": "one step of a hand-over, which is told",
}
#: Modules that are not called services and are.
MORE = ["portal/states.py", "portal/jobs/queue.py", "portal/jobs/runner.py", "portal/jobs/claims.py",
        "portal/imports/services.py", "reports/sample/loader.py"]  # fmt: skip
#: Packages whose own tests run their services, so that these need not stand in ACTS: that they reach
#: `record` is asked all the same.
OWN_TABLES = ("portal.people", "portal.signin", "portal.outbox")
Functions = dict[str, ast.FunctionDef]
Test = Callable[[ast.FunctionDef], bool]
APPS = ("portal", "municipalities", "programs", "assessments", "reports")


def service_modules(root: Path) -> Iterator[Path]:
    """All modules of services, and of the packages in `OWN_TABLES`."""
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            relative = path.relative_to(root)
            if "services" in {*relative.parts[:-1], relative.stem}:
                yield relative
    for package in OWN_TABLES:
        for path in sorted((root / package.replace(".", "/")).rglob("*.py")):
            relative = path.relative_to(root)
            if not {"services", "migrations"} & {*relative.parts[:-1], relative.stem}:
                yield relative
    yield from map(Path, MORE)


def functions_of(text: str) -> Functions:
    """The functions of a module by name."""
    return {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


def _called(node: ast.FunctionDef) -> set[str]:
    """Names that a function calls, plainly or as a method of something."""
    return {
        getattr(call.func, "attr", getattr(call.func, "id", ""))
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
    }


def _writes(node: ast.FunctionDef) -> bool:
    """Whether a function changes rows itself: a manager or a row is told to, or it opens a transaction."""
    if any("atomic" in ast.unparse(one) for one in node.decorator_list):
        return True
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in WRITES:
            owner = ast.unparse(call.func.value)
            if "objects" in owner or "_manager" in owner or ".filter(" in owner or call.func.attr == "save":
                return True
    return bool(_called(node) & HELPERS)


def _reaches(name: str, functions: Functions, test: Test, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function, or one of the module that it calls, passes a test."""
    if name in seen or name not in functions:
        return False
    return test(functions[name]) or any(
        _reaches(other, functions, test, seen | {name}) for other in _called(functions[name])
    )


def writing_services(root: Path) -> Iterator[tuple[str, bool]]:
    """Each public function that writes, and whether it reaches the trail."""
    for path in service_modules(root):
        functions = functions_of((root / path).read_text(encoding="utf-8"))
        module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        for name in functions:
            if name.startswith("_") or not _reaches(name, functions, _writes):
                continue
            yield f"{module}.{name}", _reaches(name, functions, lambda node: bool(_called(node) & TELLS))


FOUND = dict(writing_services(settings.BASE_DIR))


def _module(name: str) -> str:
    return name.rpartition(".")[0]


def test_every_service_that_writes_tells_the_trail():
    silent = [name for name, tells in FOUND.items() if not tells and name not in PARTS]
    assert silent == [], "these change rows without an entry: call `record` last in their transaction"


def test_every_service_that_writes_stands_in_the_table():
    untold = [name for name in FOUND if not name.startswith(OWN_TABLES) and _module(name) not in TOLD_BY]
    assert set(untold) - set(ACTS) - set(ELSEWHERE) - set(PARTS) == set(), "add these to audit_acts.ACTS"


def test_the_table_names_no_service_that_is_gone():
    for name in {*ACTS, *ELSEWHERE, *PARTS}:
        module, _, function = name.rpartition(".")
        assert callable(getattr(import_module(module), function)), name


def test_whoever_serves_a_file_records_it():
    silent = []
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            functions = functions_of(path.read_text(encoding="utf-8"))
            silent += [
                f"{path.name}: {name}"
                for name, node in functions.items()
                if "serve" in _called(node)
                and "views" in {*path.parts, path.stem}
                and not _reaches(name, functions, _tells_of_a_download)
            ]
    assert silent == [], "call portal.audit.outgoing.downloaded before serve"


def _tells_of_a_download(node: ast.FunctionDef) -> bool:
    return "downloaded" in _called(node)
