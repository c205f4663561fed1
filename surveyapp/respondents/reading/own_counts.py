"""What a list says of its own size: its running number, its sums of groups and of all."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from surveyapp.respondents.reading.headings import NUMBER
from surveyapp.respondents.words.names import FAMILIES, fold

_PEOPLE = "nguoi|dong chi|dai bieu|can bo|lanh dao|ong ba|d c"
_COUNT = re.compile(
    r"(?:tong (?:cong|so)|tong|cong|an dinh danh sach|danh sach (?:nay )?(?:co|gom)|so luong)\D{0,40}?(\d{1,5})(?: (?:"
    + _PEOPLE
    + r"))?(?: |$)"
)
_OF_PEOPLE = re.compile(rf"(?<!\d)(\d{{1,5}}) (?:{_PEOPLE})\b")


def stated_count(text: str) -> int | None:
    """The number of people that a sum tells; `Tổng cộng: 05 sở, 09 người` tells nine."""
    folded = fold(text)
    match = _COUNT.search(folded)
    if match is None:
        return None
    of_people = _OF_PEOPLE.search(folded, match.start())
    return int(of_people[1] if of_people else match[1])


class Sums:
    """The sums of a list, each held against the people above it: all of them, or those since the last sum."""

    def __init__(self) -> None:
        self._said: list[int] = []
        self._apart = self._since = 0

    def add(self, said: int, people: int) -> None:
        """One more sum below so many people."""
        own = people - self._since
        if not own and self._said[-1:] == [said]:
            return  # the same sum in words
        self._said.append(said)
        self._since = people
        if said == people:
            self._apart = 0
        else:
            self._apart += said - (own or people)

    def stated(self, people: int) -> int:
        """How many people the sums tell of when so many were read; 0 where there are none."""
        if len(self._said) < 2:
            return self._said[0] if self._said else 0
        return people + self._apart


def counted(numbers: Sequence[int]) -> int:
    """How many people a running number counts: it may begin anew in every section, or count down."""
    if len(numbers) > 1 and len(set(numbers)) == len(numbers) == max(numbers) - min(numbers) + 1:
        return len(numbers)
    count = last = 0
    for number in numbers:
        if number <= last and number <= 1:
            count, last = count + last, 0
        last = max(last, number)
    first = numbers[0] if numbers else 1
    return count + last - (first - 1 if count == 0 else 0)


_LEAD = re.compile(
    r"\(?(?:(?P<digits>\d{1,4})(?=[.)/:\-–\s]|$)|(?P<capital>[IVXLC]{1,6}|[A-ZĐ])(?=[.)/:\-–]|$)|(?P<small>[a-zđ])(?=[.)]|$))"
)
_HER = ("position", "phone", "email")


class Numbering:
    """How the people of a table are numbered: 1, I, a), or by a sign, in a column or before the name."""

    def __init__(self, rows: Iterable[Sequence[str]], mapping: Mapping[str, int]) -> None:
        self._rows, self._mapping = rows, mapping

    @cached_property
    def _styles(self) -> dict[tuple[bool, bool], set[str]]:
        """The ways of numbering by (whether in the column of numbers, whether anything is said of the person)."""
        styles: dict[tuple[bool, bool], set[str]] = {}
        for row in self._rows:
            known = any(_cell(row, self._mapping, column) for column in _HER)
            for in_number, column in ((True, NUMBER), (False, "full_name")):
                style = _style(_cell(row, self._mapping, column))
                if style:
                    styles.setdefault((in_number, known), set()).add(style)
        return styles

    def numbers_people(self, lead: str, name: str, *, in_number: bool) -> bool:
        """Whether a name alone in its row, with that before it, is numbered as people are and not as titles."""
        words = name.lower().split()
        if words[0] in FAMILIES and len(words) > 2 and words[1] in ("văn", "thị"):
            return True
        style = _style(lead)
        people = self._styles.get((in_number, True), set())
        if people or (True, True) in self._styles:
            return style in people
        alone = self._styles.get((in_number, False), set())
        return len(alone) == 1 or style == "digits"


def _cell(row: Sequence[str], mapping: Mapping[str, int], column: str) -> str:
    index = mapping.get(column, -1)
    return row[index].strip() if 0 <= index < len(row) else ""


def _style(text: str) -> str:
    match = _LEAD.match(text[:20])
    if match:
        return match.lastgroup or ""
    return "sign" if text[:1] and not text[0].isalnum() and text[0] not in "\"'“(" else ""
