"""The furnished scene of the permission tests, and settings as they are behind a TLS proxy."""

from __future__ import annotations

import pytest

from portal.settings import base
from tests.permissions.conftest import furnished, scene, untouched  # noqa: F401  fixtures

#: What `dev` and `test` take off, as production has it.
TLS_SETTINGS = (
    "SECURE_SSL_REDIRECT",
    "SECURE_PROXY_SSL_HEADER",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "CONTENT_SECURITY_POLICY",
)


@pytest.fixture
def production(settings):
    """Cookies, redirects and headers as behind a TLS proxy."""
    for name in TLS_SETTINGS:
        setattr(settings, name, getattr(base, name))
    return settings
