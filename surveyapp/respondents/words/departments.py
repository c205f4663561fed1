"""Which department a cell means: full name, abbreviation, code, or something close to one."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from surveyapp.respondents.context import DepartmentEntry, ListContext
from surveyapp.respondents.words.names import fold

_STOP = {"va", "tinh", "cac", "cua", "thuoc", "thanh", "pho"}
_KIND_WORDS = ("so", "ban")
_SECTION_NUMBER = re.compile(r"^\s*(?:[IVXLC]+|\d{1,3}|[A-Z])\s*[.)/:\-–]\s*", re.IGNORECASE)
_STATE_BANK = re.compile(r"\b(ngan hang (?:nha nuoc|nn)|nhnn) (?:viet nam|vn)\b")
_NEAR = 0.84


@dataclass(frozen=True, slots=True)
class Match:
    """The department meant. `certain` unless only something close to it was written.

    Then `alike` says how close, in per cent of the letters; 0 where its name begins so.
    """

    code: str
    name: str
    certain: bool
    exact: bool
    alike: int = 100


class DepartmentIndex:
    """All ways to write the departments of a campaign."""

    def __init__(
        self,
        departments: Iterable[DepartmentEntry],
        unit_name: str = "",
        learned: Mapping[str, str] | None = None,
    ) -> None:
        self.entries = tuple(departments)
        self._unit_endings = _unit_endings(unit_name)
        self._unit_initials = _unit_initials(unit_name)
        self._spellings = [
            (words, entry) for entry in self.entries for words in _spellings(entry.name)
        ]
        # A text can only abbreviate what begins with its first letter.
        self._by_letter: dict[str, list[tuple[tuple[str, ...], DepartmentEntry]]] = {}
        for words, entry in self._spellings:
            self._by_letter.setdefault("".join(words)[:1], []).append((words, entry))
        self._names = {fold(e.name): e for e in reversed(self.entries)}
        self._likely = _Likeness([" ".join(words) for words, _entry in self._spellings])
        self._codes = {fold(e.code).replace(" ", ""): e for e in self.entries}
        self._learned = learned or {}
        self._found: dict[str, Match | None] = {}
        self._known: dict[str, Match | None] = {}

    def find(self, text: str) -> Match | None:
        """The department of `text`, or None. `exact` when it is written as the campaign writes it."""
        if text not in self._found:
            self._found[text] = self._search(text)
        return self._found[text]

    def certainly(self, text: str) -> Match | None:
        """The department that is written so for certain, or None; nothing is compared letter by letter."""
        if text not in self._known:
            self._known[text] = self._written(text)
        return self._known[text]

    def _written(self, text: str) -> Match | None:
        written = _without_number(text)
        entry = self._certain(written) or self._certain(text)
        if entry is None and "(" in written:
            # `Sở Ngoại vụ (SNgV)`: what stands in brackets repeats what stands before them.
            entry = self._certain(written.partition("(")[0])
        if entry is None and fold(text) in self._learned:
            entry = self._codes.get(fold(self._learned[fold(text)]).replace(" ", ""))
        if entry is None:
            return None
        return Match(entry.code, entry.name, True, fold(text) == fold(entry.name))

    def _search(self, text: str) -> Match | None:
        known = self.certainly(text)
        if known is not None:
            return known
        written = _without_number(text)
        near, alike = self._near(written)
        near = near or self._begun(written)
        return Match(near.code, near.name, False, False, alike) if near else None

    def _certain(self, text: str) -> DepartmentEntry | None:
        folded = fold(text)
        if not folded:
            return None
        by_name = self._names.get(folded)
        by_code = self._codes.get(folded.replace(" ", ""))
        if by_name or by_code:
            return by_name or by_code
        for tokens in self._readings(folded):
            coded = self._codes.get("".join(tokens))
            if coded:
                return coded  # `SNV TPHCM`, `Sở NgV`
            coded = self._codes.get(f"s{''.join(tokens[1:])}") if tokens[0] == "so" else None
            if coded:
                return coded
            alike = self._by_letter.get(tokens[0][0], ())
            entries = {e.code: e for words, e in alike if _abbreviates(tokens, words)}
            # `Ban Quản lý khu kinh tế / khu công nghiệp` stands for boards that have names of their own.
            entries = entries or {
                e.code: e for words, e in alike if "/" in e.name and _starts_with(tokens, words)
            }
            if len(entries) == 1:
                return next(iter(entries.values()))
        return None

    def _readings(self, folded: str) -> list[tuple[str, ...]]:
        """Tokens without stop words; also without the unit's name, and with `so` put in front."""
        folded = _STATE_BANK.sub(r"\1", folded).removeprefix("chi nhanh ")
        folded = folded.replace("che xuat", "cong nghiep").replace("kcx", "kcn")
        if self._unit_initials:
            folded = folded.removesuffix(f" tinh {self._unit_initials}")
        tokens = tuple(t for t in folded.split() if t not in _STOP)
        readings = [tokens]
        for unit in self._unit_endings:
            if len(tokens) > len(unit) and tokens[-len(unit) :] == unit:
                tokens = tokens[: -len(unit)]
                readings.append(tokens)
                break
        # `Sở Nội vụ HD`: two letters end a name that is whole without them.
        if len(tokens) > 3 and tokens[-1] == self._unit_initials:
            readings.append(tokens[:-1])
        if tokens[-1:] in (("tp",), ("t",)):
            tokens = tokens[:-1]
            readings.append(tokens)
        if tokens and tokens[0] not in (*_KIND_WORDS, "van", "thanh", "ngan"):
            readings.extend((kind, *tokens) for kind in _KIND_WORDS)
        return [r for r in readings if r]

    def _begun(self, text: str) -> DepartmentEntry | None:
        """The one department whose name begins so: `Sở Giáo dục`, `Văn phòng`. Proposed, never taken."""
        readings = self._readings(fold(text))
        tokens = readings[0] if readings else ()
        if len(tokens) < 2:
            return None
        entries = {
            e.code: e
            for words, e in self._spellings
            if any(_abbreviates(tokens, words[:k]) for k in range(2, len(words)))
        }
        return next(iter(entries.values())) if len(entries) == 1 else None

    def _near(self, text: str) -> tuple[DepartmentEntry | None, int]:
        """The department written most like it, and how like in per cent."""
        best, score = None, _NEAR
        for reading in self._readings(fold(text))[:2]:
            for words, entry in self._by_letter.get(reading[0][0], ()):
                longer = 0.9 + len(words) / 1000
                if longer > score and _starts_with(reading, words):
                    best, score = entry, longer
            index, ratio = self._likely.best(" ".join(reading), above=score)
            if ratio > score:
                best, score = self._spellings[index][1], ratio
        return best, min(99, round(score * 100)) if best else 0


class _Likeness:
    """Which of some texts is most like another one, found by the pairs of letters they share.

    A text is compared letter by letter with the few that share most: a list of a thousand unknown
    departments would else be compared with every name there is, one by one.
    """

    _COMPARED = 12

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._letters = [Counter(text) for text in texts]
        self._places: dict[str, list[int]] = {}
        for index, text in enumerate(texts):
            for pair in _pairs(text):
                self._places.setdefault(pair, []).append(index)

    def best(self, text: str, *, above: float) -> tuple[int, float]:
        """The place of the most like and its likeness (0..1); (0, `above`) where none is over that."""
        shared = Counter(index for pair in _pairs(text) for index in self._places.get(pair, ()))
        closest, letters = (0, above), Counter(text)
        for index, _shared in sorted(shared.items(), key=lambda s: (-s[1], s[0]))[: self._COMPARED]:
            other = self._texts[index]
            # Never more alike than in the letters they have in common, wherever these stand.
            common = sum(min(n, self._letters[index][letter]) for letter, n in letters.items())
            if 2 * common <= closest[1] * (len(text) + len(other)):
                continue
            ratio = difflib.SequenceMatcher(None, text, other).ratio()
            if ratio > closest[1]:
                closest = (index, ratio)
        return closest


def _without_number(text: str) -> str:
    return _SECTION_NUMBER.sub("", text) if not text.isupper() or " " in text else text


def _unit_endings(unit_name: str) -> list[tuple[str, ...]]:
    """How a unit's name may end the name of its department: `Hồ Chí Minh`, `TPHCM`, `TP HCM`, `BRVT`."""
    words = tuple(w for w in fold(unit_name).split() if w not in _STOP)
    if not words:
        return []
    initials = _unit_initials(unit_name)
    short = [("tp", initials), (f"tp{initials}",), (f"t{initials}",)]
    # Two letters alone may be a department's: CT is Cần Thơ and Công Thương.
    alone = [(initials,)] if len(initials) > 2 else []
    return [("tp", *words), words, *short, *alone]


def _unit_initials(unit_name: str) -> str:
    return "".join(word[0] for word in fold(unit_name).split() if word not in _STOP)


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(max(1, len(text) - 1))}


def _spellings(name: str) -> list[tuple[str, ...]]:
    """The words of a name without `và`; each alternative of `a / b`; without `chi nhánh`."""
    head, *others = re.split(r"(?<!\s)\s*+/\s*+", name)
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


def _abbreviates(tokens: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether each token is the next word or the initials of the next few words.

    `so nn ptnt` abbreviates `so nong nghiep phat trien nong thon`; so does `snnptnt`.
    """
    reached = [{0}, *_reached(tokens, words)]
    return len(words) in reached[-1]


def _starts_with(tokens: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether the department is written in full or in short, and more follows it."""
    if len(words) < 3:
        return False
    after = enumerate(_reached(tokens, words), start=1)
    return any(len(words) in reached for count, reached in after if 2 <= count < len(tokens))


@lru_cache(maxsize=1000)
def _initials(words: tuple[str, ...]) -> str:
    return "".join(word[0] for word in words)


def _reached(tokens: tuple[str, ...], words: tuple[str, ...]) -> Iterator[set[int]]:
    """After each token, how many of the words may be accounted for; it ends where none can be."""
    initials = _initials(words)
    reached = {0}
    for token in tokens:
        reached = {
            at + count
            for at in reached
            for count in {1, len(token)}
            if (count == len(token) and initials.startswith(token, at))
            or (count == 1 and words[at : at + 1] == (token,))
        }
        yield reached
        if not reached:
            return


@lru_cache(maxsize=256)
def index_for(context: ListContext) -> DepartmentIndex:
    """The index of one list's departments; kept, because a list asks thousands of times."""
    return DepartmentIndex(context.departments, context.unit_name, dict(context.learned))
