"""The statements that add up kept counts and waiting changes: made once, of tables and not of entities,
which takes half the time. What differs from call to call is given as `campaign`, `after` and `until`."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    bindparam,
    func,
    select,
    union_all,
)

from surveyapp.assignments.models import CountDelta
from surveyapp.fieldwork.counts.planned_forms import CAMPAIGN
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.fieldwork.models import ROLLUPS, CountDay, CountTotal

COLUMN = {
    "group": "group_id",
    "supplying": "supplying_unit_id",
    "rated": "rated_unit_id",
    "department": "department_id",
    "channel": "channel",
    "day": "day",
}
_AFTER: BindParameter[date] = bindparam("after", type_=Date)
_UNTIL: BindParameter[date] = bindparam("until", type_=Date)
_KEPT, _DAYS, _WAITING = CountTotal.__table__.c, CountDay.__table__.c, CountDelta.__table__.c
By = tuple[str, ...]


def standing(by: By, part: Scope, *, is_now: bool) -> list[Select[Any]]:
    """What stands in the kept tables now, or (unless `is_now`) at the end of `until`: to be summed."""
    parts = [_kept(_KEPT, _KEPT.n, by, part)]
    if not is_now:
        # The past is the present less what came after: near days touch few rows, whatever the size.
        parts.append(_kept(_DAYS, -_DAYS.change, by, part).where(_DAYS.day > _UNTIL))
    return parts


def changing(by: By, part: Scope, *, is_open: bool, is_whole: bool = False) -> Select[Any]:
    """Kept changes after the end of `after` (`is_whole`: all), up to that of `until` unless it `is_open`."""
    statement = _kept(_DAYS, _DAYS.change, by, part)
    statement = statement if is_whole else statement.where(_DAYS.day > _AFTER)
    return statement if is_open else statement.where(_DAYS.day <= _UNTIL)


def waiting(by: By, part: Scope, *, is_open: bool, is_whole: bool = True) -> Select[Any]:
    """Changes not folded yet, chosen as in `changing`."""
    columns = [_WAITING[COLUMN[name]] for name in by]
    statement = select(*columns, _WAITING.disposition, _WAITING.change.label("change")).where(
        *_filters(_WAITING, part)
    )
    statement = statement if is_whole else statement.where(_WAITING.day > _AFTER)
    return statement if is_open else statement.where(_WAITING.day <= _UNTIL)


def summed(parts: Sequence[Select[Any]], by: By) -> Select[Any]:
    """The parts as one: (what `by` names, disposition, sum), where that is not 0."""
    every = union_all(*parts).subquery()
    keys = [every.c[COLUMN[name]] for name in by]
    n = func.sum(every.c.change)
    statement = select(*keys, every.c.disposition, n).group_by(*keys, every.c.disposition)
    return statement.having(n != 0)


@lru_cache(maxsize=256)
def counted(by: By, part: Scope, is_now: bool) -> Select[Any]:
    """Kept and waiting together, now or at the end of `until`."""
    return summed([*standing(by, part, is_now=is_now), waiting(by, part, is_open=is_now)], by)


@lru_cache(maxsize=64)
def changed(by: By, is_open: bool) -> Select[Any]:
    """Kept and waiting changes after the end of `after`, up to that of `until` unless it `is_open`."""
    kept = changing(by, Scope(), is_open=is_open)
    return summed([kept, waiting(by, Scope(), is_open=is_open, is_whole=False)], by)


@lru_cache(maxsize=256)
def by_day(part: Scope, is_open: bool) -> Select[Any]:
    """Every day's changes, up to the end of `until` unless it `is_open`."""
    kept = changing(("day",), part, is_open=is_open, is_whole=True)
    return summed([kept, waiting(("day",), part, is_open=is_open)], ("day",))


def _rollup(by: By, part: Scope) -> str:
    """The smallest roll-up that keeps apart all that is asked about."""
    used = {COLUMN[name] for name in (*by, *part.dimensions)} - {"day"}
    return next(name for name, kept in ROLLUPS.items() if used <= set(kept))


def _filters(table: Any, part: Scope) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = [table.campaign_id == CAMPAIGN]
    if part.groups is not None:
        tests.append(table.group_id.in_(part.groups))
    tests += [
        table[COLUMN[name]] == getattr(part, name)
        for name in ("supplying", "rated", "department", "channel")
        if getattr(part, name) is not None
    ]
    return tests


def _kept(table: Any, change: Any, by: By, part: Scope) -> Select[Any]:
    columns = [table[COLUMN[name]] for name in by]
    return select(*columns, table.disposition, change.label("change")).where(
        table.rollup == _rollup(by, part), *_filters(table, part)
    )
