"""Rules across lines: the same person twice, one contact for several people."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from surveyapp.respondents.findings import CHECK, MUST, NOTE, Finding, Line
from surveyapp.respondents.names import fold, name_key
from surveyapp.respondents.rules.contacts import is_mobile

_PLACES = ("department", "workplace", "district", "association")
_LISTED = 10


def people_findings(lines: Sequence[Line]) -> Iterator[Finding]:
    """Duplicates (on the later line), then contacts that several different people share."""
    yield from _duplicates(lines)
    for column in ("email", "phone"):
        yield from _shared(lines, column)


def _duplicates(lines: Sequence[Line]) -> Iterator[Finding]:
    namesakes: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        name = line.values.get("full_name", "")
        if name:
            earlier = namesakes[fold(name)]
            found = _repeats(line, earlier)
            if found:
                yield found
            earlier.append(line)


def _repeats(line: Line, earlier: Sequence[Line]) -> Finding | None:
    """The strongest reason to think that `line` names somebody already listed."""
    best: Finding | None = None
    for other in earlier:
        same_name = name_key(line.values["full_name"]) == name_key(other.values["full_name"])
        shared = [
            c
            for c in ("phone", "email")
            if line.values.get(c) and line.values[c] == other.values.get(c)
        ]
        same_place = _place(line) == _place(other)
        same_position = fold(line.values.get("position", "")) == fold(
            other.values.get("position", "")
        )
        facts = {"line": other.number, "name": other.values["full_name"], "shared": shared}
        value = line.cells.get("full_name", "")
        if same_name and shared and same_place:
            return Finding(line.number, "", MUST, "duplicate", value, "", facts)
        reaches_elsewhere = _contradicts(line, other) and not shared
        if shared or (same_name and same_place and same_position and not reaches_elsewhere):
            best = best or Finding(line.number, "", CHECK, "duplicate_likely", value, "", facts)
        elif same_name and same_place and same_position:
            # Two deputies may share a name; two deputy heads of one department hardly do.
            severity = CHECK if any(_place(line)) else NOTE
            best = best or Finding(line.number, "", severity, "namesake", value, "", facts)
    return best


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
