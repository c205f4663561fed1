"""A small DOCX (Office Open XML, ECMA-376) of paragraphs and tables, in Times New Roman on A4."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_SPACE = "http://schemas.openxmlformats.org"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_HEADER = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_SPACE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{_MAIN}"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_HEADER}"/></Types>'
)
_LINKS = (
    f'{_HEAD}<Relationships xmlns="{_SPACE}/package/2006/relationships"><Relationship Id="r1" '
    f'Type="{_SPACE}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_NUMBERED = (
    f'{_HEAD}<Relationships xmlns="{_SPACE}/package/2006/relationships"><Relationship Id="r1" '
    f'Type="{_SPACE}/officeDocument/2006/relationships/header" Target="header1.xml"/></Relationships>'
)
# A4 with the margins of an official letter: 20 mm above, below and right, 30 mm left (twentieths of a point).
_PAGE = (
    '<w:sectPr><w:headerReference w:type="default" r:id="r1"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" '
    'w:left="1701" w:header="567" w:footer="567" w:gutter="0"/><w:titlePg/></w:sectPr>'
)
_NAMES = (
    f'xmlns:w="{_SPACE}/wordprocessingml/2006/main" '
    f'xmlns:r="{_SPACE}/officeDocument/2006/relationships"'
)
WIDTH = 9071
"""Of the text, in twentieths of a point."""


@dataclass(frozen=True)
class Paragraph:
    """One paragraph. `size` and the space `before` and `after` in points; `align` is left, center, right or both.

    `indent`: the first line begins a centimetre further in.
    """

    words: str
    size: int = 13
    bold: bool = False
    italic: bool = False
    align: str = "left"
    before: int = 0
    after: int = 4
    indent: bool = False


@dataclass(frozen=True)
class Rule:
    """A line in the middle of its cell, `share` of it long."""

    share: float


@dataclass(frozen=True)
class Grid:
    """Rows of cells, each of some paragraphs; `widths` are shares of the line.

    With a `border` the first row is a head, repeated on each page.
    """

    rows: Sequence[Sequence[Sequence[Paragraph | Rule]]]
    widths: Sequence[float]
    border: bool = False


def write_docx(blocks: Sequence[Paragraph | Grid]) -> bytes:
    """The document as a file; pages after the first are numbered at the top."""
    body = "".join(_grid(each) if isinstance(each, Grid) else _text(each) for each in blocks)
    document = f"{_HEAD}<w:document {_NAMES}><w:body>{body}{_PAGE}</w:body></w:document>"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _LINKS)
        archive.writestr("word/document.xml", document)
        archive.writestr("word/_rels/document.xml.rels", _NUMBERED)
        archive.writestr("word/header1.xml", _header())
    return made.getvalue()


def _header() -> str:
    """The number of the page."""
    field = f'<w:fldSimple w:instr=" PAGE "><w:r>{_marks(Paragraph(""))}<w:t>2</w:t></w:r></w:fldSimple>'
    return f'{_HEAD}<w:hdr {_NAMES}><w:p><w:pPr><w:jc w:val="center"/></w:pPr>{field}</w:p></w:hdr>'


def _text(text: Paragraph) -> str:
    inwards = '<w:ind w:firstLine="567"/>' if text.indent else ""
    layout = f'<w:spacing w:before="{text.before * 20}" w:after="{text.after * 20}"/>{inwards}<w:jc w:val="{text.align}"/>'
    run = f'<w:r>{_marks(text)}<w:t xml:space="preserve">{escape(text.words)}</w:t></w:r>'
    return f"<w:p><w:pPr>{layout}</w:pPr>{run}</w:p>"


def _marks(text: Paragraph) -> str:
    marks = "".join(
        f"<w:{tag}/>" for tag, is_set in (("b", text.bold), ("i", text.italic)) if is_set
    )
    size = f'<w:sz w:val="{text.size * 2}"/><w:szCs w:val="{text.size * 2}"/>'
    font = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
    return f'<w:rPr>{font}{marks}{size}<w:lang w:val="vi-VN"/></w:rPr>'


def _rule(rule: Rule, width: int) -> str:
    """An empty paragraph of one point with a line above it: a line drawn apart would need a picture."""
    side = round((width - 216) * (1 - rule.share) / 2)
    border = '<w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
    layout = f'<w:spacing w:before="40" w:after="80" w:line="20" w:lineRule="exact"/><w:ind w:left="{side}" w:right="{side}"/>'
    return f'<w:p><w:pPr>{border}{layout}<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'


def _grid(grid: Grid) -> str:
    widths = [round(WIDTH * share / sum(grid.widths)) for share in grid.widths]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    border = f"<w:tblBorders>{edges}</w:tblBorders>" if grid.border else ""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(
        _row(row, widths, is_head=grid.border and n == 0) for n, row in enumerate(grid.rows)
    )
    layout = (
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="100" w:type="dxa"/>'
        '<w:right w:w="100" w:type="dxa"/></w:tblCellMar>'
    )
    return f'<w:tbl><w:tblPr><w:tblW w:w="{WIDTH}" w:type="dxa"/>{border}{layout}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>'


def _row(row: Sequence[Sequence[Paragraph | Rule]], widths: Sequence[int], *, is_head: bool) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_cell(cell, width)}</w:tc>'
        for width, cell in zip(widths, row, strict=True)
    )
    head = "<w:tblHeader/>" if is_head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{cells}</w:tr>"


def _cell(cell: Sequence[Paragraph | Rule], width: int) -> str:
    return "".join(_rule(one, width) if isinstance(one, Rule) else _text(one) for one in cell)
