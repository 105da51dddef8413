"""From finished HTML to a tagged PDF; runs in the child process only."""

import os
from datetime import datetime
from typing import Any

import pydyf
from weasyprint import HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration

from portal.pdf import lookalikes
from portal.pdf.fetcher import ReportFetcher

#: Tags, language and title for screen readers: about a tenth of the time, and never left out.
OPTIONS = {"pdf_variant": "pdf/ua-1"}


class TooManyPages(Exception):
    """The laid out document is longer than allowed; nothing has been written."""


class Blocked(Exception):
    """The document asks for something a report must not hold, such as an embedded file."""


def make_pdf(html: str, *, created: datetime, pages: int, fonts: FontConfiguration) -> tuple[bytes, int]:
    """The PDF and its number of pages; the same HTML and date give the same bytes."""
    os.environ["SOURCE_DATE_EPOCH"] = str(int(created.timestamp()))
    fetcher = ReportFetcher()
    page = HTML(string=html, base_url="asset:", url_fetcher=fetcher)
    lookalikes.separate(page.etree_element)
    document = page.render(font_config=fonts, **OPTIONS)
    if len(document.pages) > pages:
        raise TooManyPages
    metadata = document.metadata
    if not metadata.title or not metadata.lang:
        raise ValueError("A report template needs <html lang> and <title>.")
    metadata.created = metadata.modified = created.isoformat(timespec="seconds")
    content = document.write_pdf(finisher=finish, **OPTIONS)
    if fetcher.refused:
        raise Blocked
    return content, len(document.pages)


def finish(document: Document, pdf: pydyf.PDF) -> None:
    """Add what PDF/UA-1 asks for and WeasyPrint leaves out; refuse embedded files."""
    header_cells = []
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream):
            if item.extra.get("Type") == "/EmbeddedFile":
                raise Blocked
        elif isinstance(item, pydyf.Dictionary) and item.get("S") == "/TH":
            item["A"]["Scope"] = scope(item, pdf.objects)
            header_cells.append(item)
    if header_cells:
        add_id_tree(pdf, header_cells)
    name_links(document)


def scope(header: pydyf.Dictionary, objects: list[Any]) -> str:
    """Column for a header cell in a table head, Row for one in the body."""
    row = resolve(header["P"], objects)
    return "/Column" if resolve(row["P"], objects).get("S") == "/THead" else "/Row"


def add_id_tree(pdf: pydyf.PDF, header_cells: list[pydyf.Dictionary]) -> None:
    """List the ids of header cells, so that a reader can follow a cell's `Headers`."""
    names = pydyf.Array()
    for cell in sorted(header_cells, key=lambda cell: cell["ID"].data):
        names.extend([cell["ID"], cell.reference])
    leaf = pydyf.Dictionary({"Names": names, "Limits": pydyf.Array([names[0], names[-2]])})
    pdf.add_object(leaf)
    tree = pydyf.Dictionary({"Kids": pydyf.Array([leaf.reference])})
    pdf.add_object(tree)
    resolve(pdf.catalog["StructTreeRoot"], pdf.objects)["IDTree"] = tree.reference


def name_links(document: Document) -> None:
    """Let a screen reader say the words of a link; WeasyPrint gives it the target's id."""
    for page in document.pages:
        for _, _, _, box in page.links:
            if box.link_annotation and box.element is not None:
                words = " ".join("".join(box.element.itertext()).split())
                if words:
                    box.link_annotation["Contents"] = pydyf.String(words)


def resolve(reference: bytes, objects: list[Any]) -> Any:
    """The object a PDF reference such as `12 0 R` points at."""
    return objects[int(reference.split()[0])]
