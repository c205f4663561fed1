"""Is the frame sound before invitations go out? Overlaps, gaps and odd contacts over all units."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import ListKind, Unit
from surveyapp.respondents import queries
from surveyapp.respondents.models import Person, PersonEntry
from surveyapp.respondents.states import PersonState
from surveyapp.respondents.words.names import fold

# An address of so many people is an office mailbox, through which one person could answer for all.
MANY_BEHIND_ONE_CONTACT = 3
# Mobile numbers of colleagues are not consecutive; somebody who fills a column downwards writes such.
NUMBERS_IN_A_ROW = 5
# A department that so many of the provinces list is missed where a province does not.
USUAL_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class KindTotal:
    """One list kind over all units: lists asked for and approved, people against the plan."""

    kind: ListKind
    asked: int
    approved: int
    people: int
    planned: int


@dataclass(frozen=True, slots=True)
class Concern:
    """Something to look into. `code`: size, missing_department, no_head, shared_contact,
    numbers_in_a_row, in_two_units.
    """

    code: str
    units: tuple[Unit, ...]
    what: str
    n: int


def totals(db: Session, campaign_id: int) -> list[KindTotal]:
    """Lists and people per list kind, in the campaign's order."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    kinds: dict[int, ListKind] = {}
    for row in queries.expected(db, campaign_id):
        kinds[row.kind.id] = row.kind
        of_kind = counted[row.kind.id]
        of_kind["asked"] += 1
        of_kind["planned"] += row.planned
        if row.approved is not None:
            of_kind["approved"] += 1
            of_kind["people"] += row.approved.line_count
    ordered = sorted(kinds.values(), key=lambda kind: kind.position)
    return [
        KindTotal(k, c["asked"], c["approved"], c["people"], c["planned"])
        for k in ordered
        for c in (counted[k.id],)
    ]


def concerns(db: Session, campaign_id: int) -> list[Concern]:
    """Everything worth a call before invitations go out, by kind of concern and unit."""
    units = {unit.id: unit for unit in campaigns.units(db, campaign_id)}
    return [
        *_in_two_units(db, campaign_id, units),
        *_missing_departments(db, campaign_id, units),
        *_without_head(db, campaign_id, units),
        *_sizes(db, campaign_id),
        *_shared_contacts(db, campaign_id, units),
        *_numbers_in_a_row(db, campaign_id, units),
    ]


def _active(campaign_id: int) -> ColumnElement[bool]:
    return (Person.campaign_id == campaign_id) & (Person.state == PersonState.ACTIVE)


def _in_two_units(db: Session, campaign_id: int, units: dict[int, Unit]) -> Iterator[Concern]:
    """The same name with the same phone or address in two units: two invitations for one person."""
    named_by: dict[tuple[str, str], set[int]] = defaultdict(set)
    for contact in (Person.phone, Person.email):
        doubled = (
            select(Person.name_key, contact.label("contact"))
            .where(_active(campaign_id), contact != "")
            .group_by(Person.name_key, contact)
            .having(func.count(func.distinct(Person.unit_id)) > 1)
            .subquery()
        )
        rows = db.execute(
            select(Person.name_key, contact, Person.unit_id)
            .join(doubled, (doubled.c.name_key == Person.name_key) & (doubled.c.contact == contact))
            .where(_active(campaign_id))
        )
        for name_key, value, unit_id in rows:
            named_by[name_key, value].add(unit_id)
    # Phone and address often agree: the same name in the same units is one person.
    people = {(name_key, frozenset(ids)) for (name_key, _value), ids in named_by.items()}
    for unit_ids, n in Counter(ids for _name_key, ids in people).most_common():
        both = sorted((units[i] for i in unit_ids), key=lambda unit: unit.position)
        yield Concern("in_two_units", tuple(both), "", n)


def _missing_departments(
    db: Session, campaign_id: int, units: dict[int, Unit]
) -> Iterator[Concern]:
    """Departments that most provinces list and this one, which has listed others, does not."""
    listed: dict[int, set[int]] = defaultdict(set)
    for unit_id, department_id in db.execute(
        select(Person.unit_id, PersonEntry.department_id)
        .join(PersonEntry, PersonEntry.person_id == Person.id)
        .where(_active(campaign_id), PersonEntry.state == PersonState.ACTIVE)
        .where(PersonEntry.department_id.is_not(None))
        .distinct()
    ):
        listed[unit_id].add(department_id or 0)
    usual = Counter(
        department_id for departments in listed.values() for department_id in departments
    )
    for department in campaigns.departments(db, campaign_id):
        without = [u for u, departments in listed.items() if department.id not in departments]
        if without and usual[department.id] >= USUAL_SHARE * len(listed):
            lacking = sorted((units[u] for u in without), key=lambda unit: unit.position)
            yield Concern("missing_department", tuple(lacking), department.name_vi, len(without))


def _sizes(db: Session, campaign_id: int) -> Iterator[Concern]:
    """Approved lists of less than half or more than twice the people the plan expects."""
    for row in queries.expected(db, campaign_id):
        if row.approved is not None and row.planned:
            people = row.approved.line_count
            if not row.planned / 2 <= people <= row.planned * 2:
                yield Concern("size", (row.unit,), row.kind.name_vi, people)


def _shared_contacts(db: Session, campaign_id: int, units: dict[int, Unit]) -> Iterator[Concern]:
    """Units in which several people are reached only through one and the same contact."""
    for contact, other in ((Person.email, Person.phone), (Person.phone, Person.email)):
        many = (
            select(Person.unit_id, contact.label("contact"), func.count().label("n"))
            .where(_active(campaign_id), contact != "", or_(other == "", other.is_(None)))
            .group_by(Person.unit_id, contact)
            .having(func.count() >= MANY_BEHIND_ONE_CONTACT)
            .subquery()
        )
        rows: Sequence[tuple[int, int]] = [
            (unit_id, n)
            for unit_id, n in db.execute(
                select(many.c.unit_id, func.sum(many.c.n)).group_by(many.c.unit_id)
            )
        ]
        for unit_id, n in sorted(rows, key=lambda row: -row[1]):
            yield Concern("shared_contact", (units[unit_id],), contact.key, int(n))


def _without_head(db: Session, campaign_id: int, units: dict[int, Unit]) -> Iterator[Concern]:
    """Units that list only deputies of some department in the list of its leaders."""
    leaders = [
        kind.id
        for kind in campaigns.list_kinds(db, campaign_id)
        if "department" in kind.required and "workplace" not in kind.required
    ]
    headed: dict[int, dict[int, bool]] = defaultdict(dict)
    for unit_id, department_id, position in db.execute(
        select(Person.unit_id, PersonEntry.department_id, Person.position)
        .join(PersonEntry, PersonEntry.person_id == Person.id)
        .where(_active(campaign_id), PersonEntry.state == PersonState.ACTIVE)
        .where(PersonEntry.kind_id.in_(leaders), PersonEntry.department_id.is_not(None))
    ):
        department = int(department_id or 0)
        known = headed[unit_id].get(department, False)
        headed[unit_id][department] = known or not fold(position).startswith("pho ")
    for unit_id, departments in headed.items():
        without = sum(not is_headed for is_headed in departments.values())
        if without:
            yield Concern("no_head", (units[unit_id],), "", without)


def _numbers_in_a_row(db: Session, campaign_id: int, units: dict[int, Unit]) -> Iterator[Concern]:
    """Units with runs of consecutive mobile numbers."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for unit_id, phone in db.execute(
        select(Person.unit_id, Person.phone)
        .where(_active(campaign_id), Person.phone != "")
        .order_by(Person.unit_id, Person.phone)
    ):
        if phone.isdigit():
            numbers[unit_id].append(int(phone))
    for unit_id, phones in numbers.items():
        in_a_row = sum(run for run in _runs(phones) if run >= NUMBERS_IN_A_ROW)
        if in_a_row:
            yield Concern("numbers_in_a_row", (units[unit_id],), "phone", in_a_row)


def _runs(numbers: Sequence[int]) -> Iterator[int]:
    """Lengths of runs in which every number is the one before plus one."""
    length = 0
    for number, before in zip(numbers, [None, *numbers], strict=False):
        if before is not None and number == before + 1:
            length += 1
        else:
            yield length
            length = 1
    yield length
