"""Sign-in rules on top of allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from portal.signin.accounts import SignInRules
from portal.ui import errors


class PortalAccountAdapter(SignInRules):
    """Accounts are made by invitation only; errors are worded by the portal."""

    error_messages = {**DefaultAccountAdapter.error_messages, **errors.ACCOUNT}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No open sign-up."""
        return False
