"""A round of the world's program that asks both towns of prefecture A, the prefecture, and town B."""

import pytest

from tests.factories_assessments import make_framework, make_round


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
