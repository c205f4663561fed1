"""Vietnamese text for comparing and for showing: folding, name keys, capitals, forms of address."""

import re
import unicodedata
from functools import lru_cache

from surveyapp.respondents.words.lookalikes import as_meant, is_plain, without_eth

_NOT_WORD = re.compile(r"[\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_MARKS = re.compile("[\u0300-\u036f]")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_HONORIFIC_WORDS = (
    "đồng chí", "đ/ c", "đ/c", "đ.c", "d/c", "đc", "ông", "bà", "mr", "mrs", "ms", "miss", "dr", "prof", "bs",
    "bs.ckii", "bs.cki", "bsckii", "bscki", "bsck1", "bsck2", "ckii", "cki", "ck1", "ck2", "ths", "th.s", "gs", "pgs",
    "gs.ts", "pgs.ts", "pgs,ts", "ts", "tskh", "ks", "kts", "cn", "ncs", "ls", "ds", "dsckii", "dscki", "ngưt", "ngnd",
    "nsưt", "nsnd", "ttưt", "ttnd", "cử nhân", "kỹ sư", "kiến trúc sư", "thạc sĩ", "thạc sỹ", "tiến sĩ", "tiến sỹ",
    "giáo sư", "phó giáo sư", "bác sĩ", "bác sỹ", "luật sư", "dược sĩ", "dược sỹ", "nhà giáo", "nhà báo", "nhà văn",
    "đại tướng", "thượng tướng", "trung tướng", "thiếu tướng", "đại tá", "thượng tá", "trung tá", "thiếu tá",
    "đại úy", "đại uý", "thượng úy", "thượng uý", "trung úy", "trung uý", "thiếu úy", "thiếu uý",
    "linh mục", "mục sư", "hòa thượng", "hoà thượng", "thượng tọa", "đại đức", "ni sư", "sư cô", "thầy", "cô", "anh",
    "chị", "cụ",
)  # fmt: skip
_HONORIFIC = re.compile(
    r"(?:(?:"
    + "|".join(
        sorted((re.escape(w).replace(r"\ ", r"\s?") for w in _HONORIFIC_WORDS), key=len)[::-1]
    )
    + r")(?:\s?[.:/,]+\s?|\s))+",
    re.IGNORECASE,
)
_CHUNK = re.compile(r"[^\s.:/,(]+")
_TITLE_STARTS = frozenset(_CHUNK.findall(word)[0] for word in _HONORIFIC_WORDS)
_WITH_STOP = re.compile(r"^(?:ông|bà|mr|ms)\s?[(/]\s?(?:ông|bà|mr|ms)\s?\)?\s?", re.IGNORECASE)
_SUSPICIOUS = re.compile(r"[\d@#$%^*_=+<>{}\[\]|\\?!;:/\ufffd]")
FAMILIES = frozenset(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trịnh mai đào lâm trương cao hà lưu lương "
    "tạ tống quách chu thái tô nông châu đoàn phùng vương hứa tăng triệu thạch kim la giang từ hoa tôn quan khổng doãn "
    "trang lại mạc bạch văn điền ông kiều cù vi ma lò lường quàng cà tòng lầu giàng vàng thào sùng hạng mùa cứ chang sính "
    "chảo tẩn phàn lục hoàng lù lèng thền hờ vừ và bế nghiêm ninh bành ân âu cung khúc quản thiều viên mẫn nhữ đàm thân "
    "tiêu kha khuất phí đồng ung trà danh sơn kỳ ksor rơ siu rmah nay niê y h kpă hồng tào từ lã tưởng giáp cấn đậu đường "
    "cầm bàn đặng hầu hán ngọ chử mùa diệp sầm tống phó mã thi liêu lôi lộ quế trưng tất cái ngụy cung".split()
)
"""Family names, from the most frequent to the rare: no proof of anything, only a sign."""
MIDDLES = frozenset(
    "văn thị đức hữu minh thanh ngọc xuân quang thu hồng anh mạnh kim công quốc đình bá tiến hải trọng duy gia bảo khánh "
    "thế viết như thùy thúy bích diệu hoài tuấn trung huy vĩnh nhật việt đăng phúc chí đại phương".split()
)


_BULLET = re.compile(
    r"^(?:[-–+*•●▪►✓✔◦○■□♦❖➢·.]+|\(?\d{1,3}[.)/:\-–]|\d{1,3}(?=\s)|\(?[a-zđA-ZĐ]\)|[a-zđ]\.|[IVX]{1,5}[.)])\s?(?=[^\W\d])"
)
"""A running number, a letter or a sign before the name: `1. Nguyễn Văn An`, `a) Lê Thị Hoa`."""


def without_bullet(name: str) -> str:
    """The name without the number, letter or sign that lists it."""
    return _BULLET.sub("", name)


def tidy(text: str) -> str:
    """Composed, look-alikes as what they mean, what cannot be seen removed, blanks collapsed."""
    words = text.split()
    # Nearly every text is plain words, and a list of 20,000 people is made of a few hundred.
    if not all(map(is_plain, words)):
        words = as_meant(text).split()
    return " ".join(words)


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """Lower case without accents, đ as d, anything but letters and digits one blank."""
    return " ".join(filter(None, map(_folded_word, text.split())))


# Vietnamese has a few thousand syllables: a list of 20,000 names is made of a few hundred.
@lru_cache(maxsize=50_000)
def _folded_word(word: str) -> str:
    word = without_eth(word).replace("đ", "d").replace("Đ", "D")
    letters = unicodedata.normalize("NFD", word.lower())
    bare = _MARKS.sub("", letters)
    return _NOT_WORD.sub(" ", bare).strip()


@lru_cache(maxsize=100_000)
def name_key(name: str) -> str:
    """The same for Hoà and Hòa, NGUYỄN VĂN AN and Nguyễn Văn An; not for Hòa and Hóa."""
    return tone_key(tidy(without_honorific(name)[0]))


@lru_cache(maxsize=100_000)
def tone_key(text: str) -> str:
    """Small letters with every tone at the end of its word, so that hoà and hòa are one."""
    return " ".join(map(_word_key, text.lower().replace("-", " ").split()))


@lru_cache(maxsize=50_000)
def _word_key(word: str) -> str:
    """The word with its tone at the end."""
    marks = unicodedata.normalize("NFD", word)
    tone = "".join(m for m in marks if m in _TONES)
    bare = unicodedata.normalize("NFC", "".join(m for m in marks if m not in _TONES))
    return bare + tone


def without_honorific(name: str) -> tuple[str, str]:
    """The name without forms of address and degrees in front, and what was taken away."""
    if not _may_be_title(name.partition(" ")[0]):
        return name.strip(), ""
    rest = _after(_WITH_STOP, name)
    rest = _after(_HONORIFIC, rest) or rest
    if rest == name:
        return name.strip(), ""
    taken = name[: len(name) - len(rest)].strip()
    # Ông, Đồng, Cô, Anh are names too: what follows such a one is Thị, Văn, a single word, or no family name.
    following = rest.split()
    is_family_name = len(following) < 2 or following[0].lower() in ("thị", "văn")
    if taken.lower() in _MAY_BE_NAMES and following:
        is_family_name = is_family_name or following[0].lower() not in FAMILIES
    if is_family_name and not re.search(r"[./:]", taken):
        return name, ""
    return rest.strip(), taken


@lru_cache(maxsize=50_000)
def _may_be_title(first: str) -> bool:
    """Whether a title may begin with that word; told at a glance for nearly every name."""
    match = _CHUNK.match(first.strip())
    return match is None or match[0].lower() in _TITLE_STARTS


_MAY_BE_NAMES = {"cô", "anh", "chị", "cụ", "thầy", "đc", "cn", "ks", "ls", "ds"}


def begins_with_honorific(name: str) -> bool:
    """Whether a form of address or a degree, or a family name that looks like one, stands in front."""
    return _may_be_title(name.partition(" ")[0]) and _HONORIFIC.match(name) is not None


def _after(beginning: re.Pattern[str], name: str) -> str:
    match = beginning.match(name)
    return name[match.end() :] if match else name


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
    if any(sign in name for sign in ",&") or " và " in f" {name.lower()} ":
        return "several"
    return "long" if len(words) > 8 or len(name) > 60 else ""
