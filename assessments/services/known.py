"""What the portal knows already of an organisation in a year: shown beside its form, never asked again."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from assessments.models import PrefectureSupport, Round
from portal.models import Organisation
from programs.models import SupportPlan


@dataclass(frozen=True)
class Fact:
    """One thing that is known, and the sections of the form it belongs to."""

    label: str
    text: str
    sections: tuple[str, ...] = ()


def known_facts(*, round_: Round, organisation: Organisation) -> list[Fact]:
    """The plan of the organisation's partnership, and what the prefecture says of its support."""
    plan = (
        SupportPlan.objects.filter(
            partnership__organisation=organisation, partnership__region__program=round_.program_id
        )
        .select_related("vendor__organisation", "partnership__region")
        .order_by("partnership__region", "pk")
        .first()
    )
    found = _of_plan(plan) if plan else []
    support = PrefectureSupport.objects.filter(round=round_, organisation=organisation).first()
    if support and support.text:
        found.append(Fact("県による支援の状況（県が入力）", support.text, ("effective_support",)))
    return [fact for fact in found if fact.text]


def _of_plan(plan: SupportPlan) -> list[Fact]:
    return [
        Fact("取組分野（当初計画）", plan.field, ("overview",)),
        Fact("課題（当初計画）", plan.issues, ("overview", "issues", "steps")),
        Fact("伴走支援内容（当初計画）", plan.support, ("overview", "activities", "effective_support")),
        Fact("常駐とオンライン", _days(plan), ("activities",)),
        Fact("常駐支援事業者", str(plan.vendor or ""), ("activities", "effective_support")),
    ]


def _days(plan: SupportPlan) -> str:
    told = [(plan.onsite_days, "週{}日常駐"), (plan.online_days, "週{}日オンライン")]
    return "・".join(words.format(_plain(days)) for days, words in told if days)


def _plain(days: Decimal) -> str:
    return f"{days.normalize():f}"
