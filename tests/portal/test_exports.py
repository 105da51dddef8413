"""Lists as files: formats, names, and the page that names what CP932 does not have."""

import csv
import datetime as dt
import io

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import include, path
from django.views.generic import ListView
from openpyxl import load_workbook

from municipalities.models import Municipality
from portal import exports

ROWS = [["青葉市", -5, dt.date(2025, 9, 30)], ["=1+1", 0, None]]
HEADER = ["名称", "増減", "基準日"]


class Towns(exports.ExportableListMixin, ListView):
    """A list as the apps write it."""

    template_name = "layouts/list.html"
    paginate_by = 1

    def get_queryset(self):
        rows = Municipality.objects.for_user(self.request.actor)
        return rows.filter(name__contains=self.request.GET.get("q", ""))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"page": context["page_obj"], "page_title": "市区町村一覧"}

    def get_download(self, rows):
        return exports.Download("市区町村/一覧", ["名称"], [[row.name] for row in rows])


urlpatterns = [path("towns/", Towns.as_view()), path("", include("portal.urls"))]
handler404 = "portal.views.errors.not_found"


def ask(query: str) -> HttpRequest:
    return RequestFactory().get(f"/list/?{query}")


def body_of(response) -> bytes:
    return b"".join(response.streaming_content)


def written(code: str) -> bytes:
    """The rows in a format."""
    file, _ = exports.write(exports.Download("x", HEADER, ROWS), code)
    with file:
        return file.read()


def test_links_keep_the_filter_and_drop_the_page():
    links = exports.links(ask("q=青葉&page=3&lossy=1"))
    assert [link["url"] for link in links] == [
        "/list/?q=%E9%9D%92%E8%91%89&export=xlsx",
        "/list/?q=%E9%9D%92%E8%91%89&export=csv",
        "/list/?q=%E9%9D%92%E8%91%89&export=csv-cp932",
    ]


@pytest.mark.parametrize(("query", "code"), [("", ""), ("export=pdf", ""), ("export=csv", "csv")])
def test_wanted(query, code):
    assert exports.wanted(ask(query)) == code


def test_names_of_files_are_japanese_and_safe():
    response = exports.respond(ask("export=csv"), exports.Download("a/b:\r\n一覧", HEADER, ROWS))
    response.file_to_stream.close()
    name = response["Content-Disposition"]
    assert name.startswith("attachment; filename*=utf-8''a_b_%E4%B8%80%E8%A6%A7_20250916.csv")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_csv_and_xlsx_hold_the_same():
    lines = written("csv")
    read = list(csv.reader(io.StringIO(lines.decode("utf-8-sig"))))
    assert read == [HEADER, ["青葉市", "-5", "2025-09-30"], ["'=1+1", "0", ""]]
    book = load_workbook(io.BytesIO(written("xlsx")))
    assert [cell.value for cell in book.active[3]] == ["=1+1", 0, None]
    assert book.active["A3"].data_type == "s"


@pytest.fixture
def towns(world, client_of):
    for town, name in ((world.town_a1, "𠮷野町"), (world.town_a2, "髙﨑町")):
        Municipality.objects.filter(pk=town.pk).update(name=name)
    with override_settings(ROOT_URLCONF="tests.portal.test_exports"):
        yield client_of(world.actors["secretariat"])


def test_cp932_with_characters_it_lacks_names_them_first(towns):
    page: HttpResponse = towns.get("/towns/?export=csv-cp932&q=町")
    text = page.content.decode()
    assert page["Content-Type"].startswith("text/html")
    assert "「𠮷」" in text
    assert "「髙」" not in text
    body = body_of(towns.get("/towns/?export=csv-cp932&q=町&lossy=1")).decode("cp932")
    assert "〓野町" in body
    assert "髙﨑町" in body


def test_cp932_without_such_characters_is_given_at_once(towns):
    response = towns.get("/towns/?export=csv-cp932&q=髙﨑")
    assert response["Content-Type"] == "text/csv; charset=Shift_JIS"
    assert body_of(response).decode("cp932").splitlines() == ["名称", "髙﨑町"]


def test_list_view_gives_all_pages_and_only_what_the_filter_shows(towns):
    assert body_of(towns.get("/towns/?export=csv&page=2")).decode("utf-8-sig").count("町") == 3
    assert body_of(towns.get("/towns/?export=csv&q=髙")).decode("utf-8-sig").splitlines() == [
        "名称",
        "髙﨑町",
    ]
    page = towns.get("/towns/?q=髙").content.decode()
    assert "?q=%E9%AB%99&amp;export=xlsx" in page
    assert "Excel形式で保存する" in page


def test_export_response_without_a_page():
    response = exports.export_response(ask(""), [["𠮷"]], ["名称"], "csv-cp932", "一覧")
    assert body_of(response).decode("cp932").splitlines() == ["名称", "〓"]
    response.file_to_stream.close()
