"""Settings of signing in: names, passwords, limits, second factor, sessions (docs/signin.md)."""

from portal.settings.environment import PORTAL_NAME, TLS, env

# --- sign-in ---------------------------------------------------------------
AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = ["portal.signin.backend.SignInBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.signin.passwords.CommonValidator"},
    {"NAME": "portal.signin.passwords.ContextValidator"},
]
ACCOUNT_ADAPTER = "portal.accounts.PortalAccountAdapter"
ACCOUNT_FORMS = {
    "login": "portal.ui.account_forms.LoginForm",
    "reset_password": "portal.ui.account_forms.ResetPasswordForm",
    "reset_password_from_key": "portal.ui.account_forms.ResetPasswordKeyForm",
    "change_password": "portal.ui.account_forms.ChangePasswordForm",
    "set_password": "portal.ui.account_forms.SetPasswordForm",
    "add_email": "portal.ui.account_forms.AddEmailForm",
    "reauthenticate": "portal.ui.account_forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"【{PORTAL_NAME}】"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2  # the present one and the one being confirmed
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGIN_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if TLS else "http"
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/m/ip,5/300s/key",
    "signup": "60/m/ip",
    "reset_password": "60/m/ip,5/m/key",
    "reset_password_from_key": "60/m/ip",
}
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}  # as for passwords: many people behind one address
#: Answers to a link of an invitation, from one address; a whole office may stand behind it.
ACCOUNT_RATE_LIMITS["invitation"] = "100/m/ip"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- second factor and time limits of sessions (docs/signin.md) ----------------
#: Kinds of organisation for which nobody acts without a second factor; all others are offered one.
MFA_REQUIRED_KINDS = env.list(
    "MFA_REQUIRED_KINDS",
    default=["prefecture", "secretariat", "vendor", "expert_panel", "ministry", "operator"],
)
#: Keys that encrypt the secrets of second factors; the first one writes, all of them read.
MFA_ENCRYPTION_KEYS = env.list("MFA_ENCRYPTION_KEYS", default=[])
MFA_ADAPTER = "portal.signin.mfa.PortalMFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
MFA_TRUST_ENABLED = False
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = PORTAL_NAME
MFA_TOTP_TOLERANCE = 0
#: A change of address that waits for its confirmation must not keep anybody from a demanded factor; nobody
#: signs up here, and nobody signs in with an address that was not confirmed.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "portal.signin.forms.AuthenticateForm",
    "reauthenticate": "portal.signin.forms.ReauthenticateCodeForm",
    "activate_totp": "portal.signin.forms.ActivateTOTPForm",
    "add_webauthn": "portal.signin.forms.AddPasskeyForm",
    "edit_webauthn": "portal.signin.forms.EditPasskeyForm",
    "authenticate_webauthn": "portal.signin.forms.AuthenticatePasskeyForm",
    "login_webauthn": "portal.signin.forms.LoginPasskeyForm",
    "reauthenticate_webauthn": "portal.signin.forms.ReauthenticatePasskeyForm",
}
USERSESSIONS_TRACK_ACTIVITY = True
#: A session ends after so long without use, and after so long in any case; a warning comes before.
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=60 * 60)
SESSION_ABSOLUTE_SECONDS = env.int("SESSION_ABSOLUTE_SECONDS", default=12 * 60 * 60)
SESSION_WARNING_SECONDS = 5 * 60
#: The answer to a wish for a new password takes at least so long, whether the address is known or not.
PASSWORD_RESET_SECONDS = 0.8

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = max(12 * 60 * 60, SESSION_ABSOLUTE_SECONDS)
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-session" if TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
#: In the session, not in a cookie of its own: sentences about people's work do not travel in headers.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
