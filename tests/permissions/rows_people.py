"""The rows of people, organisations, invitations, hand-overs and liaisons; see `table`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.permissions.scene import Scene

# fmt: off
ROWS = """
#                                 out    none  A: t1  t2  pf  ve   B: t  pf  ve   sec min exp adm
organisation_list           GET   in in  403   ok  ok  ok  ok    ok  ok  ok    ok  ok  403 ok
organisation_list           POST  in in  403   405
organisation_detail         GET   in in  403   ok  404 ok  404   404 404 404   ok  404 404 ok
organisation_detail         POST  in in  403   405
organisation_edit           GET   in in  403   ok  404 ok  404   404 404 404   403 404 404 ok
organisation_edit           POST  in in  403   go  404 go  404   404 404 404   403 404 404 go
contact_list                GET   in in  403   ok  ok  ok  ok    ok  ok  ok    ok  403 403 ok
contact_list                POST  in in  403   405

membership_list             GET   in in  403   ok  ok  ok  ok    ok  ok  ok    ok  ok  403 ok
membership_list             POST  in in  403   405
membership_edit             GET   in in  403   403 404 ok  404   404 404 404   403 404 404 ok
membership_edit             POST  in in  403   403 404 go  404   404 404 404   403 404 404 go
membership_end              GET   in in  403   403 404 ok  404   404 404 404   403 404 404 ok
membership_end              POST  in in  403   403 404 go  404   404 404 404   403 404 404 go
password_letter             GET   in in  403   403 404 go  404   404 404 404   403 404 404 go
password_letter             POST  in in  403   403 404 go  404   404 404 404   403 404 404 go
membership_keep             GET   in in  403   403 404 ok  404   404 404 404   403 404 404 ok
membership_keep             POST  in in  403   403 404 go  404   404 404 404   403 404 404 go
person_detail               GET   in in  403   ok  404 ok  404   404 404 404   ok  404 404 ok
person_detail               POST  in in  403   405
person_stop                 GET   in in  403   403 404 403 404   404 404 404   403 404 404 ok
person_stop                 POST  in in  403   403 404 403 404   404 404 404   403 404 404 go
person_resume               GET   in in  403   403 404 403 404   404 404 404   403 404 404 ok
person_resume               POST  in in  403   403 404 403 404   404 404 404   403 404 404 go

invitation_list             GET   in in  403   403 403 ok  403   403 ok  403   ok  403 403 ok
invitation_list             POST  in in  403   405
invitation_new              GET   in in  403   403 403 ok  403   403 ok  403   ok  403 403 ok
invitation_new              POST  in in  403   403 403 go  403   403 ok  403   ok  403 403 ok
invitation_detail           GET   in in  403   403 404 ok  404   404 404 404   ok  404 404 ok
invitation_detail           POST  in in  403   405
invitation_resend           GET   in in  403   403 404 ok  404   404 404 404   403 404 404 403
invitation_resend           POST  in in  403   403 404 go  404   404 404 404   403 404 404 403
invitation_letter           GET   in in  403   403 404 ok  404   404 404 404   403 404 404 403
invitation_letter           POST  in in  403   403 404 ok  404   404 404 404   403 404 404 403
invitation_revoke           GET   in in  403   403 404 ok  404   404 404 404   403 404 404 403
invitation_revoke           POST  in in  403   403 404 go  404   404 404 404   403 404 404 403
invitation_open             GET   ok
invitation_open             POST  go go  ok
invitation_open/unknown     GET   404
invitation_open/unknown     POST  404
invitation_done             GET   404
invitation_done             POST  405
invitation_finish           GET   in in  go
invitation_finish           POST  in in  go

handover_list               GET   in in  403   ok  ok  ok  ok    ok  ok  ok    ok  ok  403 ok
handover_list               POST  in in  403   405
handover_new                GET   in in  403   403 404 ok  404   404 404 404   403 404 404 403
handover_new                POST  in in  403   403 404 go  404   404 404 404   403 404 404 403
handover_detail             GET   in in  403   ok  404 ok  404   404 404 404   ok  404 404 ok
handover_detail             POST  in in  403   405
handover_withdraw           GET   in in  403   403 404 ok  404   404 404 404   403 404 404 403
handover_withdraw           POST  in in  403   403 404 go  404   404 404 404   403 404 404 403

liaison_list                GET   in in  403   ok  ok  ok  403   ok  ok  403   ok  403 403 403
liaison_list                POST  in in  403   405
liaison_new                 GET   in in  403   403 403 ok  403   403 ok  403   403
liaison_new                 POST  in in  403   403 403 go  403   403 ok  403   403
liaison_end                 GET   in in  403   403 404 ok  404   404 404 404   403 404 404 404
liaison_end                 POST  in in  403   403 404 go  404   404 404 404   403 404 404 404

import_start/handovers      GET   in in  403   403 403 ok  403   403 ok  403   ok  403 403 ok
import_start/invitations    GET   in in  403   403 403 ok  403   403 ok  403   ok  403 403 ok
import_template/handovers   GET   in in  403   403 403 ok  403   403 ok  403   ok  403 403 ok
import_template/invitations GET   in in  403   403 403 ok  403   403 ok  403   ok  403 403 ok
"""

DUTIES = """
#                                 approver  reader
organisation_edit           GET   ok        403
organisation_edit           POST  go        403
membership_edit             GET   403       403
membership_edit             POST  403       403
membership_end              GET   403       403
membership_end              POST  403       403
password_letter             GET   403       403
password_letter             POST  403       403
membership_keep             GET   403       403
membership_keep             POST  403       403
invitation_list             GET   403       403
invitation_new              GET   403       403
invitation_new              POST  403       403
invitation_detail           GET   403       403
invitation_resend           GET   403       403
invitation_resend           POST  403       403
invitation_letter           GET   403       403
invitation_letter           POST  403       403
invitation_revoke           GET   403       403
invitation_revoke           POST  403       403
handover_new                GET   ok        403
handover_new                POST  go        403
handover_withdraw           GET   ok        403
handover_withdraw           POST  go        403
liaison_new                 GET   403       403
liaison_new                 POST  403       403
liaison_end                 GET   403       403
liaison_end                 POST  403       403
import_start/handovers      GET   403       403
import_start/invitations    GET   403       403
import_template/handovers   GET   403       403
import_template/invitations GET   403       403
"""
# fmt: on

Make = Callable[["Scene"], Any]


def _office(scene: Scene) -> list[Any]:
    return [scene.people["a"].organisation.pk]


def _colleague(scene: Scene) -> list[Any]:
    return [scene.people["a"].colleague.pk]


def _person(scene: Scene) -> list[Any]:
    return [scene.people["a"].colleague.user_id]


def _invitation(scene: Scene) -> list[Any]:
    return [scene.people["a"].invitation.pk]


def _handover(scene: Scene) -> list[Any]:
    return [scene.people["a"].handover.pk]


ARGUMENTS: dict[str, Make] = {
    "organisation_detail": _office,
    "organisation_edit": _office,
    "membership_edit": _colleague,
    "membership_end": _colleague,
    "membership_keep": _colleague,
    "password_letter": _colleague,
    "handover_new": _colleague,
    "person_detail": _person,
    "person_stop": _person,
    "person_resume": _person,
    "invitation_detail": _invitation,
    "invitation_resend": _invitation,
    "invitation_letter": _invitation,
    "invitation_revoke": _invitation,
    "invitation_open": lambda scene: [scene.people["a"].token],
    "invitation_open/unknown": lambda _: ["no-such-token"],
    "handover_detail": _handover,
    "handover_withdraw": _handover,
    "liaison_end": lambda scene: [scene.people["a"].liaison.pk],
    "import_start/handovers": lambda _: ["handovers"],
    "import_start/invitations": lambda _: ["invitations"],
    "import_template/handovers": lambda _: ["handovers", "xlsx"],
    "import_template/invitations": lambda _: ["invitations", "xlsx"],
}

_PASSWORD = {"password1": "とても長いあいことば 2025", "password2": "とても長いあいことば 2025"}
_LAST_DAY = {"last_day": "2025-12-31", "knowing": ""}
POSTED: dict[str, Make] = {
    "organisation_edit": lambda _: {
        "phone": "078-341-7711",
        "notification_address": "",
        "sign_off_required": "no",
    },
    "membership_edit": lambda _: {"department": "財政課", "phone": ""},
    "membership_end": lambda _: _LAST_DAY,
    "handover_new": lambda _: {
        "effective_on": "2026-04-01", "name": "後任 三郎", "email": "third@example.jp", "duty": "editor",
    },
    "invitation_new": lambda scene: {
        "organisation": scene.people["a"].organisation.pk, "name": "新任 三子", "email": "three@example.jp",
        "duty": "editor", "valid_from": "2025-10-01",
    },
    "invitation_open": lambda _: _PASSWORD,
    "liaison_new": lambda scene: {
        "organisation": scene.people["a"].organisation.pk, "field": "community", "valid_from": "2025-10-01",
        "person": scene.world.actors["prefecture_a"].user.pk,
    },
    "liaison_end": lambda _: {"last_day": "2025-12-31"},
}  # fmt: skip
