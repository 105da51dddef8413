"""FIL-07: which files are taken, by what they are and not by what they are called."""

from __future__ import annotations

import io
import time
import unicodedata

import pikepdf
import pytest

from portal.files import MAX_BYTES, FileRefused, accept, clean_name
from portal.files.judging import KINDS
from portal.files.names import MAX_NAME, NAMELESS
from portal.files.wording import WORDS
from portal.spreadsheets.writer import Sheet, write_xlsx
from tests.portal import samples
from tests.portal.stub_clamd import EICAR
from tests.portal.workbooks import workbook

WORD_CHART = {"word/embeddings/Microsoft_Excel_Sheet1.xlsx": b"PK\x03\x04"}
LINK = {"word/_rels/document.xml.rels": samples.relation("https://www.example.jp/", "hyperlink", "External")}
GOOD = {
    "report.pdf": samples.pdf(),
    "workbook.xlsx": workbook([["名称", "人口"]]).getvalue(),
    "letter.docx": samples.office("docx"),
    "chart.docx": samples.office("docx", WORD_CHART),
    "link.docx": samples.office("docx", LINK),
    "slides.pptx": samples.office("pptx"),
    "table.csv": "名称,人口\r\n青葉市,1250\r\n".encode("cp932"),
    "utf8.csv": "\ufeff名称,人口\n髙﨑①㈱～,1\n".encode(),
    "notes.txt": "議事録\n1 開会\f2 閉会\n".encode(),
    "utf16.txt": "議事録".encode("utf-16"),
    "eicar.txt": EICAR,  # harmless text: finding it is the scanner's work
    "picture.png": samples.picture(),
    "photo.jpg": samples.picture("JPEG"),
    "PHOTO.JPEG": samples.picture("JPEG"),
}


@pytest.mark.parametrize("name", GOOD)
def test_honest_file_is_taken(name):
    accepted = accept(io.BytesIO(GOOD[name]), name=name)
    assert accepted.content() == GOOD[name]
    assert name.lower().endswith(accepted.kind.suffixes)


def test_our_own_exports_are_taken():
    file = io.BytesIO()
    write_xlsx(file, sheets=[Sheet("一覧", ["名称"], [["青葉市"]])])
    assert accept(file, name="一覧.xlsx").kind == KINDS["xlsx"]


def macro_type(kind: str) -> str:
    return f'<Override PartName="/word/data.bin" ContentType="application/{kind}"/>'


TEMPLATE = {"word/_rels/settings.xml.rels": samples.relation("//evil/x.dotm", "attachedTemplate", "External")}
LINKED_PICTURE = {"ppt/slides/_rels/slide1.xml.rels": samples.relation("http://evil/x", "image", "external")}
ENTITY = '<!DOCTYPE x [<!ENTITY a "b">]><Relationships/>'
PNG, JPG, PDF = samples.picture(), samples.picture("JPEG"), samples.pdf()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD = pikepdf.Encryption(owner="x", user="y")
OWNER_ONLY = pikepdf.Encryption(owner="x", user="")

HOSTILE = {
    "empty": ("a.pdf", b"", "empty"),
    "too_big": ("a.txt", b"a" * (MAX_BYTES + 1), "size"),
    "program": ("a.exe", b"MZ\x90\0", "kind"),
    "program_as_text": ("a.txt", b"MZ\x90\0\3\0\0\0", "kind"),
    "html": ("a.html", b"<html><script>", "kind"),
    "svg": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
    "no_ending": ("README", b"text", "kind"),
    "dot_file": (".htaccess", b"Require all granted", "kind"),
    "double_ending": ("a.pdf.exe", PDF, "kind"),
    "page_as_text": ("a.txt", b"\n<!DOCTYPE html><script>alert(1)</script>", "page"),
    "page_as_csv": ("a.csv", "\ufeff<html>".encode(), "page"),
    "page_as_pdf": ("a.pdf", b"<html><body>", "page"),
    "svg_as_png": ("a.png", b"<svg onload=alert(1)>", "page"),
    "pdf_as_png": ("a.png", PDF, "wrong_ending"),
    "png_as_jpg": ("a.jpg", PNG, "wrong_ending"),
    "docx_as_xlsx": ("a.xlsx", samples.office("docx"), "wrong_ending"),
    "text_as_pdf": ("a.pdf", b"text", "wrong_ending"),
    "gif_as_png": ("a.png", b"GIF89a;", "kind"),
    "noise_as_png": ("a.png", b"\x00\x01\x02", "broken"),
    "nul_in_text": ("a.txt", b"a\0b", "not_text"),
    "escape_in_text": ("a.csv", b"\x1b[2J", "not_text"),
    "cut_utf8": ("a.txt", "あ".encode()[:2] + b"\xff", "not_text"),
    "old_word": ("a.docx", OLE + b"\0" * 4096, "old_format"),
    "password_word": ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "password_pdf": ("a.pdf", samples.pdf(encryption=PASSWORD), "encrypted"),
    "restricted_pdf": ("a.pdf", samples.pdf(encryption=OWNER_ONLY), "encrypted"),
    "script_in_pdf": ("a.pdf", samples.pdf(samples.javascript), "active"),
    "launch_in_pdf": ("a.pdf", samples.pdf(samples.launch), "active"),
    "file_in_pdf": ("a.pdf", samples.pdf(samples.attachment_inside), "embedded"),
    "cut_pdf": ("a.pdf", b"%PDF-1.7\n" + b"x" * 50, "broken"),
    "zip_behind_pdf": ("a.pdf", PDF + samples.zipped(), "polyglot"),
    "zip_behind_png": ("a.png", PNG + samples.zipped(), "polyglot"),
    "zip_behind_jpg": ("a.jpg", JPG + samples.zipped(), "polyglot"),
    "page_behind_jpg": ("a.jpg", JPG + b"<script>alert(1)</script>", "polyglot"),
    "pdf_in_png": ("a.png", PNG[:33] + samples.chunk(b"tEXt", b"x\0%PDF-1.7") + PNG[33:], "polyglot"),
    "cut_png": ("a.png", PNG[:-30] + PNG[-12:], "broken"),
    "cut_jpg": ("a.jpg", JPG[:-2], "broken"),
    "giant_png": ("a.png", samples.giant_png(), "picture_size"),
    "zip_as_docx": ("a.docx", samples.zipped(), "not_office"),
    "cut_docx": ("a.docx", samples.office()[:-30], "broken"),
    "damaged_docx": ("a.docx", samples.office().replace(b"PK\3\4", b"PK\3\5"), "broken"),
    "damaged_part": ("a.docx", samples.damaged(), "broken"),
    "macro_part": ("a.docx", samples.office(more={"word/vbaProject.bin": b"x"}), "macros"),
    "macro_renamed": ("a.docx", samples.office(types=macro_type("vnd.ms-office.vbaProject")), "macros"),
    "macro_main": (
        "a.xlsx",
        samples.office("xlsx", types=macro_type("vnd.ms-excel.sheet.macroEnabled.main+xml")),
        "macros",
    ),
    "object_in_pptx": ("a.pptx", samples.office("pptx", {"ppt/embeddings/oleObject1.bin": b"x"}), "embedded"),
    "active_x": ("a.docx", samples.office(more={"word/activeX/activeX1.xml": "<x/>"}), "embedded"),
    "program_in_docx": ("a.docx", samples.office(more={"word/embeddings/run.exe": b"MZ"}), "embedded"),
    "template_elsewhere": ("a.docx", samples.office(more=TEMPLATE), "links"),
    "picture_elsewhere": ("a.pptx", samples.office("pptx", LINKED_PICTURE), "links"),
    "workbook_elsewhere": (
        "a.xlsx", samples.office("xlsx", {"xl/externalLinks/externalLink1.xml": "<x/>"}), "links",
    ),
    "entities": ("a.docx", samples.office(more={"word/_rels/a.rels": ENTITY}), "broken"),
    "zip_bomb": ("a.pptx", samples.office("pptx", {"ppt/media/a.bin": b"\0" * 50_000_000}), "bomb"),
    "many_parts": ("a.pptx", samples.office("pptx", {f"ppt/{n}": b"" for n in range(3_001)}), "bomb"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_file_is_refused_by_name_with_a_remedy(case):
    name, body, rule = HOSTILE[case]
    started = time.monotonic()
    with pytest.raises(FileRefused) as refused:
        accept(io.BytesIO(body), name=name)
    assert time.monotonic() - started < 10
    assert refused.value.rule == rule
    assert refused.value.sentence.startswith(f"「{clean_name(name)}」")
    assert refused.value.sentence.endswith("ください。")


def test_every_rule_is_tried():
    assert set(WORDS) - {rule for _name, _body, rule in HOSTILE.values()} == {"time"}


def test_opening_a_file_is_bounded_in_time(monkeypatch):
    monkeypatch.setattr("portal.files.probing.WALL_SECONDS", 0.01)
    with pytest.raises(FileRefused) as refused:
        accept(io.BytesIO(PDF), name="a.pdf")
    assert refused.value.rule == "time"


NAMES = {
    "..\\..\\x.pdf": "x.pdf",
    "../../etc/passwd": "passwd",
    "C:\\Users\\太郎\\資料.xlsx": "資料.xlsx",
    "a\0b.pdf": "ab.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "aSet-Cookie: x=1.pdf",
    "\u202efdp.exe": "fdp.exe",
    unicodedata.normalize("NFD", "がぎぐ.pdf"): "がぎぐ.pdf",
    "  ..  ": NAMELESS,
    "/": NAMELESS,
    "辻\U000e0100市.pdf": "辻\U000e0100市.pdf",
}


@pytest.mark.parametrize("given", NAMES, ids=range(len(NAMES)))
def test_a_name_is_data(given):
    assert clean_name(given) == NAMES[given]


@pytest.mark.parametrize("stem", ["あ" * 300, "a" * 2000])
def test_a_long_name_keeps_its_ending(stem):
    name = clean_name(f"{stem}.tar.xlsx")
    assert len(name) == MAX_NAME
    assert name.startswith(stem[:100])
    assert name.endswith("….xlsx")
