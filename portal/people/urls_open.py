"""Addresses of an invitation: open to who is not signed in."""

from django.urls import path

from portal.views import accepting

urlpatterns = [
    path("invitations/open/<str:token>/", accepting.invitation_open, name="invitation_open"),
    path("invitations/done/", accepting.invitation_done, name="invitation_done"),
    path("invitations/finish/", accepting.invitation_finish, name="invitation_finish"),
]
