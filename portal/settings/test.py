"""Tests: PostgreSQL when it answers on loopback, else SQLite; quick hashes, mail in memory."""

import os
import socket
import tempfile
from pathlib import Path

os.environ.setdefault("PORTAL_DATA_DIR", tempfile.mkdtemp(prefix="portal-test-"))
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)

from portal.settings import base
from portal.settings.base import env
from portal.settings.dev import *  # noqa: F403


def answers(port: int) -> bool:
    """Whether something listens on this loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True


POSTGRES_URL = env.str("PORTAL_TEST_POSTGRES_URL", default="postgres://postgres@127.0.0.1:5432/postgres")
if "DATABASE_URL" not in os.environ and answers(5432):
    DATABASES = {"default": base.database(POSTGRES_URL)}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["TEST"] = {"NAME": env.str("PORTAL_TEST_DATABASE", default="test_portal")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: live servers and workers open the same database.
    DATABASES["default"]["TEST"]["NAME"] = str(Path(os.environ["PORTAL_DATA_DIR"]) / "test.sqlite3")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PASSWORD_RESET_SECONDS = 0
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PORTAL_TODAY = "2025-09-16"
REDIS_URL = ""
CELERY_BROKER_URL = None
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
LOGGING = {**base.LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}
