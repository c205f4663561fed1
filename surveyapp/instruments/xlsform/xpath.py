"""Conditions in the XPath of spreadsheets' forms: ours written out, theirs read where it means one of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import Condition, ShownIf, variable_name

Looked = Callable[[str, str], tuple[str, str] | None]
"""From a variable and a code as written to our item and our code; the code is "" where none is meant."""

_ATOMS = (
    ("code", re.compile(r"selected\(\s*\$\{(?P<name>[^${}]+)\}\s*,\s*['\"](?P<value>[^'\"]*)['\"]\s*\)")),
    ("answered", re.compile(r"\$\{(?P<name>[^${}]+)\}\s*!=\s*(?:''|\"\")")),
    ("code", re.compile(r"\$\{(?P<name>[^${}]+)\}\s*=\s*['\"](?P<value>[^'\"]+)['\"]")),
    ("equal", re.compile(r"\$\{(?P<name>[^${}]+)\}\s*=\s*(?P<value>\d{1,9})")),
    ("range", re.compile(r"\$\{(?P<name>[^${}]+)\}\s*(?P<sign>>=|<=|>|<)\s*['\"]?(?P<value>\d{1,9})['\"]?")),
)  # fmt: skip

_WORDS = {
    "or": re.compile(r"\sor\s", re.IGNORECASE),
    "and": re.compile(r"\sand\s", re.IGNORECASE),
}


class NotOurs(ValueError):
    """The condition means what our routing cannot say."""


def written(shown_if: ShownIf, items: dict[str, Any]) -> str:
    """The condition as the converter takes it; it holds exactly where ours does."""
    joined = " or " if shown_if.any else " and "
    return joined.join(_written(test, items[test.item]) for test in shown_if.any or shown_if.all)


def _written(test: Condition, item: Any) -> str:
    name = f"${{{variable_name(test.item)}}}"
    if test.answered:
        return f"{name} != ''"
    if test.codes:
        parts = [_has(name, code, item) for code in test.codes]
        return f"({' or '.join(parts)})" if len(parts) > 1 else parts[0]
    limits = [f"{name} >= {test.least}"] if test.least is not None else []
    limits += [f"{name} <= {test.most}"] if test.most is not None else []
    if test.least is None and item.dont_know:
        limits.insert(0, f"{name} >= 0")  # don't know is a number under 0
    return f"({' and '.join(limits)})" if len(limits) > 1 else limits[0]


def _has(name: str, code: str, item: Any) -> str:
    if kind_of(item).is_number:
        return f"{name} = -{code}"
    return f"selected({name}, '{code}')"


def read(condition: str, looked: Looked) -> dict[str, Any]:
    """A condition of another form as `shown_if` writes it. Raises `NotOurs`, with what is not understood."""
    mode, parts = _split(condition)
    tests: list[dict[str, Any]] = []
    for part in parts:
        inner_mode, inner = _split(part)
        inner_tests = [_read(atom, looked) for atom in inner]
        if len(inner_tests) > 1 and inner_mode != mode:
            inner_tests = [_one_item(inner_tests, inner_mode, part)]
        tests += inner_tests
    merged = _together(tests, mode)
    return {mode: merged}


def _split(text: str) -> tuple[str, list[str]]:
    """The parts that one word joins at the outermost level; `all` for a single one."""
    text = _bare(text)
    for mode, word in (("any", "or"), ("all", "and")):
        parts = _parts(text, word)
        if len(parts) > 1:
            return mode, parts
    return "all", [text]


def _parts(text: str, word: str) -> list[str]:
    depth, quote, start, parts = 0, "", 0, []
    for index, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif depth == 0 and _WORDS[word].match(text, index):
            parts.append(text[start:index].strip())
            start = index + len(word) + 1
    return [*parts, text[start:].strip()]


def _bare(text: str) -> str:
    """Without brackets around all of it."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for index, sign in enumerate(text):
            depth += (sign == "(") - (sign == ")")
            if depth == 0 and index < len(text) - 1:
                return text
        text = text[1:-1].strip()
    return text


def _read(atom: str, looked: Looked) -> dict[str, Any]:
    atom = _bare(atom)
    for meaning, pattern in _ATOMS:
        match = pattern.fullmatch(atom)
        if match is None:
            continue
        value = match.groupdict().get("value") or ""
        asked = looked(match["name"], value if meaning in ("code", "equal") else "")
        if asked is None:
            break
        item, code = asked
        if meaning == "answered":
            return {"item": item, "answered": True}
        if code:
            return {"item": item, "codes": [code]}
        if meaning in ("code", "equal"):
            if not value.isdecimal():
                break
            return {"item": item, "least": int(value), "most": int(value)}
        n, sign = int(value), match["sign"]
        if sign == "<" and n == 0:
            break
        return (
            {"item": item, "least": n + (sign == ">")}
            if sign[0] == ">"
            else {"item": item, "most": n - (sign == "<")}
        )
    raise NotOurs(atom)


def _one_item(tests: list[dict[str, Any]], mode: str, part: str) -> dict[str, Any]:
    """Several tests in brackets that our one test can say."""
    merged = _together(tests, mode)
    if len(merged) != 1:
        raise NotOurs(part)
    return merged[0]


def _together(tests: list[dict[str, Any]], mode: str) -> list[dict[str, Any]]:
    """Any of several codes of one item are one test, and so are both ends of a range."""
    merged: list[dict[str, Any]] = []
    for test in tests:
        before = next((one for one in merged if one["item"] == test["item"]), None)
        if before and mode == "any" and "codes" in before and "codes" in test:
            before["codes"] += [code for code in test["codes"] if code not in before["codes"]]
        elif before and mode == "all" and _ends(before, test):
            before |= test
        else:
            merged.append(dict(test))
    return merged


def _ends(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return {frozenset(one), frozenset(other)} == {
        frozenset(("item", "least")),
        frozenset(("item", "most")),
    }
