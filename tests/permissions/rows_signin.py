"""Sign-in pages: the portal's own, and those of allauth.mfa and allauth.usersessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal import clock
from portal.models import FactorReset, Membership

# fmt: off
ROWS = """
#                                  out    none  A: t1  t2  pf  ve   B: t  pf  ve   sec min exp adm
signin_settings             GET   in in  403   ok
signin_settings             POST  in in  403   405
signin_factor_needed        GET   in in  403   go
signin_factor_needed        POST  in in  403   405
signin_totp_qr              GET   in in  403   go
signin_totp_qr              POST  in in  403   405
signin_ping                 GET   in in  403   405
signin_ping                 POST  in in  403   go
signin_status               GET   in in  403   ok
signin_status               POST  in in  403   405
signin_kept                 GET   in in  403   go
signin_kept                 POST  in in  403   405
signin_kept_drop            GET   in in  403   405
signin_kept_drop            POST  in in  403   go
signin_reset_list           GET   in in  403   403 403 ok  ok    403 ok  ok    ok  403 403 ok
signin_reset_list           POST  in in  403   405
signin_reset_ask            GET   in in  403   go
signin_reset_ask            POST  in in  403   go
signin_reset_decide         GET   in in  403   go
signin_reset_decide         POST  in in  403   go
signin_people               GET   in in  403   403 403 ok  ok    403 ok  ok    ok  403 403 ok
signin_people               POST  in in  403   405
signin_end_sessions         GET   in in  403   405
signin_end_sessions         POST  in in  403   go

mfa_index                   GET   in in  403   ok
mfa_index                   POST  in in  403   405
mfa_authenticate            GET   go
mfa_authenticate            POST  go
mfa_reauthenticate          GET   in in  403   go
mfa_reauthenticate          POST  in in  403   go
mfa_activate_totp           GET   in in  403   go
mfa_activate_totp           POST  in in  403   go
mfa_deactivate_totp         GET   in in  403   404
mfa_deactivate_totp         POST  in in  403   404
mfa_view_recovery_codes     GET   in in  403   404
mfa_view_recovery_codes     POST  in in  403   405
mfa_generate_recovery_codes GET   in in  403   go
mfa_generate_recovery_codes POST  in in  403   go
mfa_download_recovery_codes GET   in in  403   404
mfa_download_recovery_codes POST  in in  403   404
mfa_list_webauthn           GET   in in  403   ok
mfa_list_webauthn           POST  in in  403   405
mfa_add_webauthn            GET   in in  403   go
mfa_add_webauthn            POST  in in  403   go
mfa_reauthenticate_webauthn GET   in in  403   go
mfa_reauthenticate_webauthn POST  in in  403   go
mfa_remove_webauthn         GET   in in  403   go
mfa_remove_webauthn         POST  in in  403   go
mfa_edit_webauthn           GET   in in  403   go
mfa_edit_webauthn           POST  in in  403   go
mfa_login_webauthn          GET   go
mfa_login_webauthn          POST  go
usersessions_list           GET   in in  403   ok
usersessions_list           POST  in in  403   go
"""

DUTIES = """
#                                 approver  reader
signin_reset_list           GET   ok        403
signin_people               GET   ok        403
"""
# fmt: on

Make = Callable[[Any], Any]


def furnish(scene: Any) -> None:
    """A request of prefecture A for its town's officer."""
    asker, lost = scene.world.actors["prefecture_a"], scene.world.actors["town_a1"]
    FactorReset.objects.create(
        membership=lost.membership,
        user=lost.user,
        reason="端末の紛失",
        asked_by=asker.user,
        asked_as=asker.membership,
        asked_at=clock.now(),
    )


def _officer(scene: Any) -> list[int]:
    row: Membership = scene.world.actors["town_a1"].membership
    return [row.pk]


ARGUMENTS: dict[str, Make] = {
    "signin_reset_decide": lambda _: [FactorReset.objects.get(reason="端末の紛失").pk],
    "signin_end_sessions": _officer,
    "mfa_remove_webauthn": lambda _: [1],
    "mfa_edit_webauthn": lambda _: [1],
}
POSTED: dict[str, Make] = {}
