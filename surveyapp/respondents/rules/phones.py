"""One Vietnamese telephone number out of a cell, as people write them."""

import re
from functools import lru_cache

import phonenumbers

from surveyapp.respondents.findings import CHECK, MUST, NOTE
from surveyapp.respondents.rules.contact import ReadContact, unquoted
from surveyapp.respondents.words.lookalikes import is_picture, signs_as_meant
from surveyapp.respondents.words.names import fold

_BREAKS = re.compile(
    r"[;,/|\n\r\t+&]| (?:va|hoac|or|-) |(?<=\d{3})-(?=0[35789]\d{2})|(?<=\d{3}) -|(?<=\d{3})- "
)
_EXTENSION = re.compile(
    r"(?:may le|so le|may nhanh|nhanh|noi bo|le|ext|extension|x)[ .:]{0,3}\d{1,5}[ .]?$"
)
# Words that say what kind of number it is, and nothing else.
_LABELS = frozenset(
    "dt sdt dtdd dd so di dong dien thoai tel phone mobile cell handphone zalo viber whatsapp telegram signal sms co quan cq nr nha "
    "rieng fax hotline lien he may ban ca nhan cong vu chinh phu sim vn viet nam telephone number no contact lien lac hp mob cp m t h p c call goi nhe a".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_TRIM = re.compile(r"[\s.\-–()_,'`/*]+")
# The eleven-digit mobile numbers of before 15 September 2018 and what they became.
_OLD_PREFIXES = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036",
    "0167": "037", "0168": "038", "0169": "039",
    "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
_MOBILE = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
)
_AS_NUMBER = re.compile(r"(\d{9,11})\.0|(\d)[.,](\d{8,10})E\+?(\d{1,2})", re.IGNORECASE)
_LOOKALIKES = str.maketrans("OoQlI|", "000111")
_BRACKETS = re.compile(r"\([^()]{0,60}\)|\[[^\[\]]{0,60}\]")
_ABBREVIATED = re.compile(r"\b(?:đ[./]t(?:[./]dđ)?|h[./]p|d[./]đ|t[./]l)\b\.?", re.IGNORECASE)
_LONGEST = 200


def _valid_phone(digits: str) -> tuple[str, bool]:
    """National digits and whether it is a mobile, or ("", False)."""
    # In Vietnam's plan no range is told by more than four digits after the zero, so one number of
    # a range answers for all: 20,000 numbers one by one would take half a second.
    if len(digits) in (10, 11) and digits[0] == "0" != digits[1]:
        number, is_mobile = _validated_phone(digits[:5].ljust(len(digits), "0"))
        return (digits, is_mobile) if number else ("", False)
    return _validated_phone(digits)


@lru_cache(maxsize=8192)
def _validated_phone(digits: str) -> tuple[str, bool]:
    """What phonenumbers makes of it; ("", False) when it is no number a person can have."""
    try:
        number = phonenumbers.parse(digits, "VN")
    except phonenumbers.NumberParseException:
        return "", False
    if number.country_code != 84:
        return "", False
    kind = phonenumbers.number_type(number)
    # Hotlines (1900…) reach an office's switchboard at best, and never take an SMS.
    if kind not in _MOBILE and kind != phonenumbers.PhoneNumberType.FIXED_LINE:
        return "", False
    return f"0{number.national_number}", kind in _MOBILE


def is_mobile(number: str) -> bool:
    """Whether national digits belong to a mobile telephone, which alone takes an SMS."""
    return _valid_phone(number)[1]


def mobile_number(digits: str) -> str:
    """National digits of a mobile telephone; empty when they are none."""
    valid, mobile = _valid_phone(digits)
    return valid if mobile else ""


def _national(text: str) -> str:
    """Digits with a leading zero where the text is a number in any usual writing."""
    digits = _TRIM.sub("", text)
    digits = digits.replace("+840", "+84", 1) if digits.startswith("+840") else digits
    for prefix in ("+84", "0084", "84", "+0"):
        if digits.startswith(prefix) and len(digits) - len(prefix) >= 9:
            digits = digits.removeprefix(prefix)
            break
    if not digits.isascii() or not digits.isdigit():
        return ""
    return digits if digits.startswith("0") else f"0{digits}"


def read_phone(cell: str) -> ReadContact:
    """One Vietnamese number out of a cell, as national digits `0912345678`."""
    meant = signs_as_meant(cell[:_LONGEST])
    if not meant.isascii():
        meant = "".join(" " if is_picture(letter) else letter for letter in meant)
    text = unquoted(meant).strip(" .,;:'\"\t\r\n?#<>[]{}")
    text = _typed_as_number(_without_labels(text))
    whole = _judged(cell, text)
    if whole.code != "phone_invalid":
        return whole
    foreign = _foreign(text)
    if foreign:
        # Nobody is kept out for living abroad; only an SMS will not reach her.
        return ReadContact("", "phone_foreign", CHECK)
    parts = [_without_labels(p).strip(" :.") for p in _BREAKS.split(text) if p and p.strip()]
    if len(parts) == 2 and re.fullmatch(r" ?\d{1,4}", parts[1]):
        office = _judged(cell, parts[0])
        if office.code == "phone_landline":
            return office  # 024.39361236/102: an extension
    if len(parts) < 2:
        parts = _run_together(text)
    judged = [_judged(p, p) for p in parts if p.strip()]
    usable = list(dict.fromkeys(c.value or c.proposal for c in judged if c.value or c.proposal))
    if len(judged) < 2 or not usable:
        meant = _valid_phone(_national(text.translate(_LOOKALIKES)))[0]
        return ReadContact("", "phone_invalid", MUST, meant or _alone(text))
    if len(usable) == 1 and all(c.value for c in judged):
        return ReadContact(usable[0], "phone_tidied", NOTE, usable[0])
    first = next((n for n in usable if _valid_phone(n)[1]), usable[0])
    return ReadContact(first, "phone_several", CHECK, first)


def _foreign(text: str) -> bool:
    """Whether it is a sound number of another country, with the country's code before it."""
    digits = _TRIM.sub("", text)
    digits = "+" + digits[2:] if digits.startswith("00") else digits
    if not digits.startswith("+") or not digits[1:].isdigit() or digits.startswith("+84"):
        return False
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(digits, None))
    except phonenumbers.NumberParseException:
        return False


def _without_labels(text: str) -> str:
    """The number without `ĐT:` before it, an extension, `(Zalo)` or `- riêng` after it."""
    if not any(map(str.isalpha, text)):
        return text
    text = _ABBREVIATED.sub(" ", _BRACKETS.sub(_bracketed, text))
    folded = fold(text)
    extension = _EXTENSION.search(folded)
    if extension:
        # Only the letters' accents differ between the two, and only the digits are needed.
        tail = re.search(r"\D{0,20}\d{1,5}\W{0,3}$", text)
        text = text[: tail.start()] if tail else text
    known = _WORD.sub(_label, text)
    return known.strip(" .,;:-'\"/")


def _bracketed(match: re.Match[str]) -> str:
    """Words in brackets say whose number it is; digits are part of it, unless an hour or an extension stands there."""
    digits = sum(map(str.isdigit, match[0]))
    if not digits:
        return match[0] if _OF_ANOTHER.search(fold(match[0])) else " "
    return " " if digits < 3 and _IN_WORDS.search(fold(match[0])) else match[0]


_OF_ANOTHER = re.compile(r"\b(?:cua|vo|chong|thu ky|nguoi nha|con trai|con gai|lai xe)\b")
_IN_WORDS = re.compile(r"\b(?:sau|truoc|tu|luc|gio|\d{1,2}h|noi bo|may|le|phong|tang)\b")


def _label(word: re.Match[str]) -> str:
    folded = fold(word[0])
    if folded in _LABELS:
        return " "
    return folded if folded in _JOINING else word[0]


_JOINING = ("va", "hoac", "or")


def _typed_as_number(text: str) -> str:
    """A number that went through a spreadsheet or a program: 912345678.0, 9.12345678E8."""
    match = _AS_NUMBER.fullmatch(text)
    if match is None:
        return text
    if match[1]:
        return match[1]
    exponent = int(match[4])
    digits = match[2] + match[3]
    return digits.ljust(exponent + 1, "0")[: exponent + 1] if exponent < 12 else text


def _run_together(text: str) -> list[str]:
    """Two ten-digit numbers with nothing but blanks between."""
    digits = _TRIM.sub("", text)
    if len(digits) == 20 and digits.isdigit() and digits[0] == digits[10] == "0":
        return [digits[:10], digits[10:]]
    return []


def _alone(text: str) -> str:
    """The one sound number among words: `gọi 0912… nhé`."""
    numbers = [n for n in _WORDS_BETWEEN.split(text) if len(n) > 8]
    return _valid_phone(_national(numbers[0]))[0] if len(numbers) == 1 else ""


_WORDS_BETWEEN = re.compile(r"[^\d .+()\-]+")


def _judged(cell: str, text: str) -> ReadContact:
    digits = _national(text)
    if not digits:
        return ReadContact("", "phone_invalid", MUST)
    if len(digits) == 11 and digits[:4] in _OLD_PREFIXES:
        now = _OLD_PREFIXES[digits[:4]] + digits[4:]
        if _valid_phone(now)[0]:
            return ReadContact(now, "phone_old_prefix", CHECK, now)
    valid, mobile = _valid_phone(digits)
    if not valid:
        return ReadContact("", "phone_invalid", MUST)
    if not mobile:
        return ReadContact(valid, "phone_landline", NOTE)
    if cell.strip() != valid and _TRIM.sub("", cell.strip()) != valid:
        return ReadContact(valid, "phone_tidied", NOTE, valid)
    return ReadContact(valid)
