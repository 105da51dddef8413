"""Settings of processes that tests start and kill: the test settings, short times, and test kinds of jobs."""

from portal.settings import base
from portal.settings.base import env
from portal.settings.test import *  # noqa: F403

INSTALLED_APPS = [*base.INSTALLED_APPS, "tests.stormapp"]

JOB_RETRY_SECONDS = 0
#: Apps above the portal have no tables in a storm: their daily work would fail at every look.
DAILY_HOUR = env.int("DAILY_HOUR", default=24)
JOB_SOFT_SECONDS = env.float("STORM_SOFT_SECONDS", default=20)
JOB_HARD_SECONDS = JOB_SOFT_SECONDS + 0.5

REDIS_URL = CELERY_BROKER_URL = env.str("REDIS_URL", default="")
CELERY_TASK_SOFT_TIME_LIMIT = JOB_SOFT_SECONDS
CELERY_TASK_TIME_LIMIT = JOB_HARD_SECONDS
CELERY_BEAT_SCHEDULE = {"attend": {**base.CELERY_BEAT_SCHEDULE["attend"], "schedule": 1}}
