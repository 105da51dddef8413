"""Checks made on a file before anything parses it; each refusal is a named rule with a sentence.

Standard library only and no Django: everything is decided from sizes, first
bytes and the zip directory, which costs milliseconds whatever the file holds.
"""

import re
import struct
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from portal.spreadsheets.problems import SheetRefused

MAX_BYTES = 10 * 1024 * 1024
MAX_ENTRIES = 200
MAX_DIRECTORY_BYTES = 64 * 1024
MAX_UNPACKED_BYTES = 60 * 1024 * 1024


@dataclass(frozen=True)
class ZipLimits:
    """Number of entries, length of the directory, and bytes of all entries unpacked."""

    entries: int = MAX_ENTRIES
    directory_bytes: int = MAX_DIRECTORY_BYTES
    unpacked_bytes: int = MAX_UNPACKED_BYTES


TABLE = ZipLimits()
RATIO_FROM_BYTES = 1024 * 1024
MAX_RATIO = 200

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
REQUIRED = ("[Content_Types].xml", "xl/workbook.xml")
FORBIDDEN = (
    (
        re.compile(r"vbaproject", re.IGNORECASE),
        "macros",
        "マクロが含まれています。",
        "マクロを含まない「Excelブック（.xlsx）」で保存し直してください。",
    ),
    (
        re.compile(r"externallinks/", re.IGNORECASE),
        "external_links",
        "ほかのファイルへのリンクが含まれています。",
        "リンクを値に置き換え、保存し直してください。",
    ),
    (
        re.compile(r"embeddings/|activex/|oleobject", re.IGNORECASE),
        "embeddings",
        "埋め込まれた文書や部品が含まれています。",
        "埋め込みを削除し、保存し直してください。",
    ),
)
OTHER_KINDS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "画像"),
    (b"\xff\xd8\xff", "画像"),
    (b"GIF8", "画像"),
    (b"PK\x05\x06", "空のZIP"),
    (b"\x1f\x8b", "圧縮ファイル"),
    (b"{\\rtf", "RTF"),
)
PAGE = re.compile(
    rb"\s*(\xef\xbb\xbf)?\s*<(!doctype|html|\?xml|table|head|meta|body|script|svg)", re.IGNORECASE
)
SAVE_AGAIN = "Excelで開いて「Excelブック（.xlsx）」で保存し直してください。"
SPLIT = "行を分けて、2回以上に分けて取り込んでください。"


def size_of(file: BinaryIO) -> int:
    """The size in bytes; the file stands at its start afterwards."""
    size = file.seek(0, 2)
    file.seek(0)
    return size


def check_size(file: BinaryIO, limit: int = MAX_BYTES) -> None:
    """Refuse an empty or too large file."""
    size = size_of(file)
    if size == 0:
        raise SheetRefused(
            "empty", "ファイルの中身がありません（0バイト）。", "ファイルを選び直してください。"
        )
    if size > limit:
        raise SheetRefused(
            "size",
            f"ファイルが大きすぎます（{size / 1024 / 1024:.1f}MB。{limit // 1024 // 1024}MBまで）。",
            "不要なシートや画像を削除するか、行を分けてください。",
        )


def kind_of(file: BinaryIO) -> str:
    """`xlsx` or `csv`, told from the first bytes and never from the file's name."""
    head = file.read(4096)
    file.seek(0)
    if head.startswith(ZIP):
        return "xlsx"
    if head.startswith(OLE):
        _refuse_ole(file)
    for magic, word in OTHER_KINDS:
        if head.startswith(magic):
            raise SheetRefused(
                "not_a_sheet",
                f"このファイルは{word}で、表計算のファイルではありません。",
                "XLSXまたはCSVのファイルを選んでください。",
            )
    if PAGE.match(head):
        raise SheetRefused(
            "not_a_sheet", "このファイルはWebページまたはXMLで、表計算のファイルではありません。", SAVE_AGAIN
        )
    return "csv"


def _refuse_ole(file: BinaryIO) -> None:
    """An OLE container is an old .xls or a password-protected .xlsx: say which."""
    body = file.read(MAX_BYTES)
    file.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in body:
        raise SheetRefused(
            "encrypted",
            "パスワードで保護されたファイルは読み取れません。",
            "パスワードを外して保存し直してください。",
        )
    raise SheetRefused("old_format", "古い形式のファイル（.xlsなど）は読み取れません。", SAVE_AGAIN)


Forbidden = tuple[tuple[re.Pattern[str], str, str, str], ...]


def check_directory(
    file: BinaryIO,
    *,
    limits: ZipLimits = TABLE,
    required: tuple[str, ...] = REQUIRED,
    forbidden: Forbidden = FORBIDDEN,
) -> None:
    """Refuse a package whose zip directory is too long, lies, unpacks too far or names forbidden parts.

    Shared by tables to import and attachments (`portal.files`): the limits differ, the looking does not.
    """
    check_directory_size(file, limits)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            broken = not entries
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, OSError):
        entries, broken = [], True
    if broken:
        raise SheetRefused("broken_zip", "ファイルが壊れているか、途中で切れています。", SAVE_AGAIN)
    file.seek(0)
    _check_entries(entries, size_of(file), limits)
    for entry in entries:
        _check_entry(entry, forbidden)
    names = {entry.filename for entry in entries}
    if any(name not in names for name in required):
        raise SheetRefused("not_a_workbook", "このファイルはExcelブックではありません。", SAVE_AGAIN)


def check_directory_size(file: BinaryIO, limits: ZipLimits = TABLE) -> None:
    """Read the end record ourselves, so that a huge directory is refused before zipfile loads it."""
    size = size_of(file)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise SheetRefused("broken_zip", "ファイルが壊れているか、途中で切れています。", SAVE_AGAIN)
    count, length = struct.unpack_from("<HI", tail, at + 10)
    if count > limits.entries or length > limits.directory_bytes:
        raise SheetRefused(
            "entries",
            "ファイルの中の部品が多すぎます。",
            f"シートを減らし（{limits.entries}以下）、{SAVE_AGAIN}",
        )


def _check_entries(entries: list[zipfile.ZipInfo], size: int, limits: ZipLimits) -> None:
    """What the directory says of the entries together."""
    names = [entry.filename for entry in entries]
    if len(entries) > limits.entries:
        raise SheetRefused("entries", "ファイルの中の部品が多すぎます。", f"シートを減らし、{SAVE_AGAIN}")
    if len({name.casefold() for name in names}) != len(names):
        raise SheetRefused("duplicate_entry", "ファイルの中に同じ名前の部品が2つあります。", SAVE_AGAIN)
    if sum(entry.compress_size for entry in entries) > size:
        raise SheetRefused("lying_directory", "ファイルの目次が中身と合いません。", SAVE_AGAIN)
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise SheetRefused("unpacked_size", "広げた中身が大きすぎます。", SPLIT)


def _check_entry(entry: zipfile.ZipInfo, forbidden: Forbidden) -> None:
    """What the directory says of one entry."""
    if entry.flag_bits & 0x1:
        raise SheetRefused(
            "encrypted",
            "パスワードで保護されたファイルは読み取れません。",
            "パスワードを外して保存し直してください。",
        )
    if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise SheetRefused("ratio", "中身が不自然に圧縮されています。", SAVE_AGAIN)
    for pattern, rule, sentence, remedy in forbidden:
        if pattern.search(entry.filename):
            raise SheetRefused(rule, sentence, remedy)
