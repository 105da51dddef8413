"""Production as it is, with two empty views beside it to measure against."""

from portal.settings.production import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
