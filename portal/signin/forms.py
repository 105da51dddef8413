"""Forms of the sign-in pages, and the library's second-factor forms in the portal's look and wording."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms

from portal.ui import forms as ui

CODE = "認証アプリの6桁の数字か、復旧コードを入力してください。復旧コードは、一度だけ使えます。"


#: Longer than any code; what is longer is not even compared.
CODE_LENGTH = 32


class CodeMixin(ui.PortalFormMixin):
    """A code, typed with or without spaces, in full or half width."""

    help_text = CODE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"] = ui.CodeField(label="認証コード", help_text=self.help_text)
        field.widget.attrs.update({"autocomplete": "one-time-code", "inputmode": "numeric"})
        ui.dress(field, "認証コード")

    def clean_code(self) -> str:
        """Spaces between groups of digits are how people read a code."""
        code = self.cleaned_data["code"] = self.cleaned_data["code"].replace(" ", "")
        if len(code) > CODE_LENGTH:
            raise get_adapter().validation_error("incorrect_code")
        return str(super().clean_code())  # type: ignore[misc]


class AuthenticateForm(CodeMixin, base_forms.AuthenticateForm):
    """The code at sign-in."""


class ReauthenticateCodeForm(CodeMixin, base_forms.ReauthenticateForm):
    """The code before a sensitive act."""


class ActivateTOTPForm(CodeMixin, totp_forms.ActivateTOTPForm):
    """The first code of a new authenticator app."""

    help_text = "認証アプリに表示された6桁の数字を入力してください。"


#: What the library's parsers raise on what no browser sends.
NONSENSE = (AttributeError, KeyError, TypeError, ValueError)


class CredentialField(forms.JSONField):
    """JSON; a number too long to be read is as wrong as a missing bracket."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValueError as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyAnswer(forms.Form):
    """What a passkey says."""

    credential = CredentialField(widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        """What no browser sends is a wrong answer, not a fault of the server."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NONSENSE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AuthenticatePasskeyForm(PasskeyAnswer, webauthn_forms.AuthenticateWebAuthnForm):
    """After the password."""


class LoginPasskeyForm(PasskeyAnswer, webauthn_forms.LoginWebAuthnForm):
    """Instead of it."""


class ReauthenticatePasskeyForm(PasskeyAnswer, webauthn_forms.ReauthenticateWebAuthnForm):
    """Before a sensitive act."""


class PasskeyName(ui.PortalFormMixin):
    """A passkey has a name by which its owner knows it."""

    def label_of(self, name: str, field: forms.Field) -> str:
        return "パスキーの名前" if name == "name" else super().label_of(name, field)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "どの端末のものか、分かる名前にしてください。例：執務室のパソコン"


class AddPasskeyForm(PasskeyName, webauthn_forms._BaseAddWebAuthnForm):
    """A new passkey; it can always sign in by itself, so nobody is asked about that."""

    credential = CredentialField(widget=forms.HiddenInput)

    def clean(self) -> dict:
        """What no browser sends is a wrong answer, not a fault of the server."""
        try:
            return super().clean() or {}
        except NONSENSE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class EditPasskeyForm(PasskeyName, webauthn_forms.EditWebAuthnForm):
    """Another name."""


class AskResetForm(ui.PortalForm):
    """Whose factor is lost, and how one knows."""

    person: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=None, label="二段階認証を使えなくなった方"
    )
    reason = ui.TextField(
        label="理由",
        limit=400,
        rows=6,
        help_text="使えなくなった理由と、本人であることをどのように確かめたかを入力してください。",
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        field.queryset = people  # type: ignore[attr-defined]
        field.label_from_instance = _person  # type: ignore[attr-defined]
        field.empty_label = ui.EMPTY_CHOICE  # type: ignore[attr-defined]


def _person(membership: Any) -> str:
    return f"{membership.user.name}（{membership.organisation.full_name}　{membership.title}）"


class DecideResetForm(ui.PortalForm):
    """Why a request is declined; how one made sure when it is not."""

    note = ui.TextField(
        label="確認したこと",
        limit=400,
        rows=4,
        help_text="団体の代表電話などで、本人と依頼者に確かめたことを入力してください。",
    )
