"""WEB-03: 30 payloads in every text field come out as text: on pages, in PDF, spreadsheets and mails."""

from __future__ import annotations

import csv
import io
from urllib.parse import quote

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse
from openpyxl import load_workbook

from portal import clock
from portal.models import User
from reports.choices import ReportKind
from reports.definitions import DEFINITIONS
from reports.presenters.report import report_context
from reports.services.data import for_report
from tests.downloads import body_of
from tests.permissions.crawler import crawl, look
from tests.permissions.scene import Scene
from tests.web.payloads import PAYLOADS, looked_at, poison

PEOPLE = ("town_a1", "prefecture_a", "admin")
PARAMETERS = ("q", "sort", "page", "prefecture", "state", "next", "x")
LISTS = ("municipality_list", "round_list", "job_list", "program_list", "report_list", "import_list")


def assert_only_text(page: str, where: str) -> str:
    """Nothing of the page is markup that somebody typed; what it says."""
    read = looked_at(page)
    assert not read.found, where
    return "\n".join(read.said)


def body_after_headers(text: str) -> str:
    """The crawler puts the headers first."""
    return text[text.index("<!DOCTYPE") :] if "<!DOCTYPE" in text else ""


@pytest.mark.parametrize("start", [0, 15])
def test_pages_show_payloads_as_text(scene: Scene, start):
    assert poison(start) > 100
    said = ""
    for person in PEOPLE:
        for page in crawl(scene.client(person)):
            assert page.status < 500, page.address
            said += assert_only_text(body_after_headers(page.text), f"{person} {page.address}")
    assert [payload for payload in PAYLOADS if payload not in said] == []


def test_the_look_finds_each_payload_that_is_let_through():
    """The reader is not blind: unescaped, the payloads that are markup are found."""
    harmless = {"&lt;xss&gt;", "&#60;xss&#62;", "<!--<xss>-->"}
    inside = {'" onclick=x() a="': '<a title="{}">', "' onclick=x() a='": "<a title='{}'>"}
    for payload in PAYLOADS:
        page = inside.get(payload, '<textarea></textarea><a href="{0}">{0}</a>').replace("{0}", payload)
        found = looked_at(page.replace("{}", payload)).found
        assert found or payload in harmless, payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_request_brings_is_shown_as_text(scene: Scene, payload):
    client = scene.client("prefecture_a")
    for name in LISTS:
        query = "&".join(f"{parameter}={quote(payload)}" for parameter in PARAMETERS)
        page = look(client, f"{reverse(name)}?{query}")
        assert page.status in (200, 404), page.address
        assert_only_text(body_after_headers(page.text), page.address)
    town = scene.client("town_a2")
    section = reverse("progress_section", args=[scene.a.round.pk, "overview"])
    answer = town.post(section, {"overview": payload * 200, "version": payload, "seen": payload})
    assert payload in assert_only_text(answer.content.decode(), section)
    box = reverse("progress_attach", args=[scene.a.round.pk])
    name = f"a{payload}.exe"
    answer = town.post(box, {"file": SimpleUploadedFile("x.exe", b"MZ")} | {"file": _named(name)})
    assert_only_text(answer.content.decode(), box)


def _named(name: str) -> SimpleUploadedFile:
    upload = SimpleUploadedFile("x.exe", b"MZ")
    upload._name = name
    return upload


@pytest.mark.parametrize("kind", list(ReportKind))
def test_the_html_of_a_pdf_shows_payloads_as_text(scene: Scene, kind):
    poison(0)
    # The report tells of the newest round of a stage: A's own, which has forms.
    type(scene.shared).objects.exclude(pk=scene.a.round.pk).update(opens_on="2025-04-01")
    region = type(scene.a.region).objects.get(pk=scene.a.region.pk)
    definition = DEFINITIONS[kind]
    context = report_context(definition, for_report(region, clock.now()), 1)
    page = render_to_string(definition.template, context)
    read = looked_at(page)
    assert not [one for one in read.found if not one.startswith(("style", "link", "img", "image"))]
    said = "\n".join(read.said)
    wanted = PAYLOADS if kind == ReportKind.MIDTERM else PAYLOADS[:1]
    assert [payload for payload in wanted if payload not in said] == []


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_spreadsheets_hold_payloads_as_text(scene: Scene, name, form):
    poison(3)
    client = scene.client("admin" if name == "import_list" else "secretariat")
    answer = client.get(reverse(name), {"export": form})
    body = body_of(answer)
    if answer.status_code == 403:
        pytest.skip("the admin has no such list")
    if form == "xlsx":
        cells = [cell for row in load_workbook(io.BytesIO(body)).active.iter_rows() for cell in row]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
        return
    for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))):
        assert not [value for value in row if value[:1] in ("=", "+", "@", "\t")]


def test_a_mail_is_plain_text_with_headers_of_its_own(scene: Scene):
    user = scene.world.actors["town_a1"].user
    User.objects.filter(pk=user.pk).update(name="\r\nBcc: x@evil.example\r\n" + PAYLOADS[0])
    scene.client("anonymous").post(reverse("account_reset_password"), {"email": user.email})
    sent = mail.outbox[-1]
    assert sent.recipients() == [user.email]
    assert not getattr(sent, "alternatives", [])
    message = sent.message()
    assert message.get_content_type() == "text/plain"
    assert "Bcc" not in message
