"""The sign-in library's forms in the portal's look and wording."""

import time
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.internal.flows.password_reset import request_password_reset
from django.conf import settings
from django.core.exceptions import ValidationError

from portal.signin.backend import find_user, folded
from portal.ui import errors
from portal.ui.forms import CharField, PortalFormMixin, dress

LABELS = {
    "login": "メールアドレスまたはサインインID",
    "email": "メールアドレス",
    "password": "パスワード",
    "oldpassword": "現在のパスワード",
    "password1": "新しいパスワード",
    "password2": "新しいパスワード（確認）",
}
HELPS = {
    "password1": (
        "12文字以上で入力してください。空白や日本語も使えます。よく使われる言葉、氏名、団体名、"
        "メールアドレスを主にしたものは使えません。定期的な変更は必要ありません。"
    ),
    "password2": "同じパスワードをもう一度入力してください。",
}


class AccountFormMixin(PortalFormMixin):
    """Labels, helps and password errors worded by the portal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.help_text = HELPS.get(name, "")

    def label_of(self, name: str, field: Any) -> str:
        return LABELS.get(name) or super().label_of(name, field)

    def add_error(self, field: str | None, error: Any) -> None:
        """Give an error of the password rules or of the sign-in library our sentence."""
        if isinstance(error, ValidationError) and not hasattr(error, "error_dict"):
            for single in error.error_list:
                if sentence := errors.PASSWORD.get(single.code or ""):
                    single.message, single.params = sentence, None
        super().add_error(field, error)


class LoginForm(AccountFormMixin, allauth_forms.LoginForm):
    """Sign-in, by address or by the sign-in ID issued to people without one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = CharField(label=LABELS["login"])
        field.widget.attrs.update(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        )
        dress(field, LABELS["login"])
        self.fields = {"login": field, "password": self.fields["password"]}

    def user_credentials(self) -> dict:
        """One name for both; the sign-in backend tells them apart."""
        return {"email": folded(self.cleaned_data["login"]), "password": self.cleaned_data["password"]}

    def _clean_with_password(self, credentials: dict) -> Any:
        cleaned = super()._clean_with_password(credentials)
        # Which address must be confirmed does not depend on which name was typed.
        self._login.email = self._login.user.email
        return cleaned


class ResetPasswordForm(AccountFormMixin, allauth_forms.ResetPasswordForm):
    """Asking for a link to set a new password; the answer and its time tell nothing about the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.started = time.monotonic()
        super().__init__(*args, **kwargs)

    def clean_email(self) -> str:
        """The active person with this address, in whatever capitals it is stored."""
        email: str = self.cleaned_data["email"]
        person = find_user(email)
        self.users = [person] if person and person.is_active else []
        return email

    def save(self, request: Any, **kwargs: Any) -> str:
        """Send the link to the address that is stored, and let everybody wait equally long."""
        for person in self.users:
            token = kwargs.get("token_generator", allauth_forms.default_token_generator)
            request_password_reset(request, person.email, [person], token)
        time.sleep(max(0.0, settings.PASSWORD_RESET_SECONDS - (time.monotonic() - self.started)))
        return str(self.cleaned_data["email"])


class ResetPasswordKeyForm(AccountFormMixin, allauth_forms.ResetPasswordKeyForm):
    """Setting a new password from the link."""


class ChangePasswordForm(AccountFormMixin, allauth_forms.ChangePasswordForm):
    """Changing one's password."""


class SetPasswordForm(AccountFormMixin, allauth_forms.SetPasswordForm):
    """Setting a first password."""


class AddEmailForm(AccountFormMixin, allauth_forms.AddEmailForm):
    """Changing one's e-mail address."""


class ReauthenticateForm(AccountFormMixin, allauth_forms.ReauthenticateForm):
    """The password once more before a sensitive act."""
