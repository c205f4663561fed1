"""Names of the lists, found in remarks without a list beside them: parts of names as prints under a key.

The prints are made at the close, by who may read the lists, and used once, when the box is opened, by who may not.
The key is destroyed in the same transaction. What stays is where in a remark a name stands.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from sqlalchemy import delete
from sqlalchemy.orm import Session

from surveyapp.responses.models import NameGrams

_PRINT_BYTES = 8
_LONGEST, _WHOLE, _PAIR = 6, 3, 2
_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")
_GAP = re.compile(r"[\s.\-]{1,3}")
_TITLE = re.compile(r"(?<!\w)(?:ông|bà|chị|cô|chú|thầy|đồng\s+chí|đ/c|ong)[.:]?\s+$", re.IGNORECASE)

Span = tuple[int, int]


class KnownNames:
    """Tells where in a text names of the lists stand."""

    def __init__(self, key: bytes, prints: frozenset[bytes]) -> None:
        self._key = key
        self._prints = prints

    def spans(self, text: str) -> list[Span]:
        """From where to where: the longest parts of names, none inside another."""
        words = list(_WORD.finditer(text))
        spans: list[Span] = []
        first = 0
        while first < len(words):
            size = self._name_at(text, words, first)
            if size:
                spans.append((words[first].start(), words[first + size - 1].end()))
            first += size or 1
        return spans

    def _name_at(self, text: str, words: Sequence[re.Match[str]], first: int) -> int:
        """How many words from `first` on are a name; 0 for none."""
        run = 1
        while (
            run < _LONGEST
            and first + run < len(words)
            and _GAP.fullmatch(text, words[first + run - 1].end(), words[first + run].start())
        ):
            run += 1
        told = [word[0] for word in words[first : first + run]]
        for size in range(run, _WHOLE - 1, -1):
            if self._known(told[:size]):
                return size
        is_addressed = _TITLE.search(text[max(0, words[first].start() - 12) : words[first].start()])
        may_be_pair = is_addressed or all(word[0].isupper() for word in told[:_PAIR])
        if run >= _PAIR and may_be_pair and self._known(told[:_PAIR]):
            return _PAIR
        return 1 if is_addressed and self._known(told[:1]) else 0

    def _known(self, words: Sequence[str]) -> bool:
        """With its tones where it is written with any; longer ones also where tones were left out or are others."""
        if _print(self._key, map(_toned, words)) in self._prints:
            return True
        may_lack_tones = len(words) >= _WHOLE or all(word.isascii() for word in words)
        return may_lack_tones and _print(self._key, map(_plain, words)) in self._prints


def keep(db: Session, campaign_id: int, names: Iterable[str]) -> None:
    """Store the prints of `names` under a fresh key, in place of any before."""
    key = secrets.token_bytes(32)
    prints = {one for name in set(names) for one in _prints(key, name)}
    db.execute(delete(NameGrams).where(NameGrams.campaign_id == campaign_id))
    db.add(NameGrams(campaign_id=campaign_id, key=key, prints=b"".join(sorted(prints))))
    db.flush()


def take(db: Session, campaign_id: int) -> KnownNames | None:
    """What knows the names, once: key and prints are deleted. None where nobody made them."""
    kept = db.get(NameGrams, campaign_id)
    if kept is None:
        return None
    starts = range(0, len(kept.prints), _PRINT_BYTES)
    known = KnownNames(kept.key, frozenset(kept.prints[i : i + _PRINT_BYTES] for i in starts))
    db.delete(kept)
    db.flush()
    return known


def _prints(key: bytes, name: str) -> Iterator[bytes]:
    """The whole name, and how somebody is called: without the family, by the last two words, by the last."""
    words = [word[0] for word in _WORD.finditer(name)]
    parts = {tuple(words[-size:]) for size in {len(words), len(words) - 1, _PAIR, 1} if size > 0}
    for part in parts:
        yield _print(key, map(_toned, part))
        yield _print(key, map(_plain, part))


def _print(key: bytes, words: Iterable[str]) -> bytes:
    return blake2b(" ".join(words).encode(), key=key, digest_size=_PRINT_BYTES).digest()


@lru_cache(maxsize=50_000)
def _toned(word: str) -> str:
    """Letters, then every mark: hoà and hòa are one."""
    signs = unicodedata.normalize("NFD", word.casefold())
    marks = sorted(sign for sign in signs if unicodedata.combining(sign))
    return "".join(sign for sign in signs if not unicodedata.combining(sign)) + "".join(marks)


@lru_cache(maxsize=50_000)
def _plain(word: str) -> str:
    """As it is typed without marks."""
    signs = unicodedata.normalize("NFD", word.casefold().replace("đ", "d"))
    return "".join(sign for sign in signs if not unicodedata.combining(sign))
