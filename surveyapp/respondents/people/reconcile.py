"""Who an approved list makes a person: matching with those already known, and removing one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.db import rows_changed
from surveyapp.respondents.errors import UnknownPerson
from surveyapp.respondents.models import ListLine, Person, PersonEntry
from surveyapp.respondents.people import form_counts
from surveyapp.respondents.people.matching import (
    KnownEntry,
    KnownPerson,
    PersonInPosition,
    UnitPeople,
)
from surveyapp.respondents.states import PersonState


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What an approved version changed: persons kept in the list, added to it, removed from it."""

    kept: int
    added: int
    removed: int


def known_people(db: Session, unit_id: int) -> UnitPeople:
    """Every person of the unit, removed ones too, with all entries."""
    people = {
        row.id: KnownPerson(
            id=row.id,
            name_key=row.name_key,
            full_name=row.full_name,
            position=row.position,
            workplace=row.workplace,
            email=row.email,
            phone=row.phone,
            active=row.state == PersonState.ACTIVE,
        )
        for row in db.execute(select(*Person.__table__.columns).where(Person.unit_id == unit_id))
    }
    if people:
        stored = db.execute(
            select(
                PersonEntry.id,
                PersonEntry.person_id,
                PersonEntry.kind_id,
                PersonEntry.department_id,
                PersonEntry.state,
            )
            .join(Person, Person.id == PersonEntry.person_id)
            .where(Person.unit_id == unit_id)
        )
        for row in stored:
            entry = KnownEntry(row.id, row.state == PersonState.ACTIVE)
            people[row.person_id].entries[row.kind_id, row.department_id] = entry
    return UnitPeople(people.values())


def places(db: Session, list_id: uuid.UUID) -> list[PersonInPosition]:
    """The lines of a list that stand, in the order of the sheet."""
    rows = db.execute(
        select(ListLine.line, ListLine.values, ListLine.name_key, ListLine.department_id)
        .where(ListLine.list_id == list_id, ListLine.left_out.is_(False))
        .order_by(ListLine.line)
    )
    return [
        PersonInPosition(
            line=row.line,
            name_key=row.name_key,
            full_name=row.values.get("full_name", ""),
            position=row.values.get("position", ""),
            workplace=row.values.get("workplace", ""),
            email=row.values.get("email", ""),
            phone=row.values.get("phone", ""),
            department_id=row.department_id,
            district=row.values.get("district", ""),
            association=row.values.get("association", ""),
        )
        for row in rows
    ]


def reconcile(
    db: Session,
    people: UnitPeople,
    unit: Unit,
    kind_id: int,
    *,
    list_id: uuid.UUID,
    lines: Sequence[PersonInPosition],
) -> Reconciled:
    """Make `lines` the unit's persons of this list kind; whoever is no longer named is removed.

    A person without any entry left is marked removed; issuing then revokes the invitation.
    """
    matched = people.match(kind_id, lines)
    before = {p.id for p in people.by_id.values() if _in_kind(p, kind_id)}
    entry_rows, entry_changes = _entries(matched, kind_id, list_id=list_id, lines=lines)
    for position in lines:
        matched[position.line].take_over(position)
    now_in = {person.id for person in matched.values()}
    kept_keys = {(matched[p.line].id, p.department_id) for p in lines}
    gone = _drop(people, kind_id, kept=kept_keys)
    entry_changes += [{"id": entry_id, "state": PersonState.REMOVED} for entry_id in gone]
    changed = [people.by_id[i] for i in before | now_in]
    _write_people(db, unit, changed)
    if entry_rows:
        db.execute(insert(PersonEntry), entry_rows)
    for keys in (("id", "state"), ("id", "state", "list_id", "line", "district", "association")):
        rows = [row for row in entry_changes if len(row) == len(keys)]
        if rows:
            db.execute(update(PersonEntry), rows)
    return Reconciled(len(before & now_in), len(now_in - before), len(before - now_in))


def _in_kind(person: KnownPerson, kind_id: int) -> bool:
    return any(kind == kind_id and e.active for (kind, _), e in person.entries.items())


def _entries(
    matched: dict[int, KnownPerson],
    kind_id: int,
    *,
    list_id: uuid.UUID,
    lines: Sequence[PersonInPosition],
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Entries to insert and stored ones to bring up to date. One per person and department."""
    fresh: list[dict[str, object]] = []
    stored: list[dict[str, object]] = []
    seen: set[tuple[uuid.UUID, int | None]] = set()
    for position in lines:
        person = matched[position.line]
        if (person.id, position.department_id) in seen:
            continue
        seen.add((person.id, position.department_id))
        row: dict[str, object] = {
            "state": PersonState.ACTIVE,
            "list_id": list_id,
            "line": position.line,
            "district": position.district,
            "association": position.association,
        }
        known = person.entries.get((kind_id, position.department_id))
        if known is not None:
            known.active = True
            stored.append({"id": known.id, **row})
            continue
        entry = KnownEntry(uuid.uuid4(), active=True)
        person.entries[kind_id, position.department_id] = entry
        where = {
            "person_id": person.id,
            "kind_id": kind_id,
            "department_id": position.department_id,
        }
        fresh.append({"id": entry.id, **where, **row})
    return fresh, stored


def _drop(
    people: UnitPeople, kind_id: int, *, kept: set[tuple[uuid.UUID, int | None]]
) -> list[uuid.UUID]:
    """Take away active entries of the kind that the new version no longer names."""
    gone = []
    for person in people.by_id.values():
        for (kind, department_id), entry in person.entries.items():
            if kind == kind_id and entry.active and (person.id, department_id) not in kept:
                entry.active = False
                gone.append(entry.id)
        if person.active and not any(entry.active for entry in person.entries.values()):
            person.active = False
    return gone


def _write_people(db: Session, unit: Unit, people: Sequence[KnownPerson]) -> None:
    fresh = [_row(person, unit) for person in people if not person.stored]
    stored = [_row(person, unit) for person in people if person.stored]
    if fresh:
        db.execute(insert(Person), fresh)
    if stored:
        db.execute(update(Person), stored)
    for person in people:
        person.stored = True


def _row(person: KnownPerson, unit: Unit) -> dict[str, object]:
    return {
        "id": person.id,
        "campaign_id": unit.campaign_id,
        "unit_id": unit.id,
        "full_name": person.full_name,
        "name_key": person.name_key,
        "position": person.position,
        "workplace": person.workplace,
        "email": person.email,
        "phone": person.phone,
        "state": PersonState.ACTIVE if person.active else PersonState.REMOVED,
    }


def remove_person(
    db: Session, person_id: uuid.UUID, *, unit: Unit, campaign: Campaign, reason: str, act: Act
) -> None:
    """Mark one person and all entries removed; issuing revokes what was not yet submitted.

    Raises `UnknownPerson` when the unit has no such active person.
    """
    changed = db.execute(
        update(Person)
        .where(
            Person.id == person_id, Person.unit_id == unit.id, Person.state == PersonState.ACTIVE
        )
        .values(state=PersonState.REMOVED)
    )
    if rows_changed(changed) != 1:
        raise UnknownPerson(person_id)
    db.execute(
        update(PersonEntry)
        .where(PersonEntry.person_id == person_id)
        .values(state=PersonState.REMOVED)
    )
    form_counts.recount(db, campaign.id, form_counts.lists_of(db, person_id))
    audit.record(
        db,
        act,
        Action.PERSON_REMOVED,
        campaign_code=campaign.code,
        unit_code=unit.code,
        facts={"person": str(person_id), "reason": reason},
    )
