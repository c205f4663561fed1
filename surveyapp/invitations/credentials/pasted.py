"""What people put into the code box: a code, a link, a whole message, with letters where digits belong."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from surveyapp.invitations.credentials import codes, device_handoff
from surveyapp.invitations.errors import MistypedCode

LONGEST = 20_000
"""Characters that are looked at: a mail with everything quoted below it."""

_LINKED = re.compile(r"[/_][tT][/_]([0-9]{16})(?![0-9])|[/_][mM][/_]([0-9]{10})(?![0-9])")
"""Also within another address, as the links that a mail server wraps for its own check."""
_PRINTED = re.compile(r"(?<![0-9])(?=([0-9]{4}(?:[\W_]{0,6}[0-9]{4}){3})(?![0-9]))")
"""As it stands in the message, with words grown onto it where a line break was lost, or other signs between."""
_PASSED_ON = re.compile(r"(?<![0-9])[0-9]{5} [0-9]{5}(?![0-9])")
_WRAPS = 2
"""How often an address within an address is written in percent signs."""
_UNSEEN = {"Cf", "Mn", "Me"}
"""Unicode's classes of signs that a program puts between digits and nobody sees as one."""
_ALIKE = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "i": "1", "|": "1"})
"""Letters that are read, or typed on a typewriter's habit, for digits."""
_GROUP = r"[0-9OolIi|]{1,20}"
_RUN = re.compile(rf"(?<!\w){_GROUP}(?:[\s.\-\u2010-\u2015_]{{1,3}}{_GROUP})*(?!\w)")
_LEAST_DIGITS = 6
"""Real digits in a code that was typed with letters; fewer are words."""
_BETWEEN = set(" \t\r\n\u00a0.-_\u2010\u2011\u2012\u2013\u2014\u2015()")
_TOLD = 12


@dataclass(frozen=True)
class Typed:
    """What was found: an access code, or ten digits that stand for one."""

    code: str | None = None
    handoff: str | None = None


def read(text: str) -> Typed:
    """The code in whatever was typed or pasted. Raises `MistypedCode` with what was understood and what not."""
    folded = unicodedata.normalize("NFKC", text)[:LONGEST]
    credential = _within(_plain(folded))
    if credential:
        return credential
    likely = _digits(_fitted(folded))
    if len(likely) == device_handoff.DIGITS and codes.check_digit(likely[:-1]) == likely[-1]:
        return Typed(handoff=likely)
    raise MistypedCode(len(likely), read=likely, strange=_strange(folded))


def _plain(text: str) -> str:
    """The text as it was before mail programs, pages and addresses wrapped it; digits of any script as ours."""
    text = unescape(text.replace("=\r\n", "").replace("=\n", ""))
    for _wrap in range(_WRAPS):
        text = unquote(text)
    return "".join(
        str(unicodedata.digit(sign)) if sign.isdecimal() else sign
        for sign in text
        if unicodedata.category(sign) not in _UNSEEN
    )


def _within(plain: str) -> Typed | None:
    """What the text holds, the surest sign of a code first. Raises `MistypedCode` for ten digits with a slip."""
    linked = _LINKED.search(plain)
    if linked and linked[1] and _is_code(linked[1]):
        return Typed(code=linked[1])
    if linked and linked[2]:
        return Typed(handoff=device_handoff.read_typed(linked[2]))
    code = next(_codes_within(plain), None)
    if code:
        return Typed(code=code)
    digits = _digits(plain)
    if _is_code(
        digits
    ):  # after the groups: an hour and a code typed with letters are sixteen digits too
        return Typed(code=digits)
    if len(digits) == device_handoff.DIGITS:
        return Typed(handoff=device_handoff.read_typed(digits))
    passed_on = map(_digits, _PASSED_ON.findall(plain))
    handoff = next((one for one in passed_on if codes.check_digit(one[:-1]) == one[-1]), None)
    return Typed(handoff=handoff) if handoff else None


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdecimal())


def _is_code(digits: str) -> bool:
    return len(digits) == codes.CODE_DIGITS and codes.check_digit(digits[:-1]) == digits[-1]


def _codes_within(text: str) -> Iterator[str]:
    """Neighbouring groups that make up sixteen digits with a fitting check digit, from the left."""
    for run in _RUN.finditer(text):
        groups = re.findall(_GROUP, run[0])
        for first in range(len(groups)):
            joined = ""
            for group in groups[first:]:
                joined += group
                if len(joined) >= codes.CODE_DIGITS:
                    break
            read = joined.translate(_ALIKE)
            real = sum(sign.isdecimal() for sign in joined)
            if real >= _LEAST_DIGITS and read[0] in codes.FIRST_DIGITS and _is_code(read):
                yield read
    for printed in _PRINTED.finditer(text):
        read = _digits(printed[1])
        if read[0] in codes.FIRST_DIGITS and _is_code(read):
            yield read


def _fitted(text: str) -> str:
    """Letters that look like digits, read as such where they stand beside one."""
    before = None
    while before != text:
        before = text
        text = re.sub(
            r"(?<=[0-9])[OolIi|]|[OolIi|](?=[0-9])", lambda match: match[0].translate(_ALIKE), text
        )
    return text


def _strange(text: str) -> str:
    """Signs that are part of no code, each once, as far as a person would look at them."""
    left = [
        sign
        for sign in _fitted(text)
        if not sign.isdecimal() and sign not in _BETWEEN and sign.isprintable()
    ]
    return "".join(dict.fromkeys(left))[:_TOLD]
