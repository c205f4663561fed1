"""JSON from outside, read within bounds: no depth that breaks the reader, no numbers that take minutes."""

import json
import re
from typing import Any

DEEPEST = 20
LONGEST_NUMBER = 40
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


def read(text: str | bytes) -> Any:
    """What the text says. Raises ValueError for anything that is no JSON or goes over the bounds."""
    plain = text.decode("utf-8") if isinstance(text, bytes) else text
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", plain)):
        depth += 1 if bracket in "[{" else -1
        if depth > DEEPEST:
            raise ValueError("too deep")
    return json.loads(plain, parse_int=_whole, parse_float=_fraction, parse_constant=_refused)


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number too long")
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number too long")
    return float(digits)


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
