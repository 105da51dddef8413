"""Settings of processes that sign in side by side: the test settings with the cache of production."""

from portal.settings import base
from portal.settings.test import *  # noqa: F403

CACHES = base.CACHES
