"""Marks an XLSX in place: colours by rule, comments and one more sheet; all else stays byte for byte.

Cells, styles, widths, pictures and formulas are not rewritten. Colours are conditional formats, so that
a cell keeps its own look, loses the colour once it is mended, and ours are found again the next time.
"""

import io
import posixpath
import re
import zipfile
from xml.sax.saxutils import escape, quoteattr

from surveyapp.respondents.errors import NotPatchable
from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.formats import spreadsheets, zipped
from surveyapp.respondents.sheet.marks import comments
from surveyapp.respondents.sheet.marks.marking import (
    COLOURS,
    LEGEND_SHEET,
    SIGN,
    STYLES,
    Mark,
    Marking,
    formula,
    letters,
    linked,
)
from surveyapp.respondents.sheet.marks.splices import Outline, cut, grown, outline

_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_AFTER_RULES = (
    "dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks"
    " customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF"
    " drawingHF picture AlternateContent oleObjects controls webPublishItems tableParts extLst"
).split()
_AFTER_LEGACY = _AFTER_RULES[_AFTER_RULES.index("legacyDrawingHF") :]
_RULE = re.compile(
    rb"<(?:\w+:)?cfRule\b[^<>]*+"
    rb"(?:(?<=/)>|>(?:[^<]++|<(?!/?(?:\w+:)?cfRule\b))*+</(?:\w+:)?cfRule>)"
)
_MACRO_TAG = re.compile(rb"<(?:\w+:)?(?:Relationship|Override)\b[^<>]*+(?<=/)>")
_NAMES_MACROS = re.compile(rb'(?:Target|PartName)="[^"]*vba(?:Project|Data)')
_PRIORITY = re.compile(rb'(\bpriority=")(\d+)(")')
_MACROS = re.compile(
    r"(^|/)(vbaProject\.bin|vbaProjectSignature\w*\.bin|vbaData\.xml)$", re.IGNORECASE
)
# Beyond so many, rules of their own make a workbook slow to open; then cells share a rule.
_OWN_RULES = 1500
_CELLS_A_RULE = 400

Parts = dict[str, bytes]


def patch(content: bytes, marking: Marking) -> bytes:
    """The file with its marks. Raises FileRefused, or NotPatchable where it must be written anew."""
    archive = zipped.open_archive(content)
    if zipped.archive_format(archive) == "ods":
        raise NotPatchable
    zipped.refuse_entities(archive)
    sheets = spreadsheets.sheet_parts(archive)
    names = [info.filename for info in archive.infolist() if not info.is_dir()]
    marked = marking.by_sheet()
    if not marked.keys() <= sheets.keys() or len(set(names)) != len(names):
        raise NotPatchable
    if any(name.startswith("xl/macrosheets/") for name in names):
        raise NotPatchable
    parts = {name: zipped.read_part(archive, name, limits.UNPACKED_BYTES) for name in names}
    if any(sheets[name] not in parts for name in marked):
        raise NotPatchable
    _drop_macros(parts)
    dxfs, xfs = _add_styles(parts)
    for name, marks in marked.items():
        _mark_sheet(parts, sheets[name], marks, dxfs)
    for part in comments.ours(parts):
        _declare(parts, f"/{part}", _COMMENTS_TYPE)
        _declare_vml(parts)
    _write_legend(parts, sheets, marking, xfs)
    return _packed(parts)


def _packed(parts: Parts) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _without_macros(xml: bytes) -> bytes:
    """The part without the tags that name macros."""
    return _MACRO_TAG.sub(lambda tag: b"" if _NAMES_MACROS.search(tag[0]) else tag[0], xml)


def _drop_macros(parts: Parts) -> None:
    """A macro workbook comes back without its macros: nothing that runs leaves this server."""
    gone = [name for name in parts if _MACROS.search(name)]
    for name in gone:
        del parts[name]
        relations = f"{posixpath.dirname(name)}/_rels/{posixpath.basename(name)}.rels"
        parts.pop(relations, None)
    if not gone:
        return
    for name in [n for n in parts if n.endswith(".rels")]:
        parts[name] = _without_macros(parts[name])
    types = _without_macros(parts["[Content_Types].xml"])
    parts["[Content_Types].xml"] = re.sub(
        rb"application/vnd\.ms-excel\.(?:sheet|template)\.macroEnabled\.main\+xml",
        _BOOK_TYPE.encode(),
        types,
    )


def _add_styles(parts: Parts) -> tuple[dict[str, int], dict[str, int]]:
    """Numbers of the colours (dxf) and of the legend's formats (xf), added to the workbook's own."""
    xml = parts.get("xl/styles.xml", b"")
    if not xml:
        raise NotPatchable
    tree = outline(xml)
    p = tree.prefix
    fonts, fills = tree.first("fonts"), tree.first("fills")
    formats, differences = tree.first("cellXfs"), tree.first("dxfs")
    if fonts is None or fills is None or formats is None:
        raise NotPatchable
    bold = f'<{p}font><{p}b/><{p}sz val="11"/><{p}name val="Calibri"/></{p}font>'
    title = f'<{p}font><{p}b/><{p}sz val="14"/><{p}name val="Calibri"/></{p}font>'
    solid = "".join(
        f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{colour}"/>'
        f'<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'
        for colour in COLOURS.values()
    )
    font = {"bold": fonts.children, "title": fonts.children + 1}
    fill = {tone: fills.children + n for n, tone in enumerate(COLOURS)}
    xfs = "".join(
        f'<{p}xf numFmtId="0" fontId="{font.get(style, 0)}" fillId="{fill.get(style, 0)}" borderId="0"'
        f' xfId="0" applyFont="1" applyFill="1" applyAlignment="1">'
        f'<{p}alignment vertical="top"{"" if style == "title" else " wrapText=" + quoteattr("1")}/></{p}xf>'
        for style in STYLES
    )
    changes = [
        grown(xml, fonts, (bold + title).encode(), 2),
        grown(xml, fills, solid.encode(), len(COLOURS)),
        grown(xml, formats, xfs.encode(), len(STYLES)),
    ]
    dxfs = "".join(
        f'<{p}dxf><{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{colour}"/>'
        f'<{p}bgColor rgb="FF{colour}"/></{p}patternFill></{p}fill></{p}dxf>'
        for colour in COLOURS.values()
    ).encode()
    known = differences.children if differences else 0
    if differences is not None:
        changes.append(grown(xml, differences, dxfs, len(COLOURS)))
    else:
        before = tree.first("tableStyles", "colors", "extLst")
        at = before.start if before else tree.closing
        whole = f'<{p}dxfs count="{len(COLOURS)}">'.encode() + dxfs + f"</{p}dxfs>".encode()
        changes.append((at, at, whole))
    parts["xl/styles.xml"] = cut(xml, changes)
    return (
        {tone: known + n for n, tone in enumerate(COLOURS)},
        {style: formats.children + n for n, style in enumerate(STYLES)},
    )


def _mark_sheet(parts: Parts, part: str, marks: tuple[Mark, ...], dxfs: dict[str, int]) -> None:
    xml = parts[part]
    tree = outline(xml)
    if f'"{_MAIN}"'.encode() not in xml[:4096]:  # ISO strict, which names everything otherwise
        raise NotPatchable
    rules = _rules(marks, dxfs, tree.prefix)
    changes = _without_our_rules(xml, tree, len(marks))
    at = _place(tree, _AFTER_RULES)
    changes.append((at, at, rules.encode()))
    notes = tree.first("legacyDrawing")
    tag_of_notes = xml[notes.start : notes.end] if notes else b""
    relation = comments.add(
        parts, part, marks, drawing_relation=comments.attribute(tag_of_notes, rb"\w+:id")
    )
    if relation:
        at = _place(tree, _AFTER_LEGACY)
        tag = f'<{tree.prefix}legacyDrawing xmlns:r="{_REL}" r:id="{relation}"/>'
        changes.append((at, at, tag.encode()))
    # Two insertions at one place: rules stand before the drawing.
    parts[part] = cut(xml, changes)


def _place(tree: Outline, followers: list[str]) -> int:
    """Where an element belongs that must stand before these: Excel refuses any other order."""
    follower = next((child for child in tree.children if child.name in followers), None)
    return follower.start if follower else tree.closing


def _without_our_rules(xml: bytes, tree: Outline, shift: int) -> list[tuple[int, int, bytes]]:
    """Takes rules of an earlier round away and lets those of the unit come after ours."""
    changes = []
    for child in tree.children:
        if child.name != "conditionalFormatting":
            continue
        whole = xml[child.start : child.end]
        kept = _RULE.sub(lambda rule: b"" if SIGN.encode() in rule[0] else rule[0], whole)
        if not _RULE.search(kept):
            kept = b""
        moved = _PRIORITY.sub(lambda m: m[1] + b"%d" % (int(m[2]) + shift) + m[3], kept)
        changes.append((child.start, child.end, moved))
    return changes


def _rules(marks: tuple[Mark, ...], dxfs: dict[str, int], p: str) -> str:
    own, shared = list(marks[:_OWN_RULES]), marks[_OWN_RULES:]
    ranges = [(mark.cell, mark.tone, formula(mark)) for mark in own]
    for tone in COLOURS:
        cells = [mark.cell for mark in shared if mark.tone == tone]
        for start in range(0, len(cells), _CELLS_A_RULE):
            cell_range = " ".join(cells[start : start + _CELLS_A_RULE])
            ranges.append((cell_range, tone, f'AND(LEN("{SIGN}"),TRUE)'))
    return "".join(
        f'<{p}conditionalFormatting sqref="{cell_range}"><{p}cfRule type="expression" dxfId="{dxfs[tone]}"'
        f' priority="{priority}"><{p}formula>{escape(told)}</{p}formula></{p}cfRule></{p}conditionalFormatting>'
        for priority, (cell_range, tone, told) in enumerate(ranges, start=1)
    )


def _declare(parts: Parts, part: str, kind: str) -> None:
    """Give a part its type, once."""
    types = parts["[Content_Types].xml"]
    if f'"{part}"'.encode() not in types:
        tree = outline(types)
        tag = f'<{tree.prefix}Override PartName="{part}" ContentType="{kind}"/>'
        parts["[Content_Types].xml"] = cut(types, [(tree.closing, tree.closing, tag.encode())])


def _declare_vml(parts: Parts) -> None:
    types = parts["[Content_Types].xml"]
    if not re.search(rb'Extension="vml"', types, re.IGNORECASE):
        tree = outline(types)
        at = tree.children[0].start if tree.children else tree.closing
        kind = "application/vnd.openxmlformats-officedocument.vmlDrawing"
        tag = f'<{tree.prefix}Default Extension="vml" ContentType="{kind}"/>'
        parts["[Content_Types].xml"] = cut(types, [(at, at, tag.encode())])


def _write_legend(
    parts: Parts, sheets: dict[str, str], marking: Marking, xfs: dict[str, int]
) -> None:
    """One more sheet at the end, or what stands in ours of an earlier round."""
    part = sheets.get(LEGEND_SHEET)
    if part is None:
        part = "xl/worksheets/parindex.xml"
        _add_to_book(parts, part)
        _declare(parts, f"/{part}", _SHEET_TYPE)
    else:
        folder, name = posixpath.split(part)
        parts.pop(f"{folder}/_rels/{name}.rels", None)
    parts[part] = _legend_xml(marking, xfs).encode()


def _add_to_book(parts: Parts, part: str) -> None:
    relation = comments.relate(
        parts, "xl/workbook.xml", f"{_REL}/worksheet", part.removeprefix("xl/")
    )
    xml = parts["xl/workbook.xml"]
    tree = outline(xml)
    sheets = tree.first("sheets")
    if sheets is None:
        raise NotPatchable
    inside = xml[sheets.start : sheets.end]
    known = [int(number) for number in re.findall(rb'\bsheetId="(\d{1,9})"', inside)]
    tag = (
        f'<{tree.prefix}sheet xmlns:r="{_REL}" name={quoteattr(LEGEND_SHEET)}'
        f' sheetId="{max(known, default=0) + 1}" r:id="{relation}"/>'
    )
    at = sheets.start + inside.rindex(b"</")
    parts["xl/workbook.xml"] = cut(xml, [(at, at, tag.encode())])


def _legend_xml(marking: Marking, xfs: dict[str, int]) -> str:
    rows, links = [], []
    for number, row in enumerate(marking.legend, start=1):
        cells = []
        for index, cell in enumerate(row):
            cell_name = f"{letters(index)}{number}"
            if cell.text:
                text = f'<is><t xml:space="preserve">{escape(cell.text)}</t></is>'
                cells.append(f'<c r="{cell_name}" s="{xfs[cell.style]}" t="inlineStr">{text}</c>')
            if cell.link:
                target = quoteattr(linked(cell.sheet or marking.sheet, cell.link))
                links.append(f'<hyperlink ref="{cell_name}" location={target}/>')
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(marking.widths, start=1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}">'
        f"<cols>{widths}</cols><sheetData>{''.join(rows)}</sheetData>"
        f"{'<hyperlinks>' + ''.join(links) + '</hyperlinks>' if links else ''}</worksheet>"
    )
