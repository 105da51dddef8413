"""People, browsers and codes for the tests of sign-in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.choices import OrganisationKind
from portal.models import Membership, User
from tests import factories as f

PASSWORD = f.PASSWORD


def person(kind: str = OrganisationKind.SECRETARIAT, *, email: str | None = "", **more: Any) -> User:
    """Somebody who can sign in, for an organisation of this kind."""
    user = f.UserFactory(**more) if email == "" else f.UserFactory(email=email, **more)
    f.MembershipFactory(user=user, organisation=f.OrganisationFactory(kind=kind))
    if user.email:
        user.emailaddress_set.create(email=user.email.lower(), verified=True, primary=True)
    return user


def membership_of(user: User) -> Membership:
    return Membership.objects.get(user=user)


def post_sign_in(client: Client, name: str, password: str = PASSWORD, **more: Any) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": name, "password": password}, **more)


def signed_in(user: User, **options: Any) -> Client:
    """A browser in which this person has signed in by the form."""
    client = Client(**options)
    answer = post_sign_in(client, user.email or user.login_id or "")
    assert answer.status_code == 302, answer.content.decode()
    return client


def is_in(client: Client) -> bool:
    """Whether the browser is signed in."""
    return client.get(reverse("signin_settings")).status_code == 200


def fresh_half_minute(seconds: float = 3) -> None:
    """Return when a code made now lasts so many seconds more."""
    left = 30 - time.time() % 30
    time.sleep(left + 0.01 if left < seconds else 0)


def totp(secret: str, at: float | None = None) -> str:
    """The six digits of RFC 6238, computed here and not by the library under test."""
    fresh_half_minute()
    counter = int(time.time() if at is None else at) // 30
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def confirm(client: Client) -> None:
    """Give the password once more, as before a sensitive act."""
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/"})
    assert answer.status_code == 302, answer.content.decode()


def enrol(client: Client) -> str:
    """Register an authenticator app by the pages; its secret."""
    confirm(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    answer = client.post(reverse("mfa_activate_totp"), {"code": totp(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def recovery_codes(client: Client) -> list[str]:
    """The codes as the page shows them, once."""
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    return [code.replace(" ", "") for code in re.findall(r'class="secret">([0-9 ]+)<', page)]


def codes_recorded() -> list[str]:
    """What the audit trail holds, oldest first."""
    from portal.models import AuditEntry

    return list(AuditEntry.objects.order_by("seq").values_list("code", flat=True))
