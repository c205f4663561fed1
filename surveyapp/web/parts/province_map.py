"""The map of provinces by rate: shapes from a file, bands told by pattern as well as by colour."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from surveyapp.fieldwork.reports.province_outlines import Shapes
from surveyapp.i18n import _, percent

BOUNDS = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Province:
    """What the map shows of one province: its code, its name, its rate and the words of it."""

    code: str
    name: str
    rate: float | None
    of: str


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
        disclaimer() + " " + _("Bảng bên cạnh có cùng số liệu."),
    )


def _outline(outline: str, province: Province | None) -> Markup:
    drawn = escape(outline)
    if province is None:
        return Markup(f'<path class="absent" d="{drawn}"/>')  # noqa: S704  escaped
    words = escape(f"{province.name}: {percent(province.rate)} ({province.of})")
    fill = f"url(#band-{band(province.rate)})"
    return Markup(f'<path d="{drawn}" fill="{fill}"><title>{words}</title></path>')  # noqa: S704  escaped


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
    words = band_words()
    items = Markup("").join(
        Markup(
            '<li><svg width="28" height="18" aria-hidden="true" focusable="false">'
            '<rect class="key" x="0.5" y="0.5" width="27" height="17" fill="url(#band-{})"/></svg> {}: {}</li>'
        ).format(name, words[name], counted[name])
        for name in counted
        if counted[name]
    )
    return Markup('<ul class="legend">{}</ul>').format(items)


def disclaimer() -> str:
    """What no map of ours goes without."""
    return _("Bản đồ minh họa, không có giá trị về địa giới.")


def band_words() -> dict[str, str]:
    """What each band of a rate means."""
    low, middle, high = (percent(bound, 0) for bound in BOUNDS)
    return {
        "1": _("dưới %(bound)s", bound=low),
        "2": _("%(low)s đến dưới %(high)s", low=low, high=middle),
        "3": _("%(low)s đến dưới %(high)s", low=middle, high=high),
        "4": _("từ %(bound)s", bound=high),
        "none": _("chưa có người được mời"),
    }
