"""The fixed parts of a workbook: package, styles, head and tail of a sheet."""

import datetime
import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from portal.spreadsheets.xlsx_child import letters

#: Indexes into `cellXfs` below.
TEXT, HEADER, QUOTED, DATE, MOMENT = 1, 2, 3, 4, 5
#: Cells of forms: what is ours (locked), what is filled in (open), both also for texts like formulas.
LOCKED, LOCKED_QUOTED, OPEN, OPEN_QUOTED = 6, 7, 8, 9
#: Points: a line of the font below, and the tallest row there is.
LINE, TALLEST = 18.75, 409
DAY_ZERO = datetime.date(1899, 12, 30)
LISTS = "選択肢"

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_FRAME = (
    "<border>"
    + "".join(
        f'<{side} style="thin"><color rgb="FF949494"/></{side}>'
        for side in ("left", "right", "top", "bottom")
    )
    + "<diagonal/></border>"
)


def _form_cell(fill: int, *, locked: bool, quoted: bool = False) -> str:
    """A framed, wrapped text cell of a form."""
    prefix = ' quotePrefix="1"' if quoted else ""
    return (
        f'<xf numFmtId="49" fontId="0" fillId="{fill}" borderId="2" xfId="0"{prefix} applyNumberFormat="1" '
        'applyFill="1" applyBorder="1" applyAlignment="1" applyProtection="1">'
        f'<alignment vertical="top" wrapText="1"/><protection locked="{int(locked)}"/></xf>'
    )


STYLES = f"""{DECLARATION}<styleSheet xmlns="{MAIN}">
<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy/m/d"/>
<numFmt numFmtId="165" formatCode="yyyy/m/d\\ h:mm"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="游ゴシック"/><family val="3"/><charset val="128"/></font>
<font><b/><sz val="11"/><name val="游ゴシック"/><family val="3"/><charset val="128"/></font></fonts>
<fills count="5">
<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>
<fill><patternFill patternType="solid">
<fgColor rgb="FFE6E6E6"/><bgColor indexed="64"/></patternFill></fill>
<fill><patternFill patternType="solid">
<fgColor rgb="FFF2F2F2"/><bgColor indexed="64"/></patternFill></fill>
<fill><patternFill patternType="solid">
<fgColor rgb="FFFFFBE6"/><bgColor indexed="64"/></patternFill></fill></fills>
<borders count="3"><border><left/><right/><top/><bottom/><diagonal/></border>
<border><left/><right/><top/>
<bottom style="thin"><color rgb="FF000000"/></bottom><diagonal/></border>
{_FRAME}</borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="10"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" \
applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">
<alignment vertical="center" wrapText="1"/></xf>
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
{_form_cell(3, locked=True)}{_form_cell(3, locked=True, quoted=True)}
{_form_cell(4, locked=False)}{_form_cell(4, locked=False, quoted=True)}</cellXfs>
<cellStyles count="1"><cellStyle name="標準" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


def escape_text(text: str) -> str:
    """Text for XML; a carriage return and what looks like an escape are written as OOXML does."""
    text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text) if "_x" in text else text
    return escape(text, {"\r": "_x000D_"}) if "\r" in text else escape(text)


def package(titles: Sequence[str], *, with_lists: bool) -> Iterator[tuple[str, str]]:
    """Name and body of every part but the sheets; the hidden list sheet is `sheet0`, last in the workbook."""
    sheets = [(n, title, "") for n, title in enumerate(titles, 1)]
    if with_lists:
        sheets.append((0, LISTS, ' state="hidden"'))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPE}.worksheet+xml"/>'
        for n, _, _ in sheets
    )
    yield (
        "[Content_Types].xml",
        (
            f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>{overrides}</Types>'
        ),
    )
    yield (
        "_rels/.rels",
        (
            f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        ),
    )
    listed = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{n + 1}"{state} r:id="rId{n + 1}"/>'
        for n, title, state in sheets
    )
    yield (
        "xl/workbook.xml",
        (f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'),
    )
    relations = "".join(
        f'<Relationship Id="rId{n + 1}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _, _ in sheets
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{relations}'
            f'<Relationship Id="rId{len(titles) + 9}" Type="{OFFICE}/styles" Target="styles.xml"/>'
            "</Relationships>"
        ),
    )
    yield "xl/styles.xml", STYLES


def sheet_head(widths: Sequence[int]) -> bytes:
    """Up to the first row: the header row is frozen when there are widths."""
    view = (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews>'
        if widths
        else ""
    )
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(widths, 1)
    )
    cols = f"<cols>{columns}</cols>" if columns else ""
    return f'{DECLARATION}<worksheet xmlns="{MAIN}">{view}{cols}<sheetData>'.encode()


#: A4 across, as many pages down as it takes.
_PAPER = (
    '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
    "<headerFooter><oddFooter>&amp;C&amp;A　&amp;P / &amp;N</oddFooter></headerFooter>"
)
#: Without a password: it keeps people from slips, the signed marks keep the file honest.
_PROTECTION = '<sheetProtection sheet="1" objects="1" scenarios="1" formatRows="0"/>'


def form_head(columns: Sequence[tuple[int, bool]], *, frozen: bool) -> bytes:
    """Up to the first row of a form: width of each column and whether it is shown."""
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
    gone = ' hidden="1"'
    cols = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"{"" if shown else gone}/>'
        for n, (width, shown) in enumerate(columns, 1)
    )
    return (
        f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"<cols>{cols}</cols><sheetData>"
    ).encode()


def form_tail(drop_downs: Sequence[tuple[str, int, int]]) -> bytes:
    """After the last row of a form: protection, drop-downs (cells, list number, length), paper."""
    validations = "".join(
        f'<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="{cells}">'
        f"<formula1>'{LISTS}'!${letters(number)}$1:${letters(number)}${length}</formula1></dataValidation>"
        for cells, number, length in drop_downs
    )
    if validations:
        validations = f'<dataValidations count="{len(drop_downs)}">{validations}</dataValidations>'
    return f"</sheetData>{_PROTECTION}{validations}{_PAPER}</worksheet>".encode()


def sheet_tail(area: str, drop_downs: Sequence[tuple[str, int, int]], rows: int) -> bytes:
    """After the last row: filter buttons on the header, and drop-downs (column, list number, length)."""
    filters = f'<autoFilter ref="{area}"/>' if area else ""
    validations = "".join(
        f'<dataValidation type="list" allowBlank="1" showErrorMessage="1" '
        f'sqref="{column}2:{column}{rows + 1}">'
        f"<formula1>'{LISTS}'!${letters(number)}$1:${letters(number)}${length}</formula1></dataValidation>"
        for column, number, length in drop_downs
    )
    if validations:
        validations = f'<dataValidations count="{len(drop_downs)}">{validations}</dataValidations>'
    return f"</sheetData>{filters}{validations}</worksheet>".encode()
