"""Repeats and loops written out: what a form asks again and again is asked so many times, each a section of its own.

A loop goes over the options of a list. A repeat goes on for a fixed number, for the number that an earlier question
gives, or as long as the respondent says that there is more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from surveyapp.i18n import _
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.naming import distinct
from surveyapp.instruments.xlsform.rewriting.made import AskedRow, Labels, list_of, placed
from surveyapp.instruments.xlsform.rows import limits, unsupported
from surveyapp.instruments.xlsform.rows.types import AskedType
from surveyapp.instruments.xlsform.sheets import SheetRow

MOST, OPEN_MOST = 20, 5
"""Times that something is asked again: where the form says how often, and where the respondent does."""
MOST_ROWS = 300
"""Rows that one repeat may become."""
MORE = {
    "vi": ("Có phần “%s” để trả lời không?", "Còn “%s” nữa không?"),
    "en": ("Is there any “%s” to answer for?", "Is there another “%s”?"),
}
"""What is asked before the first time, and before each further one."""
YES_NO: Labels = {"yes": {"vi": "Có", "en": "Yes"}, "no": {"vi": "Không", "en": "No"}}
_FILLED_IN = re.compile(r"%\((\w{1,60})\)s")
_NO_NAME = re.compile(r"[^\w.-]")
_COUNTED_BY = re.compile(r"\$\{\s*+([^${}\s]++)\s*+\}")


class Repeats:
    """The rows of a form with everything that is asked again written out."""

    def __init__(self, document: SheetDocument, choices: list[SheetRow]) -> None:
        self._document, self._choices = document, choices
        self._earlier: dict[str, AskedRow] = {}
        self._made: list[SheetRow] = []
        self._names: set[str] = set()

    def expand(self, asked: list[AskedRow]) -> tuple[list[AskedRow], list[SheetRow]]:
        """The survey's rows, and the rows of all lists."""
        self._names = {row.get("name") for row, _kind in asked}
        return self._expanded(asked), [*self._choices, *self._made]

    def _expanded(self, asked: list[AskedRow]) -> list[AskedRow]:
        rows: list[AskedRow] = []
        index = 0
        while index < len(asked):
            row, kind = asked[index]
            index += 1
            ends = _end(asked, index) if kind.kind in ("begin_repeat", "begin_loop") else None
            if ends is None:
                self._earlier[row.get("name")] = row, kind
                rows.append((row, kind))
                continue
            inner = self._expanded(asked[index:ends])
            is_loop = kind.kind == "begin_loop"
            written = list(self._loop(row, kind, inner) if is_loop else self._repeat(row, inner))
            if len(written) > MOST_ROWS:
                written = []
            rows += written or [(row, kind), *inner, asked[ends]]  # refused for its type
            index = ends + 1
        return rows

    def _loop(self, row: SheetRow, kind: AskedType, inner: list[AskedRow]) -> Iterator[AskedRow]:
        options = [o for o in self._choices if o.get("list_name") == kind.list_name]
        if not options or len(options) > MOST:
            return
        words = _("vòng lặp theo danh sách %(name)s: viết ra %(n)s lần, mỗi phương án một phần",
                  name=kind.list_name, n=len(options))  # fmt: skip
        self._document.set_aside(row, words, row.places.get("type"))
        for option in options:
            spoken = {k: v for k, v in option.cells.items() if k.startswith("label_")}
            facts = {**spoken, "name": option.get("name")}
            mark = self._mark(inner, _NO_NAME.sub("_", option.get("name")))
            yield self._group(row, mark, spoken)
            for asked, asked_type in inner:
                yield self._copied(asked, inner, mark, facts), asked_type
            yield placed(row, {"type": "end_group"}), AskedType("end_group")

    def _repeat(self, row: SheetRow, inner: list[AskedRow]) -> Iterator[AskedRow]:
        said = row.get("repeat_count")
        if not said:
            yield from self._as_long_as_there_is_more(row, inner)
            return
        number, counted_by = self._times(said)
        if not 1 <= number <= MOST:
            return
        if counted_by:
            words = _("vòng lặp theo số ở câu %(name)s: nhiều nhất %(n)s lần, hỏi theo số đã trả lời",
                      name=counted_by, n=number)  # fmt: skip
        else:
            words = _("vòng lặp: viết ra %(n)s lần", n=number)
        self._document.set_aside(row, words, row.places["repeat_count"])
        for time in range(1, number + 1):
            condition = f"${{{counted_by}}} >= {time}" if counted_by else ""
            yield self._group(row, str(time), _numbered(row, time), condition)
            for asked, asked_type in inner:
                yield self._copied(asked, inner, self._mark(inner, str(time)), {}), asked_type
            yield placed(row, {"type": "end_group"}), AskedType("end_group")

    def _as_long_as_there_is_more(self, row: SheetRow, inner: list[AskedRow]) -> Iterator[AskedRow]:
        words = _("vòng lặp không ghi số lần: trước mỗi lần hỏi còn nữa không, nhiều nhất %(n)s lần",
                  n=OPEN_MOST)  # fmt: skip
        self._document.set_aside(row, words, row.places.get("type"))
        yield self._asks_for_more(row, 1)
        for time in range(1, OPEN_MOST + 1):
            condition = f"${{{_gate(row, time)}}} = 'yes'"
            bare = replace(row, cells={k: v for k, v in row.cells.items() if k != "relevant"})
            yield self._group(bare, str(time), _numbered(row, time), condition)
            for asked, asked_type in inner:
                yield self._copied(asked, inner, self._mark(inner, str(time)), {}), asked_type
            if time < OPEN_MOST:
                yield self._asks_for_more(bare, time + 1)
            yield placed(row, {"type": "end_group"}), AskedType("end_group")

    def _asks_for_more(self, row: SheetRow, time: int) -> AskedRow:
        """Whether there is one more; the first time under the repeat's own condition."""
        taken = {option.get("list_name") for option in self._choices}
        list_name = distinct("more", taken)
        if not self._made:
            self._made += list_of(row, list_name, YES_NO)
        cells = {"type": f"select_one {list_name}", "name": _gate(row, time)}
        said = row.text("label") or {"vi": row.get("name")}
        for language, words in said.items():
            cells[f"label_{language}"] = MORE[language][time > 1] % words
        if row.get("relevant"):
            cells["relevant"] = row.get("relevant")
        return placed(row, cells), AskedType("select_one", list_name)

    def _times(self, said: str) -> tuple[int, str]:
        """How often, and by which question's answer; 0 where neither is known."""
        if said.isdecimal():
            return int(said[:4]), ""
        match = _COUNTED_BY.fullmatch(said)
        row, kind = self._earlier.get(match[1], (None, None)) if match else (None, None)
        if row is None or kind is None:
            return 0, ""
        if kind.kind == "calculate":
            fixed = row.get("calculation")
            return (int(fixed[:4]), "") if fixed.isdecimal() else (0, "")
        if kind.kind == "range":
            bounds = limits.read_range(row.get("parameters"))
        elif kind.kind == "integer":
            if not row.get("constraint"):
                return OPEN_MOST, row.get("name")
            bounds = limits.BY_WORD["integer"].settings_of(row.get("constraint"))
        else:
            return 0, ""
        return (bounds or {}).get("most", 0), row.get("name")

    def _mark(self, block: list[AskedRow], mark: str) -> str:
        """What tells the copies of one time from others, and from the names that the form has."""
        while any(f"{row.get('name')}_{mark}" in self._names for row, _kind in block):
            mark = f"_{mark}"
        return mark

    def _copied(
        self, row: SheetRow, block: list[AskedRow], mark: str, facts: Mapping[str, str]
    ) -> SheetRow:
        copy = _copied(row, block, mark, facts)
        self._document.copies[copy.get("name")] = row.get("name")
        return copy

    def _group(
        self, row: SheetRow, mark: str, label: Mapping[str, str], condition: str = ""
    ) -> AskedRow:
        kept = {k: v for k, v in row.cells.items() if not k.startswith("label_")}
        kept.pop("repeat_count", None)
        both = " and ".join(filter(None, (kept.get("relevant") and f"({kept['relevant']})", condition)))  # fmt: skip
        cells = {**kept, **label, "name": f"{row.get('name')}_{mark}"}
        if both:
            cells["relevant"] = both
        return placed(row, cells), AskedType("begin_group")


def _end(asked: list[AskedRow], start: int) -> int | None:
    """Where the block that begins before `start` ends; None where it does not."""
    depth = 1
    for index in range(start, len(asked)):
        kind = asked[index][1].kind
        depth += kind.startswith("begin_")
        depth -= kind.startswith("end_")
        if depth == 0:
            begun = asked[start - 1][1].kind
            return index if kind == begun.replace("begin", "end") else None
    return None


def _gate(row: SheetRow, time: int) -> str:
    return f"{row.get('name')}_more_{time}"


def _numbered(row: SheetRow, time: int) -> dict[str, str]:
    """The title of a section that is asked again."""
    said = row.text("label") or {"vi": row.get("name")}
    return {f"label_{language}": f"{words} ({time})" for language, words in said.items()}


def _copied(row: SheetRow, block: list[AskedRow], mark: str, facts: Mapping[str, str]) -> SheetRow:
    """A row of a block under a name of its own; what it says of others of the block means those of the same time."""
    own = {one.get("name") for one, _kind in block if one.get("name")}

    def named(match: re.Match[str]) -> str:
        return f"${{{match[1]}_{mark}}}" if match[1] in own else match[0]

    cells = {key: unsupported.REFERENCE.sub(named, words) for key, words in row.cells.items()}
    if facts:
        cells = {key: _filled_in(words, key, facts) for key, words in cells.items()}
    if row.get("name"):
        cells["name"] = f"{row.get('name')}_{mark}"
    return replace(row, cells=cells)


def _filled_in(words: str, key: str, facts: Mapping[str, str]) -> str:
    """The words with what a loop says of its option, in the language of the cell."""
    language = key if key.startswith("label_") else "label_" + key.rpartition("_")[2]
    label = facts.get(language) or next(iter(facts.values()), "")

    def fact(match: re.Match[str]) -> str:
        return label if match[1] == "label" else facts.get(match[1], match[0])

    return _FILLED_IN.sub(fact, words)
