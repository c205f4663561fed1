"""Rules across lines: the same person twice, one contact for several people."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from surveyapp.respondents.findings import CHECK, MUST, NOTE, Finding, Line
from surveyapp.respondents.rules.phones import is_mobile
from surveyapp.respondents.words.names import fold, name_key

_PLACES = ("department", "workplace", "district", "association")
_LISTED = 10


def people_findings(lines: Sequence[Line]) -> Iterator[Finding]:
    """Duplicates (on the later line), then contacts that several different people share."""
    yield from _duplicates(lines)
    for column in ("email", "phone"):
        yield from _shared(lines, column)


def _duplicates(lines: Sequence[Line]) -> Iterator[Finding]:
    folded = [fold(line.values.get("full_name", "")) for line in lines]
    bearers = Counter(folded)
    namesakes: dict[str, _Namesakes] = defaultdict(_Namesakes)
    for line, name in zip(lines, folded, strict=True):
        if line.values.get("full_name") and bearers[name] > 1:
            repeated = namesakes[name].repeated_by(line)
            if repeated:
                yield repeated


class _Namesakes:
    """The lines of one name so far: the first with each phone, address, place.

    Later ones with the same say nothing that the first does not, so a list that repeats one name
    20,000 times takes no longer than any other.
    """

    def __init__(self) -> None:
        self._first: dict[tuple[Any, ...], Line] = {}

    def repeated_by(self, line: Line) -> Finding | None:
        """The strongest reason to think that `line` names somebody already listed; notes the line."""
        key, workplace = name_key(line.values["full_name"]), _place(line)
        contacts = [(c, line.values[c]) for c in ("phone", "email") if line.values.get(c)]
        same = [(key, workplace, *contact) for contact in contacts]
        like = [*contacts, (key, workplace, fold(line.values.get("position", "")))]
        earliest = self._earliest(same)
        if earliest is not None:
            best: Finding | None = _repeats(line, earliest)
        else:
            earliest = self._earliest(like)
            best = _repeats(line, earliest) if earliest is not None else None
        for seen in (*same, *like):
            self._first.setdefault(seen, line)
        return best

    def _earliest(self, keys: Sequence[tuple[Any, ...]]) -> Line | None:
        lines = [self._first[key] for key in keys if key in self._first]
        return min(lines, key=lambda other: other.number, default=None)


def _repeats(line: Line, other: Line) -> Finding | None:
    """What is to be said of `line` when `other`, of the same name, stands above it."""
    same_name = name_key(line.values["full_name"]) == name_key(other.values["full_name"])
    shared = [
        c
        for c in ("phone", "email")
        if line.values.get(c) and line.values[c] == other.values.get(c)
    ]
    same_place = _place(line) == _place(other)
    same_position = fold(line.values.get("position", "")) == fold(other.values.get("position", ""))
    facts = {"line": other.number, "name": other.values["full_name"], "shared": shared}
    value = line.cells.get("full_name", "")
    if same_name and shared and same_place:
        return Finding(line.number, "", MUST, "duplicate", value, "", facts)
    reaches_elsewhere = _contradicts(line, other) and not shared
    if shared or (same_name and same_place and same_position and not reaches_elsewhere):
        return Finding(line.number, "", CHECK, "duplicate_likely", value, "", facts)
    if same_name and same_place and same_position:
        # Two deputies may share a name; two deputy heads of one department hardly do.
        severity = CHECK if any(_place(line)) else NOTE
        return Finding(line.number, "", severity, "namesake", value, "", facts)
    return None


def _contradicts(line: Line, other: Line) -> bool:
    """Whether both lines give the same kind of contact, and differ."""
    return any(
        line.values.get(c) and other.values.get(c) and line.values[c] != other.values[c]
        for c in ("phone", "email")
    )


def _place(line: Line) -> tuple[str, ...]:
    return tuple(fold(line.values.get(c, "")) for c in _PLACES)


def _shared(lines: Sequence[Line], column: str) -> Iterator[Finding]:
    users: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.values.get(column):
            users[line.values[column]].append(line)
    other = "phone" if column == "email" else "email"
    for value, sharing in users.items():
        if len(sharing) < 2:
            continue
        people = {fold(line.values.get("full_name", "")) for line in sharing}
        if len(people) < 2:
            continue
        numbers = [line.number for line in sharing]
        # An office's fixed line may well ring for ten people, as long as each has an address.
        is_office_line = column == "phone" and not is_mobile(value)
        for line in sharing:
            severity = NOTE if is_office_line and line.values.get(other) else CHECK
            facts = {"people": len(people), "lines": numbers[:_LISTED]}
            cell = line.cells.get(column, "")
            yield Finding(line.number, column, severity, "contact_shared", cell, "", facts)
