"""What the overview shows of groups, supplying and rated units: the figures of `queries`, in three statements."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Date, Select, bindparam, literal_column, union_all
from sqlalchemy.orm import Session

from surveyapp.fieldwork import attention, planned, queries, snapshots
from surveyapp.fieldwork.attention import Concern
from surveyapp.fieldwork.queries import Figures
from surveyapp.fieldwork.rules import Counts
from surveyapp.fieldwork.where import Where

SIDES = ("group", "supplying", "rated")
_LATELY = "lately"
_EARLIER = bindparam("earlier", type_=Date)


@dataclass(frozen=True)
class Glance:
    """Figures by side and id, what changed since the day before, and what the supplying units need.

    Lists are counted by supplying unit alone: of groups and rated units the overview shows none.
    """

    figures: Mapping[str, Mapping[int, Figures]]
    since: Mapping[str, Mapping[int, Counts]]
    concerns: list[Concern]


def read(db: Session, campaign_id: int, *, day: date, until: date | None) -> Glance:
    """The figures of now, whose last day is `day`, or those of the end of `until`, the same as `day`."""
    then = None if until is None else snapshots.latest(db, campaign_id, until=until)
    wanted = _planned(db, campaign_id, then)
    forms = planned.forms(db, campaign_id, by=("supplying",), part=Where(), then=then)
    given = {"campaign": campaign_id, "until": until}
    counts = _by_side(db.execute(_counting(until is None), given).all())
    days = {"after": day - timedelta(days=1), "earlier": day - timedelta(days=attention.QUIET_DAYS)}
    since = _by_side(db.execute(_changing(until is None), {**given, **days}).all())
    lately = since.pop(_LATELY, {})
    figures = {
        side: {
            id_: Figures(
                wanted[side].get(id_),
                *(forms.get((id_,), (0, 0)) if side == "supplying" else (0, 0)),
                counts[side].get(id_, Counts()),
            )
            for id_ in {**wanted[side], **counts[side]}
        }
        for side in SIDES
    }
    concerns = attention.concerns(figures["supplying"], lately)
    return Glance(figures, {side: since[side] for side in SIDES}, concerns)


def _planned(db: Session, campaign_id: int, then: date | None) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {side: {} for side in SIDES}
    if then is None:
        for id_, n, side in db.execute(_planning(), {"campaign": campaign_id}):
            found[side][id_] = int(n)
        return found
    for side in SIDES:
        kept = planned.planned(db, campaign_id, by=(side,), part=Where(), then=then)
        found[side] = {id_: n for (id_,), n in kept.items()}
    return found


@lru_cache
def _planning() -> CompoundSelect[Any]:
    return _together(
        lambda side: planned.planning((side,), Where(), "rated" if side == "rated" else "supplying")
    )


@lru_cache
def _counting(is_now: bool) -> CompoundSelect[Any]:
    return _together(lambda side: queries.counting((side,), Where(), is_now))


@lru_cache
def _changing(is_open: bool) -> CompoundSelect[Any]:
    """Since the day before by every side, and lately by supplying unit."""
    lately = queries.changing(("supplying",), is_open, since=_EARLIER)
    return _together(lambda side: queries.changing((side,), is_open), (_LATELY, lately))


def _together(
    make: Callable[[str], Select[Any]], *more: tuple[str, Select[Any]]
) -> CompoundSelect[Any]:
    """The statements of all sides as one, each row ending in the name of its side."""
    every = [*((side, make(side)) for side in SIDES), *more]
    return union_all(
        *(statement.add_columns(literal_column(f"'{side}'")) for side, statement in every)
    )


def _by_side(rows: Iterable[Any]) -> dict[str, dict[int, Counts]]:
    found: dict[str, dict[int, dict[Any, int]]] = {side: defaultdict(dict) for side in SIDES}
    of = queries.DISPOSITION
    for id_, disposition, n, side in rows:
        found.setdefault(side, defaultdict(dict))[id_][of[disposition]] = int(n)
    return {
        side: {id_: Counts(counts) for id_, counts in things.items()}
        for side, things in found.items()
    }
