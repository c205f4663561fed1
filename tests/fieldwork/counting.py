"""Counts for tests of what is built on them: forms sent and answered, without anybody behind them."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from surveyapp.assignments.count_deltas import Cell, Deltas
from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign

FADING = (20, 14, 9, 6, 4, 3, 2)
"""How many of a hundred answer on the days after the sending."""


def count(
    db: Session,
    campaign: Campaign,
    *,
    unit: str,
    group: str,
    forms: int,
    sent_on: date,
    answered: tuple[int, ...] = FADING,
    rated: str = "",
    channel: str = "email",
) -> None:
    """`forms` of a supplying unit and group, sent on a day, so many answered on each day from it on."""
    supplier = campaigns.unit(db, campaign.id, unit)
    rates = campaigns.unit(db, campaign.id, rated or unit)
    group_id = next(each.id for each in campaigns.groups(db, campaign.id) if each.code == group)
    cell = Cell(supplier.id, rates.id, group_id, 0, channel)
    for n, came in enumerate((0, *answered)):
        deltas = Deltas()
        if n == 0:
            deltas.add(cell, Disposition.SENT, forms)
        deltas.add(cell, Disposition.SENT, -came)
        deltas.add(cell, Disposition.SUBMITTED, came)
        deltas.write(db, campaign.id, today=sent_on + timedelta(days=max(n - 1, 0)))


def half_way(db: Session, campaign: Campaign, *, sent_on: date) -> None:
    """Two provinces and a ministry that answer differently, a week after the sending."""
    for unit, group, forms, answered in (
        ("01", "P1", 100, FADING),
        ("01", "P3", 300, (60, 40, 30, 20, 10, 5, 5)),
        ("46", "P1", 100, (5, 3, 2, 1, 1, 0, 0)),
        ("46", "P3", 300, (20, 10, 8, 5, 2, 1, 1)),
        ("BNV", "M1", 50, (15, 8, 5, 3, 1, 0, 0)),
    ):
        count(db, campaign, unit=unit, group=group, forms=forms, sent_on=sent_on, answered=answered)
