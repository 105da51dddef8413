"""The pages about people, for `test_pages`: who looks at which."""

from __future__ import annotations

from portal.models import Handover, Invitation, Membership


def _himeji() -> Membership:
    return Membership.objects.get(user__email="himeji@example.jp")


def _handover() -> Handover:
    return Handover.objects.get()


def _invitation() -> Invitation:
    return Invitation.objects.get(name="決裁 三子")


PEOPLE_PAGES = {
    "home-three-hats": ("kenmu3", "/"),
    "organisations": ("hyogo", "/people/organisations/"),
    "organisation": ("hyogo", lambda: f"/people/organisations/{_himeji().organisation_id}/"),
    "organisation-edit": ("hyogo", lambda: f"/people/organisations/{_himeji().organisation_id}/edit/"),
    "contacts": ("hyogo", "/people/contacts/"),
    "memberships": ("admin", "/people/memberships/"),
    "person": ("hyogo", lambda: f"/people/{_himeji().user_id}/"),
    "person-stop": ("admin", lambda: f"/people/{_himeji().user_id}/stop/"),
    "membership-edit": ("hyogo", lambda: f"/people/memberships/{_himeji().pk}/edit/"),
    "membership-end": ("hyogo", lambda: f"/people/memberships/{_himeji().pk}/end/"),
    "handover-new": ("hyogo", lambda: f"/people/memberships/{_himeji().pk}/handover/"),
    "handovers": ("niigata", "/people/handovers/"),
    "handover": ("niigata", lambda: f"/people/handovers/{_handover().pk}/"),
    "handover-withdraw": ("niigata", lambda: f"/people/handovers/{_handover().pk}/withdraw/"),
    "invitations": ("hyogo", "/people/invitations/"),
    "invitation-new": ("hyogo", "/people/invitations/new/"),
    "invitation": ("hyogo", lambda: f"/people/invitations/{_invitation().pk}/"),
    "invitation-letter": ("hyogo", lambda: f"/people/invitations/{_invitation().pk}/letter/"),
    "invitation-dead": ("", "/invitations/open/no-such-link/"),
    "liaisons": ("hyogo", "/liaisons/"),
    "liaison-new": ("hyogo", "/liaisons/new/"),
}
