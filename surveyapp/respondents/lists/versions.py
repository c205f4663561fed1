"""What came, went and changed between two versions of a list, and which mends still hold (pure)."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from surveyapp.respondents.context import COLUMNS

_CONTACTS = ("phone", "email")
_PLACES = ("position", "department", "workplace", "district", "association")


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of one version: cells as sent, mends of the desk, values as understood."""

    line: int
    cells: Mapping[str, str]
    values: Mapping[str, str]
    name_key: str
    mends: Mapping[str, str] = field(default_factory=dict)
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """A person whose line says something else now: column → (before, now)."""

    line: int
    before_line: int
    name: str
    columns: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Changes:
    """One version against the one before; persons left out count as not there."""

    added: tuple[Kept, ...]
    changed: tuple[Changed, ...]
    removed: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """What the desk did on the page and what still holds for the file sent after it.

    `mends` and `left_out` are by lines of the new version, `added` persons who are in no file.
    """

    mends: Mapping[int, Mapping[str, str]]
    left_out: frozenset[int]
    added: tuple[Mapping[str, str], ...]

    @property
    def anything(self) -> bool:
        """Whether there is anything to carry over."""
        return bool(self.mends or self.left_out or self.added)


Key = Callable[[Kept], Hashable]


def pairs(before: Sequence[Kept], now: Sequence[Kept]) -> dict[int, int]:
    """Line now → line before of the same person, the surest sign first, in the order of the sheet.

    Signs: the very same cells; the same name with a contact, or in the same place; the same contact;
    the same name alone, where it stands once on either side; the same row with the same contact or place.
    """
    lines_before: dict[int, int] = {}
    taken: set[int] = set()
    keys: tuple[tuple[Key, bool], ...] = (
        (_cells, False),
        *((_named_with(column), False) for column in _CONTACTS),
        (lambda kept: (kept.name_key, _place(kept)) if kept.name_key else None, False),
        *((_reached_by(column), True) for column in _CONTACTS),
        (lambda kept: kept.name_key or None, True),
        (lambda kept: (kept.line, _place(kept)), True),
    )
    for key, only_once in keys:
        left = [kept for kept in before if kept.line not in taken]
        open_now = [kept for kept in now if kept.line not in lines_before]
        for kept_now, kept_before in _matched(left, open_now, key, only_once=only_once):
            lines_before[kept_now.line] = kept_before.line
            taken.add(kept_before.line)
    return lines_before


def _matched(
    before: Iterable[Kept], now: Iterable[Kept], key: Key, *, only_once: bool
) -> Iterator[tuple[Kept, Kept]]:
    known, unmatched = _by_key(before, key), _by_key(now, key)
    for sign, lines in unmatched.items():
        others = known.get(sign, [])
        if only_once and (len(lines) > 1 or len(others) > 1):
            continue
        yield from zip(lines, others, strict=False)


def _by_key(lines: Iterable[Kept], key: Key) -> dict[Hashable, list[Kept]]:
    grouped: dict[Hashable, list[Kept]] = defaultdict(list)
    for kept in lines:
        sign = key(kept)
        if sign is not None:
            grouped[sign].append(kept)
    return grouped


def _cells(kept: Kept) -> Hashable:
    return tuple(sorted((c, v) for c, v in kept.cells.items() if v)) or None


def _named_with(column: str) -> Key:
    return lambda kept: (
        (kept.name_key, kept.values[column]) if kept.name_key and kept.values.get(column) else None
    )


def _reached_by(column: str) -> Key:
    return lambda kept: kept.values.get(column) or None


def _said(kept: Kept, column: str) -> str:
    """The value, or what stands there while it cannot be one."""
    return kept.values.get(column) or kept.mends.get(column) or kept.cells.get(column, "")


def _place(kept: Kept) -> tuple[str, ...]:
    return tuple(kept.values.get(column, "") for column in _PLACES)


def carried_over(before: Sequence[Kept], now: Sequence[Kept]) -> CarriedOver:
    """Mends hold for a cell that was sent as before, leaving out for a line sent as before.

    A cell that says something else in the new file was mended there: the file counts.
    """
    sent = [kept for kept in before if kept.cells]
    earlier = {kept.line: kept for kept in sent}
    mends: dict[int, Mapping[str, str]] = {}
    left_out = set()
    matched = pairs(sent, now)
    for kept in now:
        was = earlier.get(matched.get(kept.line, -1))
        if was is None:
            continue
        holding = {
            column: value
            for column, value in was.mends.items()
            if was.cells.get(column, "") == kept.cells.get(column, "")
        }
        if holding:
            mends[kept.line] = holding
        if was.left_out and _cells(was) == _cells(kept):
            left_out.add(kept.line)
    by_hand = [kept for kept in before if not kept.cells and not kept.left_out]
    again = set(pairs(by_hand, [kept for kept in now if kept.line not in matched]).values())
    added = tuple(kept.mends for kept in by_hand if kept.line not in again)
    return CarriedOver(mends, frozenset(left_out), added)


def compared(before: Sequence[Kept], now: Sequence[Kept]) -> Changes:
    """Who came, whose line says something else, who went."""
    before = [kept for kept in before if not kept.left_out]
    now = [kept for kept in now if not kept.left_out]
    matched = pairs(before, now)
    earlier = {kept.line: kept for kept in before}
    changed = []
    for kept in now:
        was = earlier.get(matched.get(kept.line, -1))
        if was is None:
            continue
        columns = {
            column: (_said(was, column), _said(kept, column))
            for column in COLUMNS
            if column != "group"  # it follows from the department
            and _said(was, column) != _said(kept, column)
        }
        if columns:
            name = kept.values.get("full_name", "")
            changed.append(Changed(kept.line, was.line, name, columns))
    gone = earlier.keys() - set(matched.values())
    return Changes(
        tuple(kept for kept in now if kept.line not in matched),
        tuple(changed),
        tuple(kept for kept in before if kept.line in gone),
    )
