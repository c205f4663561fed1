"""Which part of the campaign a page of rates is about, read from its address, and the names of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import g, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from surveyapp.assignments.rules import CHANNELS
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Department, RespondentGroup, Unit
from surveyapp.fieldwork import labels
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.i18n import _, day, moment
from surveyapp.web.http.frame import unit_name as name_of
from surveyapp.web.parts.dates import read_day

LEVELS = ("ministry", "province")
DIMENSIONS = ("group", "supplying", "rated", "department", "channel")


@dataclass(frozen=True)
class NamedChannel:
    """What takes links to people, named as units and groups are."""

    code: str
    name_vi: str
    name_en: str


Named = Unit | RespondentGroup | Department | NamedChannel


@dataclass(frozen=True)
class Registry:
    """The campaign's units, groups and departments by id, in their order."""

    units: Mapping[int, Unit]
    groups: Mapping[int, RespondentGroup]
    departments: Mapping[int, Department]

    def of(self, dimension: str) -> Mapping[Any, Named]:
        """What the ids of a dimension stand for."""
        if dimension == "channel":
            return channels()
        if dimension == "group":
            return self.groups
        return self.departments if dimension == "department" else self.units


def channels() -> dict[str, NamedChannel]:
    """Every channel by its code, in the language of the moment under both names."""
    names = {code: labels.channel_name(code) for code in CHANNELS}
    return {code: NamedChannel(code, name, name) for code, name in names.items()}


def registry(db: Session, campaign_id: int, *, departments: bool = True) -> Registry:
    """Everything rates are told by; without `departments` for a page that tells nothing by them."""
    return Registry(
        {unit.id: unit for unit in campaigns.units(db, campaign_id)},
        {group.id: group for group in campaigns.groups(db, campaign_id)},
        {each.id: each for each in campaigns.departments(db, campaign_id)} if departments else {},
    )


@dataclass(frozen=True)
class Selection:
    """What the page shows (`by`) of which part; the parts by code, empty for all."""

    by: str = "group"
    level: str = ""
    group: str = ""
    supplying: str = ""
    rated: str = ""
    department: str = ""
    channel: str = ""
    until: date | None = None

    def arguments(self) -> dict[str, str]:
        """The part of the address that says it."""
        given = {name: getattr(self, name) for name in ("by", "level", *DIMENSIONS)}
        if self.until is not None:
            given["until"] = self.until.isoformat()
        return {name: value for name, value in given.items() if value}

    def where(self, names: Registry) -> Scope:
        """The same as ids. A code the campaign does not have leaves nothing, not everything."""
        return Scope(
            groups=self._groups(names),
            supplying=_id(names.units, self.supplying),
            rated=_id(names.units, self.rated),
            department=_id(names.departments, self.department),
            channel=self.channel or None,
        )

    def _groups(self, names: Registry) -> frozenset[int] | None:
        if not self.level and not self.group:
            return None
        return frozenset(
            each.id
            for each in names.groups.values()
            if self.level in ("", each.level) and self.group in ("", each.code)
        )

    def into(self, dimension: str, code: str) -> "Selection":
        """One row of the table opened: narrowed to it and shown by the next dimension."""
        following = {
            "group": "supplying",
            "supplying": "group" if self.group == "" else "department",
            "rated": "group" if self.group == "" else "supplying",
            "department": "group" if self.supplying else "supplying",
            "channel": "group" if self.group == "" else "supplying",
        }
        narrowed = {**self.__dict__, dimension: code, "by": following[dimension]}
        return Selection(**narrowed)

    @property
    def has_plan(self) -> bool:
        """Plans and lists are made before anyone is written to: by channel there are none."""
        return self.by != "channel" and not self.channel

    def is_open(self, dimension: str) -> bool:
        """The dimension is not narrowed to one value yet, so a table by it says something."""
        return not getattr(self, dimension)


def read_selection(arguments: MultiDict[str, str], *, today: date) -> Selection:
    """The selection an address asks for; what makes no sense is as if it were not said."""
    by, level = arguments.get("by", ""), arguments.get("level", "")
    return Selection(
        by=by if by in DIMENSIONS else "group",
        level=level if level in LEVELS else "",
        group=arguments.get("group", "")[:40],
        supplying=arguments.get("supplying", "")[:40],
        rated=arguments.get("rated", "")[:40],
        department=arguments.get("department", "")[:40],
        channel=arguments.get("channel", "")[:40],
        until=past_day(arguments, today=today),
    )


def past_day(arguments: MultiDict[str, str], *, today: date) -> date | None:
    """The day before today that an address asks to be shown again; None for the present."""
    until = read_day(arguments.get("until", ""))
    return until if until is not None and until < today else None


def when(until: date | None, now: datetime) -> str:
    """The moment figures are true of, in words: the end of a past day, or now."""
    return moment(now) if until is None else _("hết ngày %(day)s", day=day(until))


def _id(things: Mapping[Any, Named], code: str) -> Any:
    if not code:
        return None
    return next((id_ for id_, thing in things.items() if thing.code == code), -1)


def level_name(level: str) -> str:
    """A level in words."""
    return {"ministry": _("Cấp bộ"), "province": _("Cấp tỉnh")}[level]


def dimension_name(dimension: str) -> str:
    """What the rows of a table by `dimension` are."""
    return {
        "group": _("Nhóm đối tượng"),
        "supplying": _("Đơn vị lập danh sách"),
        "rated": _("Đơn vị được đánh giá"),
        "department": _("Sở, ban, ngành"),
        "channel": _("Kênh gửi"),
    }[dimension]


def chosen(selection: Selection, names: Registry) -> list[tuple[str, str, str]]:
    """What the part is narrowed to: (what, which, the address without it)."""
    narrowed: list[tuple[str, str, str]] = []
    if selection.level:
        url = address(replace(selection, level=""))
        narrowed.append((_("Cấp"), level_name(selection.level), url))
    for dimension in DIMENSIONS:
        code = getattr(selection, dimension)
        if code:
            id_ = _id(names.of(dimension), code)
            thing = names.of(dimension).get(id_ or -1)
            called = name_of(thing) if thing is not None else code
            freed = {**selection.__dict__, dimension: "", "by": dimension}
            narrowed.append((dimension_name(dimension), called, address(Selection(**freed))))
    return narrowed


def address(selection: Selection, endpoint: str = "centre.rates", **more: str) -> str:
    """The address of a page about the selection."""
    # A page has two hundred of these, and building each from the routes costs a tenth of it.
    routes: dict[tuple[str, ...], str] = g.setdefault("routes_of_rates", {})
    key = (endpoint, *more.values())
    if key not in routes:
        routes[key] = url_for(endpoint, **more)  # type: ignore[arg-type]  # only values of the route
    given = selection.arguments()
    return f"{routes[key]}?{_encoded(tuple(given.items()))}" if given else routes[key]


@lru_cache(maxsize=8192)
def _encoded(given: tuple[tuple[str, str], ...]) -> str:
    return urlencode(given)
