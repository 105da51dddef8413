"""The portal's rules on top of allauth.mfa: encryption, wording, the last factor, the QR code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from portal.signin import keys

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator

    from portal.models import User

#: A QR code needs four empty modules around it.
QUIET = 4


class PortalMFAAdapter(DefaultMFAAdapter):
    """Second factors the portal's way."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": (
            "あなたの所属では、二段階認証が必要です。ほかの方法を先に登録してから、削除してください。"
        ),
        "cannot_generate_recovery_codes": "先に、認証アプリかパスキーを登録してください。",
        "incorrect_code": "認証コードを確かめて、もう一度入力してください。",
        "unverified_email": "メールアドレスの確認を、先に済ませてください。",
    }

    def encrypt(self, text: str) -> str:
        """Nothing is stored in clear."""
        return keys.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Counterpart of `encrypt`."""
        return keys.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        """The name an authenticator app shows."""
        return settings.PORTAL_NAME

    def _get_site_name(self) -> str:
        return settings.PORTAL_NAME

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return getattr(user, "email", None) or getattr(user, "login_id", None) or str(user)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last strong factor stays while any membership of the person demands one."""
        from portal.signin import policy

        owner: User = authenticator.user  # type: ignore[assignment]
        others = policy.strong_factors(owner).exclude(pk=authenticator.pk)
        return authenticator.type not in policy.STRONG or others.exists() or not policy.demanded_of(owner)

    def refuse_last(self, authenticator: Authenticator) -> None:
        """Raise ValidationError when this authenticator must stay."""
        if not self.can_delete_authenticator(authenticator):
            error: ValidationError = self.validation_error("cannot_delete_authenticator")
            raise error

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """A first name for a new passkey; people change it to the name of the device."""
        from allauth.mfa.models import Authenticator

        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return f"パスキー{number}"

    def build_totp_svg(self, url: str) -> str:
        """A QR code as SVG without styles, so that it can be served under our policy."""
        return qr_svg(url)


def qr_svg(text: str) -> str:
    """The text as a QR code, black on white, one path."""
    code = qrcode.QRCode(border=0)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    size = len(rows) + 2 * QUIET
    path = "".join(
        f"M{x + QUIET},{y + QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#ffffff"/><path d="{path}" fill="#000000"/></svg>'
    )
