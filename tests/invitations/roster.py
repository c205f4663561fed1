"""People on approved lists, written straight into the tables so that each test says only what it needs."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from surveyapp.assignments.models import Assignment, CountDelta
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign, RespondentGroup, Unit
from surveyapp.invitations import service
from surveyapp.invitations.models import Invitation
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import Person, PersonEntry, RespondentList
from surveyapp.respondents.words.names import name_key
from tests import factories

__all__ = ["Roster", "issue_all", "opened"]


def opened(db: Session, now: datetime) -> Campaign:
    """The tiny campaign, taking answers at `now`; its box is not looked at here."""
    campaign = factories.campaign(db, now)
    campaign.box_public_key = campaign.box_public_key or b"a box key of the tests"
    campaign.state = "open"
    db.flush()
    return campaign


class Roster:
    """Approved lists of one campaign."""

    def __init__(self, db: Session, campaign: Campaign) -> None:
        self.db, self.campaign = db, campaign
        self.units = {unit.code: unit.id for unit in campaigns.units(db, campaign.id)}
        self.kinds = {kind.code: kind.id for kind in campaigns.list_kinds(db, campaign.id)}
        self.departments = {d.code: d.id for d in campaigns.departments(db, campaign.id)}
        self.lists: dict[tuple[str, str], uuid.UUID] = {}

    def person(self, unit: str, name: str = "Nguyễn Văn An", **contact: str) -> uuid.UUID:
        id_ = uuid.uuid4()
        self.db.execute(
            insert(Person).values(
                id=id_,
                campaign_id=self.campaign.id,
                unit_id=self.units[unit],
                full_name=name,
                name_key=name_key(name),
                position="Trưởng phòng",
                workplace="",
                email=contact.get("email", "an@donvi.example.vn"),
                phone=contact.get("phone", "0912000000"),
                state="active",
            )
        )
        return id_

    def enter(self, person: uuid.UUID, unit: str, kind: str, department: str | None = None) -> None:
        self.db.execute(
            insert(PersonEntry).values(
                id=uuid.uuid4(),
                person_id=person,
                kind_id=self.kinds[kind],
                list_id=self._list(unit, kind),
                line=1,
                department_id=self.departments[department] if department else None,
                district="",
                association="",
                state="active",
            )
        )

    def named(self, unit: str, kind: str, department: str | None = None, **who: str) -> uuid.UUID:
        """A person with one entry."""
        person = self.person(unit, **who)
        self.enter(person, unit, kind, department)
        return person

    def crowd(self, unit: str, kind: str, contacts: Sequence[tuple[str, str, str]]) -> None:
        """Many people with one entry each, by (name, e-mail, phone), in two statements."""
        first = self.named(unit, kind, name=contacts[0][0])
        one = select(Person.__table__).where(Person.id == first)
        person = dict(self.db.execute(one).one()._mapping)
        one = select(PersonEntry.__table__).where(PersonEntry.person_id == first)
        entry = dict(self.db.execute(one).one()._mapping)
        ids = [uuid.uuid4() for _ in contacts]
        people = [
            {**person, "id": id_, "full_name": name, "name_key": name_key(name)}
            | {"email": email, "phone": phone}
            for id_, (name, email, phone) in zip(ids, contacts, strict=True)
        ]
        self.db.execute(insert(Person), people)
        entries = [{**entry, "id": uuid.uuid4(), "person_id": id_} for id_ in ids]
        self.db.execute(insert(PersonEntry), entries)
        self.db.execute(delete(PersonEntry).where(PersonEntry.person_id == first))
        self.db.execute(delete(Person).where(Person.id == first))

    def drop(self, person: uuid.UUID, kind: str | None = None) -> None:
        """A later list version no longer names the person, in one kind or in any."""
        gone = update(PersonEntry).where(PersonEntry.person_id == person)
        if kind is None:
            self.db.execute(update(Person).where(Person.id == person).values(state="removed"))
        else:
            gone = gone.where(PersonEntry.kind_id == self.kinds[kind])
        self.db.execute(gone.values(state="removed"))

    def _list(self, unit: str, kind: str) -> uuid.UUID:
        if (unit, kind) not in self.lists:
            id_ = self.lists[unit, kind] = uuid.uuid4()
            self.db.add(
                RespondentList(
                    id=id_,
                    campaign_id=self.campaign.id,
                    unit_id=self.units[unit],
                    kind_id=self.kinds[kind],
                    version=1,
                    state="approved",
                    file_name="danh-sach.xlsx",
                    file_sha256="0" * 64,
                    file=b"",
                    understanding={},
                    line_count=0,
                    must_count=0,
                    check_count=0,
                    staged_by="desk",
                    staged_at=self.campaign.loaded_at,
                )
            )
            self.db.flush()
        return self.lists[unit, kind]

    def forms(self, person: uuid.UUID) -> dict[tuple[str, str], str]:
        """(group, rated unit) → disposition of the person's assignments."""
        rows = self.db.execute(
            select(RespondentGroup.code, Unit.code, Assignment.disposition)
            .select_from(Assignment)
            .join(Invitation, Invitation.id == Assignment.invitation_id)
            .join(RespondentGroup, RespondentGroup.id == Assignment.group_id)
            .join(Unit, Unit.id == Assignment.rated_unit_id)
            .where(Invitation.person_id == person)
            .order_by(Assignment.number)
        )
        return {(group, unit): disposition for group, unit, disposition in rows}

    def invitation(self, person: uuid.UUID) -> Invitation | None:
        self.db.expire_all()
        return self.db.scalar(select(Invitation).where(Invitation.person_id == person))


def issue_all(
    db: Session, campaign: Campaign, keys: KeyRing, now: datetime, limit: int = 500
) -> int:
    """Issue until nothing remains; the number of batches that did something."""
    batches = 0
    while True:
        progress = service.issue(db, campaign, keys=keys, now=now, limit=limit)
        if not progress.done:
            assert progress.remaining == 0
            return batches
        batches += 1
        assert batches < 100


def counted(db: Session) -> dict[tuple[int, int, int, int, str, str], int]:
    """What the deltas add up to, cell by cell, without zeros."""
    columns = (
        "supplying_unit_id",
        "rated_unit_id",
        "group_id",
        "department_id",
        "channel",
        "disposition",
    )
    rows = db.execute(
        select(
            *(getattr(CountDelta, name) for name in columns), func.sum(CountDelta.change)
        ).group_by(*(getattr(CountDelta, name) for name in columns))
    )
    return {tuple(cell): int(n) for *cell, n in rows if n}


def standing(db: Session) -> dict[tuple[int, int, int, int, str, str], int]:
    """The same, counted over the assignments themselves."""
    columns = (
        Assignment.supplying_unit_id,
        Assignment.rated_unit_id,
        Assignment.group_id,
        func.coalesce(Assignment.department_id, 0),
        Assignment.channel,
        Assignment.disposition,
    )
    rows = db.execute(select(*columns, func.count()).group_by(*columns))
    return {tuple(cell): n for *cell, n in rows}
