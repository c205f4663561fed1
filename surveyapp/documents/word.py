"""A small DOCX (Office Open XML, ECMA-376) of paragraphs and tables, in Times New Roman on A4."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_SPACE = "http://schemas.openxmlformats.org"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_SPACE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>'
)
_LINKS = (
    f'{_HEAD}<Relationships xmlns="{_SPACE}/package/2006/relationships"><Relationship Id="r1" '
    f'Type="{_SPACE}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
# A4 with the margins of an official letter: 20 mm above, below and right, 30 mm left (twentieths of a point).
_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" '
    'w:left="1701" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
)
WIDTH = 9071
"""Of the text, in twentieths of a point."""


@dataclass(frozen=True)
class Text:
    """One paragraph. `size` in points; `align` is left, center, right or both."""

    words: str
    size: int = 13
    bold: bool = False
    italic: bool = False
    align: str = "left"
    underline: bool = False


@dataclass(frozen=True)
class Grid:
    """Rows of cells, each of some paragraphs; `widths` are shares of the line."""

    rows: Sequence[Sequence[Sequence[Text]]]
    widths: Sequence[float]
    border: bool = False


def write_docx(blocks: Sequence[Text | Grid]) -> bytes:
    """The document as a file."""
    body = "".join(_grid(each) if isinstance(each, Grid) else _text(each) for each in blocks)
    document = f'{_HEAD}<w:document xmlns:w="{_SPACE}/wordprocessingml/2006/main"><w:body>{body}{_PAGE}</w:body></w:document>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _LINKS)
        archive.writestr("word/document.xml", document)
    return made.getvalue()


def _text(text: Text) -> str:
    marks = "".join(
        f"<w:{tag}/>" for tag, wanted in (("b", text.bold), ("i", text.italic)) if wanted
    )
    size = f'<w:sz w:val="{text.size * 2}"/><w:szCs w:val="{text.size * 2}"/>'
    line = '<w:u w:val="single"/>' if text.underline else ""
    font = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
    place = f'<w:spacing w:after="80"/><w:jc w:val="{text.align}"/>'
    run = f'<w:r><w:rPr>{font}{marks}{size}{line}<w:lang w:val="vi-VN"/></w:rPr><w:t xml:space="preserve">{escape(text.words)}</w:t></w:r>'
    return f"<w:p><w:pPr>{place}</w:pPr>{run}</w:p>"


def _grid(grid: Grid) -> str:
    widths = [round(WIDTH * share / sum(grid.widths)) for share in grid.widths]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    border = f"<w:tblBorders>{edges}</w:tblBorders>" if grid.border else ""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(
        "<w:tr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{"".join(map(_text, cell))}</w:tc>'
            for width, cell in zip(widths, row, strict=True)
        )
        + "</w:tr>"
        for row in grid.rows
    )
    return f'<w:tbl><w:tblPr><w:tblW w:w="{WIDTH}" w:type="dxa"/>{border}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>'
