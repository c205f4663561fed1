"""Totals of the kept counts, cached by each process until the next fold: only what waits is read again.

The kept tables change in a fold alone, and every fold leaves a version that no other leaves. Totals cached
under the version read in the same snapshot as the waiting changes are therefore right, whoever folded, in
whichever process.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, literal_column, select, union_all
from sqlalchemy.orm import Session

from surveyapp.db import is_snapshot
from surveyapp.fieldwork.counts import attention, totals_sql
from surveyapp.fieldwork.counts.queries import DISPOSITION
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.fieldwork.errors import NoSnapshot
from surveyapp.fieldwork.models import FoldVersion
from surveyapp.fieldwork.rules import Counts

SIDES = ("group", "supplying", "rated")
STATES = 16
"""How many are cached: of few campaigns, now and at the end of past days that somebody looks at."""

Id = TypeVar("Id", int, date)
_BySide = Mapping[str, Mapping[int, Counts]]


@dataclass(frozen=True)
class Totals:
    """Counts by side and id; changes since the day before, of supplying units lately, and of each day."""

    counts: _BySide
    since: _BySide
    lately: Mapping[int, Counts]
    days: Mapping[date, Counts]


_cache: OrderedDict[tuple[UUID, date, date | None], Totals] = OrderedDict()
_lock = Lock()


def totals(db: Session, campaign_id: int, *, day: date, until: date | None) -> Totals:
    """The totals of now, whose last day is `day`, or of the end of `until`, the same as `day`.

    Raises `NoSnapshot` for a session that is no `reading()`: the statements must tell of one moment.
    """
    if not is_snapshot(db):
        raise NoSnapshot
    version = db.scalar(select(FoldVersion.version).where(FoldVersion.campaign_id == campaign_id))
    with _lock:
        kept = _cache.get((version, day, until)) if version is not None else None
    if kept is None:
        kept = _read(db, campaign_id, day, until)
        if version is not None:
            _cache_totals((version, day, until), kept)
    given = {"campaign": campaign_id, "until": until}
    return _with_waiting(kept, db.execute(_waiting(until is None), given).all(), day)


def _cache_totals(key: tuple[UUID, date, date | None], kept: Totals) -> None:
    with _lock:
        _cache[key] = kept
        while len(_cache) > STATES:
            _cache.popitem(last=False)


def _read(db: Session, campaign_id: int, day: date, until: date | None) -> Totals:
    """From the kept tables alone."""
    given = {"campaign": campaign_id, "until": until}
    read: dict[str, dict[int, dict[Any, int]]] = defaultdict(lambda: defaultdict(dict))
    yesterday = {**given, "after": day - timedelta(days=1)}
    recently = {**given, "after": day - timedelta(days=attention.quiet_window(day))}
    for statement, values in (
        (_standing(until is None), given),
        (_since(until is None), yesterday),
        (_lately(until is None), recently),
    ):
        for name, id_, disposition, n in db.execute(statement, values).all():
            read[name][id_][DISPOSITION[disposition]] = int(n)
    days: dict[date, dict[Any, int]] = defaultdict(dict)
    for each, disposition, n in db.execute(_days(until is None), given).all():
        days[each][DISPOSITION[disposition]] = int(n)
    return Totals(
        {side: _as_counts(read[f"now {side}"]) for side in SIDES},
        {side: _as_counts(read[f"since {side}"]) for side in SIDES},
        _as_counts(read["lately"]),
        _as_counts(days),
    )


def _with_waiting(kept: Totals, rows: Any, day: date) -> Totals:
    """The totals with the changes added that no fold has seen."""
    if not rows:
        return kept
    more: dict[str, dict[Any, dict[Any, int]]] = defaultdict(lambda: defaultdict(dict))
    for *ids, on, disposition, n in rows:
        age = (day - on).days
        touched = [(f"now {side}", id_) for side, id_ in zip(SIDES, ids, strict=True)]
        if age < 1:
            touched += [(f"since {side}", id_) for side, id_ in zip(SIDES, ids, strict=True)]
        if age < attention.quiet_window(day):
            touched.append(("lately", ids[1]))
        for name, key in (*touched, ("day", on)):
            counts = more[name][key]
            counts[DISPOSITION[disposition]] = counts.get(DISPOSITION[disposition], 0) + int(n)
    return Totals(
        {side: _added(kept.counts[side], more[f"now {side}"]) for side in SIDES},
        {side: _added(kept.since[side], more[f"since {side}"]) for side in SIDES},
        _added(kept.lately, more["lately"]),
        _added(kept.days, more["day"]),
    )


def _added(kept: Mapping[Id, Counts], more: Mapping[Id, dict[Any, int]]) -> dict[Id, Counts]:
    """As the database adds up: nothing that comes to 0 stays."""
    changed = {key: kept.get(key, Counts()) + Counts(counts) for key, counts in more.items()}
    left = {
        key: Counts({d: n for d, n in counts.by_disposition.items() if n})
        for key, counts in changed.items()
    }
    return {key: counts for key, counts in {**kept, **left}.items() if counts.by_disposition}


def _as_counts(numbers: Mapping[Id, dict[Any, int]]) -> dict[Id, Counts]:
    return {key: Counts(counts) for key, counts in numbers.items()}


@lru_cache
def _standing(is_now: bool) -> CompoundSelect[Any]:
    return union_all(
        *(
            _named(f"now {side}", totals_sql.standing((side,), Scope(), is_now=is_now), side)
            for side in SIDES
        )
    )


@lru_cache
def _since(is_open: bool) -> CompoundSelect[Any]:
    return union_all(
        *(
            _named(f"since {side}", [totals_sql.changing((side,), Scope(), is_open=is_open)], side)
            for side in SIDES
        )
    )


@lru_cache
def _lately(is_open: bool) -> Select[Any]:
    kept = totals_sql.changing(("supplying",), Scope(), is_open=is_open)
    return _named("lately", [kept], "supplying")


@lru_cache
def _days(is_open: bool) -> Select[Any]:
    kept = totals_sql.changing(("day",), Scope(), is_open=is_open, is_whole=True)
    return totals_sql.summed([kept], ("day",))


@lru_cache
def _waiting(is_open: bool) -> Select[Any]:
    by = (*SIDES, "day")
    return totals_sql.summed([totals_sql.waiting(by, Scope(), is_open=is_open)], by)


def _named(name: str, parts: list[Select[Any]], side: str) -> Select[Any]:
    summed = totals_sql.summed(parts, (side,)).subquery()
    return select(literal_column(f"'{name}'"), *summed.c)
