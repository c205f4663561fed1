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

    def shares_contact(self, place: PersonInPosition) -> bool:
        """The same phone; or the same e-mail, unless two phones say that it is an office mailbox."""
        if self.phone and self.phone == place.phone:
            return True
        if not self.email or self.email.lower() != place.email.lower():
            return False
        return not (self.phone and place.phone) or self.position == place.position

    def holds(self, kind_id: int, place: PersonInPosition) -> bool:
        """The same position in the same department (or workplace) of the same list kind."""
        entry = self.entries.get((kind_id, place.department_id))
        same_position = self.position == place.position and self.workplace == place.workplace
        return entry is not None and entry.active and same_position

    def take_over(self, place: PersonInPosition) -> None:
        """What the newer list says counts; what it leaves out stays."""
        self.full_name = place.full_name
        self.name_key = place.name_key
        self.position = place.position or self.position
        self.workplace = place.workplace or self.workplace
        self.email = place.email or self.email
        self.phone = place.phone or self.phone
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
        found: dict[int, KnownPerson] = {}
        taken: set[uuid.UUID] = set()
        for place in places:
            person = self._by_contact(place)
            if person is not None:
                found[place.line] = person
                taken.add(person.id)
        for place in places:
            if place.line not in found:
                person = self._by_contact(place) or self._by_position(kind_id, place, taken)
                person = person or self._new(place)
                found[place.line] = person
                taken.add(person.id)
        return found

    def _by_contact(self, place: PersonInPosition) -> KnownPerson | None:
        return next((p for p in self.by_name[place.name_key] if p.shares_contact(place)), None)

    def _by_position(
        self, kind_id: int, place: PersonInPosition, taken: set[uuid.UUID]
    ) -> KnownPerson | None:
        for person in self.by_name[place.name_key]:
            if person.id not in taken and person.holds(kind_id, place):
                return person
        return None

    def _new(self, place: PersonInPosition) -> KnownPerson:
        person = KnownPerson(
            id=uuid.uuid4(),
            name_key=place.name_key,
            full_name=place.full_name,
            position=place.position,
            workplace=place.workplace,
            email=place.email,
            phone=place.phone,
            active=True,
            stored=False,
        )
        self._add(person)
        return person
