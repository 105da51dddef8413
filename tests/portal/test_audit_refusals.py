"""What both gates and the states refuse is recorded once, and cannot flood (CON-03, AUT-05, TEN-12)."""

import json
import logging
import re

import pytest
from django.db import Error
from django.urls import reverse

from portal.audit import AuditCode
from portal.audit.middleware import HEADER
from portal.choices import AuditResult
from portal.logs import LineFormatter
from portal.models import AuditEntry
from portal.origin import Origin, about, client_address
from reports.choices import ReportKind
from tests import factories as f
from tests.factories_assessments import full_report, make_round, submitted_report

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def round_(world):
    return make_round(world.program, world.town_a1.organisation)


@pytest.fixture
def draft(world, round_):
    return full_report(round_, world.town_a1.organisation, overview="まだ見せない下書き")


def last(code: str) -> AuditEntry:
    return AuditEntry.objects.filter(code=code).first()


def test_an_administrator_who_opens_a_draft_is_refused_and_recorded(world, draft, client_of):
    admin = world.actors["admin"]
    page = reverse("progress_detail", args=[draft.pk])
    assert client_of(admin).get(page, REMOTE_ADDR="192.0.2.9").status_code == 404
    entry = last(AuditCode.ACCESS_NOT_FOUND)
    assert (entry.user, entry.role, entry.result) == (admin.user, "admin", AuditResult.REFUSED)
    assert entry.details == {"page": "progress_detail", "method": "GET", "address": {"pk": draft.pk}}
    assert entry.address == "192.0.2.9"
    assert UUID.fullmatch(entry.request_id)
    assert "まだ見せない" not in json.dumps(
        list(AuditEntry.objects.values()), ensure_ascii=False, default=str
    )


def test_a_refused_act_names_the_act_the_object_and_whose_it_is(world, client_of):
    vendor = world.actors["vendor_a"]
    region = [world.program.slug, world.prefecture_a.code, ReportKind.MIDTERM]
    response = client_of(vendor).post(reverse("report_render", args=region))
    assert response.status_code == 403
    entry = last(AuditCode.ACCESS_REFUSED)
    assert (entry.user, entry.organisation) == (vendor.user, vendor.organisation)
    assert entry.details["action"] == "render_report"
    assert entry.details["page"] == "report_render"
    assert "報告書のPDFを作成する" in entry.details["reason"]
    assert (entry.object_type, entry.object_id) == ("programs.Region", str(world.region_a.pk))
    assert entry.concerns == world.prefecture_a.organisation


def test_a_move_that_the_state_does_not_allow_is_recorded(world, round_, client_of):
    report = submitted_report(round_, world.actors["town_a1"])
    prefecture = client_of(world.actors["prefecture_a"])
    accept = reverse("progress_move", args=[report.pk, "accept"])
    prefecture.post(accept)
    returning = reverse("progress_return", args=[report.pk])
    before = report.status_changes.count()
    prefecture.post(returning, {"reason": "日付", "sections": ["overview"]})
    entry = last(AuditCode.MOVE_REFUSED)
    assert report.status_changes.count() == before
    assert entry.result == AuditResult.REFUSED
    assert entry.object_id == str(report.pk)
    assert entry.concerns == world.town_a1.organisation
    assert entry.details["page"] == "progress_return"


def test_an_edit_after_submitting_is_recorded(world, round_, client_of):
    submitted_report(round_, world.actors["town_a1"])
    town = client_of(world.actors["town_a1"])
    page = reverse("progress_section", args=[round_.pk, "issues"])
    town.post(page, {"issues": "遅れて届いた文", "version": 1, "seen": "", "act": "next"})
    entry = last(AuditCode.MOVE_REFUSED)
    assert entry.details["address"] == {"pk": round_.pk, "section": "issues"}
    assert "遅れて届いた文" not in json.dumps(entry.details, ensure_ascii=False)


def test_a_person_without_membership_is_recorded(db, client):
    client.force_login(f.UserFactory())
    assert client.get("/").status_code == 403
    assert last(AuditCode.ACCESS_REFUSED).organisation is None


def test_nobody_floods_the_trail_from_outside(db, client):
    before = AuditEntry.objects.count()
    for page in ("/nothing/", "/accounts/nothing/", "/jobs/", "/progress/1/"):
        client.get(page)
        client.post(page)
    assert AuditEntry.objects.count() == before


def test_addresses_that_do_not_exist_are_not_recorded(world, client_of):
    before = AuditEntry.objects.count()
    assert client_of(world.actors["town_a1"]).get("/nothing/").status_code == 404
    assert AuditEntry.objects.count() == before


def test_one_person_floods_it_only_so_far(world, client_of, settings):
    settings.AUDIT_REFUSALS_PER_HOUR = 3
    client = client_of(world.actors["town_a1"])
    for _ in range(6):
        assert client.get(reverse("report_list")).status_code == 403
    entries = AuditEntry.objects.filter(code=AuditCode.ACCESS_REFUSED)
    assert entries.count() == 4
    assert "more" in entries.first().details
    other = client_of(world.actors["town_a2"])
    other.get(reverse("report_list"))
    assert entries.count() == 5


def test_a_trail_that_cannot_be_written_costs_nobody_the_page(world, client_of, monkeypatch, caplog):
    def away(*_args, **_kwargs):
        raise Error("away")

    monkeypatch.setattr("portal.audit.refusals.record", away)
    response = client_of(world.actors["town_a1"]).get(reverse("report_list"))
    assert response.status_code == 403
    assert "a refusal could not be recorded" in caplog.text


def test_secrets_in_an_address_are_not_kept(world, client_of):
    """Only numbers, ids and names of things are kept of an address."""
    client = client_of(world.actors["town_a1"])
    client.get(reverse("import_template", args=["municipalities", "xlsx"]))
    assert last(AuditCode.ACCESS_REFUSED).details["address"] == {"kind": "municipalities", "code": "xlsx"}
    client.get(reverse("import_start", args=["a-token-of-forty-characters-or-even-more-x"]))
    assert last(AuditCode.ACCESS_NOT_FOUND).details["address"] == {}


# --- number and address of the request -------------------------------------


def test_a_number_that_comes_from_outside_is_ignored(client, db):
    response = client.get("/accounts/login/", headers={"X-Request-ID": "forged\r\nX: y"})
    assert UUID.fullmatch(response[HEADER])
    assert client.get("/accounts/login/")[HEADER] != response[HEADER]


@pytest.mark.parametrize(
    ("trusted", "forwarded", "told"),
    [
        (0, "203.0.113.5", "192.0.2.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.66, 203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.66, 203.0.113.5, 203.0.113.6", "203.0.113.6"),
        (2, "198.51.100.66, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (2, "203.0.113.5", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "<script>", "192.0.2.1"),
        (1, "203.0.113.5:5100", "203.0.113.5"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_what_the_trusted_proxies_add_is_believed(settings, trusted, forwarded, told):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = trusted
    meta = {"REMOTE_ADDR": "192.0.2.1", **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})}
    assert client_address(meta) == told


def test_a_spoofed_address_does_not_reach_the_trail(world, client_of, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = client_of(world.actors["town_a1"])
    client.get(reverse("report_list"), headers={"X-Forwarded-For": "8.8.8.8, 203.0.113.5"})
    assert last(AuditCode.ACCESS_REFUSED).address == "203.0.113.5"


# --- logs ------------------------------------------------------------------


def log_record(message: str, **more) -> logging.LogRecord:
    return logging.LogRecord("portal", logging.WARNING, __file__, 1, message, (), more.get("exc_info"))


def test_a_log_line_is_one_line_and_names_the_request():
    with about(Origin(request_id="r-1")):
        line = LineFormatter().format(log_record("改行\n2026-01-01 INFO 偽の行\u2028\u202e\x1b[31m"))
    assert "\n" not in line
    assert " r-1 " in line
    assert "\\n2026-01-01 INFO 偽の行\\u2028\\u202e\\u001b[31m" in line


def test_the_lines_of_a_trace_are_set_in():
    try:
        raise ValueError("本文\n2026-01-01 INFO 偽の行")
    except ValueError as error:
        record = log_record("失敗", exc_info=(type(error), error, error.__traceback__))
    first, *others = LineFormatter().format(record).splitlines()
    assert "失敗" in first
    assert all(line.startswith("    ") for line in others)


def test_an_entry_is_also_a_json_line_without_names(world, caplog, django_capture_on_commit_callbacks):
    from portal.audit import record

    actor = world.actors["town_a1"]
    with caplog.at_level("INFO", logger="portal.audit"), django_capture_on_commit_callbacks(execute=True):
        entry = record(AuditCode.FORM_SAVED, actor=actor, obj=actor.user)
    told = json.loads(caplog.messages[-1])
    assert (told["seq"], told["hash"], told["user"]) == (entry.seq, entry.hash, actor.user.pk)
    assert actor.user.name not in caplog.messages[-1]
