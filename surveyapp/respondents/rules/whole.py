"""Rules about the list as a whole: its size, its districts, its title, what was left unread."""

import re
from collections.abc import Iterator, Sequence

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.findings import CHECK, NOTE, WHOLE_LIST, Finding, Line
from surveyapp.respondents.words.names import fold

_DISTRICT_WORDS = re.compile(
    r"^(ubnd |uy ban nhan dan )?(huyen |quan |thi xa |thanh pho |tp |tx |xa |phuong )?"
)
_FEW, _MANY = 0.5, 2.0


def whole_list_findings(
    lines: Sequence[Line],
    context: ListContext,
    *,
    titles: Sequence[str] = (),
    others: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Iterator[Finding]:
    """Findings on line 0."""
    for remark in remarks:
        yield Finding(WHOLE_LIST, "", NOTE, remark)
    if others:
        yield Finding(WHOLE_LIST, "", CHECK, "other_sheets", facts={"sheets": ", ".join(others)})
    yield from _titles(titles, context)
    yield from _kind(titles, context)
    yield from _size(lines, context)
    yield from _districts(lines, context)


def _titles(titles: Sequence[str], context: ListContext) -> Iterator[Finding]:
    """A title that names another unit of the same kind, and not this one."""
    folded = [f" {fold(title)} " for title in titles]
    own = f" {fold(context.unit_name)} "
    if any(own in title for title in folded):
        return
    for name in context.other_units:
        key = fold(name)
        if context.unit_kind == "province":
            forms = [f" {kind} {key} " for kind in ("tinh", "thanh pho", "tp", "ubnd tinh")]
        else:
            forms = [f" {key} "]
        if any(form in title for form in forms for title in folded):
            facts = {"unit": name, "own": context.unit_name}
            yield Finding(WHOLE_LIST, "", CHECK, "other_unit_named", facts=facts)
            return


def _kind(titles: Sequence[str], context: ListContext) -> Iterator[Finding]:
    """A title that is the name of another list asked for, and not of this one."""
    folded = " | ".join(fold(title) for title in titles)

    def is_named(kind_name: str) -> bool:
        return fold(kind_name).removeprefix("danh sach").strip() in folded

    if not folded or is_named(context.kind_name):
        return
    for _code, name in context.other_kinds:
        if is_named(name):
            facts = {"kind": name, "own": context.kind_name}
            yield Finding(WHOLE_LIST, "", CHECK, "other_kind_named", facts=facts)
            return


def _size(lines: Sequence[Line], context: ListContext) -> Iterator[Finding]:
    """The plan gives averages, so a difference is told, not complained of; a headcount is exact."""
    if context.declared is not None:
        if len(lines) != context.declared:
            facts = {"listed": len(lines), "declared": context.declared}
            yield Finding(WHOLE_LIST, "", CHECK, "headcount_differs", facts=facts)
        return
    if not context.planned:
        return
    facts = {"listed": len(lines), "planned": context.planned}
    if len(lines) < context.planned * _FEW:
        yield Finding(WHOLE_LIST, "", NOTE, "fewer_than_planned", facts=facts)
    elif len(lines) > context.planned * _MANY:
        yield Finding(WHOLE_LIST, "", NOTE, "more_than_planned", facts=facts)


def _districts(lines: Sequence[Line], context: ListContext) -> Iterator[Finding]:
    if "district" not in context.required or context.districts is None:
        return
    names: dict[str, str] = {}
    for line in lines:
        written = line.values.get("district", "")
        if written:
            names.setdefault(
                _DISTRICT_WORDS.sub("", fold(written), count=1) or fold(written), written
            )
    fewest, most = context.districts
    if not fewest <= len(names) <= most:
        facts = {
            "districts": len(names),
            "fewest": fewest,
            "most": most,
            "names": ", ".join(list(names.values())[:10]),
        }
        yield Finding(WHOLE_LIST, "district", CHECK, "district_count", facts=facts)
