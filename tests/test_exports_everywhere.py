"""Every list can be taken home: the page offers it, the file has the same rows."""

import pytest
from django.urls import reverse

from portal.models import Job
from tests import factories as f


@pytest.fixture
def round_(world):
    found = f.RoundFactory(program=world.program)
    for town in (world.town_a1, world.town_a2):
        f.RoundTargetFactory(round=found, organisation=town.organisation)
    return found


def addresses(world, round_):
    region = [world.program.slug, world.prefecture_a.code]
    return {
        "municipality_list": [],
        "prefecture_list": [],
        "prefecture_detail": [world.prefecture_a.code],
        "program_list": [],
        "program_detail": region[:1],
        "region_detail": region,
        "posting_list": region,
        "region_rounds": region,
        "round_list": [],
        "round_detail": [round_.pk],
        "support_list": [round_.pk],
        "report_list": [],
        "organisation_list": [],
        "membership_list": [],
        "contact_list": [],
        "invitation_list": [],
        "handover_list": [],
        "liaison_list": [],
        "job_list": [],
        "import_list": [],
        "notice_list": [],
        "outbox_list": [],
    }


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_list_comes_as_a_file(world, round_, client_of, form):
    actor = world.actors["prefecture_a"]
    Job.objects.create(
        kind="reports.render",
        organisation=actor.organisation,
        requested_by=actor.user,
        membership=actor.membership,
        created_at="2025-09-16T00:00:00+09:00",
    )
    client = client_of(actor)
    for name, arguments in addresses(world, round_).items():
        answer = client.get(reverse(name, args=arguments), {"export": form})
        content = b"".join(answer.streaming_content)
        assert answer["Content-Disposition"].startswith("attachment"), name
        assert content.startswith(b"PK" if form == "xlsx" else "\ufeff".encode()), name


def test_the_pages_offer_it(world, round_, client_of):
    client = client_of(world.actors["prefecture_a"])
    empty = {"job_list", "import_list", "posting_list", "invitation_list", "handover_list", "liaison_list"}
    empty |= {"notice_list", "outbox_list"}
    filled = set(addresses(world, round_)) - empty
    for name in filled:
        page = client.get(reverse(name, args=addresses(world, round_)[name])).content.decode()
        assert "Excel形式で保存する" in page, name
