"""What calamine does not tell about XLSX: errors, formulas never computed, links, hidden and struck-out rows."""

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

from surveyapp.respondents.sheet import limits
from surveyapp.respondents.sheet.formats import xml_walk, zipped

NOT_COMPUTED = "#FORMULA!"
_HINT = re.compile(rb"""hidden=|zeroHeight=|autoFilter|hyperlink|t=["']e|[:<]f[ >/]|strike""")
_FORMULA_LINK = re.compile(r"""HYPERLINK\(\s{0,9}"([^"]{1,300})""", re.IGNORECASE)
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MOST = 20_000


@dataclass(slots=True)
class SheetDetails:
    """Of one sheet: texts of cells that calamine leaves empty, links by cell, lines hidden or struck out."""

    odd: dict[tuple[int, int], str] = field(default_factory=dict)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    struck: list[tuple[int, int]] = field(default_factory=list)
    filtered: bool = False


def details(archive: zipfile.ZipFile, parts: dict[str, str]) -> dict[str, SheetDetails]:
    """By sheet name; sheets with nothing to add are left out. Raises FileRefused."""
    styles = _struck_styles(zipped.read_part(archive, "xl/styles.xml", limits.UNPACKED_BYTES))
    strings = _struck_strings(archive)
    by_sheet = {}
    for name, part in parts.items():
        xml = zipped.read_part(archive, part, limits.UNPACKED_BYTES)
        if not styles and not strings and not _HINT.search(xml):
            continue
        walk = _SheetWalk(styles, strings, _relations(archive, part))
        parse(xml, walk)
        by_sheet[name] = walk.details
    return by_sheet


def parse(part: bytes, walk: Any) -> None:
    """Let `walk` follow the elements of a part; one that is not there has none. Raises BrokenWorkbook."""
    if part:
        xml_walk.follow(part, walk)


def linked_address(target: str) -> str:
    """The mail address that a cell's link leads to; empty where it leads elsewhere."""
    address = target.removeprefix("mailto:").partition("?")[0].replace("%40", "@")
    return address[:200] if "@" in address else ""


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _is_on(attributes: dict[str, str], name: str, default: str = "0") -> bool:
    return attributes.get(name, default) in ("1", "true", "on")


class _SheetWalk:
    """Follows rows and cells of one sheet."""

    def __init__(
        self, styles: frozenset[int], strings: frozenset[int], relations: dict[str, str]
    ) -> None:
        self.details = SheetDetails()
        self._styles, self._strings, self._relations = styles, strings, relations
        self._line = self._column = 0
        self._type = self._style = ""
        self._texts: dict[str, str] = {}
        self._within = ""
        self._struck_inside = False
        self._has_formula = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "f"):
            self._within = name
            self._has_formula = self._has_formula or name == "f"
        elif name == "row":
            line = attributes.get("r", "")
            self._line = int(line) if line.isdigit() and len(line) < 8 else self._line + 1
            self._column = -1
            if _is_on(attributes, "hidden") or attributes.get("ht") in ("0", "0.0"):
                self._note(self.details.hidden, self._line)
        elif name == "strike" and attributes.get("val", "1") not in ("0", "false"):
            self._struck_inside = True
        elif name == "autoFilter":
            self.details.filtered = True
        elif name == "hyperlink":
            self._link(attributes)

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        match = _CELL.fullmatch(attributes.get("r", ""))
        if match:
            self._column, self._line = column_index(match[1].encode()), int(match[2])
        else:
            self._column += 1
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._texts, self._struck_inside, self._has_formula = {"v": "", "f": ""}, False, False

    def characters(self, text: str) -> None:
        if self._within and len(self._texts.get(self._within, "")) < limits.CELL_CHARACTERS:
            self._texts[self._within] = self._texts.get(self._within, "") + text

    def end(self, tag: str) -> None:
        name = _local(tag)
        if name in ("v", "f"):
            self._within = ""
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        cell, value = (self._line, self._column), self._texts.get("v", "")
        if self._type == "e" and value:
            self.details.odd[cell] = value[:20]
        elif self._has_formula and not value and self._type != "str":
            self.details.odd[cell] = NOT_COMPUTED
        if self._has_formula and (link := _FORMULA_LINK.search(self._texts["f"])):
            self._note_link(cell, link[1])
        shared = self._type == "s" and value.isdigit() and int(value) in self._strings
        styled = self._style.isdigit() and int(self._style) in self._styles
        if shared or styled or self._struck_inside:
            self._note(self.details.struck, cell)

    def _link(self, attributes: dict[str, str]) -> None:
        match = _CELL.match(attributes.get("ref", ""))
        relation = next((v for k, v in attributes.items() if _local(k) == "id"), "")
        if match:
            at = (int(match[2]), column_index(match[1].encode()))
            self._note_link(at, self._relations.get(relation, ""))

    def _note_link(self, cell: tuple[int, int], target: str) -> None:
        address = linked_address(target)
        if address and len(self.details.links) < _MOST * 3:
            self.details.links[cell] = address

    @staticmethod
    def _note(places: list[Any], cell: Any) -> None:
        if len(places) < _MOST * 3:
            places.append(cell)


class _StyleWalk:
    """Which cell styles have a font that is struck out."""

    def __init__(self) -> None:
        self.struck: set[int] = set()
        self._fonts: set[int] = set()
        self._font = self._style = -1
        self._within: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        parent = self._within[-1] if self._within else ""
        self._within.append(name)
        if name == "font" and parent == "fonts":
            self._font += 1
        elif (
            name == "strike"
            and "fonts" in self._within
            and attributes.get("val", "1") not in ("0", "false")
        ):
            self._fonts.add(self._font)
        elif name == "xf" and parent == "cellXfs":
            self._style += 1
            font = attributes.get("fontId", "")
            if font.isdigit() and int(font) in self._fonts:
                self.struck.add(self._style)

    def end(self, _tag: str) -> None:
        self._within.pop()

    def characters(self, _text: str) -> None:
        pass


class _StringWalk:
    """Which shared strings are struck out from their first letter to their last."""

    def __init__(self) -> None:
        self.struck: set[int] = set()
        self._index = -1
        self._runs = self._struck = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "si":
            self._index += 1
            self._runs = self._struck = 0
        elif name == "r":
            self._runs += 1
        elif name == "strike" and attributes.get("val", "1") not in ("0", "false"):
            self._struck += 1

    def end(self, tag: str) -> None:
        if _local(tag) == "si" and self._runs and self._runs == self._struck:
            self.struck.add(self._index)

    def characters(self, _text: str) -> None:
        pass


def _struck_styles(xml: bytes) -> frozenset[int]:
    if b"strike" not in xml:
        return frozenset()
    walk = _StyleWalk()
    parse(xml, walk)
    return frozenset(walk.struck)


def _struck_strings(archive: zipfile.ZipFile) -> frozenset[int]:
    xml = zipped.read_part(archive, "xl/sharedStrings.xml", limits.UNPACKED_BYTES)
    if b"strike" not in xml:
        return frozenset()
    walk = _StringWalk()
    parse(xml, walk)
    return frozenset(walk.struck)


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    folder, name = posixpath.split(part)
    xml = zipped.read_part(archive, f"{folder}/_rels/{name}.rels", 8 * limits.MEGABYTE)
    walk = _RelationWalk()
    parse(xml, walk)
    return walk.targets


class _RelationWalk:
    """Ids and targets of relations."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, _tag: str) -> None:
        pass

    def characters(self, _text: str) -> None:
        pass


def relations(xml: bytes) -> dict[str, str]:
    """Id → target of a relations part."""
    walk = _RelationWalk()
    parse(xml, walk)
    return walk.targets


def column_index(letters: bytes) -> int:
    """A → 0, Z → 25, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1
