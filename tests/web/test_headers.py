"""WEB-01: every answer carries the headers; every cookie is bound to the host and out of scripts' reach."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from portal.settings import base
from tests.downloads import body_of
from tests.permissions.scene import Scene
from tests.permissions.table import address, posted, rows

READ = sorted({key for key, method, _cells in rows() if method == "GET"})
ACTED = sorted({key for key, method, _cells in rows() if method == "POST"})
PERSONAS = ("anonymous", "nobody", "prefecture_a")
EVERY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
POLICIES = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'")


def client_of(scene: Scene, persona: str) -> Client:
    """A browser behind TLS with this persona's session under production's cookie name."""
    client = Client(raise_request_exception=False)
    if persona in scene.sessions:
        client.cookies[base.SESSION_COOKIE_NAME] = scene.sessions[persona]
    return client


def assert_guarded(response: HttpResponse, *, kept: bool = False) -> None:
    """All headers there, and nothing that a cache would keep."""
    assert {name: response.get(name) for name in EVERY} == EVERY
    policy = response["Content-Security-Policy"]
    sandboxed = policy == "sandbox; default-src 'none'"
    assert sandboxed or all(directive in policy for directive in POLICIES)
    assert "unsafe" not in policy
    assert "camera=()" in response["Permissions-Policy"]
    assert "Server" not in response
    assert "X-Powered-By" not in response
    assert kept or "no-store" in response["Cache-Control"]
    kept_cookies = {name: one for name, one in response.cookies.items() if one["max-age"] != 0}
    for name, morsel in kept_cookies.items():
        assert name.startswith("__Host-")
        assert (morsel["secure"], morsel["httponly"], morsel["path"]) == (True, True, "/")
        assert morsel["samesite"] in ("Lax", "Strict")
        assert not morsel["domain"]


@pytest.mark.parametrize("persona", PERSONAS)
def test_every_address_answers_with_all_headers(scene: Scene, production, persona):
    client = client_of(scene, persona)
    for key in sorted({*READ, *ACTED}):
        response = client.get(address(key, scene), secure=True)
        body_of(response)
        assert_guarded(response)


def test_what_acts_answers_with_all_headers(scene: Scene, production):
    for key in ACTED:
        client = client_of(scene, "prefecture_a")
        assert_guarded(client.post(address(key, scene), posted(key, scene), secure=True))


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/static/nothing.css",
        "/%00",
        "/accounts/login",
        "/robots.txt",
        "//evil.example/",
        "/admin/",
    ],
)
def test_what_is_not_there_answers_with_all_headers(db, production, path):
    response = Client().get(path, secure=True)
    assert response.status_code in (301, 302, 404)
    assert_guarded(response)


def test_a_static_file_carries_them_and_may_be_kept(db, production):
    response = Client().get("/static/css/base.css", secure=True)
    body_of(response)
    assert response.status_code == 200
    assert_guarded(response, kept=True)
    assert "no-store" not in response.get("Cache-Control", "")


def test_a_plain_request_is_sent_to_tls_and_nothing_else(db, production):
    response = Client().get("/accounts/login/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/accounts/login/")
    assert response["X-Frame-Options"] == "DENY"
    assert "Strict-Transport-Security" not in response
    assert not response.cookies


def test_without_tls_nothing_promises_it(db):
    response = Client().get("/accounts/login/")
    assert "Strict-Transport-Security" not in response
    assert "upgrade-insecure-requests" not in response["Content-Security-Policy"]
    assert not any(name.startswith("__Host-") for name in response.cookies)


def test_the_proxy_says_whether_it_was_tls(db, production):
    response = Client().get("/accounts/login/", headers={"X-Forwarded-Proto": "https"})
    assert response.status_code == 200
    assert_guarded(response)


@pytest.mark.parametrize("persona", ["town_a1", "prefecture_a", "vendor_a", "secretariat", "admin"])
def test_no_page_holds_script_or_style_of_its_own(scene: Scene, persona):
    """WEB-02 without a browser: the policy has nothing to stop; tests/browser watches the console."""
    client = scene.client(persona)
    for key in READ:
        response = client.get(address(key, scene))
        page = body_of(response).decode("utf-8", "replace")
        if response.get("Content-Type", "").startswith("text/html"):
            assert not re.search(r"<style\b|<script\b(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", page), key
            assert not re.search(r"(?:href|src|action)=[\"']?(?:javascript|data|https?:|//)", page), key


def test_a_message_about_the_work_is_in_no_cookie(scene: Scene):
    client = scene.client("town_a2")
    key = "progress_section"
    response = client.post(address(key, scene), posted(key, scene))
    assert response.status_code == 302
    assert set(response.cookies) <= {"session", "csrf"}


@override_settings(SESSION_COOKIE_NAME="session")
def test_sign_in_page_is_kept_by_nobody(db):
    assert Client().get(reverse("account_login"))["Cache-Control"].startswith(("no-store", "max-age=0"))
