"""PDF-01 and PDF-02: a report reads no file, calls no network, and cannot outgrow its limits."""

import http.server
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from portal.pdf import RenderFailed
from portal.pdf.fetcher import ReportFetcher
from portal.pdf.limits import MEGABYTE, Limits
from tests.pdf_checks import everything_in, text_of
from tests.portal.pdf_fixtures import CREATED, page, server

__all__ = ["server"]
pytestmark = pytest.mark.pdf
SECRET = "himitsu-7f3a"

#: Each tries to load URL; HEAD ones stand in the head.
VECTORS = {
    "img": '<img src="URL" alt="図">',
    "stylesheet": '<link rel="stylesheet" href="URL">',
    "import": "<style>@import url('URL');</style>",
    "font-face": "<style>@font-face{font-family:x;src:url('URL')}p{font-family:x}</style><p>本文",
    "attachment link": '<link rel="attachment" href="URL">',
    "attachment anchor": '<a rel="attachment" href="URL">資料</a>',
    "object": '<object data="URL"></object>',
    "embed": '<embed src="URL">',
    "background": "<p style=\"background:url('URL')\">本文",
    "list image": "<ul style=\"list-style-image:url('URL')\"><li>本文</ul>",
    "content": "<style>p::before{content:url('URL')}</style><p>本文",
    "border image": "<p style=\"border:9px solid;border-image-source:url('URL')\">本文",
    "page background": "<style>@page{background:url('URL')}</style><p>本文",
    "svg image": '<svg width="9" height="9"><title>図</title><image href="URL" width="9" height="9"/></svg>',
    "svg use": '<svg width="9" height="9"><title>図</title><use href="URL#a"/></svg>',
    "nested data svg": '<img alt="図" src="data:image/svg+xml,NESTED">',
    "data stylesheet": '<link rel="stylesheet" href="data:text/css,@import \'URL\';">',
    "base": '<base href="URL/"><img src="x.png" alt="図">',
    "iframe": '<iframe src="URL"></iframe>',
    "poster": '<video poster="URL"></video>',
}
#: WeasyPrint itself never loads these.
SILENT = {"svg use", "iframe", "poster"}
NESTED = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="URL"/></svg>'


def vector(name: str, url: str) -> str:
    nested = urllib.parse.quote(NESTED.replace("URL", url))
    return VECTORS[name].replace("NESTED", nested).replace("URL", url)


@dataclass
class Listener:
    """A loopback web server that counts who calls; /redirect points at the secret file."""

    url: str = ""
    hits: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def secret(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.fixture(scope="module")
def listener(secret) -> Iterator[Listener]:
    found = Listener()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.hits.append(self.path)
            self.send_response(302 if "redirect" in self.path else 200)
            self.send_header("Location", secret.as_uri())
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Silence."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        found.url = f"http://127.0.0.1:{running.server_port}/call"
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield found
        running.shutdown()


def outcome(server, body: str) -> tuple[str, bytes]:
    """Why the render was refused, or all that its PDF holds."""
    try:
        return "made", everything_in(server.render(page(body), created=CREATED, limits=Limits()).content)
    except RenderFailed as failed:
        return failed.reason, b""


@pytest.mark.parametrize("name", VECTORS)
def test_no_address_is_called_and_no_file_is_read(name, server, listener, secret):
    ftp = listener.url.replace("http:", "ftp:")
    asset = f"asset:../../../../..{secret}"
    for url in (listener.url, listener.url + "/redirect", secret.as_uri(), ftp, asset, str(secret)):
        reason, held = outcome(server, vector(name, url))
        assert reason == ("made" if name in SILENT else "blocked"), url
        assert SECRET.encode() not in held
        assert b"EmbeddedFile" not in held
    assert listener.hits == []


def test_the_vectors_bite_where_the_fetcher_is_missing(listener):
    """Guards the test above: plain WeasyPrint calls the listener for nearly all of them."""
    biting = set()
    for name in VECTORS:
        HTML(string=page(vector(name, listener.url))).write_pdf()
        if listener.hits:
            biting.add(name)
        listener.hits.clear()
    assert set(VECTORS) - biting == SILENT


@pytest.mark.parametrize(
    "css",
    ["@import url('URL');", "p{background:url('URL')}", "@font-face{font-family:x;src:url('URL')}"],
)
def test_style_sheet_made_alone_is_held_too(css, listener):
    def draw() -> None:
        text = css.replace("URL", listener.url)
        style = CSS(string=text, url_fetcher=ReportFetcher(), font_config=FontConfiguration())
        HTML(string=page("<p>本文"), url_fetcher=ReportFetcher()).write_pdf(stylesheets=[style])

    with pytest.raises(FatalURLFetchingError):
        draw()
    assert listener.hits == []


@pytest.mark.parametrize(
    "url",
    [
        "asset:../css/base.css",
        "asset:/etc/passwd",
        "asset:..%2f..%2fmanage.py",
        "asset:",
        "asset:none.css",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "data:text/plain," + "x" * 2_000_001,
    ],
)
def test_fetcher_refuses(url):
    with pytest.raises(ValueError, match="blocked"):
        ReportFetcher().fetch(url)


def test_fetcher_gives_own_style_sheets_and_small_data():
    assert b"@page" in ReportFetcher().fetch("asset:pdf.css").read()
    assert b":root" in ReportFetcher().fetch("asset:tokens.css").read()
    assert ReportFetcher().fetch("data:text/plain,x").read() == b"x"


def test_link_out_of_the_assets_is_refused(tmp_path, secret):
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "link.css").symlink_to(secret)
    with pytest.raises(ValueError, match="blocked"):
        ReportFetcher(assets).fetch("asset:link.css")


def test_file_in_a_data_url_is_not_embedded(server):
    for body in ('<link rel="attachment" href="data:,x">', '<a rel="attachment" href="data:,x">x</a>'):
        with pytest.raises(RenderFailed) as failed:
            server.render(page(body), created=CREATED, limits=Limits())
        assert failed.value.reason == "blocked"


def nested(before: str, times: int, after: str) -> str:
    return before * times + "字" + after * times


USE_BOMB = (
    '<svg width="9" height="9"><title>図</title><defs><rect id="u0" width="1" height="1"/>'
    + "".join(f'<g id="u{n}">' + f'<use href="#u{n - 1}"/>' * 10 + "</g>" for n in range(1, 8))
    + '</defs><use href="#u7"/></svg>'
)
BOMBS = {
    "flex": nested('<div style="display:flex">', 12, "</div>"),
    "colspan": '<table><tr><td colspan="1000000">字</table>',
    "colspan without end": '<table><tr><td colspan="1000000000">字</table>',
    "use": USE_BOMB,
    "kanji": "<p>" + "漢" * 500_000,
    "tiny pages": "<style>@page{size:20px;margin:0}</style><p>" + "字 " * 60_000,
    "tables": nested("<table><tr><td>", 50, "</table>"),
    "deep": nested("<div>", 500, "</div>"),
    "rows": '<table style="table-layout:fixed">' + "<tr><td>字<td>字<td>字" * 60_000 + "</table>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_ends_within_limits_and_the_next_document_is_made(name, server):
    server.render(page("準備"), created=CREATED, limits=Limits())
    limits = Limits(cpu_seconds=1, wall_seconds=8, memory_bytes=700 * MEGABYTE)
    begun = time.monotonic()
    with pytest.raises(RenderFailed) as failed:
        server.render(page(BOMBS[name]), created=CREATED, limits=limits)
    assert time.monotonic() - begun < 12
    assert failed.value.reason in {"cpu", "wall", "memory", "recursion", "pages"}
    assert str(failed.value).endswith("。")
    assert text_of(server.render(page("次の文書"), created=CREATED, limits=Limits()).content) == "次の文書"


LIMITED = {
    "cpu": (BOMBS["colspan"], Limits(cpu_seconds=1)),
    "wall": (BOMBS["colspan"], Limits(wall_seconds=0.5)),
    "memory": (BOMBS["colspan without end"], Limits(memory_bytes=500 * MEGABYTE)),
    "recursion": (BOMBS["deep"], Limits()),
    "pages": ('<p style="break-after:page">1<p>2', Limits(pages=1)),
    "size": ("<p>小さな文書", Limits(file_bytes=1000)),
}


@pytest.mark.parametrize("reason", LIMITED)
def test_each_limit_has_its_sentence(reason, server):
    body, limits = LIMITED[reason]
    with pytest.raises(RenderFailed) as failed:
        server.render(page(body), created=CREATED, limits=limits)
    assert failed.value.reason == reason
    assert str(failed.value).endswith("。")
    assert server.render(page("次"), created=CREATED, limits=Limits()).pages == 1


def test_page_limit_is_named_with_its_number(server):
    with pytest.raises(RenderFailed, match="1ページ"):
        server.render(page('<p style="break-after:page">1<p>2'), created=CREATED, limits=Limits(pages=1))


def test_other_documents_are_made_beside_a_bomb(server):
    server.render(page("準備"), created=CREATED, limits=Limits())
    ends: list[RenderFailed] = []

    def bomb() -> None:
        try:
            server.render(page(BOMBS["use"]), created=CREATED, limits=Limits(cpu_seconds=3))
        except RenderFailed as failed:
            ends.append(failed)

    burning = threading.Thread(target=bomb)
    burning.start()
    for n in range(3):
        assert text_of(server.render(page(f"札{n}"), created=CREATED, limits=Limits()).content) == f"札{n}"
    assert burning.is_alive(), "The bomb should still burn."
    burning.join(timeout=30)
    assert [failed.reason for failed in ends] == ["cpu"]
