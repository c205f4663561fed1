"""Vietnamese text as old fonts left it: TCVN3 (ABC) and VNI recognised and converted."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from surveyapp.respondents.words.lookalikes import without_eth

# TCVN 5712:1993, the "ABC" fonts: one byte per letter, shown here as its Latin-1 character.
_TCVN3 = str.maketrans(
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦",
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
)
# VNI Windows: a base letter followed by a letter that stands for its marks.
_VNI_MARKS = {
    "a": {"ù": "á", "ø": "à", "û": "ả", "õ": "ã", "ï": "ạ",
          "â": "â", "á": "ấ", "à": "ầ", "å": "ẩ", "ã": "ẫ", "ä": "ậ",
          "ê": "ă", "é": "ắ", "è": "ằ", "ú": "ẳ", "ü": "ẵ", "ë": "ặ"},
    "e": {"ù": "é", "ø": "è", "û": "ẻ", "õ": "ẽ", "ï": "ẹ",
          "â": "ê", "á": "ế", "à": "ề", "å": "ể", "ã": "ễ", "ä": "ệ"},
    "o": {"ù": "ó", "ø": "ò", "û": "ỏ", "õ": "õ", "ï": "ọ",
          "â": "ô", "á": "ố", "à": "ồ", "å": "ổ", "ã": "ỗ", "ä": "ộ"},
    "u": {"ù": "ú", "ø": "ù", "û": "ủ", "õ": "ũ", "ï": "ụ"},
    "ô": {"ù": "ớ", "ø": "ờ", "û": "ở", "õ": "ỡ", "ï": "ợ"},
    "ö": {"ù": "ứ", "ø": "ừ", "û": "ử", "õ": "ữ", "ï": "ự"},
    "y": {"ù": "ý", "ø": "ỳ", "û": "ỷ", "õ": "ỹ"},
}  # fmt: skip
_VNI_ALONE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_ONSET = r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
_RHYME = (
    r"(?:a(?:[iouy]|[mnpct]|ng|nh|ch)?|ă(?:[mnpct]|ng)?|â(?:[uy]|[mnpct]|ng)?"
    r"|e(?:o|[mnpct]|ng|nh)?|ê(?:u|[mnpt]|nh|ch)?|i(?:u|[mnpt]|nh|ch|a)?"
    r"|iê(?:u|[mnpct]|ng)|yê(?:u|[mnpt]|ng)?|o(?:i|[mnpct]|ng)?|oa(?:[ioy]|[mnpct]|ng|nh|ch)?"
    r"|oă(?:[mnpct]|ng)|oe(?:o|[nt])?|oong|ooc|ô(?:i|[mnpct]|ng)?|ơ(?:i|[mnpt])?"
    r"|u(?:i|[mnpct]|ng|a)?|uâ(?:y|[nt]|ng)|uê(?:nh|ch)?|uô(?:i|[mnct]|ng)|uơ|uy(?:a|u|[nt]|nh|ch|p)?"
    r"|uyê(?:[nt])|ư(?:u|i|a|[mnpct]|ng)?|ươ(?:[iu]|[mnpct]|ng)|y(?:u|a|[nt])?|uynh|ue|uya|ac)"
)
_SYLLABLE = re.compile(_ONSET + _RHYME)
_WORD = re.compile(r"[^\W\d_]+|[\x80-\xff\u0110\u0111]+", re.UNICODE)
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_LATIN1 = re.compile(r"[\x80-\xff]")
_BEYOND_LATIN1 = re.compile(r"[\u0100-\u1eff]")
_LEGACY_WORD = re.compile(r"[^\s\d.,;:()/&\-\"'\x80-\x9f]+")


@lru_cache(maxsize=50_000)
def is_syllable(word: str) -> bool:
    """Whether `word` can be one written syllable of Vietnamese, wherever its tone stands."""
    marks = unicodedata.normalize("NFD", word.lower())
    tones = [m for m in marks if m in _TONES]
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", "".join(m for m in marks if m not in _TONES))
    return _SYLLABLE.fullmatch(bare) is not None


def from_tcvn3(text: str) -> str:
    """Text typed in a TCVN3 (ABC) font, in Unicode. Raises nothing: unknown letters stay."""
    return text.translate(_TCVN3)


def from_vni(text: str) -> str:
    """Text typed in a VNI Windows font, in Unicode. Unknown letters stay."""
    out: list[str] = []
    index = 0
    while index < len(text):
        letter = text[index]
        following = text[index + 1].lower() if index + 1 < len(text) else ""
        marked = _VNI_MARKS.get(letter.lower(), {}).get(following)
        if marked:
            out.append(marked.upper() if letter.isupper() else marked)
            index += 2
            continue
        alone = _VNI_ALONE.get(letter.lower())
        out.append((alone.upper() if letter.isupper() else alone) if alone else letter)
        index += 1
    return "".join(out)


def _words(text: str) -> list[str]:
    """Words with a letter outside ASCII, by which a charset can be told."""
    return [w for w in _LEGACY_WORD.findall(text) if not w.isascii()]


@lru_cache(maxsize=50_000)
def converted(text: str) -> str | None:
    """`text` in Unicode when it was typed in a TCVN3 or VNI font; None when it was not.

    Told by spelling: some word is no Vietnamese syllable as it stands, and after conversion
    every accented word is. Names of other peoples (Niê, K'Brêu) do not pass that test.
    """
    if not _LATIN1.search(text):
        return None
    text = unicodedata.normalize("NFC", text)
    if _BEYOND_LATIN1.search(text):
        return None
    words = _words(without_eth(text))
    if not words or all(is_syllable(w) for w in words):
        return None
    for convert in (from_tcvn3, from_vni):
        candidate = convert(text)
        changed = _words(candidate)
        if candidate != text and changed and all(is_syllable(w) for w in changed):
            return candidate
    return None


def plausible_share(text: str, *, legacy: bool = True) -> float:
    """Share of the accented words of `text` that are Vietnamese (0..1).

    As they stand or, with `legacy`, all of them after conversion from one old font.
    """
    words = [unicodedata.normalize("NFC", w) for w in _words(text)][:2000]
    if not words:
        return 0.0
    readings: tuple[Callable[[str], str], ...] = (str,)
    if legacy:
        readings += (from_tcvn3, from_vni)
    return max(sum(is_syllable(read(w)) for w in words) for read in readings) / len(words)
