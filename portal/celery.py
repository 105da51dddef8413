"""The Celery application; it exists only where REDIS_URL is set, and it only says "look now".

Start it with `celery -A portal.celery worker -Q default,render,import` and one
`celery -A portal.celery beat`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")

from celery import Celery
from django.conf import settings

if TYPE_CHECKING:
    from portal.models import Job

RUN_JOB, ATTEND = "portal.run_job", "portal.attend"
#: A broker that is away or hangs costs the person who asks about this much.
HINT_OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}


def run_job(job_id: str) -> None:
    """Run one job when it is due; a hint that comes twice or too late does nothing."""
    from portal.jobs import run_job as run  # models are ready only when the worker is

    run(job_id)


def attend() -> None:
    """All that is done by itself: what is due now, the day's work, mails; beat asks for it."""
    from portal.daily import attend as look

    look(seconds=60)


def build() -> Celery:
    """An application with the settings CELERY_… and the tasks."""
    application = Celery("portal")
    application.config_from_object("django.conf:settings", namespace="CELERY")
    application.task(name=RUN_JOB)(run_job)
    application.task(name=ATTEND)(attend)
    return application


def hint(jobs: Iterable[Job]) -> None:
    """Say "look now" for these jobs; raises whatever the broker's client raises."""
    if app is None:
        return
    # A connection of its own: a worker may wait long for a message, a person must not wait for a hint.
    with app.connection_for_write(transport_options=HINT_OPTIONS) as connection:
        for job in jobs:
            app.send_task(RUN_JOB, [str(job.pk)], queue=job.queue, connection=connection)


app: Celery | None = build() if settings.REDIS_URL else None
