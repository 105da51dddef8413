"""What every PDF of the portal must hold, asked of the bytes themselves with pikepdf."""

import io
import re
import subprocess
from collections.abc import Iterator

import pikepdf
import pypdf


def assert_pdf_ua(content: bytes, *, title: str, figures: int | None = None, contents: bool = True) -> None:
    """The PDF claims PDF/UA-1 and has the parts a screen reader needs."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert_root(pdf, title)
        assert_figures(pdf, figures)
        assert_headers(pdf)
        assert_links(pdf)
        assert_fonts(pdf)
        assert_nothing_embedded(pdf)
        if contents:
            assert bookmarks(pdf), "The PDF has no bookmarks."


def assert_root(pdf: pikepdf.Pdf, title: str) -> None:
    root = pdf.Root
    assert root.StructTreeRoot.K, "The tag tree is empty."
    assert bool(root.MarkInfo.Marked)
    assert str(root.Lang) == "ja"
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert str(pdf.docinfo["/Title"]) == title
    with pdf.open_metadata() as metadata:
        assert metadata.get("pdfuaid:part") == "1"
        assert metadata.get("dc:title") == title
    for page in pdf.pages:
        assert page.get("/Tabs") == "/S", "Tab order must follow the structure."


def elements(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every structure element reachable from the tag tree, in reading order."""
    waiting = [pdf.Root.StructTreeRoot.K]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Array):
            waiting.extend(reversed(list(item)))
        elif isinstance(item, pikepdf.Dictionary) and "/S" in item:
            yield item
            if "/K" in item:
                waiting.append(item.K)


def tagged(pdf: pikepdf.Pdf, *names: str) -> list[pikepdf.Object]:
    return [element for element in elements(pdf) if str(element.S).removeprefix("/") in names]


def assert_figures(pdf: pikepdf.Pdf, count: int | None) -> None:
    found = tagged(pdf, "Figure")
    assert all(str(figure.get("/Alt", "")).strip() for figure in found), "A figure has no text alternative."
    assert count is None or len(found) == count, f"{len(found)} figures, not {count}"


def assert_headers(pdf: pikepdf.Pdf) -> None:
    """Header cells say what they head, and cells that point at headers point at real ones."""
    cells = tagged(pdf, "TH")
    assert all(str(cell.A.get("/Scope", "")) in {"/Column", "/Row"} for cell in cells), "A TH has no scope."
    ids = {str(cell.ID) for cell in cells}
    for cell in tagged(pdf, "TD"):
        assert {str(header) for header in cell.A.get("/Headers", [])} <= ids
    if cells:
        names = pdf.Root.StructTreeRoot.IDTree.Kids[0].Names
        assert {str(name) for name in list(names)[::2]} == ids


def assert_links(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            assert str(annotation.get("/Contents", "")).strip(), "A link says nothing."
            assert "/StructParent" in annotation


def assert_fonts(pdf: pikepdf.Pdf) -> None:
    """Every font is embedded as a subset and can be turned back into text."""
    fonts = [font for page in pdf.pages for _, font in page.Resources.get("/Font", {}).items()]
    assert fonts, "No font at all."
    for font in fonts:
        assert "/ToUnicode" in font, f"{font.BaseFont} has no ToUnicode."
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys()), f"{font.BaseFont} is not embedded."
        assert re.match(r"/[A-Z]{6}\+", str(font.BaseFont)), f"{font.BaseFont} is not a subset."


def assert_nothing_embedded(pdf: pikepdf.Pdf) -> None:
    assert not dict(pdf.attachments)
    assert "/EmbeddedFiles" not in pdf.Root.get("/Names", {})
    kinds = [
        str(item.get("/Type", ""))
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream)
    ]
    assert not {"/EmbeddedFile", "/Filespec"} & set(kinds)
    assert "/OpenAction" not in pdf.Root
    assert "/JavaScript" not in pdf.Root.get("/Names", {})


def bookmarks(pdf: pikepdf.Pdf) -> list[str]:
    """All bookmark titles, in order."""
    found: list[str] = []

    def walk(items: list[pikepdf.OutlineItem]) -> None:
        for item in items:
            found.append(item.title)
            walk(item.children)

    with pdf.open_outline() as outline:
        walk(outline.root)
    return found


def page_texts(content: bytes) -> list[str]:
    """The text of each page, as a search or a screen reader gets it."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def text_of(content: bytes) -> str:
    """All text by poppler, without white space: lines break where the paper ends."""
    done = subprocess.run(
        ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"], input=content, capture_output=True, check=True
    )
    return squeeze(done.stdout.decode())


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def everything_in(content: bytes) -> bytes:
    """All bytes of the PDF, packed streams unpacked, to look for what must not be there."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [item.read_bytes() for item in pdf.objects if isinstance(item, pikepdf.Stream)]
        rest = [str(item).encode() for item in pdf.objects if not isinstance(item, pikepdf.Stream)]
    return b"\n".join([content, *streams, *rest, text_of(content).encode()])
