"""A new password for a person without an own address: a link on paper, given by their keeper."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import PortalError
from portal.models import Membership
from portal.people.tokens import absolute
from portal.permissions import Action, check


def may_give_link(membership: Membership) -> bool:
    """Whether this person cannot help themselves: no address to send a link to, and still in office."""
    user = membership.user
    in_force = membership.valid_until is None or membership.valid_until >= clock.today()
    return user.is_active and not user.email and bool(user.login_id) and in_force


@transaction.atomic
def password_link(*, membership: Membership, actor: Actor) -> str:
    """The link by which the person sets a new password; it is kept nowhere and dies with its use.

    The signed-in sessions of the person end when the password is set, and a demanded second factor is
    asked for as before.
    """
    check(actor, Action.GIVE_PASSWORD_LINK, membership)
    user = membership.user
    if user.pk == actor.user.pk:
        raise PortalError("自分のパスワードは、「サインインの設定」で変更してください。")
    if not may_give_link(membership):
        raise PortalError(
            "この利用者には、書面を作成できません。メールアドレスのある人は、サインイン画面の"
            "「パスワードを忘れたとき」から、自分で設定し直せます。"
        )
    record(AuditCode.PASSWORD_LETTER, actor=actor, obj=user, concerns=membership.organisation)
    place = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return absolute(reverse("account_reset_password_from_key", kwargs=place))
