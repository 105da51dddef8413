"""Production refuses to start carelessly, and is silent under Django's own check when it is right."""

import os
import secrets
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.settings import base

GOOD = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "MFA_ENCRYPTION_KEYS": secrets.token_hex(32),
    "ALLOWED_HOSTS": "portal.example.jp",
    "CSRF_TRUSTED_ORIGINS": "https://portal.example.jp",
    "DATABASE_URL": "postgres://portal:unused@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://mail.example.jp:25",
}


def run_in_production(tmp_path, *arguments: str, **changes: str) -> subprocess.CompletedProcess:
    """Run Python with production settings and nothing of our own environment."""
    environment = {"PATH": os.environ["PATH"], "PORTAL_DATA_DIR": str(tmp_path), **GOOD, **changes}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )


def check_deploy(tmp_path, **changes: str) -> subprocess.CompletedProcess:
    """Django's own check of production settings."""
    return run_in_production(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **changes)


def test_right_settings_are_silent(tmp_path):
    done = check_deploy(tmp_path)
    assert done.stdout + done.stderr == "System check identified no issues (0 silenced).\n"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing or weak"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or weak"),
        ({"SECRET_KEY": "django-insecure-" + "x" * 50}, "SECRET_KEY is missing or weak"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name"),
        ({"ALLOWED_HOSTS": "portal.example.jp,*"}, "ALLOWED_HOSTS must name"),
        ({"MFA_ENCRYPTION_KEYS": ""}, "MFA_ENCRYPTION_KEYS is missing or weak"),
        ({"MFA_ENCRYPTION_KEYS": "short"}, "MFA_ENCRYPTION_KEYS is missing or weak"),
        ({"MFA_ENCRYPTION_KEYS": "a" * 40 + ",short"}, "MFA_ENCRYPTION_KEYS is missing or weak"),
        ({"DEBUG": "1"}, "DEBUG must not be set"),
        ({"EMAIL_URL": "consolemail://"}, "EMAIL_URL must name a mail server"),
        ({"EMAIL_URL": "dummymail://"}, "EMAIL_URL must name a mail server"),
        ({"CSRF_TRUSTED_ORIGINS": "https://*.example.jp"}, "CSRF_TRUSTED_ORIGINS must name exact origins"),
    ],
)
def test_careless_settings_refuse_to_start(tmp_path, changes, sentence):
    done = check_deploy(tmp_path, **changes)
    assert done.returncode != 0
    assert f"ImproperlyConfigured: {sentence}" in done.stderr


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_a_cache_of_one_process_refuses_to_start(monkeypatch, backend):
    monkeypatch.setattr(base, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
    base.refuse_careless_backends()
    monkeypatch.setattr(base, "CACHES", {"default": {"BACKEND": f"django.core.cache.backends.{backend}"}})
    with pytest.raises(ImproperlyConfigured, match="rate limits would not hold"):
        base.refuse_careless_backends()


@pytest.mark.parametrize("redis", [GOOD["REDIS_URL"], ""])
def test_rate_limits_are_shared_by_all_processes(tmp_path, redis):
    code = "from django.conf import settings; print(settings.CACHES['default']['BACKEND'])"
    done = run_in_production(tmp_path, "-c", code, REDIS_URL=redis)
    assert done.stdout.strip().rsplit(".", 1)[-1] == "DatabaseCache"


def test_a_second_factor_is_demanded_of_all_but_towns_and_a_slip_is_refused(tmp_path):
    wanted = ["prefecture", "secretariat", "vendor", "expert_panel", "ministry", "operator"]
    code = "from django.conf import settings; print(*settings.MFA_REQUIRED_KINDS)"
    done = run_in_production(tmp_path, "-c", code)
    assert done.stdout.split() == wanted
    slip = check_deploy(tmp_path, MFA_REQUIRED_KINDS="prefectures")
    assert slip.returncode != 0
    assert "MFA_REQUIRED_KINDS names unknown kinds: prefectures" in slip.stderr


def test_the_web_server_can_load_the_application(tmp_path):
    done = run_in_production(
        tmp_path, "-c", "from portal.wsgi import application; print(callable(application))"
    )
    assert done.stdout == "True\n"


def test_workers_can_load_the_celery_application_and_know_its_tasks(tmp_path):
    code = "from celery.app.utils import find_app; print(sorted(find_app('portal.celery').tasks))"
    done = run_in_production(tmp_path, "-c", code)
    for task in ("portal.attend", "portal.run_job"):
        assert f"'{task}'" in done.stdout
