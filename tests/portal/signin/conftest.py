"""Each test counts its own tries."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_old_tries() -> None:
    cache.clear()


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
