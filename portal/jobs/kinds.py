"""The kinds of background work, filled in `AppConfig.ready()` of the apps that own them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from portal.choices import JobQueue, JobState

if TYPE_CHECKING:
    from portal.jobs.context import JobContext, Outcome
    from portal.models import Job


@dataclass(frozen=True)
class Kind:
    """One kind of work: what runs, what people call it, where its result is looked at."""

    name: str
    run: Callable[[JobContext], Outcome]
    label: str
    queue: str
    result_url: Callable[[Job], str | None] | None = None
    result_label: str = "結果を開く"


_kinds: dict[str, Kind] = {}


def register(
    kind: str,
    *,
    run: Callable[[JobContext], Outcome],
    label: str,
    queue: str = JobQueue.DEFAULT,
    result_url: Callable[[Job], str | None] | None = None,
    result_label: str = "結果を開く",
) -> None:
    """Make a kind known to web and runners; the same registration twice changes nothing."""
    if queue not in JobQueue.values:
        raise ImproperlyConfigured(f"Job kind {kind}: there is no queue {queue}.")
    entry = Kind(kind, run, label, str(queue), result_url, result_label)
    if _kinds.setdefault(kind, entry) != entry:
        raise ImproperlyConfigured(f"Job kind {kind} is registered twice, differently.")


def kind_of(name: str) -> Kind:
    """The kind of that name; LookupError when this process does not know it."""
    return _kinds[name]


def label_of(name: str) -> str:
    """What people call a kind; its bare name when this process does not know it."""
    return _kinds[name].label if name in _kinds else name


def result_of(job: Job) -> tuple[str | None, str]:
    """Where the result of a job that went well is looked at, and the words of the link to it."""
    kind = _kinds.get(job.kind)
    if kind is None or kind.result_url is None or job.state != JobState.SUCCEEDED:
        return None, ""
    return kind.result_url(job), kind.result_label
