"""One machine, nothing to install: SQLite, plain http on loopback, sample data allowed."""

from django.core.management.utils import get_random_secret_key

from portal.settings import base
from portal.settings.base import *  # noqa: F403

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
SAMPLE_ALLOWED = True
TLS = False
#: The sample's people sign in with a password alone, unless one wants to see the policy.
MFA_REQUIRED_KINDS = base.env.list("MFA_REQUIRED_KINDS", default=[])


def _local_secret() -> str:
    """A secret of this machine, kept beside its data so that sessions survive a restart."""
    path = base.DATA_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key() + get_random_secret_key())
    return path.read_text()


SECRET_KEY = base.SECRET_KEY or _local_secret()
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SECURE_PROXY_SSL_HEADER = None
SECURE_HSTS_SECONDS = 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "session", "csrf"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        name: value
        for name, value in base.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
        if name != "upgrade-insecure-requests"
    }
}
STORAGES = {
    **base.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
#: Nothing is collected here: look for each file when asked for it, without a word about the missing folder.
WHITENOISE_AUTOREFRESH = True
