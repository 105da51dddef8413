"""Files that people attach: honest ones of every kind, and ones that pretend."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import pikepdf
from PIL import Image

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = {
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def office(code: str = "docx", more: Mapping[str, str | bytes] | None = None, *, types: str = "") -> bytes:
    """A small package of this kind, with more parts, or with these content types added."""
    part, kind = MAIN[code]
    overrides = (
        f'<Override PartName="/{part}" '
        f'ContentType="application/vnd.openxmlformats-officedocument.{kind}"/>{types}'
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}">{overrides}</Types>',
        "_rels/.rels": relation(part, "officeDocument"),
        part: "<x/>",
        **(more or {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return file.getvalue()


def damaged(part: str = "word/media/picture.bin") -> bytes:
    """A package whose directory is right and one part of which is not what it was."""
    body = bytearray(office(more={part: bytes(range(256)) * 8}))
    with zipfile.ZipFile(io.BytesIO(bytes(body))) as archive:
        entry = archive.getinfo(part)
    body[entry.header_offset + 30 + len(part) + entry.compress_size // 2] ^= 0xFF
    return bytes(body)


def relation(target: str, kind: str, mode: str = "") -> str:
    """A part with one relation."""
    outside = f' TargetMode="{mode}"' if mode else ""
    return (
        f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="rId1" Type="{OFFICE}/{kind}" Target="{target}"{outside}/></Relationships>'
    )


def pdf(change=None, **save) -> bytes:
    """One empty page, the same bytes each time; `change(pdf)` edits it before it is saved."""
    made = pikepdf.new()
    made.add_blank_page()
    if change:
        change(made)
    file = io.BytesIO()
    made.save(file, **{"deterministic_id": "encryption" not in save, **save})
    return file.getvalue()


def picture(code: str = "PNG", size: tuple[int, int] = (20, 10)) -> bytes:
    """A white picture."""
    file = io.BytesIO()
    Image.new("RGB", size, "white").save(file, code)
    return file.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack("!I", len(body)) + name + body + struct.pack("!I", zlib.crc32(name + body))


def giant_png() -> bytes:
    """A few bytes that claim to be 40,000 × 40,000 pixels."""
    head = struct.pack("!IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def zipped() -> bytes:
    """An archive that is no office document."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("run.exe", b"MZ")
    return file.getvalue()


def javascript(made: pikepdf.Pdf) -> None:
    """Runs when the document is opened."""
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def launch(made: pikepdf.Pdf) -> None:
    """Starts a program at a click on the page."""
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(note)])


def attachment_inside(made: pikepdf.Pdf) -> None:
    """Carries a program."""
    made.attachments["run.exe"] = b"MZ"
