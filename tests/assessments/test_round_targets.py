"""Whom a round asks: groups, single ones, and who cannot be let go."""

import pytest

from assessments.services.setup import create_round
from assessments.services.targets import Asked, add_group, set_targets
from portal.audit import AuditCode
from portal.errors import MoveRefused
from portal.models import AuditEntry
from tests import factories as f
from tests.factories_assessments import a_setup, full_report

pytestmark = pytest.mark.django_db

BOTH = Asked(progress=True, checklists=True)


def names_of(round_):
    return set(round_.targets.values_list("organisation__name", flat=True))


def test_groups_of_a_prefecture_hold_what_is_its_own(world, prefecture):
    third = f.MunicipalityFactory(prefecture=world.prefecture_a)
    round_ = create_round(setup=a_setup(world.program), actor=prefecture)
    partners = {world.town_a1.name, world.town_a2.name}
    for group, expected in (
        ("partners", partners),
        ("towns", {*partners, third.name}),
        ("prefecture", {*partners, third.name, world.prefecture_a.name}),
    ):
        add_group(round_=round_, group=group, asked=Asked(progress=True), actor=prefecture)
        assert names_of(round_) == expected
    assert AuditEntry.objects.filter(code=AuditCode.ROUND_TARGETS_CHANGED).count() == 3


def test_groups_of_the_secretariat_hold_everybody(world):
    office = world.actors["secretariat"]
    round_ = create_round(setup=a_setup(world.program), actor=office)
    add_group(round_=round_, group="partners", asked=Asked(progress=True), actor=office)
    add_group(round_=round_, group="prefecture", asked=Asked(checklists=True), actor=office)
    towns = {world.town_a1.name, world.town_a2.name, world.town_b.name}
    assert names_of(round_) == {*towns, world.prefecture_a.name, world.prefecture_b.name}
    assert round_.targets.filter(asks_progress=True).count() == 3


def test_a_group_adds_and_takes_nothing_away(world, prefecture):
    round_ = create_round(setup=a_setup(world.program), actor=prefecture)
    add_group(round_=round_, group="partners", asked=Asked(progress=True), actor=prefecture)
    assert add_group(round_=round_, group="towns", asked=Asked(checklists=True), actor=prefecture) == 2
    assert round_.targets.filter(asks_progress=True, asks_checklists=True).count() == 2
    assert add_group(round_=round_, group="towns", asked=Asked(checklists=True), actor=prefecture) == 0


def test_single_ones_are_picked_but_only_ones_own(world, prefecture):
    round_ = create_round(setup=a_setup(world.program), actor=prefecture)
    mine, theirs = world.town_a1.organisation_id, world.town_b.organisation_id
    with pytest.raises(MoveRefused, match="選べない団体"):
        set_targets(round_=round_, wanted={mine: BOTH, theirs: BOTH}, actor=prefecture)
    assert not round_.targets.exists()
    set_targets(round_=round_, wanted={mine: BOTH}, actor=prefecture)
    set_targets(round_=round_, wanted={mine: Asked(checklists=True)}, actor=prefecture)
    assert round_.targets.get().asks_progress is False
    set_targets(round_=round_, wanted={mine: Asked()}, actor=prefecture)
    assert not round_.targets.exists()


def test_once_open_more_are_asked_and_who_has_written_is_not_lost(planned, world, prefecture, settings):
    settings.PORTAL_TODAY = "2026-02-10"
    third = f.MunicipalityFactory(prefecture=world.prefecture_a).organisation
    set_targets(round_=planned, wanted={third.pk: BOTH}, actor=prefecture)
    full_report(planned, world.town_a1.organisation)
    writer, idle = world.town_a1.organisation_id, world.town_a2.organisation_id
    for wanted in ({writer: Asked()}, {writer: Asked(checklists=True)}):
        with pytest.raises(MoveRefused, match=f"{world.town_a1.name}は、すでに入力"):
            set_targets(round_=planned, wanted=wanted, actor=prefecture)
    set_targets(round_=planned, wanted={writer: Asked(progress=True), idle: Asked()}, actor=prefecture)
    assert names_of(planned) == {world.town_a1.name, third.name}


def test_after_the_closing_nobody_is_added(planned, world, prefecture, settings):
    settings.PORTAL_TODAY = "2026-03-13"
    assert add_group(round_=planned, group="prefecture", asked=BOTH, actor=prefecture) == 1
    settings.PORTAL_TODAY = "2026-03-14"
    with pytest.raises(MoveRefused, match="受付が終わった"):
        add_group(round_=planned, group="towns", asked=BOTH, actor=prefecture)
