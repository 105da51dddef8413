"""Office packages (xlsx, docx, pptx): the directory first, then what they would fetch or run."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from portal.files.wording import Refused
from portal.spreadsheets.guards import ZipLimits, check_directory, size_of
from portal.spreadsheets.problems import SheetRefused

#: Nothing is unpacked to keep it, only read through once: presentations with many pictures fit.
LIMITS = ZipLimits(entries=3_000, directory_bytes=512 * 1024, unpacked_bytes=200 * 1024 * 1024)
TYPES = "[Content_Types].xml"
MAX_PART = 2 * 1024 * 1024
CHUNK = 256 * 1024
_MAIN = "application/vnd.openxmlformats-officedocument."
MAIN = {
    f"{_MAIN}spreadsheetml.sheet.main+xml": "xlsx",
    f"{_MAIN}wordprocessingml.document.main+xml": "docx",
    f"{_MAIN}presentationml.presentation.main+xml": "pptx",
}
#: Parts by name; a macro may be called anything, so that its content type is looked at too.
FORBIDDEN = (
    (re.compile(r"vbaproject", re.IGNORECASE), "macros", "", ""),
    (re.compile(r"externallinks/", re.IGNORECASE), "external_links", "", ""),
    # Charts of Word and PowerPoint carry their table as an embedded workbook; all else is a stowaway.
    (re.compile(r"activex/|embeddings/(?!.*\.(xlsx|docx|pptx)$)|oleobject", re.I), "embeddings", "", ""),
)
MACRO_TYPE = re.compile(r"macroenabled|vbaproject|vbadata|activex|ms-office\.ole", re.IGNORECASE)
#: What a person clicks may lead outside; what a program fetches by itself may not.
LINKS_ALLOWED = re.compile(r"/hyperlink$", re.IGNORECASE)
RULES = {
    "broken_zip": "broken", "entries": "bomb", "duplicate_entry": "broken", "lying_directory": "bomb",
    "unpacked_size": "bomb", "ratio": "bomb", "encrypted": "encrypted", "macros": "macros",
    "external_links": "links", "embeddings": "embedded", "not_a_workbook": "not_office",
}  # fmt: skip
BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, OSError, ValueError,
    RuntimeError, KeyError, ParseError, DefusedXmlException,
)  # fmt: skip


def kind_of(file: BinaryIO) -> str:
    """xlsx, docx or pptx by the content type of the main part, after the directory was found harmless."""
    try:
        check_directory(file, limits=LIMITS, required=(TYPES,), forbidden=FORBIDDEN)
    except SheetRefused as refused:
        raise Refused(RULES[refused.rule]) from refused
    try:
        with zipfile.ZipFile(file) as archive:
            types = _parsed(archive, TYPES)
    except BROKEN as error:
        raise Refused("broken") from error
    finally:
        file.seek(0)
    told = [str(one.get("ContentType", "")) for one in types]
    if any(MACRO_TYPE.search(one) for one in told):
        raise Refused("macros")
    mains = {MAIN[one] for one in told if one in MAIN}
    if len(mains) != 1:
        raise Refused("not_office")
    return mains.pop()


def check(file: BinaryIO) -> None:
    """Read every part once, within what the directory promised, and look where relations lead."""
    size = size_of(file)
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.comment or min(one.header_offset for one in archive.infolist()) != 0:
                raise Refused("polyglot")
            for entry in archive.infolist():
                _read_through(archive, entry)
                if entry.filename.lower().endswith(".rels"):
                    _check_relations(_parsed(archive, entry.filename))
            if archive.start_dir > size:
                raise Refused("broken")
    except BROKEN as error:
        raise Refused("broken") from error
    finally:
        file.seek(0)


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    with archive.open(entry) as part:
        while part.read(CHUNK):
            pass


def _parsed(archive: zipfile.ZipFile, name: str) -> Element:
    with archive.open(name) as part:
        body = part.read(MAX_PART + 1)
    if len(body) > MAX_PART:
        raise Refused("bomb")
    return fromstring(body, forbid_dtd=True)


def _check_relations(relations: Element) -> None:
    for one in relations:
        outside = one.get("TargetMode", "").lower() == "external"
        if outside and not LINKS_ALLOWED.search(one.get("Type", "")):
            raise Refused("links")


def old_or_encrypted(file: BinaryIO) -> str:
    """An OLE container is an old .doc or .xls, or a password-protected new one: which rule it breaks."""
    body = file.read()
    file.seek(0)
    return "encrypted" if "EncryptedPackage".encode("utf-16-le") in body else "old_format"
