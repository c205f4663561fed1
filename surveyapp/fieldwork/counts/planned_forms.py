"""What plan and lists ask for: planned, listed and approved forms by any dimension but the channel."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Integer,
    Select,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import RespondentGroup, SamplePlan
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.fieldwork.forecast import snapshots
from surveyapp.respondents.models import ListForms, RespondentList
from surveyapp.respondents.states import HANDED_IN, ListState

CAMPAIGN: BindParameter[int] = bindparam("campaign", type_=Integer)
Key = tuple[Any, ...]
_lists, _forms = RespondentList.__table__.c, ListForms.__table__.c
_plan, _groups = SamplePlan.__table__.c, RespondentGroup.__table__.c


def planned(
    db: Session, campaign_id: int, *, by: tuple[str, ...], part: Scope, then: date | None
) -> dict[Key, int]:
    """Planned forms keyed by the dimensions `by`, now or as kept on the day `then`.

    A plan has groups and one side, supplying or rated units: anything finer has no plan.
    """
    used = {*by, *part.dimensions}
    side = "rated" if "rated" in used else "supplying"
    if not used <= {"group", side}:
        return {}
    if then is not None:
        return dict(snapshots.planned_then(db, campaign_id, by, part, side=side, until=then))
    rows = db.execute(_planning(by, part, side), {"campaign": campaign_id})
    return {tuple(key): int(n) for *key, n in rows}


def by_side(
    db: Session, campaign_id: int, sides: tuple[str, ...], *, then: date | None
) -> dict[str, dict[int, int]]:
    """As `planned` by each of `sides` (`group`, `supplying`, `rated`), in one statement where it can be."""
    if then is not None:
        kept = {
            side: planned(db, campaign_id, by=(side,), part=Scope(), then=then) for side in sides
        }
        return {side: {key[0]: n for key, n in of.items()} for side, of in kept.items()}
    forms: dict[str, dict[int, int]] = {side: {} for side in sides}
    for side, id_, n in db.execute(_planning_sides(sides), {"campaign": campaign_id}):
        forms[side][id_] = int(n)
    return forms


@lru_cache
def _planning_sides(sides: tuple[str, ...]) -> CompoundSelect[Any]:
    made = {
        side: _planning((side,), Scope(), "rated" if side == "rated" else "supplying").subquery()
        for side in sides
    }
    return union_all(*(select(literal_column(f"'{side}'"), *of.c) for side, of in made.items()))


@lru_cache(maxsize=256)
def _planning(by: tuple[str, ...], part: Scope, side: str) -> Select[Any]:
    """The statement of `planned` for the present; takes the campaign's id as `campaign`."""
    column: dict[str, Any] = {"group": _plan.group_id, side: _plan.unit_id}
    keys: list[Any] = [column[name] for name in by]
    statement = (
        select(*keys, func.sum(_plan.planned))
        .join(RespondentGroup.__table__, _groups.id == _plan.group_id)
        .where(_groups.campaign_id == CAMPAIGN, _plan.side == side)
        .group_by(*(keys or [literal(0)]))
    )
    if part.groups is not None:
        statement = statement.where(_plan.group_id.in_(part.groups))
    unit = part.rated if side == "rated" else part.supplying
    return statement if unit is None else statement.where(_plan.unit_id == unit)


def forms(
    db: Session, campaign_id: int, *, by: tuple[str, ...], part: Scope, then: date | None
) -> dict[Key, tuple[int, int]]:
    """Forms that handed-in and approved lists yield, keyed by the dimensions `by`, now or as kept `then`.

    Listed are those of a unit's latest version that was handed in, approved those of the version
    approved last.
    """
    if then is not None:
        past = snapshots.forms_then(db, campaign_id, by, part, until=then)
        return {key: (listed, approved) for key, listed, approved in past}
    rows = db.execute(_listing(by, part), {"campaign": campaign_id})
    return {tuple(key): (int(listed), int(approved)) for *key, listed, approved in rows}


@lru_cache(maxsize=256)
def _listing(by: tuple[str, ...], part: Scope) -> Select[Any]:
    latest = (
        select(_lists.unit_id, _lists.kind_id, func.max(_lists.version).label("version"))
        .where(
            _lists.campaign_id == CAMPAIGN,
            _lists.state.in_(HANDED_IN),
        )
        .group_by(_lists.unit_id, _lists.kind_id)
        .subquery()
    )
    is_latest = _lists.version == latest.c.version
    is_approved = _lists.state == ListState.APPROVED
    cells = _cells_of_lists(by, part)
    keys = [_lists.unit_id if name == "supplying" else cells.c[name] for name in by]
    return (
        select(
            *keys,
            func.sum(case((is_latest, cells.c.listed), else_=0)),
            func.sum(case((is_approved, cells.c.approved), else_=0)),
        )
        .join(RespondentList.__table__, _lists.id == cells.c.list_id)
        .join(latest, (latest.c.unit_id == _lists.unit_id) & (latest.c.kind_id == _lists.kind_id))
        .where(_lists.campaign_id == CAMPAIGN, is_latest | is_approved)
        .group_by(*(keys or [literal(0)]))
    )


def _cells_of_lists(by: tuple[str, ...], part: Scope) -> Any:
    """The kept forms of every list, summed up first: a list has dozens of cells, in the key's order."""
    column = {
        "group": _forms.group_id,
        "rated": _forms.rated_unit_id,
        "department": _forms.department_id,
    }
    counting = select(_lists.id).where(_lists.campaign_id == CAMPAIGN, _lists.state.in_(HANDED_IN))
    if part.supplying is not None:
        counting = counting.where(_lists.unit_id == part.supplying)
    statement = (
        select(
            _forms.list_id,
            *(column[name].label(name) for name in by if name in column),
            func.sum(_forms.listed).label("listed"),
            func.sum(_forms.approved).label("approved"),
        )
        .where(_forms.list_id.in_(counting))
        .group_by(_forms.list_id, *(column[name] for name in by if name in column))
    )
    if part.groups is not None:
        statement = statement.where(_forms.group_id.in_(part.groups))
    for name in ("rated", "department"):
        if (key := getattr(part, name)) is not None:
            statement = statement.where(column[name] == key)
    return statement.subquery()
