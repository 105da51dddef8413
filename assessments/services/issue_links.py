"""The way from a municipality's page to its local issues."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from assessments.models import LocalIssue
from portal.actor import Actor
from portal.models import Organisation
from portal.permissions import Action, allows
from portal.registry import TownLink


def issue_links(actor: Actor, organisation: Organisation) -> Iterator[TownLink]:
    """The own list; of another organisation the shared issues, for those who read some."""
    if not allows(actor, Action.VIEW_LOCAL_ISSUES):
        return
    count = LocalIssue.objects.for_user(actor).active().filter(organisation=organisation).count()
    if organisation.pk == actor.organisation.pk:
        yield TownLink(f"地域課題（{count}件）", reverse("own_issue_list"))
    elif count:
        yield TownLink(
            f"共有された地域課題（{count}件）", f"{reverse('local_issue_list')}?town={organisation.pk}"
        )
