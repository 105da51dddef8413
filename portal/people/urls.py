"""Addresses about people, for those who are signed in."""

from django.urls import path

from portal.views import handovers, invitations, organisations, passwords, people

urlpatterns = [
    path("organisations/", organisations.organisation_list, name="organisation_list"),
    path("organisations/<int:pk>/", organisations.organisation_detail, name="organisation_detail"),
    path("organisations/<int:pk>/edit/", organisations.organisation_edit, name="organisation_edit"),
    path("contacts/", organisations.contact_list, name="contact_list"),
    path("memberships/", people.membership_list, name="membership_list"),
    path("memberships/<int:pk>/edit/", people.membership_edit, name="membership_edit"),
    path("memberships/<int:pk>/end/", people.membership_end, name="membership_end"),
    path("memberships/<int:pk>/keep/", people.membership_keep, name="membership_keep"),
    path("memberships/<int:pk>/password/", passwords.password_letter, name="password_letter"),
    path("memberships/<int:pk>/handover/", handovers.handover_new, name="handover_new"),
    path("<int:pk>/", people.person_detail, name="person_detail"),
    path("<int:pk>/stop/", people.person_stop, name="person_stop"),
    path("<int:pk>/resume/", people.person_resume, name="person_resume"),
    path("invitations/", invitations.invitation_list, name="invitation_list"),
    path("invitations/new/", invitations.invitation_new, name="invitation_new"),
    path("invitations/<int:pk>/", invitations.invitation_detail, name="invitation_detail"),
    path("invitations/<int:pk>/resend/", invitations.invitation_resend, name="invitation_resend"),
    path("invitations/<int:pk>/letter/", invitations.invitation_letter, name="invitation_letter"),
    path("invitations/<int:pk>/revoke/", invitations.invitation_revoke, name="invitation_revoke"),
    path("handovers/", handovers.handover_list, name="handover_list"),
    path("handovers/<int:pk>/", handovers.handover_detail, name="handover_detail"),
    path("handovers/<int:pk>/withdraw/", handovers.handover_withdraw, name="handover_withdraw"),
]
