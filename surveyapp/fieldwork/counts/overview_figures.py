"""What the overview shows of groups, supplying and rated units: the figures of `queries`, read cheaply."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from surveyapp.fieldwork.counts import attention, planned_forms, queries, totals_cache
from surveyapp.fieldwork.counts.attention import UnitConcern
from surveyapp.fieldwork.counts.queries import DayFigures, Figures
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.fieldwork.counts.totals_cache import SIDES
from surveyapp.fieldwork.forecast import snapshots
from surveyapp.fieldwork.rules import Counts


@dataclass(frozen=True)
class OverviewFigures:
    """Figures by side and id, what changed since the day before, the curve, and what units need.

    Lists are counted by supplying unit alone: of groups and rated units the overview shows none.
    """

    figures: Mapping[str, Mapping[int, Figures]]
    since: Mapping[str, Mapping[int, Counts]]
    points: list[DayFigures]
    concerns: list[UnitConcern]


def read(db: Session, campaign_id: int, *, day: date, until: date | None) -> OverviewFigures:
    """The figures of now, whose last day is `day`, or those of the end of `until`, the same as `day`.

    Raises `NoSnapshot` for a session that is no `reading()`.
    """
    totals = totals_cache.totals(db, campaign_id, day=day, until=until)
    then = None if until is None else snapshots.latest(db, campaign_id, until=until)
    planned = planned_forms.by_side(db, campaign_id, SIDES, then=then)
    forms = planned_forms.forms(db, campaign_id, by=("supplying",), part=Scope(), then=then)
    listed = {"supplying": {key[0]: n for key, n in forms.items()}}
    figures = {
        side: queries.joined(planned[side], listed.get(side, {}), totals.counts[side])
        for side in SIDES
    }
    return OverviewFigures(
        figures,
        totals.since,
        queries.accumulated(totals.days),
        attention.concerns(figures["supplying"], totals.lately),
    )
