"""Comments of an XLSX sheet: ours are added, ours of an earlier round go, those of others stay."""

import posixpath
import re
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape, quoteattr

from surveyapp.respondents.errors import NotPatchable
from surveyapp.respondents.sheet.marks.marking import AUTHOR, Mark, letters
from surveyapp.respondents.sheet.marks.splices import cut, outline

_PART = "xl/commentsparindex{}.xml"
_SHAPES = "xl/drawings/vmlparindex{}.vml"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*+>")
_COMMENT = re.compile(
    rb"<(?:\w+:)?comment\b([^<>]*?)(?:/>|>(?:[^<]++|<(?!/?(?:\w+:)?comment\b))*+</(?:\w+:)?comment>)"
)
_AUTHOR = re.compile(rb"<(?:\w+:)?author\b[^<>]*?(?:/>|>([^<]*+)</(?:\w+:)?author>)")
_SHAPE = re.compile(rb"<v:shape\b(?:[^<]++|<(?!/?v:shape\b))*+</v:shape>\s*")
_OURS = re.compile(r"xl/commentsparindex\d{0,5}\.xml")
_CLUSTER = 1024

Parts = dict[str, bytes]


def add(parts: Parts, sheet: str, marks: Sequence[Mark], *, drawing_relation: str) -> str:
    """Write the marks' comments; returns the relation of a new drawing for them, else nothing.

    `drawing_relation` is that of the sheet's drawing of notes, if it has one.
    """
    known = _target(parts, sheet, lambda tag: attribute(tag, b"Type").endswith("/comments"))
    if known is None:
        part = _unused(parts, _PART)
        relate(parts, sheet, f"{_REL}/comments", f"/{part}")
        parts[part] = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{_MAIN}">'
            "<authors></authors><commentList></commentList></comments>"
        ).encode()
    else:
        part = known
    gone, shown = _write_comments(parts, part, marks)
    drawing = _target(parts, sheet, lambda tag: attribute(tag, b"Id") == drawing_relation)
    if drawing_relation and drawing is not None:
        parts[drawing] = _with_shapes(parts[drawing], shown, gone)
        return ""
    shapes = _unused(parts, _SHAPES)
    parts[shapes] = _with_shapes(_empty_drawing(len(shown)), shown, set())
    return relate(parts, sheet, f"{_REL}/vmlDrawing", f"/{shapes}")


def ours(parts: Parts) -> list[str]:
    """The parts of comments that we made, this time or before."""
    return [name for name in parts if _OURS.fullmatch(name)]


def _unused(parts: Parts, pattern: str) -> str:
    """The first free name of that pattern: every marked sheet has parts of its own."""
    names = (pattern.format(number or "") for number in range(len(parts) + 1))
    return next(name for name in names if name not in parts)


def _write_comments(parts: Parts, part: str, marks: Sequence[Mark]) -> tuple[set[str], list[Mark]]:
    """Cells whose comment of ours went, and the marks that got one: nobody else had written there."""
    xml = parts[part]
    tree = outline(xml)
    authors, every = tree.first("authors"), tree.first("commentList")
    if authors is None or every is None:
        raise NotPatchable
    names = [match[1] for match in _AUTHOR.finditer(xml[authors.start : authors.end])]
    author = names.index(AUTHOR.encode()) if AUTHOR.encode() in names else None
    gone, kept, changes = set(), set(), []
    for match in _COMMENT.finditer(xml, every.start, every.end):
        cell = attribute(match[1], b"ref")
        if author is not None and attribute(match[1], b"authorId") == str(author):
            gone.add(cell)
            changes.append((match.start(), match.end(), b""))
        else:
            kept.add(cell)
    p = tree.prefix
    if author is None:
        author = len(names)
        changes.append(_inside(xml, authors.start, authors.end, f"<{p}author>{AUTHOR}</{p}author>"))
    shown = [mark for mark in marks if mark.cell not in kept]
    text = "".join(
        f'<{p}comment ref="{mark.cell}" authorId="{author}"><{p}text><{p}r><{p}rPr><{p}sz val="9"/>'
        f'<{p}rFont val="Tahoma"/></{p}rPr><{p}t xml:space="preserve">{escape(mark.comment)}</{p}t></{p}r>'
        f"</{p}text></{p}comment>"
        for mark in shown
    )
    changes.append(_inside(xml, every.start, every.end, text))
    parts[part] = cut(xml, changes)
    return gone, shown


def _inside(xml: bytes, start: int, end: int, text: str) -> tuple[int, int, bytes]:
    """The change that puts `text` at the end of an element, even of `<authors/>`."""
    whole = xml[start:end]
    if whole.endswith(b"/>"):
        tag = whole[1:-2].split()[0]
        return start, end, whole[:-2] + b">" + text.encode() + b"</" + tag + b">"
    at = start + whole.rindex(b"</")
    return at, at, text.encode()


def attribute(tag: bytes, name: bytes) -> str:
    """An attribute's value as written; empty where there is none."""
    match = re.search(rb"(?:^|\s)" + name + rb'\s*=\s*"([^"]*)"', tag)
    return match[1].decode("utf-8", "replace") if match else ""


def _empty_drawing(shapes: int) -> bytes:
    clusters = ",".join(str(n + 1) for n in range(shapes // _CLUSTER + 2))
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
        f'<o:idmap v:ext="edit" data="{clusters}"/></o:shapelayout></xml>'
    ).encode()


def _with_shapes(vml: bytes, marks: Sequence[Mark], gone: set[str]) -> bytes:
    """A note's box for every mark, and none for a comment that went."""

    def stays(shape: re.Match[bytes]) -> bytes:
        row, column = _number(shape[0], b"Row"), _number(shape[0], b"Column")
        is_note = b'ObjectType="Note"' in shape[0]
        return b"" if is_note and f"{letters(column)}{row + 1}" in gone else shape[0]

    vml = _SHAPE.sub(stays, vml)
    used = [int(n) for n in re.findall(rb'\bid="_x0000_s(\d{1,9})"', vml)]
    first = max(used, default=_CLUSTER) + 1
    kind = b"" if b'"_x0000_t202"' in vml else _SHAPE_TYPE
    boxes = "".join(_box(mark, first + n) for n, mark in enumerate(marks))
    end = vml.rfind(b"</xml>")
    if end < 0:
        raise NotPatchable
    return vml[:end] + kind + boxes.encode() + vml[end:]


_SHAPE_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def _number(shape: bytes, name: bytes) -> int:
    match = re.search(rb"<x:" + name + rb">\s*(\d{1,7})\s*<", shape)
    return int(match[1]) if match else -1


def _box(mark: Mark, number: int) -> str:
    row, column = mark.line - 1, mark.column
    tall = 4 + len(mark.comment) // 40
    anchor = f"{column + 1}, 12, {max(row - 1, 0)}, 4, {column + 5}, 12, {row + tall}, 4"
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;visibility:hidden"'
        ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black"'
        ' obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
        '<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/>'
        f"<x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def relations_of(part: str) -> str:
    """Where the relations of a part are kept."""
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def relate(parts: Parts, part: str, kind: str, target: str) -> str:
    """Relate `part` to `target`; returns the new relation's id."""
    relations = relations_of(part)
    if relations not in parts:
        parts[relations] = (
            b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships'
            b' xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
        )
    xml = parts[relations]
    if re.search(rb"<(?:\w+:)?Relationships\b[^<>]*+(?<=/)>", xml):
        raise NotPatchable
    tree = outline(xml)
    used = {m.decode() for m in re.findall(rb'\bId="([^"]*)"', xml)}
    relation = next(f"rIdPar{n}" for n in range(1, 10_000) if f"rIdPar{n}" not in used)
    tag = f'<{tree.prefix}Relationship Id="{relation}" Type="{kind}" Target={quoteattr(target)}/>'
    parts[relations] = cut(xml, [(tree.closing, tree.closing, tag.encode())])
    return relation


def _target(parts: Parts, part: str, is_wanted: Callable[[bytes], bool]) -> str | None:
    """The part to which `part` is related by the wanted relation."""
    for tag in _RELATION.findall(parts.get(relations_of(part), b"")):
        if is_wanted(tag):
            target = attribute(tag, b"Target")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(part), target)).lstrip("/")
            if path not in parts:
                raise NotPatchable
            return path
    return None
