"""Values that a form computes and that stand fixed, or are one earlier answer, are written where they are used.

A `calculate` of a number, of words, or of these joined is the same for everybody; one that is the answer to a question,
or to whichever of several questions was asked, means that question. What else is computed stays, and what rests on it
is refused there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from surveyapp.i18n import _
from surveyapp.instruments.xlsform import xpath
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.headings import SPOKEN, column_of
from surveyapp.instruments.xlsform.rewriting.made import AskedRow
from surveyapp.instruments.xlsform.rows import left_aside
from surveyapp.instruments.xlsform.rows.unsupported import REFERENCE
from surveyapp.instruments.xlsform.sheets import SheetRow

CONDITIONS = ("relevant", "choice_filter", "constraint")
TRUE, FALSE = "true()", "false()"
LONGEST = 1000
"""Signs of a calculation or a condition that is read for fixed values."""
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_WORDS = re.compile(r"'([^']*+)'|\"([^\"]*+)\"")
_CALL = re.compile(r"(?P<name>[a-z][a-z:-]{0,40})\s*+\((?P<inner>.*)\)", re.DOTALL)
_CHOSEN = re.compile(r"selected\s*+\((?P<one>[^,()]*+),(?P<other>[^,()]*+)\)")
_SIGNS = re.compile(r"(?P<one>[^=<>!]*+)(?P<sign>!=|<=|>=|=|<|>)(?P<other>[^=<>!]*+)")
_EQUAL = re.compile(r"\$\{\s*+(?P<name>[^${}\s]++)\s*+\}\s*+=\s*+(?P<quote>['\"])(?P<value>[^'\"]*+)(?P=quote)")  # fmt: skip
_SELECTED = re.compile(r"selected\s*+\(\s*+\$\{\s*+(?P<name>[^${}\s]++)\s*+\}\s*+,\s*+(?P<quote>['\"])(?P<value>[^'\"]*+)(?P=quote)\s*+\)")  # fmt: skip


@dataclass(frozen=True)
class Value:
    """What a computed value is: `words` for everybody, or the answer to the one of `questions` that was asked."""

    words: str = ""
    questions: tuple[str, ...] = ()
    is_label: bool = False
    """The words of the option that was chosen, not its code."""

    @property
    def literal(self) -> str:
        """How a condition writes it; "" where that cannot be."""
        if not self.questions:
            quote = '"' if "'" in self.words else "'"
            is_sayable = quote not in self.words
            quoted = f"{quote}{self.words}{quote}" if is_sayable else ""
            return self.words if _NUMBER.fullmatch(self.words) else quoted
        return "" if self.is_label or len(self.questions) > 1 else f"${{{self.questions[0]}}}"

    @property
    def shown(self) -> str:
        """How words show it; "" where that cannot be."""
        if not self.questions:
            return self.words
        return f"${{{self.questions[0]}}}" if len(self.questions) == 1 else ""


class FixedValues:
    """The rows of a form with its fixed values written where they are used."""

    def __init__(self, document: SheetDocument, choices: list[SheetRow]) -> None:
        self._document, self._choices = document, choices
        self._values: dict[str, Value] = {}
        self._asked: dict[str, AskedRow] = {}

    def expand(self, asked: list[AskedRow]) -> tuple[list[AskedRow], list[SheetRow]]:
        """The survey's rows, and the rows of all lists."""
        often = Counter(row.get("name") for row, _kind in asked)
        for row, kind in asked:
            name = row.get("name")
            if not name or often[name] > 1:
                continue
            if kind.kind.lower() not in left_aside.COMPUTED and not left_aside.is_computed(row):
                self._asked[name] = row, kind
            elif not row.get("relevant") and (value := self._value(row.get("calculation"))):
                self._values[name] = value
        written, within = [], 0
        for row, kind in asked:
            row = self._written(row)
            never = xpath.is_never(row.get("relevant"))
            if within or (never and kind.kind == "begin_group"):
                within += kind.kind.startswith("begin_") - kind.kind.startswith("end_")
            if (within or never) and often[row.get("name")] == 1:
                self._values[row.get("name")] = Value("")  # what nobody is asked has no answer
            written.append((row, kind))
        return written, [self._written(row) for row in self._choices]

    def _value(self, calculation: str) -> Value | None:
        said = xpath.bare(calculation[: LONGEST + 1])
        if len(said) > LONGEST:
            return None
        if _NUMBER.fullmatch(said):
            return Value(said)
        if words := _WORDS.fullmatch(said):
            return Value(words[1] or words[2] or "")
        if match := REFERENCE.fullmatch(said):
            known = self._values.get(match[1])
            return known or (Value(questions=(match[1],)) if match[1] in self._asked else None)
        call = _CALL.fullmatch(said)
        return self._called(call["name"], xpath.arguments(call["inner"])) if call else None

    def _called(self, name: str, given: list[str]) -> Value | None:
        if name in ("once", "string") and len(given) == 1:
            return self._value(given[0])
        if name == "concat":
            values = [self._value(one) for one in given]
            is_fixed = all(value and not value.questions for value in values)
            return Value("".join(value.words for value in values if value)) if is_fixed else None
        if name == "jr:choice-name" and len(given) == 2:
            value = self._value(given[0])
            is_one = value and len(value.questions) == 1 and value.questions[0] in given[1]
            return replace(value, is_label=True) if value and is_one else None
        if name == "coalesce":
            return self._one_of([("", one) for one in given])
        return self._one_of(list(_cases(given))) if name == "if" and len(given) == 3 else None

    def _one_of(self, cases: list[tuple[str, str]]) -> Value | None:
        """The answer to the one question that was asked, where at most one is: each for another value of one answer."""
        questions: list[str] = []
        given: list[tuple[str, str]] = []
        others = [
            said for said in (_literal(said) for _condition, said in cases) if said is not None
        ]
        for condition, said in cases:
            if _literal(said) is not None:
                continue
            match = REFERENCE.fullmatch(xpath.bare(said))
            if match is None or match[1] not in self._asked:
                return None
            relevant = self._asked[match[1]][0].get("relevant")
            equal = _EQUAL.fullmatch(xpath.bare(relevant))
            if equal is None or (condition and _bare(condition) != _bare(relevant)):
                return None
            questions.append(match[1])
            given.append((equal["name"], equal["value"]))
        if any(self._has(question, other) for question in questions for other in others):
            return None
        is_one_of = len(set(given)) == len(given) and len({name for name, _value in given}) == 1
        _row, kind = self._asked.get(given[0][0], (None, None)) if given else (None, None)
        is_several = kind is not None and kind.kind == "select_multiple"
        return Value(questions=tuple(questions)) if is_one_of and not is_several else None

    def _written(self, row: SheetRow) -> SheetRow:
        cells = dict(row.cells)
        for key, said in row.cells.items():
            if column_of(key) in SPOKEN:
                cells[key] = REFERENCE.sub(self._shown, said)
            elif key in CONDITIONS and row.sheet == "survey" and "${" in said:
                cells[key] = self._condition(said)
            if cells[key] != said:
                words = _(
                    "giá trị do máy tính ra mà cố định, hoặc là một câu trả lời: ghi thẳng vào chỗ dùng"
                )
                self._document.set_aside(row, words, row.places[key])
        return replace(row, cells=cells)

    def _shown(self, match: re.Match[str]) -> str:
        value = self._values.get(match[1])
        return value.shown if value and (value.shown or not value.questions) else match[0]

    def _condition(self, said: str) -> str:
        written = _SELECTED.sub(self._any_of, _EQUAL.sub(self._any_of, said))

        def literal(match: re.Match[str]) -> str:
            value = self._values.get(match[1])
            return (value.literal if value else "") or match[0]

        written = REFERENCE.sub(literal, written)
        return said if written == said else folded(written)

    def _any_of(self, match: re.Match[str]) -> str:
        """A test of whichever question was asked: of each that has the option."""
        value = self._values.get(match["name"])
        if value is None or value.is_label or len(value.questions) < 2:
            return match[0]
        named = [one for one in value.questions if self._has(one, match["value"])]
        joined = " or ".join(f"${{{one}}} = '{match['value']}'" for one in named or value.questions)
        return f"({joined})"

    def _has(self, name: str, option: str) -> bool:
        list_name = self._asked[name][1].list_name
        return any(
            one.get("list_name") == list_name and one.get("name") == option for one in self._choices
        )


def folded(condition: str) -> str:
    """The condition without its parts that are so, or are not, for everybody."""
    said = xpath.bare(condition)
    if len(said) > LONGEST:
        return said
    for word, all_of_it, nothing in (("or", TRUE, FALSE), ("and", FALSE, TRUE)):
        parts = xpath.joined_by(said, word)
        if len(parts) > 1:
            left = [part for part in map(folded, parts) if part != nothing]
            if all_of_it in left or not left:
                return all_of_it if left else nothing
            return f" {word} ".join(f"({part})" for part in left) if len(left) > 1 else left[0]
    if denied := xpath.denied(said):
        inner = folded(denied)
        return {TRUE: FALSE, FALSE: TRUE}.get(inner, f"not({inner})")
    if chosen := _CHOSEN.fullmatch(said):
        one, other = _literal(chosen["one"]), _literal(chosen["other"])
        if one is not None and other is not None:
            return TRUE if other in one.split() else FALSE
    match = _SIGNS.fullmatch(said)
    one, other = (_literal(match[side]) for side in ("one", "other")) if match else (None, None)
    if match is None or one is None or other is None:
        return said
    are_words = not any(_NUMBER.fullmatch(match[side].strip()) for side in ("one", "other"))
    return TRUE if _holds(one, match["sign"], other, are_words=are_words) else FALSE


def _holds(one: str, sign: str, other: str, *, are_words: bool) -> bool:
    """As XPath compares: words with words are the same sign by sign, all else is compared as numbers."""
    if are_words and sign in ("=", "!="):
        return (one == other) == (sign == "=")
    if not (_NUMBER.fullmatch(one.strip()) and _NUMBER.fullmatch(other.strip())):
        return sign == "!="  # what is no number equals none, and is neither less nor more
    less, more = float(one) < float(other), float(one) > float(other)
    is_equal = not less and not more
    holds = {
        "=": is_equal,
        "!=": not is_equal,
        "<": less,
        ">": more,
        "<=": not more,
        ">=": not less,
    }
    return holds[sign]


def _literal(said: str) -> str | None:
    said = said.strip()
    if words := _WORDS.fullmatch(said):
        return words[1] or words[2] or ""
    return said if _NUMBER.fullmatch(said) else None


def _cases(given: list[str]) -> Iterator[tuple[str, str]]:
    """The conditions and values of an `if` within an `if`."""
    condition, value, other = given
    yield condition, value
    inner = _CALL.fullmatch(xpath.bare(other))
    if inner and inner["name"] == "if" and len(more := xpath.arguments(inner["inner"])) == 3:
        yield from _cases(more)
    else:
        yield "", other


def _bare(condition: str) -> str:
    return "".join(xpath.bare(condition).split()).replace('"', "'")
