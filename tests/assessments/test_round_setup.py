"""Setting up a round: both sides of each rule, by services."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from assessments.models import Round, RoundTarget
from assessments.services.forms import start_progress
from assessments.services.setup import (
    Setup,
    SetupRefused,
    change_round,
    confirm_round,
    create_round,
    proposed_copy,
    setup_of,
    withdraw_round,
)
from assessments.services.status import round_state
from assessments.services.targets import Asked, add_group
from portal import clock
from portal.audit import AuditCode
from portal.errors import EditConflict, MoveRefused
from portal.models import AuditEntry
from portal.permissions import PermissionRefused
from tests import factories as f
from tests.factories_assessments import a_setup

pytestmark = pytest.mark.django_db

BOTH = Asked(progress=True, checklists=True)


def change(round_, actor, **more):
    fresh = Round.objects.get(pk=round_.pk)
    values = {name: getattr(setup_of(fresh), name) for name in Setup.__dataclass_fields__}
    return change_round(round_=fresh, setup=Setup(**values | more), version=fresh.version, actor=actor)


def recorded(code: AuditCode) -> int:
    return AuditEntry.objects.filter(code=code).count()


# --- who --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("prefecture_a", True),
        ("secretariat", True),
        ("reader_a", False),
        ("town_a1", False),
        ("vendor_a", False),
        ("ministry", False),
        ("expert", False),
        ("admin", False),
    ],
)
def test_managers_of_prefectures_and_the_secretariat_make_rounds(world, name, may):
    actor = world.actors[name]
    if may:
        made = create_round(setup=a_setup(world.program), actor=actor)
        assert made.organisation == actor.organisation
        assert recorded(AuditCode.ROUND_CREATED) == 1
    else:
        with pytest.raises(PermissionRefused):
            create_round(setup=a_setup(world.program), actor=actor)
        assert not Round.objects.exists()


@pytest.mark.parametrize("name", ["prefecture_b", "secretariat", "reader_a", "town_a1", "ministry"])
def test_nobody_but_its_owner_touches_a_round(planned, world, name):
    actor = world.actors[name]
    acts = [
        lambda: change(planned, actor, title="別の名称"),
        lambda: withdraw_round(round_=planned, reason="不要", actor=actor),
        lambda: add_group(round_=planned, group="towns", asked=BOTH, actor=actor),
        lambda: confirm_round(round_=planned, actor=actor),
        lambda: create_round(setup=a_setup(world.program, title="写し"), actor=actor, source=planned),
    ]
    before = setup_of(planned)
    for act in acts:
        with pytest.raises(PermissionRefused):
            act()
    planned.refresh_from_db()
    assert setup_of(planned) == before
    assert planned.withdrawn_at is None


def test_a_prefecture_does_not_touch_the_secretariats_round(world, round_, prefecture):
    assert round_.organisation == world.actors["secretariat"].organisation
    with pytest.raises(PermissionRefused):
        change(round_, prefecture, closes_on=dt.date(2025, 12, 1))


# --- who sees it ------------------------------------------------------------
def test_a_round_in_preparation_is_its_owners_alone(world, prefecture):
    draft = create_round(setup=a_setup(world.program), actor=prefecture)
    add_group(round_=draft, group="partners", asked=Asked(progress=True), actor=prefecture)
    seen = {name for name, actor in world.actors.items() if Round.objects.for_user(actor).exists()}
    assert seen == {"prefecture_a", "reader_a"}
    assert not RoundTarget.objects.for_user(world.actors["town_a1"]).exists()
    confirm_round(round_=draft, actor=prefecture)
    seen = {name for name, actor in world.actors.items() if Round.objects.for_user(actor).exists()}
    assert seen == {
        "prefecture_a", "reader_a", "town_a1", "town_a2", "approver_a1", "vendor_a", "secretariat", "ministry"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-02-01", "planned"), ("2026-02-02", "open"), ("2026-03-13", "open"), ("2026-03-14", "closed")],
)
def test_states_follow_the_day_in_japan(planned, settings, day, state):
    settings.PORTAL_TODAY = day
    assert round_state(planned, clock.today()) == state


@pytest.mark.parametrize(("utc", "state"), [((1, 14, 59, 59), "planned"), ((1, 15, 0, 0), "open")])
def test_it_opens_at_midnight_in_japan(planned, settings, monkeypatch, utc, state):
    settings.PORTAL_TODAY = ""
    day, hour, minute, second = utc
    moment = dt.datetime(2026, 2, day, hour, minute, second, tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "real_now", lambda: moment)
    assert round_state(planned, clock.today()) == state


# --- before and after it opens ----------------------------------------------
def test_before_it_opens_everything_may_change(planned, prefecture, world):
    other = f.FrameworkFactory()
    changed = change(
        planned,
        prefecture,
        title="名称を変えた回",
        stage="midterm",
        period_from=dt.date(2025, 8, 1),
        opens_on=dt.date(2026, 1, 20),
        due_on=dt.date(2026, 2, 1),
        closes_on=dt.date(2026, 2, 2),
        request_text="",
        frameworks=(other,),
    )
    assert (changed.title, changed.due_on, changed.closes_on) == (
        "名称を変えた回", dt.date(2026, 2, 1), dt.date(2026, 2, 2)
    )  # fmt: skip
    assert list(changed.frameworks.all()) == [other]
    entry = AuditEntry.objects.get(code=AuditCode.ROUND_CHANGED)
    assert entry.before["title"] == "第2回"
    assert "program" not in entry.before


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("title", "別の名称", "名称は"),
        ("stage", "midterm", "段階は"),
        ("period_from", dt.date(2025, 8, 1), "対象期間は"),
        ("period_to", dt.date(2026, 1, 1), "対象期間は"),
        ("opens_on", dt.date(2026, 2, 1), "受付開始日は"),
        ("due_on", dt.date(2026, 2, 26), "提出期限は"),
        ("closes_on", dt.date(2026, 3, 12), "受付終了日は"),
        ("request_text", "別の依頼", "依頼文は"),
        ("frameworks", (), "点検票は"),
    ],
)
def test_once_open_what_could_harm_is_refused_with_its_reason(
    planned, prefecture, settings, name, value, word
):
    settings.PORTAL_TODAY = "2026-02-02"
    with pytest.raises(SetupRefused) as refused:
        change(planned, prefecture, **{name: value})
    assert refused.value.reasons.keys() == {name}
    assert refused.value.sentence.startswith(word)
    planned.refresh_from_db()
    assert getattr(setup_of(planned), name) != value


def test_the_evening_before_it_is_still_allowed(planned, prefecture, settings):
    settings.PORTAL_TODAY = "2026-02-01"
    assert change(planned, prefecture, title="別の名称").title == "別の名称"


@pytest.mark.parametrize("day", ["2026-02-02", "2026-03-20"])
def test_later_dates_harm_nobody_and_open_a_closed_round_again(planned, prefecture, settings, day):
    settings.PORTAL_TODAY = day
    later = change(planned, prefecture, due_on=dt.date(2026, 3, 20), closes_on=dt.date(2026, 3, 27))
    assert round_state(later, clock.today()) == "open"


def test_a_confirmed_round_does_not_open_in_the_past(planned, prefecture):
    with pytest.raises(SetupRefused, match="受付開始日は、今日"):
        change(planned, prefecture, opens_on=clock.today() - dt.timedelta(days=1))
    assert change(planned, prefecture, opens_on=clock.today()).opens_on == clock.today()


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"due_on": dt.date(2026, 2, 1)}, "due_on"),
        ({"closes_on": dt.date(2026, 2, 26)}, "closes_on"),
        ({"period_to": dt.date(2025, 8, 31)}, "period_to"),
    ],
)
def test_dates_stand_in_order(world, prefecture, wrong, name):
    with pytest.raises(SetupRefused) as refused:
        create_round(setup=a_setup(world.program, **wrong), actor=prefecture)
    assert refused.value.reasons.keys() == {name}
    same = {"due_on": dt.date(2026, 2, 2), "closes_on": dt.date(2026, 2, 2)}
    assert create_round(setup=a_setup(world.program, **same), actor=prefecture).pk


def test_two_people_changing_at_once_do_not_overwrite_each_other(planned, prefecture):
    seen = planned.version
    change(planned, prefecture, request_text="先に保存した依頼")
    with pytest.raises(EditConflict):
        change_round(
            round_=planned, setup=a_setup(planned.program, title="後から"), version=seen, actor=prefecture
        )
    planned.refresh_from_db()
    assert planned.request_text == "先に保存した依頼"


def test_a_title_stands_once_for_one_owner_and_year(planned, world, prefecture):
    with pytest.raises(SetupRefused, match="名称は、すでに登録"):
        create_round(setup=a_setup(world.program), actor=prefecture)
    assert create_round(setup=a_setup(world.program), actor=world.actors["prefecture_b"]).pk
    withdraw_round(round_=planned, reason="やり直す", actor=prefecture)
    assert create_round(setup=a_setup(world.program), actor=prefecture).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        f.RoundFactory(program=world.program, organisation=prefecture.organisation, title="第2回")


# --- confirming and withdrawing ---------------------------------------------
def test_an_incomplete_round_is_not_confirmed(world, prefecture, framework):
    draft = create_round(
        setup=a_setup(world.program, period_to=None, opens_on=dt.date(2025, 9, 15)), actor=prefecture
    )
    with pytest.raises(MoveRefused) as refused:
        confirm_round(round_=draft, actor=prefecture)
    for word in ("対象団体を選んで", "対象期間を入力して", "受付開始日は、今日"):
        assert word in refused.value.sentence
    add_group(round_=draft, group="partners", asked=Asked(checklists=True), actor=prefecture)
    with pytest.raises(MoveRefused, match="点検票を選んで"):
        confirm_round(round_=draft, actor=prefecture)
    good = change(
        draft,
        prefecture,
        period_to=dt.date(2026, 1, 31),
        opens_on=clock.today(),
        frameworks=(framework,),
    )
    assert confirm_round(round_=good, actor=prefecture).is_in_force
    assert confirm_round(round_=good, actor=prefecture).is_in_force
    assert recorded(AuditCode.ROUND_CONFIRMED) == 1


def test_a_planned_round_is_withdrawn_with_a_reason_and_stays_on_record(planned, prefecture, world, settings):
    with pytest.raises(MoveRefused, match="理由"):
        withdraw_round(round_=planned, reason="  ", actor=prefecture)
    gone = withdraw_round(round_=planned, reason="日程を見直すため", actor=prefecture)
    withdraw_round(round_=planned, reason="もう一度", actor=prefecture)
    assert recorded(AuditCode.ROUND_WITHDRAWN) == 1
    assert (gone.withdrawn_reason, round_state(gone, clock.today())) == ("日程を見直すため", "withdrawn")
    settings.PORTAL_TODAY = "2026-02-10"
    assert not gone.is_open(clock.today())
    assert Round.objects.for_user(world.actors["town_a1"]).filter(pk=gone.pk).exists()
    assert not RoundTarget.objects.for_user(world.actors["town_a1"]).exists()
    with pytest.raises(MoveRefused, match="取りやめた"):
        change(gone, prefecture, title="続ける")


def test_a_round_that_has_opened_is_not_withdrawn(planned, prefecture, settings):
    settings.PORTAL_TODAY = "2026-02-02"
    with pytest.raises(MoveRefused, match="受付が始まっている"):
        withdraw_round(round_=planned, reason="不要", actor=prefecture)


# --- copying ----------------------------------------------------------------
def test_a_copy_keeps_targets_and_forms_and_proposes_dates(planned, prefecture, framework, settings):
    settings.PORTAL_TODAY = "2026-04-01"
    proposal = proposed_copy(planned, planned.program)
    assert (proposal.opens_on, proposal.due_on, proposal.closes_on) == (
        dt.date(2027, 2, 2), dt.date(2027, 2, 27), dt.date(2027, 3, 13)
    )  # fmt: skip
    assert (proposal.period_from, proposal.frameworks) == (dt.date(2026, 9, 1), (framework,))
    values = {name: getattr(proposal, name) for name in Setup.__dataclass_fields__}
    made = create_round(setup=Setup(**values | {"title": "写した回"}), actor=prefecture, source=planned)
    asked = list(made.targets.values_list("organisation", "asks_progress", "asks_checklists"))
    assert sorted(asked) == sorted(
        planned.targets.values_list("organisation", "asks_progress", "asks_checklists")
    )
    assert len(asked) == 2
    assert not made.is_in_force


def test_the_29th_of_february_is_proposed_as_the_28th(world, prefecture):
    leap = create_round(
        setup=a_setup(world.program, due_on=dt.date(2028, 2, 29), closes_on=dt.date(2028, 3, 1)),
        actor=prefecture,
    )
    assert proposed_copy(leap, world.program).due_on == dt.date(2029, 2, 28)


WITHDRAWN = {"withdrawn_at": dt.datetime(2026, 1, 5, tzinfo=dt.UTC)}


@pytest.mark.parametrize("changed", [{"confirmed_at": None}, WITHDRAWN])
def test_nothing_is_written_in_a_round_that_is_not_in_force(planned, town, settings, changed):
    Round.objects.filter(pk=planned.pk).update(**changed)
    settings.PORTAL_TODAY = "2026-02-10"
    target = RoundTarget.objects.select_related("round").get(round=planned, organisation=town.organisation)
    with pytest.raises(MoveRefused, match="まだ確定していないか、取りやめられている"):
        start_progress(target=target, actor=town)
    Round.objects.filter(pk=planned.pk).update(confirmed_at=clock.now(), withdrawn_at=None)
    target = RoundTarget.objects.select_related("round").get(pk=target.pk)
    assert start_progress(target=target, actor=town).pk
