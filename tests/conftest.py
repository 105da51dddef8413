"""Fixtures for all tests: a small world of two prefectures, one person per role, and signed-in clients."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, TransactionTestCase

from municipalities.models import Municipality, Prefecture
from portal.actor import Actor
from portal.audit.guards import permit
from portal.choices import Duty, OrganisationKind
from portal.models import Organisation
from programs.models import Program, Region
from tests import factories as f

#: Where the source texts lie that stay outside the repository.
SOURCE_DATA = Path(os.environ.get("PORTAL_SOURCE_DATA", settings.BASE_DIR.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def source_data() -> Path:
    """The folder of real source texts; tests on them are skipped where it is absent."""
    if not SOURCE_DATA.is_dir():
        pytest.skip(
            f"The source texts are not here ({SOURCE_DATA}); set PORTAL_SOURCE_DATA to run this test."
        )
    return SOURCE_DATA


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings) -> None:
    """Every test keeps its files to itself."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session", autouse=True)
def _emptying_has_a_permit() -> Iterator[None]:
    """After a test with real transactions all tables are emptied, the append-only ones too."""
    empty = TransactionTestCase._fixture_teardown

    def with_permit(case: TransactionTestCase) -> None:
        with permit():
            empty(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", with_permit)
        yield


def actor_for(organisation: Organisation, **membership) -> Actor:
    """A new person acting for an organisation."""
    row = f.MembershipFactory(organisation=organisation, **membership)
    return Actor(user=row.user, membership=row)


@dataclass
class World:
    """Two prefectures A and B with a region each; A has two partner towns, B one; and one actor per role."""

    program: Program
    prefecture_a: Prefecture
    prefecture_b: Prefecture
    region_a: Region
    region_b: Region
    town_a1: Municipality
    town_a2: Municipality
    town_b: Municipality
    actors: dict[str, Actor]


def _vendor_of(region: Region) -> Organisation:
    consortium = f.ConsortiumFactory(region=region)
    return f.ConsortiumMemberFactory(consortium=consortium).vendor.organisation


def build_world() -> World:
    """Make the world; also for tests that need it outside a fixture."""
    program = f.ProgramFactory(slug="test")
    prefecture_a, prefecture_b = f.PrefectureFactory(), f.PrefectureFactory()
    region_a = f.RegionFactory(program=program, prefecture=prefecture_a)
    region_b = f.RegionFactory(program=program, prefecture=prefecture_b)
    town_a1 = f.MunicipalityFactory(prefecture=prefecture_a)
    town_a2 = f.MunicipalityFactory(prefecture=prefecture_a)
    town_b = f.MunicipalityFactory(prefecture=prefecture_b)
    for region, town in ((region_a, town_a1), (region_a, town_a2), (region_b, town_b)):
        f.PartnershipFactory(region=region, organisation=town.organisation)
    kinds = {
        "secretariat": OrganisationKind.SECRETARIAT,
        "expert": OrganisationKind.EXPERT_PANEL,
        "ministry": OrganisationKind.MINISTRY,
        "admin": OrganisationKind.OPERATOR,
    }
    organisations = {
        "town_a1": town_a1.organisation,
        "town_a2": town_a2.organisation,
        "town_b": town_b.organisation,
        "prefecture_a": prefecture_a.organisation,
        "prefecture_b": prefecture_b.organisation,
        "vendor_a": _vendor_of(region_a),
        "vendor_b": _vendor_of(region_b),
        **{name: f.OrganisationFactory(kind=kind) for name, kind in kinds.items()},
    }
    actors = {name: actor_for(organisation) for name, organisation in organisations.items()}
    actors["approver_a1"] = actor_for(town_a1.organisation, duty=Duty.APPROVER)
    actors["reader_a"] = actor_for(prefecture_a.organisation, duty=Duty.READER)
    return World(program, prefecture_a, prefecture_b, region_a, region_b, town_a1, town_a2, town_b, actors)


@pytest.fixture
def world(db) -> World:
    """Two prefectures, their towns and vendors, and one actor per role (`world.actors["town_a1"]`)."""
    return build_world()


@pytest.fixture
def client_of() -> Callable[[Actor], Client]:
    """A client signed in as an actor."""

    def sign_in(actor: Actor) -> Client:
        client = Client()
        client.force_login(actor.user)
        return client

    return sign_in
