"""Letters and signs that look like others, or like nothing at all: read as what they mean."""

import re
import unicodedata
from functools import lru_cache

# Nothing to be seen: joiners, marks of direction and their isolates, variation selectors, BOM, soft
# hyphen, the object replacement character, and the fillers of other scripts.
_NOTHING = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffc\U000e0000-\U000e01ef"
)
INVISIBLE = re.compile(f"[{_NOTHING}]")
_BLANKS = dict.fromkeys((0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0), " ")
# Vietnamese letters as other alphabets, other fonts and text copied out of PDF files have them.
_LETTERS = {
    "Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ", "Ƣ": "Ư", "ƣ": "ư", "Ǎ": "Ă", "ǎ": "ă", "Ĕ": "Ê", "ĕ": "ê",
    "Ǒ": "Ô", "ǒ": "ô", "ı": "i", "ȷ": "j", "ɑ": "a", "ɡ": "g", "ʼ": "'", "ʹ": "'", "ˈ": "'",
    "Ȃ": "Â", "ȃ": "â", "Ȇ": "Ê", "ȇ": "ê", "Ȏ": "Ô", "ȏ": "ô", "´": "'",
}  # fmt: skip
# Letters of the Cyrillic and Greek alphabets that are drawn like Latin ones.
_FOREIGN = str.maketrans(
    "АВСЕНІЈКМОРЅТУХЅавсеһіјкмпорѕтухԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧνορικ",
    "ABCEHIJKMOPSTYXSabcehijkmnopstyxqwABEZHIKMNOPTYXvopik",
)
_LATIN = re.compile("[A-Za-zÀ-ɏẠ-ỹ]")
_FOREIGN_LETTER = re.compile("[Ѐ-ԯΑ-ω]")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―⁃−﹘﹣－⸺⸻"), "-")
_DOTS = dict.fromkeys(map(ord, "·•∙⋅・․‧。．▪●"), ".")
_QUOTES = dict.fromkeys(map(ord, "‘’‚‛′`´ʼ"), "'") | dict.fromkeys(map(ord, "“”„‟″"), '"')


def _compatible() -> dict[int, str]:
    """Wide, mathematical, circled and joined forms of plain letters, digits and signs."""
    ranges = [(0xFF01, 0xFF5F), (0xFE50, 0xFE6C), (0xFB00, 0xFB07), (0x1D400, 0x1D800), (0x2460, 0x2469), (0x2070, 0x208A), (0x24B6, 0x24EA)]  # fmt: skip
    letters = {}
    for first, end in ranges:
        for code in range(first, end):
            plain = unicodedata.normalize("NFKC", chr(code))
            if plain.isascii() and plain != chr(code):
                letters[code] = plain
    return letters


_TABLE: dict[int, str] = {ord(k): v for k, v in _LETTERS.items()} | _BLANKS | _compatible()
# A set, not a pattern: a class with letters beyond the first plane is looked through one by one.
_ODD = frozenset(
    chr(code)
    for code in (*range(0x20, 0x590), *range(0x61C, 0x61D), *range(0x1100, 0x1900), *range(0x2000, 0x3200),
                 *range(0xFB00, 0x10000), *range(0x1D400, 0x1D800), *range(0xE0000, 0xE01F0))
    if code in _TABLE or INVISIBLE.match(chr(code)) or _FOREIGN_LETTER.match(chr(code))
)  # fmt: skip
# In a number or an address every dash, dot and quotation mark means the plain one.
_SIGNS = _DASHES | _DOTS | _QUOTES | {0xFF61: "."}


def as_meant(text: str) -> str:
    """Composed text with look-alikes replaced and what cannot be seen left out; blanks as they are."""
    if text.isascii():
        return text
    if not _ODD.isdisjoint(text):
        text = INVISIBLE.sub("", text).translate(_TABLE)
        if _FOREIGN_LETTER.search(text) and _LATIN.search(text):
            text = text.translate(_FOREIGN)
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=50_000)
def is_plain(word: str) -> bool:
    """Whether the word is composed and holds no look-alike, so that `as_meant` leaves it in any text."""
    return word.isascii() or (_ODD.isdisjoint(word) and unicodedata.is_normalized("NFC", word))


def is_picture(letter: str) -> bool:
    """Whether it is a drawn sign: a telephone, an envelope, a tick."""
    return letter > "~" and unicodedata.category(letter) in ("So", "Sk", "Cn", "Co")


def signs_as_meant(text: str) -> str:
    """The same for a number or an address: digits of other scripts, dashes, dots and quotes too."""
    if text.isascii():
        return text
    meant = as_meant(text).translate(_SIGNS).translate(_FOREIGN)
    if not meant.isascii():
        meant = "".join(_digit(letter) for letter in meant)
    return meant


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    if value is not None:
        return str(value)
    return " " if letter.isspace() else letter


def without_eth(text: str) -> str:
    """Eth and the PDF's oi as the letters they stand for; everything else as it is."""
    return text.translate(_ETH)


_ETH = str.maketrans("ÐðƢƣ", "ĐđƯư")
