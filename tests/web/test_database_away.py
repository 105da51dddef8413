"""OPS-02 as pages: a database that is away or busy is said in Japanese, and what was typed is given back."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.ui.contact import whom_to_call
from tests.web.pages import assert_page

pytestmark = pytest.mark.django_db
EXECUTE = "django.db.backends.utils.CursorWrapper.execute"
TEXT = "打ったばかりの長い文章です。<b>"


@pytest.fixture
def breaks(monkeypatch):
    """Makes every statement fail from now on, until the block ends."""

    def make(error: Exception):
        def away(*_args, **_kwargs):
            raise error

        context = monkeypatch.context()
        patch = context.__enter__()
        patch.setattr(EXECUTE, away)
        return context

    return make


@pytest.mark.parametrize("error", [OperationalError("password=geheim"), InterfaceError("geheim")])
def test_what_was_typed_is_given_back(world, client_of, breaks, error):
    client: Client = client_of(world.actors["town_a1"])
    client.raise_request_exception = False
    url = reverse("membership_switch")
    data = {"overview": TEXT, "password": "geheim-geheim"}
    patched = breaks(error)
    response = client.post(url, data, headers={"Sec-Fetch-Site": "same-origin"})
    foreign = client.post(url, data, headers={"Sec-Fetch-Site": "cross-site"})
    patched.__exit__(None, None, None)
    page = assert_page(response, 503, "ただいま混み合っているか、点検中です")
    assert "打ったばかりの長い文章です。&lt;b&gt;</p>" in page
    assert "geheim" not in page
    assert response["Retry-After"] == "30"
    assert "Content-Security-Policy" in response
    assert "打ったばかり" not in assert_page(foreign, 503)


def test_whom_to_call_is_known_without_a_database(world, breaks, settings):
    request = RequestFactory().get("/")
    request.actor = world.actors["prefecture_a"]
    patched = breaks(OperationalError())
    told = whom_to_call(request)
    patched.__exit__(None, None, None)
    assert told == settings.PORTAL_CONTACT
