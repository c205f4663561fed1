"""What the other packages and the screens ask about a campaign."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from surveyapp.campaigns.errors import UnknownCampaign, UnknownUnit
from surveyapp.campaigns.models import (
    Campaign,
    Department,
    ExpectedList,
    ListKind,
    Rating,
    RespondentGroup,
    SamplePlan,
    Unit,
)
from surveyapp.campaigns.models import Instrument as FrozenFile
from surveyapp.db import Executes, reading
from surveyapp.instruments.model import Instrument


def campaigns(db: Session) -> Sequence[Campaign]:
    """Every campaign, the latest year first."""
    return db.scalars(select(Campaign).order_by(Campaign.year.desc(), Campaign.code)).all()


def unit_counts(db: Session) -> dict[int, int]:
    """How many units each campaign has, by its id: how wide a round it is."""
    rows = db.execute(select(Unit.campaign_id, func.count()).group_by(Unit.campaign_id))
    return {row[0]: row[1] for row in rows}


def campaign(db: Session, code: str) -> Campaign:
    """The campaign with this code; raises `UnknownCampaign`."""
    campaign_row = db.scalar(select(Campaign).where(Campaign.code == code))
    if campaign_row is None:
        raise UnknownCampaign(code)
    return campaign_row


def read_as(values: tuple[Any, ...]) -> Campaign:
    """A campaign of the values of its columns, in their order: to be read, never changed or stored.

    Kept per process and given again while the values are the same, for each page reads them.
    """
    held = _read.get(values[0])
    if held is None or held[0] != values:
        names = (column.name for column in Campaign.__table__.c)
        held = _read[values[0]] = (values, Campaign(**dict(zip(names, values, strict=True))))
    return held[1]


def read_raw(values: tuple[Any, ...], convert: Callable[[], tuple[Any, ...]]) -> Campaign:
    """The same of values as a driver gave them; `convert` makes Python's of them where they are new."""
    held = _raw.get(values[0])
    if held is None or held[0] != values:
        held = _raw[values[0]] = (values, read_as(convert()))
    return held[1]


_read: dict[int, tuple[tuple[Any, ...], Campaign]] = {}
_raw: dict[int, tuple[tuple[Any, ...], Campaign]] = {}


def units(db: Session, campaign_id: int, *, kind: str | None = None) -> Sequence[Unit]:
    """The campaign's ministries and provinces in the registry's order, or one kind of them."""
    query = select(Unit).where(Unit.campaign_id == campaign_id).order_by(Unit.position)
    return db.scalars(query.where(Unit.kind == kind) if kind else query).all()


def unit(db: Session, campaign_id: int, code: str) -> Unit:
    """The unit with this code; raises `UnknownUnit`."""
    unit_row = db.scalar(select(Unit).where(Unit.campaign_id == campaign_id, Unit.code == code))
    if unit_row is None:
        raise UnknownUnit(code)
    return unit_row


def departments(db: Session, campaign_id: int) -> Sequence[Department]:
    """The kinds of provincial department, in the registry's order."""
    query = select(Department).where(Department.campaign_id == campaign_id)
    return db.scalars(query.order_by(Department.position)).all()


def groups(db: Session, campaign_id: int) -> Sequence[RespondentGroup]:
    """The respondent groups in the campaign's order, which decides between duplicates."""
    query = select(RespondentGroup).where(RespondentGroup.campaign_id == campaign_id)
    return db.scalars(query.order_by(RespondentGroup.position)).all()


def list_kinds(db: Session, campaign_id: int, *, supplier: str | None = None) -> Sequence[ListKind]:
    """The kinds of list, in the campaign's order; those of ministries or of provinces only."""
    query = select(ListKind).where(ListKind.campaign_id == campaign_id)
    query = query.where(ListKind.supplier == supplier) if supplier else query
    return db.scalars(query.order_by(ListKind.position)).all()


def expected_lists(db: Session, campaign_id: int) -> list[tuple[Unit, ListKind]]:
    """Every list that is asked for, by unit and then by kind."""
    rows = db.execute(
        select(Unit, ListKind)
        .join(ExpectedList, ExpectedList.unit_id == Unit.id)
        .join(ListKind, ListKind.id == ExpectedList.kind_id)
        .where(Unit.campaign_id == campaign_id)
        .order_by(Unit.position, ListKind.position)
    )
    return [(unit, kind) for unit, kind in rows]


def expected_kinds(db: Session, unit_id: int) -> Sequence[ListKind]:
    """The kinds of list one unit is asked for, in the campaign's order."""
    return db.scalars(
        select(ListKind)
        .join(ExpectedList, ExpectedList.kind_id == ListKind.id)
        .where(ExpectedList.unit_id == unit_id)
        .order_by(ListKind.position)
    ).all()


def groups_by_department(db: Session, unit_id: int, kind_id: int) -> dict[int, frozenset[int]]:
    """The groups that people of each department (0: none) in one list of one unit belong to."""
    rows = db.execute(
        select(Rating.department_id, Rating.group_id).where(
            Rating.supplying_unit_id == unit_id, Rating.kind_id == kind_id
        )
    )
    groups: dict[int, set[int]] = {}
    for department_id, group_id in rows:
        groups.setdefault(department_id, set()).add(group_id)
    return {department_id: frozenset(groups) for department_id, groups in groups.items()}


def kinds_rating_their_supplier(db: Session, campaign_id: int) -> frozenset[int]:
    """The kinds of list whose people rate the very unit that names them, most or all of them."""
    return frozenset(
        db.scalars(
            select(Rating.kind_id)
            .join(ListKind, ListKind.id == Rating.kind_id)
            .where(
                ListKind.campaign_id == campaign_id,
                Rating.rated_unit_id == Rating.supplying_unit_id,
            )
            .distinct()
        )
    )


def plan(db: Session, campaign_id: int, *, side: str) -> dict[tuple[int, int], int]:
    """Planned forms by (group id, unit id), seen from `side`: `supplying` or `rated`."""
    rows = db.execute(
        select(SamplePlan.group_id, SamplePlan.unit_id, SamplePlan.planned)
        .join(RespondentGroup, RespondentGroup.id == SamplePlan.group_id)
        .where(RespondentGroup.campaign_id == campaign_id, SamplePlan.side == side)
    )
    return {(row.group_id, row.unit_id): row.planned for row in rows}


def instrument(db: Executes, instrument_id: int, *, sha256: str | None = None) -> Instrument:
    """The frozen instrument; parsed once per process, however many pages are made from it.

    Whoever has read its `sha256` in this transaction gives it and saves a question to the database.
    """
    digest = sha256 or db.execute(_DIGEST, {"instrument": instrument_id}).scalar_one()
    known = _parsed.get(digest)
    if known is None:
        content = db.execute(_CONTENT, {"instrument": instrument_id}).scalar_one()
        known = _parsed[digest] = Instrument.from_json(content)
    return known


def frozen(instrument_id: int, sha256: str) -> Instrument:
    """The instrument of this digest: without a question to the database where this process has it."""
    known = _parsed.get(sha256)
    if known is None:
        with reading() as db:
            known = instrument(db, instrument_id, sha256=sha256)
    return known


def instruments(db: Executes, campaign_id: int) -> dict[int, Instrument]:
    """Every instrument of the campaign by its id."""
    rows = db.execute(_OF_CAMPAIGN, {"campaign": campaign_id}).all()
    return {id_: instrument(db, id_, sha256=sha256) for id_, sha256 in rows}


_DIGEST = select(FrozenFile.sha256).where(FrozenFile.id == bindparam("instrument"))
_CONTENT = select(FrozenFile.content).where(FrozenFile.id == bindparam("instrument"))
_OF_CAMPAIGN = (
    select(FrozenFile.id, FrozenFile.sha256)
    .where(FrozenFile.campaign_id == bindparam("campaign"))
    .order_by(FrozenFile.code)
)
_parsed: dict[str, Instrument] = {}
