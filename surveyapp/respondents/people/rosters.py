"""Approved persons for the packages that invite and count them."""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Department, ListKind, Rating, RespondentGroup, Unit
from surveyapp.respondents.models import ListLine, Person, PersonEntry, RespondentList
from surveyapp.respondents.states import HANDED_IN, PersonState

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A person's place in one list kind."""

    kind_id: int
    kind_code: str
    department_id: int | None
    district: str
    association: str
    list_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Roster:
    """A person with all active entries."""

    person_id: uuid.UUID
    unit_id: int
    entries: tuple[RosterEntry, ...]


@dataclass(frozen=True, slots=True)
class PersonContact:
    """How to address and reach a person."""

    person_id: uuid.UUID
    unit_id: int
    full_name: str
    position: str
    workplace: str
    email: str
    phone: str


class Workplace(NamedTuple):
    """Where a list says that somebody works; empty where it does not."""

    department_vi: str = ""
    department_en: str = ""
    district: str = ""
    association: str = ""


class FormCell(NamedTuple):
    """Where forms are counted: ids; `department_id` 0 where a form has none."""

    group_id: int
    supplying_unit_id: int
    rated_unit_id: int
    department_id: int


def full_names(db: Session, campaign_id: int) -> Iterator[str]:
    """Every name that a list of the campaign ever brought, as it is kept."""
    return iter(db.scalars(select(Person.full_name).where(Person.campaign_id == campaign_id)))


def persons_to_invite(db: Session, campaign_id: int) -> Iterator[Roster]:
    """Every active person with her active entries, unit by unit in the registry's order."""
    rows = db.execute(
        select(
            Person.id.label("person_id"),
            Person.unit_id,
            PersonEntry.kind_id,
            ListKind.code.label("kind_code"),
            PersonEntry.department_id,
            PersonEntry.district,
            PersonEntry.association,
            PersonEntry.list_id,
        )
        .join(PersonEntry, PersonEntry.person_id == Person.id)
        .join(ListKind, ListKind.id == PersonEntry.kind_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(
            Person.campaign_id == campaign_id,
            Person.state == PersonState.ACTIVE,
            PersonEntry.state == PersonState.ACTIVE,
        )
        .order_by(Unit.position, Person.id, ListKind.position, PersonEntry.line)
        .execution_options(yield_per=_BATCH)
    )
    for (person_id, unit_id), entries in groupby(rows, key=lambda r: (r.person_id, r.unit_id)):
        yield Roster(person_id, unit_id, tuple(RosterEntry(*entry[2:]) for entry in entries))


def removed_persons(db: Session, campaign_id: int) -> Iterator[uuid.UUID]:
    """Persons no list names any more, or who were removed by hand."""
    yield from db.scalars(
        select(Person.id)
        .where(Person.campaign_id == campaign_id, Person.state == PersonState.REMOVED)
        .execution_options(yield_per=_BATCH)
    )


def contacts(db: Session, person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PersonContact]:
    """Names and contacts of these persons, removed ones too."""
    by_person: dict[uuid.UUID, PersonContact] = {}
    for batch in _batches(person_ids):
        rows = db.execute(
            select(
                Person.id,
                Person.unit_id,
                Person.full_name,
                Person.position,
                Person.workplace,
                Person.email,
                Person.phone,
            ).where(Person.id.in_(batch))
        )
        by_person |= {row.id: PersonContact(*row) for row in rows}
    return by_person


def places(db: Session, person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Workplace]:
    """Where these persons work by their lists: of several active entries, what the first says of each."""
    by_person: dict[uuid.UUID, Workplace] = {}
    for batch in _batches(person_ids):
        rows = db.execute(
            select(
                PersonEntry.person_id,
                Department.name_vi,
                Department.name_en,
                PersonEntry.district,
                PersonEntry.association,
            )
            .join(ListKind, ListKind.id == PersonEntry.kind_id)
            .outerjoin(Department, Department.id == PersonEntry.department_id)
            .where(
                PersonEntry.person_id.in_(batch),
                PersonEntry.state == PersonState.ACTIVE,
            )
            .order_by(PersonEntry.person_id, ListKind.position, PersonEntry.line)
        )
        for person_id, *said in rows:
            before = by_person.get(person_id, Workplace())
            by_person[person_id] = Workplace(
                *(old or new or "" for old, new in zip(before, said, strict=True))
            )
    return by_person


def _batches(person_ids: Collection[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    """A thousand ids at a time: a statement takes only so many."""
    ids = list(person_ids)
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def approved_forms(db: Session, campaign_id: int) -> dict[FormCell, int]:
    """Forms that the approved persons are due, per cell: one per entry and group it yields."""
    return forms_per_cell(
        db,
        campaign_id,
        select(
            Person.unit_id, PersonEntry.kind_id, PersonEntry.department_id, func.count().label("n")
        )
        .join(PersonEntry, PersonEntry.person_id == Person.id)
        .where(
            Person.campaign_id == campaign_id,
            Person.state == PersonState.ACTIVE,
            PersonEntry.state == PersonState.ACTIVE,
        )
        .group_by(Person.unit_id, PersonEntry.kind_id, PersonEntry.department_id),
    )


def listed_forms(db: Session, campaign_id: int) -> dict[FormCell, int]:
    """Forms of the people in the latest handed-in version of every list, approved or not yet."""
    latest = (
        select(
            RespondentList.unit_id,
            RespondentList.kind_id,
            func.max(RespondentList.version).label("version"),
        )
        .where(
            RespondentList.campaign_id == campaign_id,
            RespondentList.state.in_(HANDED_IN),
        )
        .group_by(RespondentList.unit_id, RespondentList.kind_id)
        .subquery()
    )
    return forms_per_cell(
        db,
        campaign_id,
        select(
            RespondentList.unit_id,
            RespondentList.kind_id,
            ListLine.department_id,
            func.count().label("n"),
        )
        .join(
            latest,
            (latest.c.unit_id == RespondentList.unit_id)
            & (latest.c.kind_id == RespondentList.kind_id)
            & (latest.c.version == RespondentList.version),
        )
        .join(ListLine, ListLine.list_id == RespondentList.id)
        .where(ListLine.left_out.is_(False))
        .group_by(RespondentList.unit_id, RespondentList.kind_id, ListLine.department_id),
    )


def forms_per_cell(
    db: Session, campaign_id: int, counted: Select[int, int, int | None, int]
) -> dict[FormCell, int]:
    """Forms per cell from people `counted` as (unit, list kind, department, how many)."""
    people = counted.subquery()
    forms = db.execute(
        select(
            Rating.group_id,
            people.c.unit_id,
            Rating.rated_unit_id,
            Rating.department_id,
            func.sum(people.c.n),
        )
        .join(
            Rating,
            (Rating.supplying_unit_id == people.c.unit_id)
            & (Rating.kind_id == people.c.kind_id)
            & (Rating.department_id == func.coalesce(people.c.department_id, 0)),
        )
        .join(RespondentGroup, RespondentGroup.id == Rating.group_id)
        .where(RespondentGroup.campaign_id == campaign_id)
        .group_by(Rating.group_id, people.c.unit_id, Rating.rated_unit_id, Rating.department_id)
    )
    return {FormCell(*cell): int(n) for *cell, n in forms}
