"""A round of the world's program that asks both towns of prefecture A, the prefecture, and town B."""

import pytest

from assessments.models import Round
from assessments.services.setup import confirm_round, create_round
from assessments.services.targets import Asked, add_group
from tests.factories_assessments import a_setup, make_framework, make_round


@pytest.fixture
def framework(db):
    """Two principles with two questions each."""
    return make_framework()


@pytest.fixture
def round_(world, framework):
    """Open from 1 September to 10 October 2025, due on 30 September; today is 16 September."""
    names = ("town_a1", "town_a2", "prefecture_a", "town_b")
    organisations = [world.actors[name].organisation for name in names]
    return make_round(world.program, *organisations, frameworks=(framework,))


@pytest.fixture
def town(world):
    """An officer of town A1."""
    return world.actors["town_a1"]


@pytest.fixture
def prefecture(world):
    """An officer of prefecture A."""
    return world.actors["prefecture_a"]


@pytest.fixture
def planned(world, framework, prefecture) -> Round:
    """A round of prefecture A, confirmed, that opens in February 2026 and asks its partners for both."""
    round_ = create_round(setup=a_setup(world.program, frameworks=(framework,)), actor=prefecture)
    add_group(round_=round_, group="partners", asked=Asked(progress=True, checklists=True), actor=prefecture)
    return confirm_round(round_=round_, actor=prefecture)
