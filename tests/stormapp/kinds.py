"""Jobs that are slow, die, swallow exceptions or never end; and what a good one leaves behind."""

import os
import signal
import time
from pathlib import Path

from portal.errors import PortalError
from portal.files import store
from portal.jobs import JobContext, JobFailed, Outcome, register
from portal.models import Job
from portal.permissions import PermissionRefused


def _started(context: JobContext) -> None:
    """One line per start, written at once: also a job that kills its process has left its line."""
    log = context.params.get("log")
    if log:
        with Path(log).open("a") as lines:
            lines.write(f"{context.job.pk} {context.token} {os.getpid()}\n")


def _effect(job: Job) -> dict:
    """The effect that must happen exactly once per job: a stored file that names its attempt."""
    stored = store(
        f"token {job.token}".encode(),
        name=str(job.pk),
        content_type="text/plain",
        organisation=job.organisation,
        by=job.requested_by,
    )
    return {"file": str(stored.pk)}


def work(context: JobContext) -> Outcome:
    """Some steps with progress, then one effect."""
    _started(context)
    steps = context.params.get("steps", 2)
    for done in range(steps):
        context.progress(done, steps, f"{done}歩目")
        time.sleep(context.params.get("pause", 0))
    return Outcome(result={"steps": steps}, apply=_effect)


def silent(context: JobContext) -> Outcome:
    """Long, without a word; the first attempt may be slower than the second."""
    _started(context)
    time.sleep(context.params["pause"])
    return Outcome(apply=_effect)


def kill(context: JobContext) -> Outcome:
    """Takes its process down."""
    _started(context)
    os.kill(os.getpid(), signal.SIGKILL)
    return Outcome()


def memory(context: JobContext) -> Outcome:
    """Asks for more memory than there is."""
    _started(context)
    return Outcome(result={"size": len(bytearray(1 << 62))})


class Bomb(BaseException):
    """Not an Exception: passes every ordinary handler."""


def bomb(context: JobContext) -> Outcome:
    """Raises something no handler expects."""
    _started(context)
    raise Bomb


def leave(context: JobContext) -> Outcome:
    """Tries to end the runner politely."""
    _started(context)
    raise SystemExit(3)


def endless(context: JobContext) -> Outcome:
    """Never ends."""
    _started(context)
    while True:
        time.sleep(0.05)


def deaf(context: JobContext) -> Outcome:
    """Never ends and swallows every word about it."""
    _started(context)
    while True:
        try:
            time.sleep(0.05)
        except BaseException:  # noqa: BLE001  that is what makes it deaf
            time.sleep(0.05)


def broken(context: JobContext) -> Outcome:
    """A plain fault."""
    _started(context)
    raise ZeroDivisionError("a fault of the program")


def expected(context: JobContext) -> Outcome:
    """A failure the user can do something about."""
    _started(context)
    raise JobFailed("取組状況がまだ提出されていません。提出を待ってから、もう一度依頼してください。")


def refused(context: JobContext) -> Outcome:
    """A service says no."""
    raise PortalError("締切を過ぎています。")


def forbidden(context: JobContext) -> Outcome:
    """The right was taken away between asking and running."""
    raise PermissionRefused("締切を過ぎています。")


def late(context: JobContext) -> Outcome:
    """Its effects fail half-way: a stored file, then a fault."""
    _started(context)

    def apply(job: Job) -> dict:
        _effect(job)
        raise JobFailed("保存できませんでした。")

    return Outcome(apply=apply)


def result_url(job: Job) -> str:
    """Where the result of a rendered job is looked at."""
    return f"/jobs/?of={job.pk}"


KINDS = [work, silent, kill, memory, bomb, leave, endless, deaf, broken, expected, refused, forbidden, late]


def register_all() -> None:
    """Make all of them known to this process."""
    for run in KINDS:
        register(f"storm.{run.__name__}", run=run, label=f"試験（{run.__name__}）", queue="default")
    register(
        "storm.rendered",
        run=work,
        label="試験の作成",
        queue="render",
        result_url=result_url,
        result_label="試験の結果を見る",
    )
