"""Addresses of the portal's own sign-in pages; they stand before the library's."""

from django.urls import path

from portal.signin import reset_views, views

urlpatterns = [
    path("settings/", views.settings_page, name="signin_settings"),
    path("second-factor/", views.factor_needed, name="signin_factor_needed"),
    path("second-factor/qr.svg", views.totp_qr, name="signin_totp_qr"),
    # In place of the library's view, which lets the last passkey go.
    path("2fa/webauthn/keys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("session/ping/", views.ping, name="signin_ping"),
    path("session/status/", views.status, name="signin_status"),
    path("kept/", views.kept_texts, name="signin_kept"),
    path("kept/drop/", views.kept_drop, name="signin_kept_drop"),
    path("lost-factor/", reset_views.reset_list, name="signin_reset_list"),
    path("lost-factor/ask/", reset_views.reset_ask, name="signin_reset_ask"),
    path("lost-factor/<int:pk>/", reset_views.reset_decide, name="signin_reset_decide"),
    path("people/", reset_views.people_list, name="signin_people"),
    path("people/<int:pk>/end-sessions/", reset_views.end_sessions, name="signin_end_sessions"),
]
