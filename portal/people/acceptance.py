"""Accepting an invitation: a link works once, for the address it was made for."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.choices import LinkKind
from portal.models import Invitation, Membership, User
from portal.outbox import call_back
from portal.people import handover
from portal.people.tokens import hash_of


class LinkDead(Exception):
    """The link is unknown, used, expired or revoked; which of these is told to nobody."""


def find(token: str) -> Invitation:
    """The invitation behind a link that can be used now; raises LinkDead."""
    return find_by_hash(hash_of(token))


def find_by_hash(token_hash: str) -> Invitation:
    """The same by what is kept of the token."""
    rows = Invitation.objects.open().select_related("organisation__parent")
    invitation = rows.filter(token_hash=token_hash, expires_at__gt=clock.now()).first()
    if invitation is None:
        raise LinkDead
    return invitation


def may_accept(invitation: Invitation, user: User) -> bool:
    """Whether this account is the invited person's: the address decides, nothing else."""
    mine = (user.email or "").casefold()
    return user.is_active and bool(mine) and mine == invitation.email.casefold()


def accept_new(*, token: str, password: str) -> None:
    """Make the account and its membership, and burn the link; raises LinkDead.

    When the address has an account already nothing is changed: its owner signs in and accepts then.
    Both ways cost one slow hash and one transaction, and answer alike.
    """
    secret = make_password(password)
    with transaction.atomic():
        invitation = _locked(hash_of(token))
        if invitation.email and User.objects.filter(email__iexact=invitation.email).exists():
            return
        user = User.objects.create(
            email=User.objects.normalize_email(invitation.email) if invitation.email else None,
            login_id=None if invitation.email else invitation.login_id,
            name=invitation.name,
            password=secret,
        )
        if user.email:
            proven = invitation.link_kind == LinkKind.MAIL  # a letter proves no mailbox
            EmailAddress.objects.create(user=user, email=user.email, verified=proven, primary=True)
        _join(invitation, user)


@transaction.atomic
def accept_as(*, token_hash: str, user: User) -> Membership:
    """Add the membership to the account of the invited person, who is signed in; raises LinkDead."""
    invitation = _locked(token_hash)
    if not may_accept(invitation, user):
        raise LinkDead
    return _join(invitation, user)


def _locked(token_hash: str) -> Invitation:
    """The usable invitation, held until the commit: of two at once, one waits here and then finds none."""
    rows = (
        Invitation.objects.open().select_for_update(of=("self",), no_key=True).select_related("organisation")
    )
    invitation = rows.filter(token_hash=token_hash, expires_at__gt=clock.now()).first()
    if invitation is None:
        raise LinkDead
    return invitation


def _join(invitation: Invitation, user: User) -> Membership:
    """Burn the link, make the membership, tell the hand-over it was for."""
    burnt = (
        Invitation.objects.open()
        .filter(pk=invitation.pk, token_hash=invitation.token_hash)
        .update(used_at=clock.now(), accepted_by=user, token_hash=None)
    )
    if burnt != 1:
        raise LinkDead
    call_back([invitation], reason="登録が済んだため、送りませんでした。")
    membership, _made = Membership.objects.standing().get_or_create(
        user=user,
        organisation=invitation.organisation,
        role=invitation.role,
        duty=invitation.duty,
        valid_from=invitation.valid_from,
        defaults={
            "department": invitation.department,
            "phone": invitation.phone,
            "valid_until": invitation.valid_until,
            "deputy": invitation.deputy,
        },
    )
    handover.successor_joined(invitation, membership)
    record(
        AuditCode.INVITATION_ACCEPTED,
        actor=Actor(user=user, membership=membership),
        obj=invitation,
        after={"user": user.pk, "membership": membership.pk, "valid_from": membership.valid_from},
        details={"link": invitation.link_kind},
    )
    return membership
