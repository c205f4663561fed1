"""What the overview shows of groups, supplying and rated units: the figures of `queries`, read cheaply."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from surveyapp.fieldwork.counts import attention, planned_forms, queries, totals_cache
from surveyapp.fieldwork.counts.attention import Concern
from surveyapp.fieldwork.counts.queries import DayFigures, Figures
from surveyapp.fieldwork.counts.scope import Where
from surveyapp.fieldwork.counts.totals_cache import SIDES
from surveyapp.fieldwork.forecast import snapshots
from surveyapp.fieldwork.rules import Counts


@dataclass(frozen=True)
class Glance:
    """Figures by side and id, what changed since the day before, the curve, and what units need.

    Lists are counted by supplying unit alone: of groups and rated units the overview shows none.
    """

    figures: Mapping[str, Mapping[int, Figures]]
    since: Mapping[str, Mapping[int, Counts]]
    points: list[DayFigures]
    concerns: list[Concern]


def read(db: Session, campaign_id: int, *, day: date, until: date | None) -> Glance:
    """The figures of now, whose last day is `day`, or those of the end of `until`, the same as `day`.

    Raises `NoSnapshot` for a session that is no `reading()`.
    """
    sums = totals_cache.sums(db, campaign_id, day=day, until=until)
    then = None if until is None else snapshots.latest(db, campaign_id, until=until)
    wanted = planned_forms.by_side(db, campaign_id, SIDES, then=then)
    forms = planned_forms.forms(db, campaign_id, by=("supplying",), part=Where(), then=then)
    listed = {"supplying": {key[0]: n for key, n in forms.items()}}
    figures = {
        side: {
            id_: Figures(
                wanted[side].get(id_),
                *listed.get(side, {}).get(id_, (0, 0)),
                sums.counts[side].get(id_, Counts()),
            )
            for id_ in {**wanted[side], **listed.get(side, {}), **sums.counts[side]}
        }
        for side in SIDES
    }
    return Glance(
        figures,
        sums.since,
        queries.accumulated(sums.days),
        attention.concerns(figures["supplying"], sums.lately),
    )
