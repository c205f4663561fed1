"""What a unit is told about its own answering: counts by group, department, channel and reason, never a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from surveyapp.assignments.rules import CHANNELS, INVITED, Disposition
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.fieldwork.counts.small_cells import hidden_rows
from surveyapp.fieldwork.labels import channel_name, disposition_name
from surveyapp.i18n import _, locale


@dataclass(frozen=True)
class UnitLine:
    """Forms asked for and submitted of one part; None where they are hidden."""

    name: str
    invited: int | None
    submitted: int | None


@dataclass(frozen=True)
class UnitFigures:
    """One unit's figures at the end of `until`."""

    until: date
    total: Figures
    groups: Sequence[UnitLine]
    departments: Sequence[UnitLine]
    channels: Sequence[UnitLine]
    reasons: Sequence[tuple[str, int | None]]
    """Why forms are not submitted, by disposition; the count is None where it is hidden."""
    least: int
    """The campaign's `table_minimum`."""

    @property
    def is_shown(self) -> bool:
        """Whether enough forms were asked for to say anything."""
        return self.total.counts.invited >= self.least

    @property
    def outstanding(self) -> int:
        """Forms asked for and not submitted, whatever the reason."""
        return self.total.counts.invited - self.total.counts.submitted


def gather(db: Session, campaign: Campaign, unit: Unit, *, until: date) -> UnitFigures:
    """The unit's figures, with small cells hidden as `small_cells` says."""
    where, least = Scope(supplying=unit.id), campaign.table_minimum
    by_group = queries.figures(db, campaign.id, by=("group",), where=where, until=until)
    by_department = queries.figures(db, campaign.id, by=("department",), where=where, until=until)
    total = queries.total(by_group.values())
    groups = {
        f"{each.code}. {_name(each)}": by_group[each.id,]
        for each in campaigns.groups(db, campaign.id)
        if (each.id,) in by_group
    }
    departments = {
        _name(each): by_department[each.id,]
        for each in campaigns.departments(db, campaign.id)
        if (each.id,) in by_department
    }
    if departments and (0,) in by_department:
        departments[_("Không gắn với sở, ban, ngành")] = by_department[0,]
    return UnitFigures(
        until,
        total,
        _lines(_pairs(groups), least),
        sorted(_lines(_pairs(departments), least), key=_share),
        _lines(_pairs(_by_channel(db, campaign.id, where, until)), least),
        _reasons(total, least),
        least,
    )


def _name(thing: object) -> str:
    return str(getattr(thing, "name_en" if locale() == "en" else "name_vi"))


def _pairs(rows: Mapping[str, Figures]) -> dict[str, tuple[int, int]]:
    pairs = {name: (row.counts.invited, row.counts.submitted) for name, row in rows.items()}
    return {name: pair for name, pair in pairs.items() if pair[0]}


def _lines(pairs: Mapping[str, tuple[int, int]], least: int) -> list[UnitLine]:
    invited = {name: asked for name, (asked, _submitted) in pairs.items()}
    away = hidden_rows(invited, least=least)
    return [
        UnitLine(name, *((None, None) if name in away else pair)) for name, pair in pairs.items()
    ]


def _share(line: UnitLine) -> float:
    return 2.0 if not line.invited else (line.submitted or 0) / line.invited


def _reasons(total: Figures, least: int) -> list[tuple[str, int | None]]:
    counts = {
        d: total.counts.of({d}) for d in Disposition if d in INVITED - {Disposition.SUBMITTED}
    }
    some = {d: n for d, n in counts.items() if n}
    away = hidden_rows(some, least=least)
    return [(disposition_name(d), None if d in away else n) for d, n in some.items()]


def _by_channel(db: Session, campaign_id: int, where: Scope, until: date) -> dict[str, Figures]:
    """Figures by what took the link to the person."""
    by_channel = queries.figures(db, campaign_id, by=("channel",), where=where, until=until)
    return {channel_name(code): by_channel[code,] for code in CHANNELS if (code,) in by_channel}
