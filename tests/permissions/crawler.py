"""A walk over all pages and files that links lead to, with everything they say as text."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client

#: Enough for every page of a small world; a walk that does not end is a fault of its own.
LIMIT = 1000
#: The walk itself is recorded: of the audit trail it looks at so many pages.
OF_THE_TRAIL = 20
#: Of one page so many orders and filters, and so many files: each shows the same rows in another way.
OF_A_PAGE = 12


@dataclass(frozen=True)
class Page:
    """What one address answered: status, headers and body as text."""

    address: str
    status: int
    text: str
    links: tuple[str, ...] = ()


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect where links and forms that only read lead to."""
        told = dict(attrs)
        if tag == "a" and told.get("href"):
            self.found.append(str(told["href"]))


def look(client: Client, address: str) -> Page:
    """Ask for one page or file."""
    response = client.get(address)
    body = b"".join(response)
    said = unquote("\n".join(f"{name}: {value}" for name, value in response.items()))
    text = _words(response, body)
    return Page(address, response.status_code, f"{said}\n{text}", tuple(_links(response, address, text)))


def _words(response: HttpResponse, body: bytes) -> str:
    if not body.startswith(b"PK\x03\x04"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as sheet:
        return "\n".join(sheet.read(name).decode("utf-8", "replace") for name in sheet.namelist())


def _links(response: HttpResponse, address: str, text: str) -> Iterator[str]:
    if response.status_code == 302:
        yield urljoin(address, response["Location"])
    if not response.get("Content-Type", "").startswith("text/html"):
        return
    parser = _Links()
    parser.feed(text)
    for link in parser.found:
        yield urldefrag(urljoin(address, link)).url


def crawl(client: Client, start: str = "/") -> Iterator[Page]:
    """Every page and file reached from `start`, each once."""
    waiting, seen, ways = [start], {start}, Counter[tuple[str, bool]]()
    while waiting:
        page = look(client, waiting.pop())
        yield page
        for link in page.links:
            if link not in seen and not urlsplit(link).netloc and link.startswith("/") and _ours(link):
                if _of_the_trail(link) and sum(map(_of_the_trail, seen)) >= OF_THE_TRAIL:
                    continue
                way = (urlsplit(link).path, "export=" in link)
                ways[way] += 1
                if ways[way] > OF_A_PAGE:
                    continue
                seen.add(link)
                waiting.append(link)
        assert len(seen) < LIMIT, "the walk does not end"


def _of_the_trail(link: str) -> bool:
    return link.startswith("/audit/")


def _ours(link: str) -> bool:
    return not link.startswith(("/static/", "/accounts/"))
