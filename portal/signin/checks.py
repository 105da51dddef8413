"""The policy is looked at when the portal starts."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register


@register()
def known_kinds(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Each kind in MFA_REQUIRED_KINDS exists."""
    from portal.signin import policy

    unknown = policy.unknown_kinds()
    if not unknown:
        return []
    return [Error(f"MFA_REQUIRED_KINDS names unknown kinds: {', '.join(unknown)}", id="portal.E010")]
