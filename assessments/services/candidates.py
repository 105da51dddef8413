"""Whom an organisation may ask in its rounds, and in which groups."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from assessments.choices import TargetGroup
from portal.choices import OrganisationKind
from portal.models import Organisation
from programs.models import Partnership, Program, Region

_ASKED_KINDS = (OrganisationKind.PREFECTURE, OrganisationKind.MUNICIPALITY, OrganisationKind.UNION)


def candidates(owner: Organisation) -> QuerySet[Organisation]:
    """A prefecture asks itself and what is under it; the secretariat asks every prefecture and town."""
    rows = Organisation.objects.filter(kind__in=_ASKED_KINDS)
    if owner.kind == OrganisationKind.SECRETARIAT:
        return rows
    return rows.filter(Q(pk=owner.pk) | Q(parent=owner)) if owner.kind in _ASKED_KINDS[:1] else rows.none()


def members(group: str, *, owner: Organisation, program: Program) -> QuerySet[Organisation]:
    """The organisations of a group among the candidates."""
    regions = Region.objects.adopted().filter(program=program)
    if owner.kind == OrganisationKind.PREFECTURE:
        regions = regions.filter(prefecture__organisation=owner)
    rows = candidates(owner)
    if group == TargetGroup.PARTNERS:
        partners = Partnership.objects.filter(region__in=regions.order_by().values("pk"))
        return rows.filter(pk__in=partners.order_by().values("organisation"))
    if group == TargetGroup.TOWNS:
        return rows.filter(kind=OrganisationKind.MUNICIPALITY)
    if owner.kind == OrganisationKind.PREFECTURE:
        return rows.filter(pk=owner.pk)
    return rows.filter(pk__in=regions.order_by().values("prefecture__organisation"))


def group_labels(owner: Organisation) -> dict[str, str]:
    """The word of each group, as the owner would say it."""
    if owner.kind == OrganisationKind.SECRETARIAT:
        return {
            TargetGroup.PARTNERS: "採択された支援地域の連携市町村",
            TargetGroup.TOWNS: "全国のすべての市区町村",
            TargetGroup.PREFECTURE: "採択された支援地域の都道府県",
        }
    return {
        TargetGroup.PARTNERS: "支援地域の連携市町村",
        TargetGroup.TOWNS: "県内のすべての市区町村",
        TargetGroup.PREFECTURE: f"{owner.name}（自団体）",
    }
