"""Rules about the list as a whole: its size, its districts, its title, what was left unread."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.findings import CHECK, NOTE, WHOLE_LIST, Finding, Line
from surveyapp.respondents.words.names import fold

_DISTRICT_WORDS = re.compile(
    r"^(ubnd |uy ban nhan dan )?(huyen |quan |thi xa |thanh pho |tp |tx |xa |phuong )?"
)
_YEAR = re.compile(r"\bnam (20\d\d)\b")
_STAFF = re.compile(
    r"(chuyen vien|nhan vien|can su|van thu|ke toan(?! truong)|thu quy|lai xe|bao ve)\b"
)
_OF_A_DIVISION = re.compile(
    r"(pho |quyen |q |phu trach )*(truong phong|phong|truong bo phan|to truong|to pho|chi cuc truong|giam doc (?:trung tam|benh vien|ban quan ly|quy|cong ty)|ke toan truong"
    r"|hieu truong|truong khoa|truong tram|doi truong|tp|ptp)\b"
)
_BEFORE_PROVINCE = (
    "tinh",
    "thanh pho",
    "tp",
    "so noi vu",
    "cua",
    "don vi",
    "dia phuong",
    "ubnd",
    "hdnd",
    "uy ban nhan dan",
)
Notice = tuple[str, Mapping[str, Any]]
"""A code and its facts: what the reader says of the whole file."""
_FEW, _MANY = 0.5, 2.0


def whole_list_findings(
    lines: Sequence[Line],
    context: ListContext,
    *,
    titles: Sequence[str] = (),
    others: Sequence[str] = (),
    remarks: Sequence[str] = (),
    notices: Sequence[Notice] = (),
) -> Iterator[Finding]:
    """Findings on line 0."""
    for remark in remarks:
        yield Finding(WHOLE_LIST, "", NOTE, remark)
    if others:
        yield Finding(WHOLE_LIST, "", CHECK, "other_sheets", facts={"sheets": ", ".join(others)})
    for code, told in notices:
        severity = NOTE if code == "other_sheets" else CHECK
        yield Finding(WHOLE_LIST, "", severity, code, facts=dict(told))
    yield from _titles(titles, context)
    yield from _year(titles, context)
    yield from _positions(lines, context)
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
            forms = [f" {kind} {key} " for kind in _BEFORE_PROVINCE]
            forms += [" tphcm ", " tp hcm "] if key == "ho chi minh" else []
        else:
            forms = [f" {key} "]
        if any(form in title for form in forms for title in folded):
            facts = {"unit": name, "own": context.unit_name}
            yield Finding(WHOLE_LIST, "", CHECK, "other_unit_named", facts=facts)
            return


def _kind(titles: Sequence[str], context: ListContext) -> Iterator[Finding]:
    """A title that is the name of another list asked for, and not of this one."""
    name = other_kind([t for t in titles if "danh sach" in fold(t)], context)
    if name:
        facts = {"kind": name, "own": context.kind_name}
        yield Finding(WHOLE_LIST, "", CHECK, "other_kind_named", facts=facts)


def other_kind(texts: Sequence[str], context: ListContext) -> str:
    """The name of the other list that a title is of, all its telling words in it and more than of this one's; or empty."""
    best, most = "", 0
    for text in texts:
        words = frozenset(_unabbreviated(fold(text)).split())
        own = _telling(context.kind_name)
        mine = len(own) if own <= words else 0
        for _code, name in context.other_kinds:
            telling = _telling(name)
            if len(telling) == 1 and not {"lanh", "dao"} <= words:
                continue  # `Sở` alone stands in every title
            if telling <= words and len(telling) > max(most, mine):
                best, most = name, len(telling)
        if mine and not best:
            return ""
    return best


def _telling(kind_name: str) -> frozenset[str]:
    return frozenset(_unabbreviated(fold(kind_name)).split()) - _IN_EVERY_TITLE


_IN_EVERY_TITLE = frozenset("danh sach lanh dao va tuong duong cac cap thuoc tinh".split())
_ABBREVIATED = (("cchc", "cai cach hanh chinh"), ("hoi dong nhan dan", "hdnd"), ("uy ban nhan dan", "ubnd"))  # fmt: skip


def _unabbreviated(folded: str) -> str:
    for short, full in _ABBREVIATED:
        folded = folded.replace(short, full)
    return folded


def _year(titles: Sequence[str], context: ListContext) -> Iterator[Finding]:
    """A title of an earlier round: last year's file with last year's people."""
    asked = re.search(r"20\d\d", context.campaign)
    if asked is None:
        return
    this = int(asked[0])
    folded = [fold(title) for title in titles]
    # A letter is dated today; what its list is called says of which round it is.
    of_lists = [title for title in folded if _NAMED_LIST.match(title)]
    years = {int(y) for title in of_lists for y in _years_in(title)}
    years = years or {int(y) for title in folded for y in _years_in(title)}
    if years & {this, this + 1} or not any(year < this for year in years):
        return
    facts = {"year": str(max(y for y in years if y < this)), "asked": str(this)}
    yield Finding(WHOLE_LIST, "", CHECK, "other_year_named", facts=facts)


def _years_in(title: str) -> list[str]:
    """The years a title gives: after `năm`, and in a title of a list or letter any; no terms of office, no laws."""
    bare = _TERM.sub(" ", title)
    return _YEAR.findall(bare) + (_BARE_YEAR.findall(bare) if _OF_THE_LIST.search(bare) else [])


_TERM = re.compile(
    r"\b(?:20\d\d (?:den )?20\d\d|\d{1,4} 20\d\d (?:nd|qd|tt|nq|qh|ttlt)\b|(?:nghi dinh|quyet dinh|nghi quyet|thong tu|luat|nhiem ky|giai doan).*)"
)
_NAMED_LIST = re.compile(r"(?:bieu |mau |phu luc )?(?:\S{1,4} )?danh sach\b")
_BARE_YEAR = re.compile(r"\b(20\d\d)\b")
_OF_THE_LIST = re.compile(
    r"\b(danh sach|dieu tra|khao sat|chi so|par index|cchc|kem theo|cap nhat)\b"
)


def _positions(lines: Sequence[Line], context: ListContext) -> Iterator[Finding]:
    """Heads of divisions, or staff, handed in as leaders of departments, bureaus or districts."""
    if "lanh dao" not in fold(context.kind_name) or len(lines) < 3:
        return
    subordinate = "department" not in context.required or "workplace" not in context.required
    unlikely = [
        line
        for line in lines
        if (position := fold(line.values.get("position", "")))
        and (_STAFF.match(position) or (subordinate and _OF_A_DIVISION.match(position)))
    ]
    if len(unlikely) * 10 >= len(lines) * 6:
        facts = {
            "people": len(unlikely),
            "listed": len(lines),
            "position": unlikely[0].values["position"],
            "own": context.kind_name,
        }
        yield Finding(WHOLE_LIST, "position", CHECK, "position_unlikely", facts=facts)


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
