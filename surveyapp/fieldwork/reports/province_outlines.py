"""The outlines of provinces, from a file of ours or of the operators': read for its numbers, nothing passed on."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from markupsafe import Markup, escape

from surveyapp.documents.charts.outline_map import Bounds, Outlines
from surveyapp.i18n import _, percent
from surveyapp.store import BucketAway, Store

MAPS = Path(__file__).resolve().parents[2] / "static" / "maps"
_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = {"rect": ("x", "y", "width", "height"), "circle": ("cx", "cy", "r"), "path": ("d",)}
_log = logging.getLogger(__name__)


def disclaimer() -> str:
    """What no map of ours goes without."""
    return _("Bản đồ minh họa, không có giá trị về địa giới.")


def band_words(bounds: Bounds) -> dict[str, str]:
    """What each band of a rate means."""
    low, middle, high = (percent(bound, 0) for bound in bounds)
    return {
        "1": _("dưới %(bound)s", bound=low),
        "2": _("%(low)s đến dưới %(high)s", low=low, high=middle),
        "3": _("%(low)s đến dưới %(high)s", low=middle, high=high),
        "4": _("từ %(bound)s", bound=high),
        "none": _("chưa có người được mời"),
    }


def own_map(store: Store, campaign_code: str) -> Path | None:
    """The map that the operators put into the store for a campaign; no map is worth a page that fails."""
    with suppress(BucketAway):
        return store.bring(f"maps/{campaign_code}.svg")
    return None


def read_outlines(path: Path) -> Outlines:
    """The outlines of a file. Nothing of it is passed on as it stands, so it can carry no script.

    Raises `ElementTree.ParseError` for a file that is no SVG.
    """
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> Outlines:
    root = ElementTree.parse(path).getroot()  # noqa: S314  a file of the operators, read for its numbers
    provinces = {}
    for element in root.iter(f"{_SVG}path"):
        name = element.get("id", "")
        if name.startswith("p"):
            title = element.find(f"{_SVG}title")
            words = title.text or "" if title is not None else ""
            provinces[name[1:]] = (escape(element.get("d", "")), words)
    return Outlines(root.get("viewBox", "0 0 644 900"), provinces, _rest(root))


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


def outlines_for(names: Mapping[str, str], *, own: Path | None = None) -> Outlines | None:
    """The map on which most of the provinces (`names` by code) stand under their own name.

    The operators' own file goes before ours, unless it cannot be read. None where no map knows half of
    them.
    """
    if own is not None and own.is_file():
        try:
            return read_outlines(own)
        except (ElementTree.ParseError, OSError) as fault:
            _log.warning("map %s cannot be read: %s", own.name, type(fault).__name__)
    return _best(tuple(names.items()))


@lru_cache(maxsize=16)
def _best(names: tuple[tuple[str, str], ...]) -> Outlines | None:
    """Of our own maps, which do not change while the server runs."""
    best, most = None, 0
    for file in sorted(MAPS.glob("*.svg")):
        outlines = read_outlines(file)
        known = sum(
            _likeness(name, outlines.areas[code][1])
            for code, name in names
            if code in outlines.areas
        )
        # Of two maps that know as many, the one with fewer strangers on it.
        if known and (known, -len(outlines.areas)) > (most, -len(best.areas) if best else 0):
            best, most = outlines, known
    return best if names and most >= len(names) else None


def _likeness(ours: str, theirs: str) -> int:
    """2 for the same name, 1 where one is part of the other, as a city's name is of its full title."""
    one, other = ours.strip().casefold(), theirs.strip().casefold()
    return 2 if one == other else int(bool(other) and other in one)
