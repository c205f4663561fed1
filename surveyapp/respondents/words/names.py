"""Vietnamese text for comparing and for showing: folding, name keys, capitals, forms of address."""

import re
import unicodedata
from functools import lru_cache

# Characters that show nothing: zero-width space and joiners, direction marks, BOM, soft hyphen.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_ODD = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\uff01-\uff5e]")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_NOT_WORD = re.compile(r"[\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_MARKS = re.compile("[\u0300-\u036f]")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_HONORIFIC = re.compile(
    r"^(?:"
    r"(?:đồng\s+chí|đ/\s*c|đ\.c|d/c|ông|bà|mr|mrs|ms|bs|ths|gs|pgs|ts|ks|cn|ncs|cử nhân|kỹ sư|thạc sĩ|thạc sỹ"
    r"|tiến sĩ|tiến sỹ|giáo sư|phó giáo sư|bác sĩ|bác sỹ|luật sư|dược sĩ|bscki{0,2}|bsck[12])"
    r"(?:\s*[.:/,]+\s*|\s+))+",
    re.IGNORECASE,
)
_WITH_STOP = re.compile(r"^(?:ông|bà)\s*[(/]\s*(?:ông|bà)\s*\)?\s*", re.IGNORECASE)
_SUSPICIOUS = re.compile(r"[\d@#$%^*_=+<>{}\[\]|\\?!;:/]")


def tidy(text: str) -> str:
    """NFC, full-width characters narrowed, invisible ones removed, blanks collapsed."""
    if not text.isascii():
        if _ODD.search(text):
            text = INVISIBLE.sub("", text).translate(_NARROW)
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """Lower case without accents, đ as d, anything but letters and digits one blank."""
    return " ".join(filter(None, map(_folded_word, text.split())))


# Vietnamese has a few thousand syllables: a list of 20,000 names is made of a few hundred.
@lru_cache(maxsize=50_000)
def _folded_word(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D").lower())
    bare = _MARKS.sub("", letters)
    return _NOT_WORD.sub(" ", bare).strip()


@lru_cache(maxsize=100_000)
def name_key(name: str) -> str:
    """The same for Hoà and Hòa, NGUYỄN VĂN AN and Nguyễn Văn An; not for Hòa and Hóa."""
    words = tidy(without_honorific(name)[0]).lower().replace("-", " ").split()
    return " ".join(map(_word_key, words))


@lru_cache(maxsize=50_000)
def _word_key(word: str) -> str:
    """The word with its tone at the end."""
    marks = unicodedata.normalize("NFD", word)
    tone = "".join(m for m in marks if m in _TONES)
    bare = unicodedata.normalize("NFC", "".join(m for m in marks if m not in _TONES))
    return bare + tone


def without_honorific(name: str) -> tuple[str, str]:
    """The name without forms of address and degrees in front, and what was taken away."""
    rest = _after(_WITH_STOP, name)
    rest = _after(_HONORIFIC, rest) or rest
    if rest == name:
        return name.strip(), ""
    taken = name[: len(name) - len(rest)].strip()
    # Ông and Đồng are family names too: what follows such a one is Thị, Văn or a single word.
    is_family_name = len(rest.split()) < 2 or rest.split()[0] in ("Thị", "Văn")
    if is_family_name and not re.search(r"[./:]", taken):
        return name, ""
    return rest.strip(), taken


def begins_with_honorific(name: str) -> bool:
    """Whether a form of address or a degree, or a family name that looks like one, stands in front."""
    return _HONORIFIC.match(name) is not None


def _after(beginning: re.Pattern[str], name: str) -> str:
    found = beginning.match(name)
    return name[found.end() :] if found else name


def title_case(name: str) -> str:
    """Nguyễn Văn An; the letter after an apostrophe or a hyphen is a capital too (H'Hen, K'Brêu)."""
    return _LETTERS.sub(lambda m: m[0][:1].upper() + m[0][1:].lower(), name)


def is_badly_cased(name: str) -> bool:
    """Whether the name is all capitals, all small letters, or has a word in the wrong case."""
    words = _LETTERS.findall(name)
    return len("".join(words)) > 1 and any(
        (len(w) > 1 and w[1:] != w[1:].lower()) or w[0] != w[0].upper() for w in words
    )


def is_suspicious(name: str) -> str:
    """Why a name cannot well be one person's: `digits`, `one_word`, `several`, `long`, or empty."""
    if _SUSPICIOUS.search(name):
        return "symbols"
    words = name.split()
    if len(words) < 2 and "'" not in name and "’" not in name:
        return "one_word"
    if "," in name or " và " in f" {name.lower()} ":
        return "several"
    return "long" if len(words) > 8 or len(name) > 60 else ""
