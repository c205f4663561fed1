"""What the overview shows, now or at the end of a past day, read once and asked for by its pages and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from flask import g
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.documents.charts.curves import Ahead, CurvePoint
from surveyapp.fieldwork.counts import briefing, overview_figures, queries
from surveyapp.fieldwork.counts.attention import UnitConcern
from surveyapp.fieldwork.counts.briefing import Pace
from surveyapp.fieldwork.counts.queries import DayFigures, Figures
from surveyapp.fieldwork.forecast import snapshots
from surveyapp.fieldwork.models import SnapshotDay
from surveyapp.fieldwork.rules import Counts
from surveyapp.i18n import _
from surveyapp.web.centre.rates import selection
from surveyapp.web.centre.rates.selection import LEVELS, Registry, Selection
from surveyapp.web.parts.rate_table import RateRow, rate_rows

Changes = Mapping[int, Counts]


@dataclass(frozen=True)
class Overview:
    """Figures by group and unit, what changed since the day before, the days until then."""

    now: datetime
    until: date | None
    """The past day whose end is shown; None: live."""
    names: Registry
    figures: Mapping[str, Mapping[int, Figures]]
    since: Mapping[str, Changes]
    points: Sequence[DayFigures]
    kept: SnapshotDay | None
    """The forecast of the last night up to then."""
    concerns: Sequence[UnitConcern]

    @property
    def shown_day(self) -> date:
        """The day whose figures these are."""
        return self.until or clock.day(self.now)

    @property
    def when(self) -> str:
        """The moment they are true of, in words."""
        return selection.when(self.until, self.now)

    @cached_property
    def total(self) -> RateRow:
        """The whole campaign."""
        changed = sum(self.since["group"].values(), start=Counts())
        return RateRow(
            "", _("Cộng"), queries.total(self.figures["supplying"].values()), since=changed
        )

    def rows(self, dimension: str, kind: str = "") -> list[RateRow]:
        """Every group or unit (of a kind) with something to show, in the registry's order."""
        things = self.names.of(dimension)
        return [
            row
            for id_, row in self._made[dimension].items()
            if kind in ("", getattr(things[id_], "kind", ""))
        ]

    @cached_property
    def _made(self) -> dict[str, dict[int, RateRow]]:
        return {dimension: self._make(dimension) for dimension in self.figures}

    def _make(self, dimension: str) -> dict[int, RateRow]:
        def url(code: str) -> str:
            return selection.address(Selection(until=self.until).into(dimension, code))

        things = self.names.of(dimension)
        return rate_rows(things, self.figures[dimension], url=url, since=self.since[dimension])

    def levels(self) -> list[RateRow]:
        """Both levels, each the sum of its groups."""
        rows = []
        for level in LEVELS:
            ids = [id_ for id_, group in self.names.groups.items() if group.level == level]
            of_level = [self.figures["group"][id_] for id_ in ids if id_ in self.figures["group"]]
            changed = [self.since["group"].get(id_, Counts()) for id_ in ids]
            if of_level:
                url = selection.address(Selection(level=level, until=self.until))
                name, figures = selection.level_name(level), queries.total(of_level)
                rows.append(RateRow(level, name, figures, url, since=sum(changed, start=Counts())))
        return rows

    def pace(self) -> Pace:
        """How fast forms come and must come."""
        figures = self.total.figures
        return briefing.pace(
            self.points,
            target=figures.planned if figures else None,
            today=self.shown_day,
            opens=clock.day(g.campaign.opens_at),
            closes=clock.day(g.campaign.closes_at - timedelta(seconds=1)),
            is_off=g.campaign.is_day_off,
        )

    def submitted(self) -> list[CurvePoint]:
        """Submitted forms at the end of each day since the opening."""
        opens, closes = clock.day(g.campaign.opens_at), clock.day(g.campaign.closes_at)
        points = [CurvePoint(p.day, p.counts.submitted) for p in self.points if p.day >= opens]
        if not points and self.shown_day >= opens:
            counts = self.total.figures.counts if self.total.figures else Counts()
            points = [CurvePoint(min(self.shown_day, closes), counts.submitted)]
        return points

    def ahead(self) -> Ahead | None:
        """The forecast of the last night: made then, because it takes longer than this page may."""
        kept, closes = self.kept, clock.day(g.campaign.closes_at)
        if kept is None or kept.low is None or kept.high is None:
            return None
        then = [point.counts for point in self.points if point.day <= kept.day]
        if not then or self.shown_day >= closes:
            return None
        return Ahead(snapshots.path(kept), kept.low, kept.high)


def read(db: Session, *, now: datetime, until: date | None) -> Overview:
    """Where the campaign stands, live or at the end of `until`."""
    campaign = g.campaign.id
    read_figures = overview_figures.read(db, campaign, day=until or clock.day(now), until=until)
    return Overview(
        now,
        until,
        selection.registry(db, campaign, departments=False),
        read_figures.figures,
        read_figures.since,
        read_figures.points,
        snapshots.last_forecast(db, campaign, until=until),
        read_figures.concerns,
    )
