"""Production settings: everything comes from the environment, read once, here.

`dev.py` and `test.py` are short differences. Production is this file plus the
environment; it refuses to start when a secret is missing or careless
(`refuse_careless_production` at the end). Every variable is told in
`docs/settings.md`.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal.settings.environment import *  # noqa: F403
from portal.settings.environment import BASE_DIR, TLS, env
from portal.settings.signin import *  # noqa: F403
from portal.settings.signin import MFA_ENCRYPTION_KEYS

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

#: Where the database file (SQLite) and stored files live.
DATA_DIR = Path(env.str("PORTAL_DATA_DIR", default=str(BASE_DIR / "var")))
MEDIA_ROOT = DATA_DIR / "media"

#: The day the portal takes for today (YYYY-MM-DD; demo and tests). Read by `portal.clock` alone.
PORTAL_TODAY = env.str("PORTAL_TODAY", default="")
#: Broker of Celery; empty = `manage.py run_jobs` looks for jobs by itself.
REDIS_URL = env.str("REDIS_URL", default="")
#: Whom a stranded user calls; shown on error pages.
PORTAL_CONTACT = env.str("PORTAL_CONTACT", default="ポータル事務局")
#: The address people open the portal at (https://…), for links in mails and letters; jobs know no request.
PORTAL_URL = env.str("PORTAL_URL", default="")
#: For how many days the link of an invitation can be used.
INVITATION_DAYS = env.int("INVITATION_DAYS", default=14)
#: Sample data may be loaded and the demo run; never in production.
SAMPLE_ALLOWED = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "import_export",
    "portal",
    "municipalities",
    "programs",
    "assessments",
    "reports",
]

MIDDLEWARE = [
    "portal.hardening.HardeningMiddleware",
    "portal.audit.middleware.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.signin.middleware.SessionLimitMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.ActorMiddleware",
    "portal.signin.middleware.SecondFactorMiddleware",
    "portal.middleware.NoStoreMiddleware",
    "portal.audit.middleware.RefusalMiddleware",
    "portal.hardening.RefusalPagesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.portal",
            ],
        },
    }
]
FORM_RENDERER = "portal.ui.forms.PortalRenderer"

# --- database --------------------------------------------------------------
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
POSTGRES_OPTIONS = {
    "options": "-c statement_timeout=30000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
}


def database(url: str) -> dict:
    """The settings of one database, with the options its engine needs (TESTS: 0 locks under 4 writers)."""
    config = environ.Env.db_url_config(url)
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = dict(SQLITE_OPTIONS)
    else:
        config["OPTIONS"] = dict(POSTGRES_OPTIONS)
        config["CONN_HEALTH_CHECKS"] = True
        config["CONN_MAX_AGE"] = 60
    return config


DATABASES = {"default": database(env.str("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}"))}

#: Rate limits live here: shared by all processes, so never local memory; and not in Redis, so that a
#: lost broker locks nobody out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        # With the default of 300, trying many names would push limits and used codes out.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# --- language and time -----------------------------------------------------
LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True

# --- static and stored files -----------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
#: Where a proxy finds stored files when told so by X-Accel-Redirect; empty = Django sends them itself.
PORTAL_ACCEL_LOCATION = env.str("PORTAL_ACCEL_LOCATION", default="")
#: clamd for uploaded files: a socket's path or host:port; empty = files stay 未検査 and are served.
CLAMD_SOCKET = env.str("CLAMD_SOCKET", default="")
#: No request may be longer; a file has 20 MB, the rest is the form around it.
MAX_BODY_BYTES = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- audit trail -----------------------------------------------------------
#: So many years every entry is kept; `manage.py purge_audit` deletes older ones.
AUDIT_RETENTION_YEARS = env.int("AUDIT_RETENTION_YEARS", default=3)
#: Earlier values of SECRET_KEY; only to check signatures they made.
AUDIT_OLD_KEYS = env.list("AUDIT_OLD_KEYS", default=[])
#: One person's refusals that are recorded one by one in an hour; the rest is summed up.
AUDIT_REFUSALS_PER_HOUR = 120
# --- mail ------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")

# --- web hardening ---------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
        **({"upgrade-insecure-requests": True} if TLS else {}),
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS

# --- unsaved texts ----------------------------------------------------------
#: Typed and never saved: kept for so many days after the last key.
DRAFT_DAYS = env.int("DRAFT_DAYS", default=30)

# --- jobs ------------------------------------------------------------------
#: Lease, limits and backstops of background jobs, in seconds (TESTS.md: found by experiment).
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=30)
JOB_MAX_ATTEMPTS = 3
#: The rest a job takes after an attempt that went wrong.
JOB_RETRY_SECONDS = 5
#: No job runs longer: told to stop after the first, its process is ended after the second.
JOB_SOFT_SECONDS, JOB_HARD_SECONDS = 270, 300
#: One user's and one organisation's unfinished jobs, at most.
JOB_LIMIT_PER_USER = 20
JOB_LIMIT_PER_ORGANISATION = 60

#: Hour (Japan time) from which the day's work is done: reminders, daily mails, clearing up.
DAILY_HOUR = env.int("DAILY_HOUR", default=8)
#: How often all that is done by itself is looked at: forgotten jobs, hand-overs, the day's work, mails.
ATTEND_SECONDS = 30

CELERY_BROKER_URL = REDIS_URL or None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.2,
}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_ACKS_LATE = False  # a message is a hint, the row is the job
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = JOB_SOFT_SECONDS
CELERY_TASK_TIME_LIMIT = JOB_HARD_SECONDS
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    # The only entry: what it does is registered in portal/daily.py.
    "attend": {
        "task": "portal.attend",
        "schedule": ATTEND_SECONDS,
        # Workers that were away find one message to look, not one per half minute.
        "options": {"queue": "default", "expires": ATTEND_SECONDS},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}


def refuse_careless_production() -> None:
    """Raise ImproperlyConfigured when production would start without its secrets (TESTS.md WEB-06)."""
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("django-insecure"):
        raise ImproperlyConfigured("SECRET_KEY is missing or weak: set 50 random characters or more.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the exact host names; '*' is refused.")
    if not MFA_ENCRYPTION_KEYS or any(len(key) < 32 for key in MFA_ENCRYPTION_KEYS):
        raise ImproperlyConfigured("MFA_ENCRYPTION_KEYS is missing or weak: set 32 random characters.")
    if env.bool("DEBUG", default=False):
        raise ImproperlyConfigured("DEBUG must not be set in production.")
    refuse_careless_backends()


def refuse_careless_backends() -> None:
    """Raise ImproperlyConfigured for a cache that processes do not share, or mail that goes nowhere."""
    cache = str(CACHES["default"]["BACKEND"])
    if cache.endswith((".LocMemCache", ".DummyCache")):
        raise ImproperlyConfigured(f"{cache} is not shared by processes: rate limits would not hold.")
    if not EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        raise ImproperlyConfigured("EMAIL_URL must name a mail server: smtp://… or smtp+tls://…")
    if any("*" in origin for origin in CSRF_TRUSTED_ORIGINS):
        raise ImproperlyConfigured("CSRF_TRUSTED_ORIGINS must name exact origins; '*' is refused.")
