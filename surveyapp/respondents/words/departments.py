"""Which department a cell means: full name, abbreviation, code, or something close to one."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from surveyapp.respondents.context import DepartmentEntry, ListContext
from surveyapp.respondents.words.names import fold

_STOP = {"va", "tinh", "cac", "cua", "thuoc", "thanh", "pho"}
_KIND_WORDS = ("so", "ban")
_SECTION_NUMBER = re.compile(r"^\s*(?:[IVXLC]+|\d{1,3}|[A-Z])\s*[.)/:\-–]\s*", re.IGNORECASE)
_NEAR = 0.84


@dataclass(frozen=True, slots=True)
class Match:
    """The department meant. `certain` unless only something close to it was written."""

    code: str
    name: str
    certain: bool
    exact: bool


class DepartmentIndex:
    """All ways to write the departments of a campaign."""

    def __init__(self, departments: Iterable[DepartmentEntry], unit_name: str = "") -> None:
        self.entries = tuple(departments)
        self._unit_words = tuple(fold(unit_name).split())
        self._spellings = [
            (words, entry) for entry in self.entries for words in _spellings(entry.name)
        ]
        self._codes = {fold(e.code).replace(" ", ""): e for e in self.entries}
        self._found: dict[str, Match | None] = {}

    def find(self, text: str) -> Match | None:
        """The department of `text`, or None. `exact` when it is written as the campaign writes it."""
        if text not in self._found:
            self._found[text] = self._search(text)
        return self._found[text]

    def _search(self, text: str) -> Match | None:
        written = _SECTION_NUMBER.sub("", text) if not text.isupper() or " " in text else text
        entry = self._certain(written) or self._certain(text)
        if entry is not None:
            return Match(entry.code, entry.name, True, fold(text) == fold(entry.name))
        near = self._near(written)
        return Match(near.code, near.name, False, False) if near else None

    def _certain(self, text: str) -> DepartmentEntry | None:
        folded = fold(text)
        if not folded:
            return None
        by_name = next((e for e in self.entries if fold(e.name) == folded), None)
        by_code = self._codes.get(folded.replace(" ", ""))
        if by_name or by_code:
            return by_name or by_code
        for tokens in self._readings(folded):
            found = {e.code: e for words, e in self._spellings if _abbreviates(tokens, words)}
            # `Ban Quản lý khu kinh tế / khu công nghiệp` stands for boards that have names of their own.
            found = found or {
                e.code: e
                for words, e in self._spellings
                if "/" in e.name and _starts_with(tokens, words)
            }
            if len(found) == 1:
                return next(iter(found.values()))
        return None

    def _readings(self, folded: str) -> list[tuple[str, ...]]:
        """Tokens without stop words; also without the unit's name, and with `so` put in front."""
        folded = folded.replace("ngan hang nha nuoc viet nam", "ngan hang nha nuoc")
        tokens = tuple(t for t in folded.replace("nhnn viet nam", "nhnn").split() if t not in _STOP)
        readings = [tokens]
        unit = tuple(w for w in self._unit_words if w not in _STOP)
        if unit and tokens[-len(unit) :] == unit:
            tokens = tokens[: -len(unit)]
            readings.append(tokens)
        if tokens[-1:] in (("tp",), ("t",)):
            readings.append(tokens[:-1])
        if tokens and tokens[0] not in (*_KIND_WORDS, "van", "thanh", "ngan"):
            readings.extend((kind, *tokens) for kind in _KIND_WORDS)
        return [r for r in readings if r]

    def _near(self, text: str) -> DepartmentEntry | None:
        tokens = self._readings(fold(text))
        best, score = None, _NEAR
        for reading in tokens[:2]:
            written = " ".join(reading)
            for words, entry in self._spellings:
                spelled = " ".join(words)
                if _starts_with(reading, words):
                    ratio = 0.9 + len(words) / 1000
                else:
                    ratio = difflib.SequenceMatcher(None, written, spelled).ratio()
                if ratio > score:
                    best, score = entry, ratio
        return best


def _spellings(name: str) -> list[tuple[str, ...]]:
    """The words of a name without `và`; each alternative of `a / b`; without `chi nhánh`."""
    head, *others = re.split(r"\s*/\s*", name)
    names = [head]
    if others:
        start = re.match(r"^(.*?)(khu)\b", head, re.IGNORECASE)
        names += [f"{start[1] if start else ''}{other}" for other in others]
    words = [tuple(w for w in fold(n).split() if w not in _STOP) for n in names]
    shorter = [
        tuple(
            w
            for i, w in enumerate(ws)
            if (w, (*ws, "")[i + 1]) != ("chi", "nhanh") and w != "nhanh"
        )
        for ws in words
    ]
    return list(dict.fromkeys([*words, *shorter]))


@lru_cache(maxsize=50_000)
def _abbreviates(tokens: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether each token is the next word, its beginning, or initials of the next few words.

    `so nn ptnt` abbreviates `so nong nghiep phat trien nong thon`; so does `snnptnt`.
    """
    if not tokens:
        return not words
    token = tokens[0]
    if words and token == words[0] and _abbreviates(tokens[1:], words[1:]):
        return True
    for taken in range(1, min(len(token), len(words)) + 1):
        if "".join(w[0] for w in words[:taken]) == token and _abbreviates(
            tokens[1:], words[taken:]
        ):
            return True
    return False


def _starts_with(tokens: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether the department is written in full or in short, and more follows it."""
    if len(words) < 3:
        return False
    return any(_abbreviates(tokens[:n], words) for n in range(2, len(tokens)))


@lru_cache(maxsize=256)
def index_for(context: ListContext) -> DepartmentIndex:
    """The index of one list's departments; kept, because a list asks thousands of times."""
    return DepartmentIndex(context.departments, context.unit_name)
