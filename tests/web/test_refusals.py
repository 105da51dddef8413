"""WEB-04, WEB-05: methods, bodies and hosts that are refused, each with a page that can be read."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.models import Organisation
from portal.settings import base
from tests.permissions.fingerprints import fingerprint
from tests.permissions.scene import Scene
from tests.permissions.table import address, posted, rows
from tests.web.pages import assert_page

READ = [
    (key, persona)
    for key, method, cells in rows()
    if method == "GET"
    for persona, cell in cells.items()
    if cell == "ok" and persona in ("anonymous", "town_a1", "prefecture_a", "admin")
]


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "trace"])
@pytest.mark.parametrize("persona", ["anonymous", "town_a1"])
def test_what_echoes_a_request_is_refused(scene: Scene, method, persona):
    response = scene.client(persona).generic(method, "/", headers={"X-Secret": "geheim"})
    assert "geheim" not in assert_page(response, 405)


@pytest.mark.parametrize(("key", "persona"), READ)
def test_looking_changes_nothing(scene: Scene, untouched, key, persona):
    """GET and HEAD only look, apart from what a look records: a reviewer's first one, and the audit trail."""
    client = scene.client(persona)
    for method in ("head", "options"):
        response = getattr(client, method)(address(key, scene))
        for close in response._resource_closers:  # a server does this; the whole `close` ends the database
            close()
    after = fingerprint()
    changed = {table for table, found in after.items() if untouched.get(table) != found}
    assert changed <= {"portal_auditentry", "portal_audithead", "assessments_progressreport"}


@pytest.mark.parametrize("name", ["job_cancel", "report_render", "membership_switch", "import_apply"])
def test_opening_an_address_that_only_acts_says_so(scene: Scene, name):
    response = scene.client("prefecture_a").get(address(name, scene))
    assert_page(response, 405, "この画面は、直接開けません")
    assert response["Allow"] == "POST"


def test_posting_to_an_address_that_only_shows_says_so(scene: Scene):
    response = scene.client("prefecture_a").post("/rounds/")
    assert_page(response, 405, "何も変更していません。")
    assert "GET" in response["Allow"]


def test_too_many_fields(scene: Scene):
    data = {f"f{n}": "x" for n in range(2001)}
    response = scene.client("town_a2").post(address("progress_section", scene), data)
    assert_page(response, 400, "1回に送れる項目やファイルの数を超えています。")


def test_too_many_files(scene: Scene):
    data = {f"f{n}": SimpleUploadedFile("a.txt", b"x") for n in range(21)}
    response = scene.client("town_a2").post(address("progress_attach", scene), data)
    assert_page(response, 400, "1回に送れる項目やファイルの数を超えています。")


def test_a_form_that_is_too_long(scene: Scene):
    response = scene.client("town_a2").post(address("progress_section", scene), {"overview": "x" * 3_000_000})
    assert_page(response, 413, "送られた内容が大きすぎます")


def test_a_body_that_is_too_long_is_refused_before_it_is_read(scene: Scene):
    class Unread:
        def read(self, *_size):
            raise AssertionError("the body was read")

        readline = read

    client = scene.client("town_a2")
    length = str(base.MAX_BODY_BYTES + 1)
    told = {
        "CONTENT_LENGTH": length,
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "wsgi.input": Unread(),
    }
    response = client.post(address("progress_attach", scene), **told)
    assert_page(response, 413, "25MBまでです。")


@pytest.mark.parametrize("length", ["-1", "1e3", "x", "１２"])
def test_a_length_that_is_none(scene: Scene, length):
    response = scene.client("town_a2").post(address("progress_attach", scene), CONTENT_LENGTH=length)
    assert_page(response, 400)


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil", "", "a b"])
def test_a_host_that_is_not_ours(db, host):
    response = Client(raise_request_exception=False).get("/accounts/login/", headers={"host": host})
    page = assert_page(response, 400)
    assert "evil" not in page


def test_a_host_named_by_the_way_is_not_believed(db):
    response = Client().get("/accounts/login/", headers={"X-Forwarded-Host": "evil.example"})
    assert response.status_code == 200
    assert "evil" not in response.content.decode()


EVIL = [
    "//evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example/", "http:///evil.example",
    "///evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example", "https:/evil.example",
    "//testserver@evil.example", "data:text/html,x", "%2f%2fevil.example",
]  # fmt: skip


def assert_stays(response) -> None:
    """Sent on to a page of ours, also as browsers read backslashes."""
    assert response.status_code == 302
    target = response["Location"].replace("\\", "/")
    told = urlsplit(urljoin("https://testserver/accounts/login/", target))
    assert (told.scheme, told.netloc) == ("https", "testserver")


@pytest.mark.parametrize("target", EVIL)
def test_sign_in_leads_nowhere_else(scene: Scene, target):
    user = scene.world.actors["town_a1"].user
    user.set_password("a-long-test-password-2025")
    user.save()
    client = Client()
    page = client.get(reverse("account_login"), {"next": target})
    assert not re.search(rf'(?:href|action)="{re.escape(target)}', page.content.decode())
    data = {"login": user.email, "password": "a-long-test-password-2025", "next": target}
    answer = client.post(f"{reverse('account_login')}?next={target}", data)
    assert_stays(answer)
    signed_in = client.get(reverse("account_login"), {"next": target})
    assert_stays(signed_in)


@pytest.mark.parametrize("target", EVIL)
@pytest.mark.parametrize("name", ["membership_switch", "account_logout"])
def test_no_act_leads_elsewhere(scene: Scene, name, target):
    data = {"next": target, **posted(name, scene)}
    answer = scene.client("town_a1").post(f"{address(name, scene)}?next={target}", data)
    assert_stays(answer)


@pytest.mark.parametrize("target", ["//evil.example/", "/\\evil.example/", "/%2fevil.example"])
def test_an_address_with_two_slashes_is_not_a_redirect_elsewhere(db, target):
    response = Client().get(target)
    assert response.status_code in (302, 404)
    assert not response.get("Location", "/").startswith(("//", "/\\"))


def test_a_form_that_was_open_too_long_gives_its_text_back(scene: Scene):
    client = scene.client("town_a2", enforce_csrf_checks=True)
    text = "長い間かけて入力した取組の概要です。<b>"
    data = {"overview": text, "version": "1", "password": "geheim-geheim", "csrfmiddlewaretoken": "x" * 64}
    url = address("progress_section", scene)
    page = assert_page(client.post(url, data, headers={"Sec-Fetch-Site": "same-origin"}), 403)
    assert "長い間かけて入力した取組の概要です。&lt;b&gt;</p>" in page
    assert "geheim" not in page
    assert "x" * 64 not in page
    foreign = assert_page(client.post(url, data, headers={"Sec-Fetch-Site": "cross-site"}), 403)
    assert "長い間" not in foreign


def test_a_fault_of_ours_is_a_page_that_needs_no_database(
    scene: Scene, monkeypatch, django_assert_num_queries
):
    def broken(*_args, **_kwargs):
        raise RuntimeError("geheim")

    from portal.views import errors

    with django_assert_num_queries(0):
        page = errors.server_error(RequestFactory().get("/"))
    assert_page(page, 500, "画面を表示できませんでした")
    monkeypatch.setattr("reports.views.home.render", broken)
    response = scene.client("town_a1", raise_request_exception=False).get("/")
    assert "geheim" not in assert_page(response, 500)
    assert "Content-Security-Policy" in response


@pytest.mark.parametrize(
    ("persona", "office"),
    [("town_a1", "prefecture_a"), ("prefecture_a", "secretariat"), ("vendor_a", "secretariat")],
)
def test_an_error_page_names_the_office_to_call(scene: Scene, persona, office):
    organisation = scene.world.actors[office].organisation
    Organisation.objects.filter(pk=organisation.pk).update(phone="022-000-0000")
    page = assert_page(scene.client(persona).get("/nothing/"), 404)
    assert f"{organisation.name}（電話 022-000-0000）に連絡してください。" in page


@pytest.mark.parametrize("persona", ["anonymous", "nobody", "secretariat", "admin"])
def test_who_has_no_office_above_calls_the_portal(scene: Scene, persona, settings):
    settings.PORTAL_CONTACT = "ポータル窓口"
    assert "ポータル窓口に連絡してください。" in assert_page(scene.client(persona).get("/nothing/"), 404)
