"""The map of provinces by rate: shapes from a file, bands told by pattern as well as by colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from markupsafe import Markup

from surveyapp.i18n import _, percent

MAPS = Path(__file__).resolve().parent.parent / "static" / "maps"
BOUNDS = (0.25, 0.5, 0.75)
_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = {"rect": ("x", "y", "width", "height"), "circle": ("cx", "cy", "r"), "path": ("d",)}


@dataclass(frozen=True)
class Shapes:
    """A map file: the outline of each province by code with its name, and what else is drawn."""

    view: str
    provinces: Mapping[str, tuple[str, str]]
    rest: Markup


@dataclass(frozen=True)
class Province:
    """What the map shows of one province: its code, its name, its rate and the words of it."""

    code: str
    name: str
    rate: float | None
    of: str


@lru_cache(maxsize=8)
def read_shapes(path: Path) -> Shapes:
    """The shapes of a file. Nothing of it is passed on as it stands, so it can carry no script."""
    root = ElementTree.parse(path).getroot()  # noqa: S314  a file of the operators, read for its numbers
    provinces = {}
    for element in root.iter(f"{_SVG}path"):
        name = element.get("id", "")
        if name.startswith("p"):
            title = element.find(f"{_SVG}title")
            words = title.text or "" if title is not None else ""
            provinces[name[1:]] = (element.get("d", ""), words)
    return Shapes(root.get("viewBox", "0 0 644 900"), provinces, _rest(root))


def _rest(element: ElementTree.Element) -> Markup:
    drawn = Markup("")
    for child in element:
        tag = child.tag.removeprefix(_SVG)
        if tag == "g":
            inner = _rest(child)
            if inner:
                drawn += Markup('<g transform="{}">{}</g>').format(
                    child.get("transform", ""), inner
                )
        elif tag == "text":
            at = (child.get("x", "0"), child.get("y", "0"), child.text or "")
            drawn += Markup('<text x="{}" y="{}">{}</text>').format(*at)
        elif tag in _DRAWN and not child.get("id", "").startswith("p"):
            given = Markup("").join(
                Markup(' {}="{}"').format(name, child.get(name, "0")) for name in _DRAWN[tag]
            )
            drawn += Markup("<{}{}/>").format(Markup(tag), given)  # noqa: S704  a name of _DRAWN
    return drawn


def shapes_for(names: Mapping[str, str], *, own: Path | None = None) -> Shapes | None:
    """The map on which most of the provinces (`names` by code) stand under their own name.

    The operators' own file goes before ours. None where no map knows half of them.
    """
    if own is not None and own.is_file():
        return read_shapes(own)
    best, most = None, 0
    for file in sorted(MAPS.glob("*.svg")):
        shapes = read_shapes(file)
        known = sum(
            _likeness(name, shapes.provinces[code][1])
            for code, name in names.items()
            if code in shapes.provinces
        )
        # Of two maps that know as many, the one with fewer strangers on it.
        if known and (known, -len(shapes.provinces)) > (most, -len(best.provinces) if best else 0):
            best, most = shapes, known
    return best if names and most >= len(names) else None


def _likeness(ours: str, theirs: str) -> int:
    """2 for the same name, 1 where one is part of the other, as a city's name is of its full title."""
    one, other = ours.strip().casefold(), theirs.strip().casefold()
    return 2 if one == other else int(bool(other) and other in one)


def band(rate: float | None) -> str:
    """The band of a rate: none, 1 (lowest) to 4."""
    return "none" if rate is None else str(1 + sum(rate >= bound for bound in BOUNDS))


def province_map(shapes: Shapes, provinces: Mapping[str, Province], *, title: str) -> Markup:
    """The map and its legend. The same figures stand in a table beside it, for those who cannot see."""
    drawn = Markup("").join(
        _outline(outline, provinces.get(code))
        for code, (outline, _name) in shapes.provinces.items()
    )
    return Markup(
        '<figure class="chart map"><figcaption>{}</figcaption>{}'
        '<svg class="provinces" viewBox="{}" role="img" aria-label="{}" focusable="false">'
        '{}<g class="rest">{}</g></svg>{}<p class="note">{}</p></figure>'
    ).format(
        title,
        _patterns(),
        shapes.view,
        title,
        drawn,
        shapes.rest,
        _legend(provinces),
        _("Bản đồ minh họa, không có giá trị về địa giới. Bảng bên cạnh có cùng số liệu."),
    )


def _outline(outline: str, province: Province | None) -> Markup:
    if province is None:
        return Markup('<path class="absent" d="{}"/>').format(outline)
    words = f"{province.name}: {percent(province.rate)} ({province.of})"
    return Markup('<path d="{}" fill="url(#band-{})"><title>{}</title></path>').format(
        outline, band(province.rate), words
    )


def _patterns() -> Markup:
    """The lower the rate, the denser the hatching: white is far, solid is there."""
    hatching = {
        "none": '<circle class="mark" cx="2" cy="2" r="0.7"/>',
        "1": "",
        "2": '<path class="mark" d="M-1,9L9,-1M-1,1L1,-1M7,9L9,7"/>',
        "3": '<path class="mark" d="M-1,9L9,-1M-1,1L1,-1M7,9L9,7M-1,-1L9,9M-1,7L1,9M7,-1L9,1"/>',
        "4": '<rect class="solid" width="8" height="8"/>',
    }
    return Markup(
        '<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>{}</defs></svg>'
    ).format(
        Markup("").join(
            Markup(
                '<pattern id="band-{}" width="8" height="8" patternUnits="userSpaceOnUse">'
                '<rect class="paper" width="8" height="8"/>{}</pattern>'
            ).format(name, Markup(marks))  # noqa: S704  drawn above
            for name, marks in hatching.items()
        )
    )


def _legend(provinces: Mapping[str, Province]) -> Markup:
    counted = dict.fromkeys(("1", "2", "3", "4", "none"), 0)
    for province in provinces.values():
        counted[band(province.rate)] += 1
    low, middle, high = (percent(bound, 0) for bound in BOUNDS)
    words = {
        "1": _("dưới %(bound)s", bound=low),
        "2": _("%(low)s đến dưới %(high)s", low=low, high=middle),
        "3": _("%(low)s đến dưới %(high)s", low=middle, high=high),
        "4": _("từ %(bound)s", bound=high),
        "none": _("chưa có người được mời"),
    }
    items = Markup("").join(
        Markup(
            '<li><svg width="28" height="18" aria-hidden="true" focusable="false">'
            '<rect class="key" x="0.5" y="0.5" width="27" height="17" fill="url(#band-{})"/></svg> {}: {}</li>'
        ).format(name, words[name], counted[name])
        for name in counted
        if counted[name]
    )
    return Markup('<ul class="legend">{}</ul>').format(items)
