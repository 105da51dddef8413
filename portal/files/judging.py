"""Whether a file that somebody hands over is taken: by size, first bytes and a bounded real opening.

The name says what the file claims to be; the content decides. Every refusal names the file, what is
wrong with it and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile

from portal.errors import PortalError
from portal.files import office, probing
from portal.files.names import clean_name, suffix_of
from portal.files.wording import NOT_TAKEN, SAVE_AS, WORDS, Refused
from portal.spreadsheets.guards import OLE, ZIP, size_of

MAX_BYTES = 20 * 1024 * 1024
#: So many files may hang on one thing.
MAX_FILES = 20
HEAD = 4096


@dataclass(frozen=True)
class FileKind:
    """One kind of file that is taken: what it is called, its endings and its media type."""

    code: str
    label: str
    suffixes: tuple[str, ...]
    content_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    kind.code: kind
    for kind in (
        FileKind("pdf", "PDF", (".pdf",), "application/pdf"),
        FileKind("xlsx", "Excelブック", (".xlsx",), f"{_OFFICE}spreadsheetml.sheet"),
        FileKind("docx", "Word文書", (".docx",), f"{_OFFICE}wordprocessingml.document"),
        FileKind("pptx", "PowerPoint", (".pptx",), f"{_OFFICE}presentationml.presentation"),
        FileKind("csv", "CSV", (".csv",), "text/csv"),
        FileKind("txt", "テキスト", (".txt",), "text/plain"),
        FileKind("png", "PNG画像", (".png",), "image/png"),
        FileKind("jpg", "JPEG画像", (".jpg", ".jpeg"), "image/jpeg"),
    )
}
BY_SUFFIX = {suffix: kind for kind in KINDS.values() for suffix in kind.suffixes}
#: The endings that are offered, and what they are called.
ACCEPTED = tuple(BY_SUFFIX)
ACCEPTED_LABEL = "PDF、Excel、Word、PowerPoint、CSV、テキスト、PNG、JPEG"

#: Web pages, scripts and documents that would hide in a file of another kind.
STOWAWAY = re.compile(rb"<script|<html|<!doctype html|<svg|<\?php|%PDF-[12]\.", re.IGNORECASE)
PAGE = re.compile(r"\s*<(!doctype|html|head|body|script|iframe|svg|\?xml)", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\uf8f0-\uf8f3\ufffe\uffff]")


class FileRefused(PortalError):
    """A file that is not taken; `rule` is stable, the sentence is for the person who chose it."""

    def __init__(self, rule: str, name: str, remedy: str = "") -> None:
        say, usual = WORDS[rule]
        super().__init__(f"「{name}」{say}{remedy or usual}")
        self.rule = rule
        self.name = name


@dataclass(frozen=True)
class Accepted:
    """A file that was found to be what its name says."""

    name: str
    kind: FileKind
    file: BinaryIO

    def content(self) -> bytes:
        """Its bytes."""
        self.file.seek(0)
        return self.file.read(MAX_BYTES + 1)


def accept(upload: UploadedFile | BinaryIO, *, name: str) -> Accepted:
    """Judge one file; raises FileRefused. Takes a moment: PDF and pictures are opened in a child process."""
    shown = clean_name(name)
    file: BinaryIO = getattr(upload, "file", None) or upload  # type: ignore[assignment]
    try:
        return Accepted(shown, _judged(file, shown), file)
    except Refused as refused:
        raise FileRefused(refused.rule, shown, refused.remedy) from refused


def _judged(file: BinaryIO, name: str) -> FileKind:
    claimed = BY_SUFFIX.get(suffix_of(name).lower())
    if claimed is None:
        raise Refused("kind", f"{ACCEPTED_LABEL}のファイルを選んでください。")
    size = size_of(file)
    if size == 0:
        raise Refused("empty")
    if size > MAX_BYTES:
        raise Refused("size")
    code, look = _told_by_content(file)
    if code == claimed.code or (code == "txt" and claimed.code == "csv"):
        look(file)
    else:
        _refuse_wrong_ending(file, code)
    file.seek(0)
    return claimed


def _refuse_wrong_ending(file: BinaryIO, code: str) -> None:
    """Say what the content is; what is not even text is a broken file of the kind its name claims."""
    if code == "txt":
        try:
            _check_text(file)
        except Refused as refused:
            raise Refused("page" if refused.rule == "page" else "broken") from refused
    raise Refused("wrong_ending", SAVE_AS[code])


def _told_by_content(file: BinaryIO) -> tuple[str, Callable[[BinaryIO], None]]:
    """The kind that the first bytes tell, and what looks at the rest."""
    head = file.read(HEAD)
    file.seek(0)
    if head.startswith(ZIP):
        code = office.kind_of(file)
        return code, office.check
    if head.startswith(OLE):
        raise Refused(office.old_or_encrypted(file))
    for magic, code in ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg")):
        if head.startswith(magic):
            return code, _PROBES[code]
    if head.startswith(NOT_TAKEN):
        raise Refused("kind", f"{ACCEPTED_LABEL}のファイルを選んでください。")
    return "txt", _check_text


def _check_pdf(file: BinaryIO) -> None:
    _refuse_zip_tail(file)
    probing.probe(file, "pdf")


def _check_png(file: BinaryIO) -> None:
    body = file.read()
    file.seek(0)
    if not body.endswith(b"IEND\xaeB`\x82"):
        raise Refused("polyglot")
    _check_picture(file, body, "png")


def _check_jpg(file: BinaryIO) -> None:
    body = file.read()
    file.seek(0)
    if b"\xff\xd9" not in body:
        raise Refused("broken")
    _check_picture(file, body, "jpg")


def _check_picture(file: BinaryIO, body: bytes, code: str) -> None:
    if STOWAWAY.search(body):
        raise Refused("polyglot")
    _refuse_zip_tail(file)
    probing.probe(file, code)


_PROBES: dict[str, Callable[[BinaryIO], None]] = {"pdf": _check_pdf, "png": _check_png, "jpg": _check_jpg}


def _refuse_zip_tail(file: BinaryIO) -> None:
    """No zip reader may find an archive in a file that is none: an end record must not close it."""
    file.seek(max(0, size_of(file) - 65_557))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at >= 0 and len(tail) - at >= 22:
        comment = int.from_bytes(tail[at + 20 : at + 22], "little")
        if at + 22 + comment == len(tail):
            raise Refused("polyglot")


def _check_text(file: BinaryIO) -> None:
    """Text that can be read, in the encodings that Japanese offices write."""
    body = file.read(MAX_BYTES + 1)
    file.seek(0)
    text = _decoded(body)
    if text is None or CONTROL.search(text):
        raise Refused("not_text")
    if PAGE.match(text):
        raise Refused("page")


def _decoded(body: bytes) -> str | None:
    marked = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp932"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
