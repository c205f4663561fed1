"""Conditions in the XPath of spreadsheets' forms: ours written out, theirs read where it means one of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import Condition, ShownIf, variable_name


@dataclass(frozen=True)
class EarlierQuestion:
    """An earlier question: our item, and where it has options our codes by their names in the form."""

    item: str
    codes: Mapping[str, str] = field(default_factory=dict)
    is_several: bool = False
    is_whole: bool = True
    """Of a number: above 5 is from 6 on."""


Looked = Callable[[str], EarlierQuestion | None]
"""The question of a variable; None where no earlier one has that name."""

_NAME = r"\$\{\s*(?P<name>[^${}\s]+)\s*\}"
_VALUE = r"""['"](?P<value>[^'"]*)['"]"""
_ATOMS = (
    ("selected", re.compile(rf"selected\s*\(\s*{_NAME}\s*,\s*{_VALUE}\s*\)")),
    ("answered", re.compile(rf"{_NAME}\s*!=\s*(?:''|\"\")")),
    ("answered", re.compile(rf"(?:string-length|count-selected)\s*\(\s*{_NAME}\s*\)\s*(?:>\s*0|>=\s*1|!=\s*0)")),
    ("empty", re.compile(rf"{_NAME}\s*=\s*(?:''|\"\")")),
    ("code", re.compile(rf"{_NAME}\s*=\s*{_VALUE}")),
    ("other", re.compile(rf"{_NAME}\s*!=\s*{_VALUE}")),
    ("code", re.compile(rf"{_VALUE}\s*=\s*{_NAME}")),
    ("other", re.compile(rf"{_VALUE}\s*!=\s*{_NAME}")),
    ("equal", re.compile(rf"{_NAME}\s*=\s*(?P<value>\d{{1,9}})")),
    ("unequal", re.compile(rf"{_NAME}\s*!=\s*(?P<value>\d{{1,9}})")),
    ("range", re.compile(rf"{_NAME}\s*(?P<sign>>=|<=|>|<)\s*['\"]?(?P<value>\d{{1,9}})(?:\.0*)?['\"]?")),
)  # fmt: skip
_NOT = re.compile(r"not\s*\((?P<inner>.*)\)", re.DOTALL)

_WORDS = {
    "or": re.compile(r"(?<![\w.$-])or(?![\w.-])", re.IGNORECASE),
    "and": re.compile(r"(?<![\w.$-])and(?![\w.-])", re.IGNORECASE),
}

DEEPEST = 50
"""Brackets within brackets of a condition."""
ALWAYS = ("", "true()", "1", "1 = 1", "1=1")
"""Conditions that hold for everybody."""


NEVER = ("0", "false()", "1=0", "(false())")
"""Conditions that hold for nobody."""


def is_never(condition: str) -> bool:
    """Whether a condition holds for nobody."""
    return "".join(condition.lower().split()) in NEVER


class NotOurs(ValueError):
    """The condition means what our routing cannot say: `part` of it, for the variable `name` no earlier question
    has, or for the option `value` that the question has not."""

    def __init__(self, part: str, *, name: str = "", value: str = "") -> None:
        super().__init__(part)
        self.part, self.name, self.value = part, name, value


def written(shown_if: ShownIf, items: dict[str, Any]) -> str:
    """The condition as the converter takes it; it holds exactly where ours does."""
    joined = " or " if shown_if.any else " and "
    return joined.join(_written(test, items[test.item]) for test in shown_if.any or shown_if.all)


def _written(test: Condition, item: Any) -> str:
    name = f"${{{variable_name(test.item)}}}"
    if test.answered:
        return f"{name} != ''"
    if test.codes or test.without:
        parts = [_has(name, code, item) for code in (*test.codes, *test.without)]
        chosen = " or ".join(parts)
        if test.without:
            return f"not({chosen})"
        return f"({chosen})" if len(parts) > 1 else chosen
    limits = [f"{name} >= {test.least}"] if test.least is not None else []
    limits += [f"{name} <= {test.most}"] if test.most is not None else []
    if test.least is None and item.dont_know:
        limits.insert(0, f"{name} >= 0")  # don't know is a number under 0
    return f"({' and '.join(limits)})" if len(limits) > 1 else limits[0]


def _has(name: str, code: str, item: Any) -> str:
    if kind_of(item).is_number:
        return f"{name} = -{code}"
    return f"selected({name}, '{code}')"


def read(condition: str, looked: Looked) -> dict[str, Any] | None:
    """A condition of another form as `shown_if` writes it; None where it always holds.

    Raises `NotOurs`, with the first of what is not understood.
    """
    if bare(" ".join(condition.split())) in ALWAYS:
        return None
    if is_too_deep(condition):
        raise NotOurs(f"{condition[:80]}…")
    mode, tests = _tests(condition, looked, is_denied=False)
    return {mode: tests}


def _tests(text: str, looked: Looked, *, is_denied: bool) -> tuple[str, list[dict[str, Any]]]:
    """How its tests are joined, and the tests. Denied, each part is, and the other word joins them."""
    text = bare(text)
    while without := denied(text):
        text, is_denied = bare(without), not is_denied
    written, parts = _split(text)
    if len(parts) == 1:
        return "all", [_read(text, looked, is_denied=is_denied)]
    mode = {"any": "all", "all": "any"}[written] if is_denied else written
    tests: list[dict[str, Any]] = []
    for part in parts:
        inner_mode, inner = _tests(part, looked, is_denied=is_denied)
        if len(inner) > 1 and inner_mode != mode:
            raise NotOurs(part)
        tests += inner
    return mode, _together(tests, mode)


def denied(text: str) -> str:
    """What stands in `not(…)`, if that is all of it."""
    match = _NOT.fullmatch(text)
    return match["inner"] if match and bare(f"({match['inner']})") != f"({match['inner']})" else ""


def _split(text: str) -> tuple[str, list[str]]:
    """The parts that one word joins at the outermost level; `all` for a single one."""
    text = bare(text)
    for mode, word in (("any", "or"), ("all", "and")):
        parts = joined_by(text, word)
        if len(parts) > 1:
            return mode, parts
    return "all", [text]


def joined_by(text: str, word: str) -> list[str]:
    """The parts that the word joins outside of all brackets and quotes."""
    return _parts(text, lambda index: len(word) if _WORDS[word].match(text, index) else 0)


def arguments(text: str) -> list[str]:
    """The parts between the commas outside of all brackets and quotes."""
    return _parts(text, lambda index: int(text[index] == ","))


def _parts(text: str, separator: Callable[[int], int]) -> list[str]:
    """What stands between the separators, each as long as is said of its place."""
    depth, quote, start, parts = 0, "", 0, []
    for index, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "(){}":
            depth += 1 if sign in "({" else -1
        elif depth == 0 and index >= start and (length := separator(index)):
            parts.append(text[start:index].strip())
            start = index + length
    return [*parts, text[start:].strip()]


def bare(text: str) -> str:
    """Without brackets around all of it; in linear work, however many there are."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for index, sign in enumerate(text):
        if sign == "(":
            opened.append(index)
        elif sign == ")":
            if not opened:
                return text.strip()
            ends[opened.pop()] = index
    first, last = 0, len(text) - 1
    while first <= last:
        if text[first].isspace():
            first += 1
        elif text[last].isspace():
            last -= 1
        elif ends.get(first) == last:
            first, last = first + 1, last - 1
        else:
            break
    return text[first : last + 1]


def is_too_deep(text: str) -> bool:
    """Whether brackets stand in brackets further than any form that people wrote."""
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth > DEEPEST:
            return True
    return False


def _read(atom: str, looked: Looked, *, is_denied: bool) -> dict[str, Any]:
    for meaning, pattern in _ATOMS:
        match = pattern.fullmatch(atom)
        if match is None:
            continue
        asked = looked(match["name"])
        if asked is None:
            raise NotOurs(atom, name=match["name"])
        if meaning in ("answered", "empty"):
            if (meaning == "empty") != is_denied:
                break  # ours cannot ask that something be left empty
            return {"item": asked.item, "answered": True}
        if asked.codes:
            codes = _codes(atom, asked, meaning, match.groupdict())
            is_without = (meaning in ("other", "unequal")) != is_denied
            return {"item": asked.item, "without" if is_without else "codes": codes}
        if is_denied or meaning in ("other", "unequal"):
            break  # what is not answered is no number, and would be asked too
        if match.groupdict().get("sign") in ("<", ">") and not asked.is_whole:
            break
        return {"item": asked.item, **_range(atom, meaning, match.groupdict())}
    raise NotOurs(atom)


def _codes(
    atom: str, asked: EarlierQuestion, meaning: str, captured: Mapping[str, str]
) -> list[str]:
    """The options that are meant: one by its name, or those whose names are numbers of a range."""
    value = captured["value"]
    if asked.is_several and meaning != "selected":
        raise NotOurs(atom)  # of several options it means that no other is chosen
    if meaning != "range":
        if value not in asked.codes:
            raise NotOurs(atom, name=captured["name"], value=value)
        return [asked.codes[value]]
    limits = {"least": 0, "most": 10**9} | _range(atom, meaning, captured)
    numbers = [int(name) if name.isdecimal() else -1 for name in asked.codes]
    meant = [
        code
        for number, code in zip(numbers, asked.codes.values(), strict=True)
        if limits["least"] <= number <= limits["most"]
    ]
    if min(numbers) < 0 or not meant:
        raise NotOurs(atom)
    return meant


def _range(atom: str, meaning: str, captured: Mapping[str, str]) -> dict[str, int]:
    """The numbers that are meant."""
    value, sign = captured["value"], captured.get("sign") or ""
    if not value.isdecimal() or (sign == "<" and int(value) == 0):
        raise NotOurs(atom)
    n = int(value)
    if meaning != "range":
        return {"least": n, "most": n}
    return {"least": n + (sign == ">")} if sign[0] == ">" else {"most": n - (sign == "<")}


def _together(tests: list[dict[str, Any]], mode: str) -> list[dict[str, Any]]:
    """Any of several codes of one item are one test, and so are none of several and both ends of a range."""
    merged: list[dict[str, Any]] = []
    for test in tests:
        before = next((one for one in merged if _one_test(one, test, mode)), None)
        if before is None:
            merged.append(dict(test))
            continue
        for name, value in test.items():
            if isinstance(value, list):
                before[name] += [code for code in value if code not in before[name]]
            else:
                before[name] = value
    return merged


def _one_test(one: dict[str, Any], other: dict[str, Any], mode: str) -> bool:
    """Whether two tests of one item are one."""
    if one["item"] != other["item"]:
        return False
    if set(one) == set(other):
        return ("codes" in one and mode == "any") or ("without" in one and mode == "all")
    return mode == "all" and _ends(one, other)


def _ends(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return {frozenset(one), frozenset(other)} == {
        frozenset(("item", "least")),
        frozenset(("item", "most")),
    }
