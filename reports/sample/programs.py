"""The sample's program years: regions, partners, plans, consortia, residents and postings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from programs.core.choices import RegionStatus
from programs.models import (
    Consortium,
    ConsortiumMember,
    Partnership,
    Posting,
    PostingSlot,
    Program,
    PromotionBody,
    Region,
    RegionTopic,
    Resident,
    SupportPlan,
)
from programs.staffing.choices import HalfDay, Weekday
from reports.sample.organisations import Organisations

_WEEKDAYS = {day.label: day.value for day in Weekday}
_HALVES = {half.label: half.value for half in HalfDay}


def make_program(content: dict[str, Any], organisations: Organisations) -> Program:
    """One program year with everything that stands before its first round."""
    program = Program.objects.create(
        slug=content["slug"],
        name=content["name"],
        fiscal_year=content["fiscal_year"],
        starts_on=content["starts_on"],
        ends_on=content["ends_on"],
        support_from=content["support_from"],
        support_to=content["support_to"],
        is_sample=True,
        **content["parameters"],
    )
    for item in content["regions"]:
        region = _region(program, item, organisations)
        _consortium(region, item, content, organisations)
        _partners(region, item, organisations)
    regions = {region.prefecture.code: region for region in program.regions.select_related("prefecture")}
    for item in content["postings"]:
        _residents(regions[item["prefecture"]], item["residents"], organisations)
    return program


def _region(program: Program, item: dict[str, Any], organisations: Organisations) -> Region:
    region = Region.objects.create(
        program=program,
        prefecture=organisations.prefectures[item["prefecture"]],
        status=RegionStatus(item["status"]),
        title=item["title"],
        summary=item["summary"],
        previously_selected=item["previously_selected"],
        position=item["order"],
    )
    RegionTopic.objects.bulk_create(
        RegionTopic(
            region=region,
            number=topic["number"],
            challenge_title=topic["challenge"]["title"],
            challenge=topic["challenge"]["text"],
            activity_title=topic["activity"]["title"],
            activity=topic["activity"]["text"],
            vision_title=topic["vision"]["title"],
            vision=topic["vision"]["text"],
        )
        for topic in item["topics"]
    )
    PromotionBody.objects.bulk_create(
        PromotionBody(region=region, name=name, note=item.get("promotion_body_note", ""))
        for name in item["promotion_bodies"]
    )
    return region


def _consortium(
    region: Region, item: dict[str, Any], content: dict[str, Any], organisations: Organisations
) -> None:
    consortium = Consortium.objects.create(
        region=region, contract_from=content["contract_from"], contract_to=content["contract_to"]
    )
    ConsortiumMember.objects.bulk_create(
        ConsortiumMember(
            consortium=consortium,
            vendor=organisations.vendors[vendor["name"]],
            is_lead=vendor["lead"],
            position=position,
        )
        for position, vendor in enumerate(item["vendors"], start=1)
    )


def _partners(region: Region, item: dict[str, Any], organisations: Organisations) -> None:
    """Partnerships in the order of the file, unions last, each with its plan."""
    partners = [*item["partners"], *({**union, "code": union["name"]} for union in item.get("unions", []))]
    partnerships = Partnership.objects.bulk_create(
        Partnership(region=region, organisation=organisations[partner["code"]], position=position)
        for position, partner in enumerate(partners, start=1)
    )
    SupportPlan.objects.bulk_create(
        SupportPlan(
            partnership=partnership,
            field=partner["field"],
            issues=as_lines(partner["issues"]),
            support=as_lines(partner["support"]),
            onsite_days=partner["onsite_days"],
            online_days=partner.get("online_days"),
            vendor=organisations.vendors[partner["vendor"]],
        )
        for partnership, partner in zip(partnerships, partners, strict=True)
    )


def as_lines(items: list[str]) -> str:
    """A list as the forms write it: one ・ line each."""
    return "\n".join(f"・{item}" for item in items)


def _residents(region: Region, residents: list[dict[str, Any]], organisations: Organisations) -> None:
    for item in residents:
        resident, _created = Resident.objects.get_or_create(
            vendor=organisations.vendors[item["vendor"]],
            name=item["name"],
            defaults={"specialty": item["specialty"]},
        )
        postings = Posting.objects.bulk_create(_postings(region, resident, item, organisations))
        PostingSlot.objects.bulk_create(
            PostingSlot(posting=posting, weekday=weekday, half=half)
            for posting, row in zip(postings, item["postings"], strict=True)
            for weekday, half in half_days(row["slots"])
        )


def _postings(
    region: Region, resident: Resident, item: dict[str, Any], organisations: Organisations
) -> Iterator[Posting]:
    support_from: dt.date = region.program.support_from
    support_to: dt.date = region.program.support_to
    for row in item["postings"]:
        yield Posting(
            region=region,
            resident=resident,
            host=organisations[row["host"]],
            mode=row["mode"],
            starts_on=row.get("starts_on", support_from),
            ends_on=row.get("ends_on", support_to),
        )


def half_days(slots: list[str]) -> list[tuple[int, str]]:
    """The half-days of a weekly pattern: 月 is both halves of Monday, 月午前 its morning."""
    return [
        (_WEEKDAYS[slot[0]], half)
        for slot in slots
        for half in ([_HALVES[slot[1:]]] if slot[1:] else _HALVES.values())
    ]
