"""Changes XML by cutting and inserting bytes, so that whatever is not ours stays as it was written."""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from surveyapp.respondents import errors
from surveyapp.respondents.errors import NotPatchable

_NOT_UTF8 = re.compile(rb'^\s*<\?xml[^>]*encoding\s*=\s*["\'](?!utf-?8["\'])', re.IGNORECASE)
_COUNT = re.compile(rb'\bcount\s*=\s*["\']\d+["\']')


@dataclass(frozen=True, slots=True)
class Child:
    """A child of the root: its local name, its bytes from `start` to `end`, its own children."""

    name: str
    start: int
    end: int
    children: int


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the children of a part's root stand. `prefix` is what tags of the root's kind begin with."""

    prefix: str
    children: tuple[Child, ...]
    closing: int

    def first(self, *names: str) -> Child | None:
        """The first child of one of these names."""
        return next((child for child in self.children if child.name in names), None)


@dataclass(slots=True)
class _Walk:
    xml: bytes
    parser: expat.XMLParserType
    root: str = ""
    depth: int = 0
    started: int = 0
    grandchildren: int = 0
    closing: int = 0
    children: list[Child] = field(default_factory=list)

    def start(self, tag: str, _attributes: object) -> None:
        self.depth += 1
        if self.depth == 1:
            self.root = tag
        elif self.depth == 2:
            self.started, self.grandchildren = self.parser.CurrentByteIndex, 0
        elif self.depth == 3:
            self.grandchildren += 1

    def end(self, tag: str) -> None:
        at = self.parser.CurrentByteIndex
        if self.depth == 2:
            closed = self.xml.startswith(b"</", at)
            end = self.xml.index(b">", at) + 1 if closed else at
            name = tag.rpartition(":")[2]
            self.children.append(Child(name, self.started, end, self.grandchildren))
        elif self.depth == 1:
            self.closing = at
        self.depth -= 1


def outline(xml: bytes) -> Outline:
    """The children of the root. Raises NotPatchable unless it is well-formed UTF-8 without entities."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or _NOT_UTF8.match(xml):
        raise NotPatchable
    parser = expat.ParserCreate()
    walk = _Walk(xml, parser)
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as exc:
        raise NotPatchable from exc
    if not xml.startswith(b"</", walk.closing):  # a root without anything inside
        raise NotPatchable
    prefix = walk.root.rpartition(":")[0]
    return Outline(f"{prefix}:" if prefix else "", tuple(walk.children), walk.closing)


def _refuse_entity(*_: object) -> None:
    raise errors.EntitiesRefused


def cut(xml: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """`xml` with every (start, end, replacement) carried out; they must not overlap."""
    parts, last = [], 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        parts += [xml[last:start], new]
        last = end
    return b"".join([*parts, xml[last:]])


def grown(xml: bytes, parent: Child, added: bytes, many: int) -> tuple[int, int, bytes]:
    """The change that adds `many` elements, written as `added`, at the end of a counting parent."""
    whole = xml[parent.start : parent.end]
    opening = re.match(rb"<[^>]*?(/?)>", whole)
    if opening is None:
        raise NotPatchable
    total = b'count="%d"' % (parent.children + many)
    head = opening[0]
    if opening[1]:
        tag = re.match(rb"<([^\s/>]+)", head)
        if tag is None:
            raise NotPatchable
        head = b"<%s %s>" % (tag[1], total)
        return parent.start, parent.end, head + added + b"</%s>" % tag[1]
    head = _COUNT.sub(total, head, count=1)
    closing = whole.rindex(b"</")
    inside = whole[len(opening[0]) : closing]
    return parent.start, parent.end, head + inside + added + whole[closing:]
