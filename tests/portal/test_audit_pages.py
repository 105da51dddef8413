"""The pages of the trail: who sees what, search, files that are themselves recorded."""

import datetime as dt

import pytest
from django.urls import reverse

from portal import clock
from portal.audit import AuditCode, Origin, about, record
from portal.audit.guards import permit
from portal.choices import Duty, Role
from portal.models import AuditEntry
from tests import factories as f
from tests.conftest import actor_for
from tests.downloads import body_of, rows_in

ODD = "町\n=1+1\u202e<b>"


@pytest.fixture
def trail(world):
    """Six entries: own, of others on one's own things, of others on others'."""
    town, other = world.actors["town_a1"], world.actors["town_b"]
    prefecture, secretariat = world.actors["prefecture_a"], world.actors["secretariat"]
    with about(Origin(address="192.0.2.44", request_id="request-44")):
        versions = {"before": {"version": 1}, "after": {"version": 2}}
        return {
            "own": record(AuditCode.FORM_SAVED, actor=town, obj=town.membership, **versions),
            "about_own": record(AuditCode.STATE_MOVED, actor=prefecture, concerns=town.organisation),
            "others": record(AuditCode.FORM_SAVED, actor=other),
            "others_things": record(AuditCode.STATE_MOVED, actor=secretariat, concerns=other.organisation),
            "odd": record(AuditCode.FORM_SAVED, actor=town, details={"reason": ODD}),
            "nobodys": record(AuditCode.DATA_LOADED, details={"data": "点検票"}),
        }


def seen(client, **query) -> set[int]:
    response = client.get(reverse("audit_list"), query)
    assert response.status_code == 200
    return {shown.entry.seq for shown in response.context["page"]}


def of(trail, *names) -> set[int]:
    return {trail[name].seq for name in names}


def test_an_organisation_sees_what_its_people_did_and_what_was_done_to_its_things(world, trail, client_of):
    town = client_of(world.actors["town_a1"])
    assert seen(town) == of(trail, "own", "about_own", "odd")
    prefecture = client_of(world.actors["prefecture_a"])
    assert seen(prefecture) == of(trail, "about_own")


def test_the_administrator_sees_all(world, trail, client_of):
    assert seen(client_of(world.actors["admin"])) >= of(trail, *trail)


def test_a_reader_of_the_prefecture_does_not_see_the_trail(world, trail, client_of):
    reader = actor_for(world.prefecture_a.organisation, duty=Duty.READER)
    client = client_of(reader)
    assert client.get(reverse("audit_list")).status_code == 403
    assert client.get(reverse("audit_detail", args=[trail["about_own"].seq])).status_code == 403
    assert 'href="/audit/"' not in client.get("/").content.decode()


@pytest.mark.parametrize("duty", [Duty.EDITOR, Duty.APPROVER])
def test_both_duties_of_a_town_see_its_trail(world, trail, client_of, duty):
    client = client_of(actor_for(world.town_a1.organisation, duty=duty))
    assert seen(client) == of(trail, "own", "about_own", "odd")
    assert 'href="/audit/"' in client.get("/").content.decode()


def test_somebody_elses_entry_does_not_exist(world, trail, client_of):
    town = client_of(world.actors["town_a1"])
    for name in ("others", "others_things", "nobodys"):
        assert town.get(reverse("audit_detail", args=[trail[name].seq])).status_code == 404
    assert town.get(reverse("audit_detail", args=[10**9])).status_code == 404


def test_of_another_organisation_one_learns_which_but_not_who_nor_from_where(world, trail, client_of):
    town, prefecture = world.actors["town_a1"], world.actors["prefecture_a"]
    page = client_of(town).get(reverse("audit_detail", args=[trail["about_own"].seq])).content.decode()
    assert prefecture.organisation.name in page
    for hidden in (prefecture.user.name, "192.0.2.44", "request-44"):
        assert hidden not in page
    assert not seen(client_of(town), person=prefecture.user.name)
    own = client_of(town).get(reverse("audit_detail", args=[trail["own"].seq])).content.decode()
    assert town.user.name in own
    assert "192.0.2.44" in own


def test_before_and_after_stand_side_by_side(world, trail, client_of):
    page = client_of(world.actors["town_a1"]).get(reverse("audit_detail", args=[trail["own"].seq]))
    assert ("版", "1", "2") in page.context["shown"].changes
    assert "下書きを保存した" in page.content.decode()
    assert trail["own"].hash in page.content.decode()


def test_odd_signs_are_made_visible_on_page_and_in_files(world, trail, client_of):
    client = client_of(world.actors["town_a1"])
    page = client.get(reverse("audit_detail", args=[trail["odd"].seq])).content.decode()
    assert "町\\n=1+1\\u202e&lt;b&gt;" in page
    text = body_of(client.get(reverse("audit_list"), {"export": "csv"})).decode("utf-8-sig")
    assert "町\\n=1+1\\u202e<b>" in text
    assert "\u202e" not in text
    assert len(text.strip().splitlines()) == 1 + 3


def test_the_filter_finds(world, trail, client_of):
    admin = client_of(world.actors["admin"])
    town = world.actors["town_a1"]
    assert seen(admin, code="form.saved") == of(trail, "own", "others", "odd")
    assert seen(admin, person=town.user.name) == of(trail, "own", "odd")
    assert seen(admin, organisation=town.organisation.name) == of(trail, "own", "about_own", "odd")
    assert seen(admin, thing=str(town.membership.pk)) >= of(trail, "own")
    assert seen(admin, result="refused") == set()
    assert seen(admin, code="nothing", person="だれでもない") == set()


def test_the_filter_knows_periods_of_real_days(world, trail, client_of):
    admin = client_of(world.actors["admin"])
    today = clock.real_now().astimezone(clock.JAPAN).date()
    with permit():
        old = AuditEntry.objects.filter(pk=trail["own"].pk)
        old.update(at=clock.real_now() - dt.timedelta(days=40))
    day = today - dt.timedelta(days=40)
    assert trail["own"].seq not in seen(admin)
    assert seen(admin, since=day.isoformat(), until=day.isoformat()) == of(trail, "own")
    assert trail["own"].seq not in seen(admin, since=today.isoformat())


@pytest.mark.parametrize(("form", "rows"), [("xlsx", 3), ("csv", 3)])
def test_a_file_of_the_trail_is_recorded_with_its_rows(world, trail, client_of, form, rows):
    client = client_of(world.actors["town_a1"])
    response = client.get(reverse("audit_list"), {"export": form})
    content = (
        len(rows_in(response)) if form == "xlsx" else len(body_of(response).decode().strip().splitlines())
    )
    assert content == 1 + rows
    entry = AuditEntry.objects.first()
    assert entry.code == AuditCode.EXPORTED
    assert (entry.user, entry.details["rows"]) == (world.actors["town_a1"].user, rows)
    assert entry.details["kind"] == form
    assert entry.details["page"] == "audit_list"
    assert entry.details["file"].startswith("操作記録_")


def test_too_many_rows_are_told(world, trail, client_of, monkeypatch):
    monkeypatch.setattr("portal.views.audit.MOST_ROWS", 2)
    response = client_of(world.actors["admin"]).get(reverse("audit_list"), {"export": "csv"}, follow=True)
    assert "期間を短くして" in response.content.decode()


def test_every_list_that_leaves_is_recorded(world, client_of):
    client = client_of(world.actors["prefecture_a"])
    region = [world.program.slug, world.prefecture_a.code]
    for name, arguments in {"municipality_list": [], "region_detail": region, "job_list": []}.items():
        b"".join(client.get(reverse(name, args=arguments), {"export": "csv"}))
        entry = AuditEntry.objects.first()
        assert (entry.code, entry.details["page"]) == (AuditCode.EXPORTED, name)
        assert isinstance(entry.details["rows"], int)
    told = AuditEntry.objects.get(details__page="region_detail")
    assert told.concerns == world.prefecture_a.organisation


def test_a_list_that_asks_first_has_not_left(world, client_of):
    town = world.town_a1
    type(town).objects.filter(pk=town.pk).update(name="𠮷野町")
    client = client_of(world.actors["prefecture_a"])
    page = client.get(reverse("municipality_list"), {"export": "csv-cp932"})
    assert "シフトJISにない文字" in page.content.decode()
    assert not AuditEntry.objects.filter(code=AuditCode.EXPORTED).exists()


def test_a_file_that_leaves_is_recorded(world, client_of):
    from io import BytesIO

    from portal.imports import imports
    from portal.imports.services import start_import

    admin = world.actors["admin"]
    run = start_import(
        kind=imports.get("municipalities"), params={}, upload=BytesIO("団体コード,名称\n".encode()),
        name="市区町村.csv", content_type="text/csv", by=admin,
    )  # fmt: skip
    b"".join(client_of(admin).get(reverse("import_file", args=[run.pk])))
    entry = AuditEntry.objects.first()
    assert entry.code == AuditCode.FILE_DOWNLOADED
    assert (entry.details["file"], entry.object_id) == ("市区町村.csv", str(run.pk))


def test_names_and_roles_are_those_of_the_time(world, trail, client_of):
    town = world.actors["town_a1"]
    type(town.user).objects.filter(pk=town.user.pk).update(name="改名 太郎")
    entry = AuditEntry.objects.get(pk=trail["own"].pk)
    assert entry.user_name == town.user.name != "改名 太郎"
    assert (entry.role, entry.duty) == (Role.MUNICIPALITY, Duty.EDITOR)


def test_pages_ask_as_many_questions_for_more_rows(world, trail, client_of, django_assert_max_num_queries):
    client = client_of(world.actors["admin"])
    client.get(reverse("audit_list"))
    for _ in range(30):
        record(AuditCode.STATE_MOVED, actor=world.actors["secretariat"], concerns=f.OrganisationFactory())
    with django_assert_max_num_queries(14):
        client.get(reverse("audit_list"))
