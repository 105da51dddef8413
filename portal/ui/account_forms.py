"""The sign-in library's forms in the portal's look and wording."""

from typing import Any

from allauth.account import forms as allauth_forms
from django.core.exceptions import ValidationError

from portal.ui import errors
from portal.ui.forms import PortalFormMixin

LABELS = {
    "login": "メールアドレス",
    "email": "メールアドレス",
    "password": "パスワード",
    "oldpassword": "現在のパスワード",
    "password1": "新しいパスワード",
    "password2": "新しいパスワード（確認）",
}
HELPS = {
    "password1": "12文字以上で、氏名やメールアドレスに似ていないものを入力してください。",
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
    """Sign-in."""


class ResetPasswordForm(AccountFormMixin, allauth_forms.ResetPasswordForm):
    """Asking for a link to set a new password."""


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
