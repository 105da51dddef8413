"""Workbooks for tests: honest ones by openpyxl, and hostile ones written by hand."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

TYPES = f'<Types xmlns="{PACKAGE}/content-types"/>'
WORKBOOK = f"""<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>
<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"""
RELATIONS = f"""<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"""
HEAD = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>名称</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>人口</t></is></c></row>'
)
ROW = '<row r="2"><c r="A2" t="inlineStr"><is><t>青葉市</t></is></c><c r="B2"><v>1250</v></c></row>'


def workbook(rows: Iterable[Iterable[Any]], change=None, title: str = "Sheet1") -> io.BytesIO:
    """An honest workbook with these rows; `change(sheet)` edits it before it is saved."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def sheet_xml(body: str, after: str = "", before: str = "") -> str:
    """A worksheet with this inside its sheetData."""
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{after}</worksheet>'


def package(parts: Mapping[str, str | bytes] | None = None, *, sheet: str | bytes = "") -> io.BytesIO:
    """A zip with the parts of a small workbook, some of them replaced or added; None leaves one out."""
    everything = {
        "[Content_Types].xml": TYPES,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": sheet or sheet_xml(HEAD + ROW),
        **(parts or {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in everything.items():
            if body is not None:
                archive.writestr(name, body)
    file.seek(0)
    return file
