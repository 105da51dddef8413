"""Each test counts its own tries."""

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.permissions.conftest import furnished, scene, untouched

__all__ = ["furnished", "scene", "untouched"]


@pytest.fixture(autouse=True)
def _no_old_tries() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _commits_at_once(monkeypatch) -> None:
    """A test's transaction never commits; what follows a commit follows at once, inside the request."""
    monkeypatch.setattr(transaction, "on_commit", lambda act, using=None, robust=False: act())


@pytest.fixture
def demanding(settings) -> None:
    """The policy as it stands in production."""
    settings.MFA_REQUIRED_KINDS = [
        "prefecture",
        "secretariat",
        "vendor",
        "expert_panel",
        "ministry",
        "operator",
    ]
