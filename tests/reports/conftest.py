"""A region with everything a report can tell of, small enough to read."""

import datetime as dt
from dataclasses import dataclass

import pytest

from assessments.choices import AssessmentState, FormState
from programs.models import PostingSlot, RegionTopic
from tests import factories as f
from tests.conftest import World, build_world
from tests.factories_assessments import snapshot

#: Signs that older encodings lose; they must come out of the PDF as they went in.
HARD_SIGNS = "髙橋﨑〜㈱①𠮷野"


@dataclass
class Told:
    """The world with a told region A."""

    world: World
    round: object
    framework: object


def tell(world: World) -> Told:
    """Fill region A: plan, postings, a mid-term round with one submitted form and six checklists."""
    region, town = world.region_a, world.town_a1.organisation
    RegionTopic.objects.create(
        region=region, number=1, challenge_title="担い手の不足", activity_title="研修", vision_title="自走"
    )
    f.SupportPlanFactory(
        partnership=region.partnerships.get(organisation=town), issues="人手", support="助言"
    )
    vendor = region.consortium.members.get().vendor
    posting = f.PostingFactory(region=region, resident=f.ResidentFactory(vendor=vendor))
    PostingSlot.objects.create(posting=posting, weekday=0, half="am")
    framework = f.FrameworkFactory()
    question = f.QuestionFactory(principle=f.PrincipleFactory(framework=framework))
    round_ = f.RoundFactory(program=world.program, opens_on=dt.date(2025, 9, 1))
    round_.frameworks.add(framework)
    for organisation in (town, world.town_a2.organisation):
        f.RoundTargetFactory(round=round_, organisation=organisation)
    report = f.ProgressReportFactory(
        round=round_,
        organisation=town,
        state=FormState.SUBMITTED,
        overview=f"{HARD_SIGNS}と取り組んだ。",
        activities="住民説明会を開いた。",
        issues="庁内の連携",
        effective_support="事例の紹介",
    )
    snapshot(report, world.actors["town_a1"])
    f.ProgressReportFactory(
        round=round_, organisation=world.town_a2.organisation, overview="まだ出していない下書き"
    )
    f.AnswerFactory(
        question=question,
        level=3,
        assessment=f.AssessmentFactory(
            round=round_, organisation=town, framework=framework, state=AssessmentState.SUBMITTED
        ),
    )
    return Told(world, round_, framework)


@pytest.fixture
def told(db) -> Told:
    """Region A with a plan, postings, a submitted form, a draft and a checklist."""
    return tell(build_world())


@pytest.fixture
def told_committed(transactional_db) -> Told:
    """The same, committed: jobs look at it from their own connections."""
    return tell(build_world())
