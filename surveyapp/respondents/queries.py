"""What the screens and the other packages ask about lists and persons."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session, undefer

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign, Department, ListKind, Unit
from surveyapp.respondents.context import DepartmentEntry, GroupEntry, ListContext, several
from surveyapp.respondents.errors import UnknownList
from surveyapp.respondents.models import Headcount, ListLine, Person, PersonEntry, RespondentList
from surveyapp.respondents.people import person_search
from surveyapp.respondents.people.rosters import (
    FormCell,
    PersonContact,
    Roster,
    RosterEntry,
    approved_forms,
    contacts,
    listed_forms,
    persons_to_invite,
    places,
    removed_persons,
)
from surveyapp.respondents.reading.sheet_reading import WorkbookReading
from surveyapp.respondents.states import CURRENT, ListState, PersonState
from surveyapp.respondents.words.names import fold

__all__ = [
    "FormCell",
    "PersonContact",
    "Roster",
    "RosterEntry",
    "approved_forms",
    "contacts",
    "listed_forms",
    "persons_to_invite",
    "places",
    "removed_persons",
]

PAGE = 25
_MOST_LEARNED = 500


def list_context(db: Session, campaign: Campaign, unit: Unit, kind: ListKind) -> ListContext:
    """What the reader and the rules must know about one list of one unit."""
    units = campaigns.units(db, campaign.id)
    forms = campaigns.plan(db, campaign.id, side="supplying")
    groups = {g.code: g.id for g in campaigns.groups(db, campaign.id)}
    group_codes = {id_: code for code, id_ in groups.items()}
    yielded = campaigns.groups_by_department(db, unit.id, kind.id)
    codes = {u.id: u.code for u in units}
    return ListContext(
        campaign=campaign.code,
        unit=unit.code,
        unit_kind=unit.kind,
        unit_name=unit.name_vi,
        kind=kind.code,
        kind_name=kind.name_vi,
        required=tuple(kind.required),
        optional=tuple(kind.optional),
        departments=tuple(
            DepartmentEntry(
                d.code,
                d.name_vi,
                codes[d.rated_unit_id] if d.rated_unit_id else None,
                d.rates_province,
                frozenset(group_codes[g] for g in yielded.get(d.id, ())),
            )
            for d in campaigns.departments(db, campaign.id)
        ),
        planned=_planned(forms, groups, unit, kind) or None,
        groups=tuple(kind.groups),
        other_units=tuple(u.name_vi for u in units if u.id != unit.id and u.kind == unit.kind),
        other_kinds=tuple(
            (k.code, k.name_vi)
            for k in campaigns.list_kinds(db, campaign.id, supplier=unit.kind)
            if k.id != kind.id
        ),
        declared=declared_headcount(db, unit_id=unit.id, kind_id=kind.id),
        several_groups=several(
            GroupEntry(g.code, g.name_vi)
            for g in campaigns.groups(db, campaign.id)
            if g.code in kind.groups
        ),
        learned=_learned_departments(db, unit.id) if "department" in kind.required else (),
    )


def _learned_departments(db: Session, unit_id: int) -> tuple[tuple[str, str], ...]:
    """The unit's own spellings of departments, folded, each with the code that its desk once put in its place.

    From versions that it handed in: what is still being mended is no lesson yet.
    """
    rows = db.execute(
        select(ListLine.cells, ListLine.mends, Department.code)
        .join(RespondentList, RespondentList.id == ListLine.list_id)
        .join(Department, Department.id == ListLine.department_id)
        .where(
            RespondentList.unit_id == unit_id,
            RespondentList.accepted_at.is_not(None),
            ListLine.left_out.is_(False),
            cast(ListLine.mends, String).like('%"department"%'),
        )
        .order_by(RespondentList.version.desc(), ListLine.line)
        .limit(_MOST_LEARNED)
    )
    departments: dict[str, str] = {}
    for cells, mends, code in rows:
        written = fold(cells.get("department", ""))
        if written and mends.get("department"):
            departments.setdefault(written, code)
    return tuple(sorted(departments.items()))


def declared_headcount(db: Session, *, unit_id: int, kind_id: int) -> int | None:
    """How many people of this kind the unit says it has."""
    stored = db.get(Headcount, (unit_id, kind_id))
    return stored.declared if stored else None


def planned(db: Session, campaign_id: int) -> dict[tuple[int, int], int]:
    """People to expect by (unit id, list kind id), from the plan's forms."""
    forms = campaigns.plan(db, campaign_id, side="supplying")
    groups = {g.code: g.id for g in campaigns.groups(db, campaign_id)}
    return {
        (unit.id, kind.id): _planned(forms, groups, unit, kind)
        for unit, kind in campaigns.expected_lists(db, campaign_id)
    }


def _planned(
    forms: Mapping[tuple[int, int], int], groups: Mapping[str, int], unit: Unit, kind: ListKind
) -> int:
    # One person of the list fills in one form of each group, so the largest group tells the people.
    return max((forms.get((groups[code], unit.id), 0) for code in kind.groups), default=0)


@dataclass(frozen=True, slots=True)
class Expected:
    """A list that a unit is asked for and what stands of it.

    `current` is the latest version that counts, `approved` the one whose lines are persons now,
    `handed_in` the one that the centre has: approved, or confirmed after that. Whatever the desk is
    still at leaves it standing.
    """

    unit: Unit
    kind: ListKind
    planned: int
    current: RespondentList | None
    approved: RespondentList | None
    handed_in: RespondentList | None

    @property
    def state(self) -> str:
        """`missing`, `nobody`, or the state of the current version."""
        if self.current is None:
            return "missing"
        if not self.current.file_sha256 and self.current.state != ListState.RETURNED:
            return "nobody"
        return self.current.state

    @property
    def is_handed_in(self) -> bool:
        """Whether the centre has it: approved once, or waiting, or declared to be empty."""
        return self.handed_in is not None

    @property
    def is_being_replaced(self) -> bool:
        """Whether a newer version that the desk has not confirmed lies beside the one handed in."""
        return self.handed_in is not None and self.current is not self.handed_in


def expected(db: Session, campaign_id: int, *, unit_id: int | None = None) -> list[Expected]:
    """Every list that is asked for (of one unit), in the registry's and the campaign's order."""
    query = select(RespondentList).where(
        RespondentList.campaign_id == campaign_id, RespondentList.state.in_(CURRENT)
    )
    if unit_id is not None:
        query = query.where(RespondentList.unit_id == unit_id)
    current: dict[tuple[int, int], RespondentList] = {}
    approved: dict[tuple[int, int], RespondentList] = {}
    handed_in: dict[tuple[int, int], RespondentList] = {}
    for respondent_list in db.scalars(query.order_by(RespondentList.version)):
        current[respondent_list.unit_id, respondent_list.kind_id] = respondent_list
        if respondent_list.state == ListState.APPROVED:
            approved[respondent_list.unit_id, respondent_list.kind_id] = respondent_list
        if respondent_list.is_handed_in:
            handed_in[respondent_list.unit_id, respondent_list.kind_id] = respondent_list
    people = planned(db, campaign_id)
    return [
        Expected(
            unit,
            kind,
            people[unit.id, kind.id],
            current.get((unit.id, kind.id)),
            approved.get((unit.id, kind.id)),
            handed_in.get((unit.id, kind.id)),
        )
        for unit, kind in campaigns.expected_lists(db, campaign_id)
        if unit_id in (None, unit.id)
    ]


def one_list(
    db: Session, list_id: uuid.UUID, *, campaign_id: int, unit_id: int | None = None
) -> tuple[RespondentList, ListKind, Unit]:
    """The list with its kind and unit; raises `UnknownList` also for another unit's."""
    query = (
        select(RespondentList, ListKind, Unit)
        .join(ListKind, ListKind.id == RespondentList.kind_id)
        .join(Unit, Unit.id == RespondentList.unit_id)
        .where(RespondentList.id == list_id, RespondentList.campaign_id == campaign_id)
    )
    if unit_id is not None:
        query = query.where(RespondentList.unit_id == unit_id)
    row = db.execute(query).one_or_none()
    if row is None:
        raise UnknownList(list_id)
    return row[0], row[1], row[2]


def versions(db: Session, *, unit_id: int, kind_id: int) -> Sequence[RespondentList]:
    """All versions of one list, the latest first."""
    return db.scalars(
        select(RespondentList)
        .where(RespondentList.unit_id == unit_id, RespondentList.kind_id == kind_id)
        .order_by(RespondentList.version.desc())
    ).all()


def remembered_reading(db: Session, *, unit_id: int, kind_id: int) -> WorkbookReading | None:
    """How the unit's coordinator last corrected the reading of this list, if ever."""
    stored = db.scalars(
        select(RespondentList.understanding)
        .where(RespondentList.unit_id == unit_id, RespondentList.kind_id == kind_id)
        .order_by(RespondentList.version.desc())
    )
    corrected = next((reading for reading in stored if reading.get("corrected")), None)
    return WorkbookReading.from_json(corrected) if corrected else None


def last_reading(db: Session, *, unit_id: int, kind_id: int) -> WorkbookReading | None:
    """How the unit's latest file of this list that was not dropped was read."""
    stored = db.scalar(
        select(RespondentList.understanding)
        .where(
            RespondentList.unit_id == unit_id,
            RespondentList.kind_id == kind_id,
            RespondentList.file_sha256 != "",
            RespondentList.state != ListState.WITHDRAWN,
        )
        .order_by(RespondentList.version.desc())
        .limit(1)
    )
    return WorkbookReading.from_json(stored) if stored and stored.get("sheet") else None


def original(db: Session, list_id: uuid.UUID, *, unit_id: int) -> RespondentList:
    """The list with the file as it was sent; raises `UnknownList`."""
    respondent_list = db.scalar(
        select(RespondentList)
        .where(RespondentList.id == list_id, RespondentList.unit_id == unit_id)
        .options(undefer(RespondentList.file))
    )
    if respondent_list is None:
        raise UnknownList(list_id)
    return respondent_list


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person of a unit's approved lists, as the unit itself wrote her down."""

    person_id: uuid.UUID
    full_name: str
    position: str
    workplace: str
    email: str
    phone: str
    kinds: tuple[str, ...]


def people(
    db: Session, *, unit_id: int, search: str = "", kind_id: int | None = None, page: int = 1
) -> tuple[list[ListedPerson], int]:
    """One page of a unit's approved people by name, and how many there are."""
    query = select(Person).where(Person.unit_id == unit_id, Person.state == PersonState.ACTIVE)
    if search.strip():
        at = Person.workplace.icontains(search.strip(), autoescape=True)
        query = query.where(or_(person_search.matches(search), at))
    if kind_id is not None:
        entries = select(PersonEntry.person_id).where(
            PersonEntry.kind_id == kind_id, PersonEntry.state == PersonState.ACTIVE
        )
        query = query.where(Person.id.in_(entries))
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    persons = db.scalars(
        query.order_by(Person.name_key, Person.id).limit(PAGE).offset((max(page, 1) - 1) * PAGE)
    ).all()
    kinds: dict[uuid.UUID, list[str]] = {person.id: [] for person in persons}
    for person_id, code in db.execute(
        select(PersonEntry.person_id, ListKind.code)
        .join(ListKind, ListKind.id == PersonEntry.kind_id)
        .where(PersonEntry.person_id.in_(kinds), PersonEntry.state == PersonState.ACTIVE)
        .order_by(ListKind.position)
    ):
        kinds[person_id] += [code] if code not in kinds[person_id] else []
    return [
        ListedPerson(
            p.id, p.full_name, p.position, p.workplace, p.email, p.phone, tuple(kinds[p.id])
        )
        for p in persons
    ], total
