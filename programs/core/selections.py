"""Regions and partners with what a page shows of them, fetched in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When

from portal import clock
from portal.actor import Actor
from portal.choices import Role
from programs.core.choices import LiaisonField, RegionStatus
from programs.core.models import (
    Consortium,
    ConsortiumMember,
    LiaisonAssignment,
    Partnership,
    Program,
    Region,
    Vendor,
)
from programs.core.models.programs import ProgramQuerySet, RegionQuerySet


def programs_with_counts(actor: Actor | None) -> ProgramQuerySet:
    """Programs with the number of regions the actor may see, adopted and in all."""
    seen = Q(regions__in=Region.objects.for_user(actor).values("pk"))
    adopted = seen & Q(regions__status=RegionStatus.ADOPTED)
    rows = Program.objects.for_user(actor).annotate(
        regions_seen=Count("regions", filter=seen, distinct=True),
        regions_adopted=Count("regions", filter=adopted, distinct=True),
    )
    return rows.order_by("-fiscal_year", "slug")


def regions_of(*, program: Program, actor: Actor | None) -> RegionQuerySet:
    """The program's regions the actor may see, adopted first, with partners and consortium."""
    rank = Case(
        When(status=RegionStatus.ADOPTED, then=Value(0)),
        When(status=RegionStatus.CANDIDATE, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    mine = Region.objects.for_user(actor).filter(program=program).values("pk")
    return (
        Region.objects.filter(pk__in=mine)
        .with_names()
        .prefetch_related("partnerships__organisation", consortium_members())
        .order_by(rank, "position", "prefecture__code")
    )


def consortium_members() -> Prefetch:
    """The consortium of each region with its members, lead first, and their names."""
    vendors = Vendor.objects.select_related("organisation")
    members = ConsortiumMember.objects.prefetch_related(Prefetch("vendor", queryset=vendors))
    consortia = Consortium.objects.prefetch_related(Prefetch("members", queryset=members))
    return Prefetch("consortium", queryset=consortia)


def members_of(region: Region) -> list[ConsortiumMember]:
    """The members of a region of `regions_of`, lead first; none when there is no consortium yet."""
    consortium = getattr(region, "consortium", None)
    return list(consortium.members.all()) if consortium else []


def fetch_members(region: Region) -> list[ConsortiumMember]:
    """The members of one region's consortium, lead first; one query."""
    rows = ConsortiumMember.objects.filter(consortium__region=region)
    return list(rows.select_related("consortium", "vendor__organisation"))


def partnerships_of(region: Region) -> QuerySet[Partnership]:
    """The partners with their organisation, plan and stationing vendor."""
    return region.partnerships.select_related(
        "organisation__municipality", "plan__vendor__organisation"
    ).order_by("position", "id")


@dataclass
class Liaisons:
    """Who is liaison (DX推進リエゾン) of a town, by field, in the order of `LiaisonField`."""

    town: str
    people: list[list[str]]


def liaisons_of(*, region: Region, actor: Actor) -> list[Liaisons]:
    """The liaisons of the partners today; a municipality is told its own only."""
    today = clock.today()
    rows = LiaisonAssignment.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        organisation__partnerships__region=region,
        valid_from__lte=today,
    ).select_related("organisation", "person")
    if actor.role == Role.MUNICIPALITY:
        rows = rows.filter(organisation=actor.organisation)
    fields = LiaisonField.values
    towns: dict[int, Liaisons] = {}
    for row in rows.order_by("organisation__partnerships__position", "organisation__name", "person__name"):
        town = Liaisons(row.organisation.name, [[] for _ in fields])
        towns.setdefault(row.organisation_id, town).people[fields.index(row.field)].append(str(row.person))
    return list(towns.values())
