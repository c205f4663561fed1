"""Which known person each line of a list is (pure)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

EntryKey = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class PersonInPosition:
    """One line of a list as it will stand: a person in a position."""

    line: int
    name_key: str
    full_name: str
    position: str
    workplace: str
    email: str
    phone: str
    department_id: int | None
    district: str
    association: str


@dataclass(slots=True)
class KnownEntry:
    """A stored entry of a known person."""

    id: uuid.UUID
    active: bool


@dataclass(slots=True)
class KnownPerson:
    """A person of the unit, stored or about to be, with the entries by list kind and department."""

    id: uuid.UUID
    name_key: str
    full_name: str
    position: str
    workplace: str
    email: str
    phone: str
    active: bool
    stored: bool = True
    entries: dict[EntryKey, KnownEntry] = field(default_factory=dict)

    def shares_contact(self, position: PersonInPosition) -> bool:
        """The same phone; or the same e-mail, unless two phones say that it is an office mailbox."""
        if self.phone and self.phone == position.phone:
            return True
        if not self.email or self.email.lower() != position.email.lower():
            return False
        return not (self.phone and position.phone) or self.position == position.position

    def holds(self, kind_id: int, position: PersonInPosition) -> bool:
        """The same position in the same department (or workplace) of the same list kind."""
        entry = self.entries.get((kind_id, position.department_id))
        same_position = self.position == position.position and self.workplace == position.workplace
        return entry is not None and entry.active and same_position

    def take_over(self, position: PersonInPosition) -> None:
        """What the newer list says counts; what it leaves out stays."""
        self.full_name = position.full_name
        self.name_key = position.name_key
        self.position = position.position or self.position
        self.workplace = position.workplace or self.workplace
        self.email = position.email or self.email
        self.phone = position.phone or self.phone
        self.active = True


class UnitPeople:
    """All persons of one unit in memory while lists of the unit are approved."""

    def __init__(self, people: Iterable[KnownPerson]) -> None:
        self.by_name: dict[str, list[KnownPerson]] = defaultdict(list)
        self.by_id: dict[uuid.UUID, KnownPerson] = {}
        for person in people:
            self._add(person)

    def _add(self, person: KnownPerson) -> None:
        self.by_name[person.name_key].append(person)
        self.by_id[person.id] = person

    def match(self, kind_id: int, places: Sequence[PersonInPosition]) -> dict[int, KnownPerson]:
        """The person of every line: by contact anywhere in the unit, else by position in this list.

        Contacts of all lines are tried first, so that a namesake in the same position never takes
        the person whose contact stands further down.
        """
        matched: dict[int, KnownPerson] = {}
        taken: set[uuid.UUID] = set()
        for position in places:
            person = self._by_contact(position)
            if person is not None:
                matched[position.line] = person
                taken.add(person.id)
        for position in places:
            if position.line not in matched:
                person = self._by_contact(position) or self._by_position(kind_id, position, taken)
                person = person or self._new(position)
                matched[position.line] = person
                taken.add(person.id)
        return matched

    def _by_contact(self, position: PersonInPosition) -> KnownPerson | None:
        return next(
            (p for p in self.by_name[position.name_key] if p.shares_contact(position)), None
        )

    def _by_position(
        self, kind_id: int, position: PersonInPosition, taken: set[uuid.UUID]
    ) -> KnownPerson | None:
        for person in self.by_name[position.name_key]:
            if person.id not in taken and person.holds(kind_id, position):
                return person
        return None

    def _new(self, position: PersonInPosition) -> KnownPerson:
        person = KnownPerson(
            id=uuid.uuid4(),
            name_key=position.name_key,
            full_name=position.full_name,
            position=position.position,
            workplace=position.workplace,
            email=position.email,
            phone=position.phone,
            active=True,
            stored=False,
        )
        self._add(person)
        return person
