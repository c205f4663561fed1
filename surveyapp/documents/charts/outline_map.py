"""A map of areas by share: outlines from a file, bands told by hatching as well as by colour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup, escape

from surveyapp.documents.charts.surfaces import EDGE, FILE, PAGE, SVG, Surface, band_colour

BOUNDS = (0.25, 0.5, 0.75)
"""Where one band of shares ends and the next begins, where there are too few areas for quartiles."""
FEWEST = 8
"""Areas with a share from which on the bands are quartiles of what is there."""
Bounds = tuple[float, float, float]
BANDS = ("1", "2", "3", "4", "none")
"""From the lowest; the last is of areas without a share."""


@dataclass(frozen=True)
class Outlines:
    """A map file: the outline of each area by code with its name, and what else is drawn."""

    view: str
    areas: Mapping[str, tuple[str, str]]
    rest: Markup


@dataclass(frozen=True)
class Area:
    """What the map shows of one area; the words are read out and shown under the pointer."""

    share: float | None
    words: str


@dataclass(frozen=True)
class OutlineMap:
    """Areas by code on the outlines they stand on."""

    outlines: Outlines
    areas: Mapping[str, Area]

    @cached_property
    def bounds(self) -> Bounds:
        """Where the bands part."""
        return bounds_of(area.share for area in self.areas.values())

    def draw(self, surface: Surface) -> Markup:
        """Every outline, then what else the file draws."""
        drawn = Markup("").join(
            _area(code, outline, self.areas.get(code), surface, self.bounds)
            for code, (outline, _name) in self.outlines.areas.items()
        )
        rest = surface.words(self.outlines.rest)
        return drawn + Markup("<g{}>{}</g>").format(surface.look("rest"), rest)

    def counted(self) -> dict[str, int]:
        """How many areas are in each band, in the order of `BANDS`."""
        counted = dict.fromkeys(BANDS, 0)
        for area in self.areas.values():
            counted[band(area.share, self.bounds)] += 1
        return counted


def bounds_of(shares: Iterable[float | None]) -> Bounds:
    """Quartiles of the shares in whole per cent, so that a map tells areas apart at any time of the round.

    Fixed bounds where there are few shares or they differ too little to be parted.
    """
    known = sorted(share for share in shares if share is not None)
    if len(known) < FEWEST:
        return BOUNDS
    low, middle, high = (round(known[len(known) * quarter // 4], 2) for quarter in (1, 2, 3))
    return (low, middle, high) if 0 < low < middle < high else BOUNDS


def band(share: float | None, bounds: Bounds) -> str:
    """The band of a share: none, 1 (lowest) to 4."""
    return "none" if share is None else str(1 + sum(share >= bound for bound in bounds))


def colour(share: float | None, bounds: Bounds) -> str:
    """The colour of a share in files."""
    return band_colour(band(share, bounds))


def figure(drawn: OutlineMap, *, title: str, words: Mapping[str, str], note: str) -> Markup:
    """The map on a page with its legend (`words` by band) and a note.

    The same figures stand in a table beside it, for those who cannot see.
    """
    return Markup(
        '<figure class="chart map"><figcaption>{}</figcaption>{}'
        '<svg class="provinces" viewBox="{}" role="img" aria-label="{}" focusable="false">'
        '{}</svg>{}<p class="note">{}</p></figure>'
    ).format(
        title,
        _patterns(),
        drawn.outlines.view,
        title,
        drawn.draw(PAGE),
        _legend(drawn.counted(), words),
        note,
    )


def picture(drawn: OutlineMap) -> str:
    """The map as an SVG of its own."""
    return str(
        Markup('<svg xmlns="{}" viewBox="{}" stroke="{}">{}</svg>').format(
            SVG, drawn.outlines.view, EDGE, drawn.draw(FILE)
        )
    )


def coloured(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """A legend for files: each band's colour and its words."""
    return [(band_colour(name), words[name]) for name in BANDS]


def _area(code: str, outline: str, area: Area | None, surface: Surface, bounds: Bounds) -> Markup:
    placed, drawn = surface.named(code), escape(outline)
    if area is None:
        return Markup(f'<path{placed}{surface.look("absent")} d="{drawn}"/>')  # noqa: S704  escaped
    fill, words = surface.band(band(area.share, bounds)), escape(area.words)
    return Markup(f'<path{placed} d="{drawn}"{fill}><title>{words}</title></path>')  # noqa: S704  escaped


def _patterns() -> Markup:
    """The lower the share, the denser the hatching: white is far, solid is there."""
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


def _legend(counted: Mapping[str, int], words: Mapping[str, str]) -> Markup:
    items = Markup("").join(
        Markup(
            '<li><svg width="28" height="18" aria-hidden="true" focusable="false">'
            '<rect class="key" x="0.5" y="0.5" width="27" height="17" fill="url(#band-{})"/></svg> {}: {}</li>'
        ).format(name, words[name], n)
        for name, n in counted.items()
        if n
    )
    return Markup('<ul class="legend">{}</ul>').format(items)
