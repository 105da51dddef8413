"""A whole prefecture by one file: preview, all rows or none, one job, a fixed number of queries."""

import datetime as dt
import io

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.audit import AuditCode, record
from portal.models import AuditEntry, Handover, ImportRun, Invitation, Job, Membership
from portal.people.resources import HandoverResource, InvitationResource
from portal.spreadsheets import read_table
from tests import factories as f
from tests.conftest import actor_for
from tests.portal.people.conftest import run_jobs

HANDOVER = "団体コード・団体名,前任者,後任の氏名,後任のメールアドレス,担当,所属課,電話,適用日"
INVITATION = "団体コード・団体名,氏名,メールアドレス,担当,所属課,電話,開始日,終了日"


def upload(client, kind, header, *lines):
    """Send a file, let its preview run; the import."""
    text = "\n".join([header, *lines])
    file = SimpleUploadedFile("a.csv", text.encode("utf-8-sig"), content_type="text/csv")
    answer = client.post(reverse("import_start", args=[kind]), {"file": file})
    assert answer.status_code == 302, answer.context["form"].errors
    run_jobs()
    return ImportRun.objects.latest("created_at")


def confirm(client, run):
    """Confirm what was shown and let it happen; the import afterwards."""
    client.post(reverse("import_apply", args=[run.pk]), {"seen": run.fingerprint})
    run_jobs()
    run.refresh_from_db()
    return run


def sentences(run):
    return " ".join(error["sentence"] for error in run.preview["errors"])


def line(world, whose, **more):
    """One row of the form for a town of A."""
    actor = world.actors[whose]
    given = {
        "code": actor.organisation.municipality.code, "leaving": actor.user.email, "name": f"後任 {whose}",
        "email": f"{whose}-next@example.jp", "duty": "", "department": "総務課", "phone": "",
        "day": "2026/4/1",
    } | more  # fmt: skip
    return ",".join(given.values())


def test_a_prefecture_hands_over_in_one_job(world, client_of):
    client = client_of(world.actors["prefecture_a"])
    run = upload(client, "handovers", HANDOVER, line(world, "town_a1"), line(world, "town_a2", email=""))
    assert run.state == "previewed", run.preview
    assert not Handover.objects.exists()
    assert not Invitation.objects.exists()
    run = confirm(client, run)
    assert run.state == "applied"
    rows = {row.organisation: row for row in Handover.objects.select_related("leaving", "invitation")}
    assert set(rows) == {world.town_a1.organisation, world.town_a2.organisation}
    for row in rows.values():
        assert row.leaving.valid_until == dt.date(2026, 3, 31)
        assert row.invitation.valid_from == dt.date(2026, 4, 1)
        assert row.invitation.expires_at.date() > dt.date(2026, 4, 1)
    assert [message.to for message in mail.outbox] == [["town_a1-next@example.jp"]]
    assert AuditEntry.objects.get(code="handover.prepared").details["count"] == 2


def test_the_same_file_again_changes_nothing(world, client_of):
    client = client_of(world.actors["prefecture_a"])
    lines = [line(world, "town_a1"), line(world, "town_a2")]
    confirm(client, upload(client, "handovers", HANDOVER, *lines))
    run = upload(client, "handovers", HANDOVER, *lines)
    assert (run.state, run.preview["changes"], run.preview["unchanged"]) == ("previewed", [], 2)
    run = upload(client, "handovers", HANDOVER, line(world, "town_a1", name="別の 人"))
    assert "取りやめてから" in sentences(run)


#: What is wrong with a row → the row.
BAD = {
    "担当者を管理している団体ではありません": lambda world: line(world, "town_b"),
    "見当たりません": lambda world: line(world, "town_a2", leaving=world.actors["town_b"].user.email),
    "この団体に、前任者の所属がありません": lambda world: line(
        world, "town_a2", leaving=world.actors["town_a1"].user.email
    ),
    "適用日は、今日": lambda world: line(world, "town_a2", day="2025/4/1"),
    "同じ人です": lambda world: line(world, "town_a2", email=world.actors["town_a2"].user.email),
    "メールアドレスとして": lambda world: line(world, "town_a2", email="nobody"),
    "選べない担当": lambda world: line(world, "town_a2", duty="管理"),
    "2行目にもあります": lambda world: line(world, "town_a1", name="二人目"),
}


@pytest.mark.parametrize("sentence", list(BAD))
def test_one_bad_row_and_nothing_is_taken(world, client_of, sentence):
    """TEN-04 among them: an office, or a person, of somebody else is unknown."""
    client = client_of(world.actors["prefecture_a"])
    run = upload(client, "handovers", HANDOVER, line(world, "town_a1"), BAD[sentence](world))
    assert run.state == "refused"
    assert sentence in sentences(run)
    confirm(client, run)
    assert not Handover.objects.exists()
    assert not Membership.objects.filter(valid_until__isnull=False).exists()


def test_what_changed_since_the_preview_stops_all(world, client_of):
    """All or nothing also when it is applied: the leaving person was handed over meanwhile."""
    client = client_of(world.actors["prefecture_a"])
    run = upload(client, "handovers", HANDOVER, line(world, "town_a1"), line(world, "town_a2"))
    Membership.objects.filter(pk=world.actors["town_a2"].membership.pk).update(
        valid_until=dt.date(2025, 9, 15)
    )
    run = confirm(client, run)
    assert run.state == "previewed"
    assert run.job.state == "failed"
    assert not Handover.objects.exists()
    assert not Invitation.objects.exists()
    assert Membership.objects.get(pk=world.actors["town_a1"].membership.pk).valid_until is None


def test_a_name_works_where_a_code_is_not_known(world, client_of):
    union = f.OrganisationFactory(kind="union", name="衛生組合", parent=world.prefecture_a.organisation)
    leaving = f.MembershipFactory(organisation=union)
    leaving.user.login_id = "KA234567"
    leaving.user.save()
    client = client_of(world.actors["prefecture_a"])
    run = upload(client, "handovers", HANDOVER, "衛生組合,ka２３４５６７,後任 一,,,,,R8.4.1")
    assert run.state == "previewed", run.preview
    assert confirm(client, run).state == "applied"
    assert Handover.objects.get().leaving == leaving


def test_many_are_invited_by_a_file(world, client_of):
    client = client_of(world.actors["prefecture_a"])
    codes = [town.code for town in (world.town_a1, world.town_a2)]
    run = upload(
        client, "invitations", INVITATION,
        f"{codes[0]},新任 一,a@example.jp,決裁者,総務課,03-1234-5678,2025/10/1,",
        f"{codes[1]},新任 二,,,,,2025/10/1,2026/3/31",
    )  # fmt: skip
    assert run.state == "previewed", run.preview
    assert confirm(client, run).state == "applied"
    first, second = Invitation.objects.order_by("name")
    assert {(first.duty, first.email, first.sent_count), (second.duty, second.email, second.sent_count)} == {
        ("approver", "a@example.jp", 1),
        ("editor", "", 0),
    }
    assert len(mail.outbox) == 1


def test_an_invitation_file_with_a_duty_of_another_role_is_refused(world, client_of):
    client = client_of(world.actors["prefecture_a"])
    run = upload(
        client, "invitations", INVITATION, f"{world.town_a1.code},新任 一,a@example.jp,管理,,,2025/10/1,"
    )
    assert run.state == "refused"
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("kind", "resource"), [("handovers", HandoverResource), ("invitations", InvitationResource)]
)
def test_what_is_exported_can_be_imported_again(world, client_of, kind, resource):
    client = client_of(world.actors["prefecture_a"])
    header = HANDOVER if kind == "handovers" else INVITATION
    row = (
        line(world, "town_a1")
        if kind == "handovers"
        else f"{world.town_a1.code},新 任,a@example.jp,,,,2025/10/1,"
    )
    confirm(client, upload(client, kind, header, row))
    template = b"".join(client.get(reverse("import_template", args=[kind, "csv"]), {"rows": "1"}))
    file = io.BytesIO(template)
    found = resource(world.actors["prefecture_a"])
    table = read_table(file, name=kind, columns=found.columns)
    found.load(table)
    plan = found.preview(table)
    assert (plan.error_total, plan.changes, plan.unchanged) == (0, [], 1)


def staffed(prefecture, count):
    """Towns of a prefecture with an officer each."""
    return [actor_for(f.MunicipalityFactory(prefecture=prefecture).organisation) for _ in range(count)]


def table_of(resource, actors):
    lines = [
        ",".join(
            [
                actor.organisation.municipality.code,
                actor.user.email,
                f"後任 {number}",
                f"n{number}-{actor.user.pk}@example.jp",
                "",
                "",
                "",
                "2026/4/1",
            ]
        )
        for number, actor in enumerate(actors)
    ]
    return read_table(
        io.BytesIO("\n".join([HANDOVER, *lines]).encode("utf-8-sig")), name="引継ぎ", columns=resource.columns
    )


def test_the_number_of_queries_does_not_grow_with_offices(world):
    """The guard of the load: 3 and 25 offices ask the same (SQLite writes more rows in several batches)."""
    record(AuditCode.HANDOVER_PREPARED)  # the first entry of all makes the head of the chain
    counts = []
    for size in (3, 25):
        actors = staffed(world.prefecture_a, size)
        with CaptureQueriesContext(connection) as asked:
            resource = HandoverResource(world.actors["prefecture_a"])
            table = table_of(resource, actors)
            resource.load(table, lock=True)
            resource.apply(table)
        counts.append(len(asked))
        assert table.ok
        Job.objects.all().delete()
    assert Handover.objects.count() == 28
    assert counts[0] == counts[1]
