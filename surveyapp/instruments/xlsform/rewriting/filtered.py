"""Lists that a `choice_filter` cuts: one question for each earlier answer that leaves other options, with its condition.

A filter by fixed values leaves one shorter list. What a filter means beyond that is refused where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from surveyapp.i18n import _
from surveyapp.instruments.xlsform import xpath
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.naming import our_code
from surveyapp.instruments.xlsform.rewriting.made import AskedRow
from surveyapp.instruments.xlsform.rows.types import AskedType
from surveyapp.instruments.xlsform.sheets import SheetRow

MOST = 40
"""Questions that one may become."""

_COLUMN, _NAMED = r"(?P<column>[^\W\d][\w.-]*+)", r"\$\{\s*+(?P<name>[^${}\s]++)\s*+\}"
_FIXED = r"(?:'(?P<value>[^']*+)'|\"(?P<quoted>[^\"]*+)\"|(?P<number>\d++))"
_BY_ANSWER = (
    re.compile(rf"\A{_COLUMN}\s*+=\s*+{_NAMED}"),
    re.compile(rf"\A{_NAMED}\s*+=\s*+{_COLUMN}"),
    re.compile(rf"\Aselected\s*+\(\s*+{_NAMED}\s*+,\s*+{_COLUMN}\s*+\)"),
)
_BY_VALUE = (
    re.compile(rf"\A{_COLUMN}\s*+(?P<sign>!?=)\s*+{_FIXED}"),
    re.compile(rf"\A{_FIXED}\s*+(?P<sign>!?=)\s*+{_COLUMN}"),
)
_QUOTED = re.compile(r"'[^']*+'|\"[^\"]*+\"|\$\{[^{}]*+\}")
_WORD = re.compile(r"[^\W\d][\w.-]*+")
_FUNCTIONS = frozenset(("and", "or", "not", "selected", "true", "false"))
_CONDITIONS = (
    re.compile(rf"{_NAMED}\s*+=\s*+['\"](?P<value>[^'\"]*+)['\"]"),
    re.compile(rf"selected\s*+\(\s*+{_NAMED}\s*+,\s*+['\"](?P<value>[^'\"]*+)['\"]\s*+\)"),
)


@dataclass(frozen=True)
class ChoiceFilter:
    """The columns that must equal earlier answers, and those that must equal, or not, fixed values."""

    answers: dict[str, str] = field(default_factory=dict)
    """Column by question."""
    fixed: tuple[tuple[str, bool, str], ...] = ()

    def keeps(self, option: SheetRow) -> bool:
        """Whether the fixed values leave the option."""
        return all((option.get(column) == value) == equal for column, equal, value in self.fixed)


@dataclass(frozen=True)
class SplitQuestion:
    """One of the questions that a filtered one became."""

    name: str
    given: dict[str, str]
    """The earlier answers for which it is asked."""
    options: frozenset[str]


class FilteredLists:
    """The rows of a form with every filter that can be said written out."""

    def __init__(self, document: SheetDocument, choices: list[SheetRow]) -> None:
        self._document = document
        self._choices = choices
        self._columns = {column for row in choices for column in row.cells}
        self._asked: dict[str, AskedType] = {}
        self._split: dict[str, list[SplitQuestion]] = {}
        self._made: list[SheetRow] = []
        self._used: set[str] = set()
        """Columns that filters were made of."""
        self._lists: set[str] = set()

    def expand(self, asked: list[AskedRow]) -> tuple[list[AskedRow], list[SheetRow]]:
        """The survey's rows, and the rows of all lists."""
        rows = [new for row, kind in asked for new in self._row(self._rewritten(row), kind)]
        plain = {kind.list_name for _row, kind in rows}
        gone = self._lists - plain
        kept = [row for row in self._choices if row.get("list_name") not in gone]
        return rows, [_without(row, self._used) for row in (*kept, *self._made)]

    def _row(self, row: SheetRow, kind: AskedType) -> Iterator[AskedRow]:
        said = row.get("choice_filter")
        read = self._read(said) if said and kind.list_name else None
        self._asked[row.get("name")] = kind
        options = [o for o in self._choices if o.get("list_name") == kind.list_name]
        left = [o for o in options if read and read.keeps(o)]
        if said and kind.list_name and _rests_on_answers_alone(said):
            words = _("choice_filter chỉ theo câu trả lời trước: thành điều kiện của cả câu")
            self._document.set_aside(row, words, row.places["choice_filter"])
            both = " and ".join(f"({part})" for part in (row.get("relevant"), said) if part)
            places = {**row.places, "relevant": row.places["choice_filter"]}
            made = replace(row, cells={**row.cells, "relevant": both}, places=places)
            yield _without(made, {"choice_filter"}), kind
            return
        if read is None or not self._can_be_said(read) or self._is_too_much(read, left):
            # without a filter, or refused for its column
            yield row, kind
            return
        row = _without(row, {"choice_filter"})
        self._used |= {*read.answers.values(), *(column for column, _e, _v in read.fixed)} - {
            "name",
            "label",
        }
        if not read.answers:
            if len(left) < len(options):
                kind = self._list(kind, left, row.get("name"))
                told = _("choice_filter: danh sách riêng gồm %(n)s phương án", n=len(left))
                self._document.set_aside(row, told, None)
            yield row, kind
            return
        yield from self._one_for_each_answer(row, kind, read, left)

    def _one_for_each_answer(
        self, row: SheetRow, kind: AskedType, read: ChoiceFilter, left: list[SheetRow]
    ) -> Iterator[AskedRow]:
        columns = list(read.answers.values())
        made: list[SplitQuestion] = []
        for values in dict.fromkeys(tuple(o.get(x) for x in columns) for o in left):
            given = dict(zip(read.answers, values, strict=True))
            conditions = self._conditions(given)
            if not conditions:
                continue  # no answer leads to these options
            options = [o for o in left if tuple(o.get(x) for x in columns) == values]
            name = self._name(row.get("name"), values)
            both = " and ".join(filter(None, (row.get("relevant") and f"({row.get('relevant')})", *conditions)))  # fmt: skip
            made.append(SplitQuestion(name, given, frozenset(o.get("name") for o in options)))
            at = row.places.get("relevant") or row.places.get("type")
            places = {**row.places, **({"relevant": at} if at else {})}
            cells = {**row.cells, "name": name, "relevant": both}
            yield (
                replace(row, cells=cells, places=places),
                self._list(kind, options, name),
            )
        self._split[row.get("name")] = made
        told = _("choice_filter: câu này tách thành %(n)s câu, mỗi câu cho một trả lời của %(names)s",
                 n=len(made), names=", ".join(read.answers))  # fmt: skip
        self._document.set_aside(row, told, None)

    def _conditions(self, given: dict[str, str]) -> list[str]:
        """What must have been answered, a condition a question; none where it cannot be."""
        conditions = []
        for name, value in given.items():
            named = self._named(name, value, given)
            if not named:
                return []
            joined = " or ".join(f"${{{one}}} = '{value}'" for one in named)
            conditions.append(f"({joined})" if len(named) > 1 else joined)
        return conditions

    def _named(self, name: str, value: str, given: dict[str, str]) -> list[str]:
        """The questions that have the value, and that are asked for these other answers."""
        if name not in self._split:
            options = (
                o for o in self._choices if o.get("list_name") == self._asked[name].list_name
            )
            return [name] if any(o.get("name") == value for o in options) else []
        return [
            one.name
            for one in self._split[name]
            if value in one.options and all(given.get(q, v) == v for q, v in one.given.items())
        ]

    def _can_be_said(self, read: ChoiceFilter) -> bool:
        columns = {*read.answers.values(), *(column for column, _e, _v in read.fixed)}
        ones = (self._asked.get(name) for name in read.answers)
        return columns <= self._columns and all(one and one.kind == "select_one" for one in ones)

    def _is_too_much(self, read: ChoiceFilter, left: list[SheetRow]) -> bool:
        return len({tuple(o.get(x) for x in read.answers.values()) for o in left}) > MOST

    def _read(self, said: str) -> ChoiceFilter | None:
        answers: dict[str, str] = {}
        fixed = []
        if xpath.bare(said) in xpath.ALWAYS:
            return ChoiceFilter()
        for part in map(xpath.bare, xpath.joined_by(xpath.bare(said), "and")):
            by_answer = _first(_BY_ANSWER, part)
            if by_answer and by_answer["name"] not in answers:
                answers[by_answer["name"]] = by_answer["column"]
            elif by_value := _first(_BY_VALUE, part):
                captured = by_value.groupdict()
                value = next(
                    v for k in ("value", "quoted", "number") if (v := captured[k]) is not None
                )
                fixed.append((captured["column"], captured["sign"] == "=", value))
            else:
                return None
        return ChoiceFilter(answers, tuple(fixed))

    def _list(self, kind: AskedType, options: list[SheetRow], name: str) -> AskedType:
        list_name = f"{kind.list_name}_{name}"
        self._lists.add(kind.list_name)
        self._made += [replace(o, cells={**o.cells, "list_name": list_name}) for o in options]
        return replace(kind, list_name=list_name)

    def _name(self, name: str, values: tuple[str, ...]) -> str:
        said = "_".join(our_code(value).replace("-", "_") for value in values)
        taken = {*self._asked, *(one.name for split in self._split.values() for one in split)}
        spelled = (f"{name}_{said}" if n == 1 else f"{name}_{said}_{n}" for n in count(1))
        return next(one for one in spelled if one not in taken)

    def _rewritten(self, row: SheetRow) -> SheetRow:
        """The row with conditions on a question that became several put to these."""
        said = row.get("relevant")
        for pattern in _CONDITIONS:
            said = pattern.sub(self._any_of, said)
        if said == row.get("relevant"):
            return row
        return replace(row, cells={**row.cells, "relevant": said})

    def _any_of(self, match: re.Match[str]) -> str:
        name, value = match["name"], match["value"]
        named = [one.name for one in self._split.get(name, ()) if value in one.options]
        joined = " or ".join(f"${{{one}}} = '{value}'" for one in named)
        return f"({joined})" if len(named) > 1 else joined or match[0]


def _rests_on_answers_alone(said: str) -> bool:
    """Whether a filter asks nothing of the options: it leaves all of them or none."""
    named = set(_WORD.findall(_QUOTED.sub(" ", said)))
    return "${" in said and named <= _FUNCTIONS


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    return next(filter(None, (pattern.fullmatch(text) for pattern in patterns)), None)


def _without(row: SheetRow, columns: set[str]) -> SheetRow:
    return replace(row, cells={k: v for k, v in row.cells.items() if k not in columns})
