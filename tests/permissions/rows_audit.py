"""Rows of the audit trail; an entry of prefecture A is read by its people and the administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.audit import AuditCode, record
from portal.models import AuditEntry
from tests.conftest import World

#: Found by what it says: a scene is built once and read by many.
MARK = "matrix"

ROWS = """
audit_list                  GET   in in  403   ok
audit_list                  POST  in in  403   405
audit_detail                GET   in in  403   404 404 ok  404   404 404 404   404 404 404 ok
audit_detail                POST  in in  403   405
"""

DUTIES = """
#                                 approver  reader
audit_list                  GET   ok        403
audit_detail                GET   404       403
"""


def add_entries(world: World) -> None:
    """One entry of each prefecture."""
    for letter in ("b", "a"):
        actor = world.actors[f"prefecture_{letter}"]
        record(AuditCode.FORM_OPENED, actor=actor, obj=actor.membership, details={MARK: letter})


ARGUMENTS: dict[str, Callable[[Any], Any]] = {
    "audit_detail": lambda _scene: [AuditEntry.objects.get(details={MARK: "a"}).seq],
}
