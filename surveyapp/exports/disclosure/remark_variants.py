"""How people write what tells who somebody is so that it is not seen at once: without accents, spelled out, spaced,
shortened. Everything here proposes; two persons who read decide."""

import re
import unicodedata
from collections.abc import Iterator

Span = tuple[int, int]

_WORD = re.compile(r"\w+")
_INITIALS = re.compile(r"(?<!\w)(?:[A-ZĐ][gh]?\.\x20?+){2,}+(?:[A-ZĐ]\w*+)?+")
_NO_PERSON = frozenset(
    ["UBND", "HDND", "CCHC", "TTHC", "TPHCM", "TW", "VN", "ND", "CP", "TTG", "QD", "CTCT", "MTTQ"]
)
"""Shortened words that are written with dots too."""

_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_](?!\w)[ .\-]{1,3}+){4,}+(?:[^\W\d_](?!\w))?+")
_SPELLED = 5
"""Letters that stand each alone, for a word; a shortened office has four."""

_SAID_NUMBER = re.compile(
    r"(?<!\w)(?:(?:không|khong|một|mốt|mot|hai|bảy|bẩy|bay|ba|bốn|bon|tư|tu|năm|lăm|nam|lam|sáu|sau|tám|tam|chín|chin"
    r"|mười|mươi|muoi|linh|lẻ|\d)(?![^\W\d])[\x20,.\-]{0,3}+){8,}+",
    re.IGNORECASE,
)
_SAID_DIGITS = 6
"""Words among the digits of a number that is said: a year has one."""

_SAID_ADDRESS = re.compile(
    r"(?<![\w.\-])[\w.\-]++"
    r"(?:\s{0,3}+[(\[{<]\s?(?:at|a\s?còng|a\s?cong|@)\s?[)\]}>]\s{0,3}+|\s{1,3}+a\s?c[òo]ng\s{1,3}+|\s{0,3}+@\s{0,3}+)"
    r"\w++(?:\s{0,3}+(?:\.|[(\[]\s?(?:dot|chấm|cham)\s?[)\]]|chấm\s|cham\s|dot\s)\s{0,3}+\w++)++",
    re.IGNORECASE,
)
_PLAIN_TITLE = re.compile(
    r"(?<!\w)(?:[Oo]ng|ba|chi|co|chu|bac|thay|anh|em|[Dd]ong chi)\s{1,3}+(?=([A-Z][a-z]*+)(?!\w))"
)
_MIDDLE = frozenset(["van", "thi"])
_NO_GIVEN_NAME = {
    "van": ("phong", "ban", "hoa", "thu", "kien", "minh", "nghe"), "thi": ("truong", "xa", "tran", "sat"),
}  # fmt: skip
"""After "văn" and "thị" in small letters: offices, papers, culture; markets, towns."""

_PLAIN_ONLY_WITH_MIDDLE = frozenset(
    ["Do", "Ta", "To", "Ho", "Vo", "La", "Le", "Ly", "Mai", "Chu", "Thai"]
)
"""Family names that are other words where nobody writes accents."""


def unaccented(text: str) -> str:
    """The same text, sign by sign, without its accents."""
    return "".join(
        {"đ": "d", "Đ": "D"}.get(sign) or unicodedata.normalize("NFD", sign)[0] for sign in text
    )


def hidden_contacts(text: str) -> Iterator[Span]:
    """Addresses and numbers that are said instead of written."""
    yield from (one.span() for one in _SAID_ADDRESS.finditer(text))
    for one in _SAID_NUMBER.finditer(text):
        words = [word for word in _WORD.findall(one[0]) if not word.isdigit()]
        if len(words) >= _SAID_DIGITS:
            yield one.start(), one.start() + len(one[0].rstrip(" ,.-"))


def spelled_names(text: str) -> Iterator[Span]:
    """Letters that stand each alone, and initials with dots."""
    for one in _SPACED.finditer(text):
        if len(_WORD.findall(one[0])) >= _SPELLED:
            yield one.start(), one.start() + len(one[0].rstrip(" .-"))
    for one in _INITIALS.finditer(text):
        capitals = "".join(sign for sign in unaccented(one[0]) if sign.isupper())
        if capitals not in _NO_PERSON:
            yield one.start(), one.start() + len(one[0].rstrip())


def plain_titles(text: str, positions: frozenset[str]) -> Iterator[int]:
    """Where a name begins after a title without accents."""
    no_names = {unaccented(word) for word in positions}
    for title in _PLAIN_TITLE.finditer(text):
        if title[1] not in no_names:
            yield title.end()


def is_plain_family(word: str, following: str, families: frozenset[str]) -> bool:
    """A family name without its accents, before `following`."""
    if word not in {unaccented(one) for one in families}:
        return False
    return word not in _PLAIN_ONLY_WITH_MIDDLE or following.casefold() in _MIDDLE


def small_letter_names(text: str, families: frozenset[str]) -> Iterator[Span]:
    """A family name, "văn" or "thị", and what follows, in small letters: who writes so names somebody."""
    plain = {unaccented(one).casefold() for one in families}
    words = list(_WORD.finditer(text))
    for family, middle, given in zip(words, words[1:], words[2:], strict=False):
        told = [unaccented(one[0]).casefold() for one in (family, middle, given)]
        together = text[family.end() : middle.start()] == text[middle.end() : given.start()] == " "
        if together and told[0] in plain and told[1] in _MIDDLE:
            if told[0] == "ly" or told[2] in _NO_GIVEN_NAME[told[1]]:
                continue  # quản lý thị trường, văn phòng
            yield family.start(), given.end()


def unit_variants(name: str) -> list[str]:
    """How a unit is shortened, without accents: BNV, B.N.V, TT-Hue, tinh DB, TPHCM."""
    plain = unaccented(name)
    words = _WORD.findall(plain)
    initials = "".join(word[0] for word in words).upper()
    variants = [plain, plain.replace(" - ", "-"), plain.replace(" ", "")]
    if len(words) >= 3:
        front = initials[:-1]
        variants += [initials, ".".join(initials), f"TP{initials}"]
        variants += [f"{front}{sign}{words[-1]}" for sign in ("-", " ", ".", ". ")]
    if len(words) == 4:
        variants.append(f"{initials[:2]}-{initials[2:]}")
    if len(words) == 2:
        variants += [f"{kind}{initials}" for kind in ("tinh ", "t.", "t. ", "tp ", "tp.", "tp. ")]
    return list(dict.fromkeys(variants))
