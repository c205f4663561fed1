"""E-mail addresses and telephone numbers as people type them into a cell."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from surveyapp.respondents.findings import CHECK, MUST, NOTE

_MAILTO = re.compile(r"^\s*(?:mailto:|e-?mail\s*:|thư điện tử\s*:)\s*", re.IGNORECASE)
_WRAPPED = re.compile(r"^.*<\s*+([^<>\s@]++@[^<>\s]++)\s*+>\s*+$")
_EMAIL_BREAKS = re.compile(r"[;,/|\n]++|(?<!\s)\s++(?:(?:và|hoặc|or|-)\s++|(?=\S+@))")
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_AT_WORD = re.compile(r"(?<!\s)\s*+[\[({]\s*+(?:at|a còng|@)\s*+[\])}]\s*+", re.IGNORECASE)
_DOMAIN_TYPOS = {
    "gmial.com": "gmail.com", "gmai.com": "gmail.com", "gmal.com": "gmail.com",
    "gamil.com": "gmail.com", "gmail.con": "gmail.com", "gmail.co": "gmail.com",
    "gmail.cm": "gmail.com", "gmail.vn": "gmail.com", "gmail.com.vn": "gmail.com",
    "gmaill.com": "gmail.com", "gmailcom": "gmail.com", "gmail": "gmail.com",
    "gmil.com": "gmail.com", "gnail.com": "gmail.com", "gmail.om": "gmail.com",
    "gmail.comm": "gmail.com", "gmaul.com": "gmail.com", "gmeil.com": "gmail.com",
    "ymail.con": "ymail.com", "yaho.com": "yahoo.com", "yahoo.con": "yahoo.com",
    "yahoo.cm": "yahoo.com", "yahooo.com": "yahoo.com", "yhoo.com": "yahoo.com",
    "yahoo.co": "yahoo.com", "yahoo": "yahoo.com", "yahoo.com.vm": "yahoo.com.vn",
    "hotmial.com": "hotmail.com", "hotmai.com": "hotmail.com", "hotmail.con": "hotmail.com",
    "hotmal.com": "hotmail.com", "outlok.com": "outlook.com", "outlook.con": "outlook.com",
    "outloook.com": "outlook.com", "icloud.con": "icloud.com", "iclound.com": "icloud.com",
}  # fmt: skip
_ENDING_TYPOS = (
    (".gov.vm", ".gov.vn"), (".gov.v", ".gov.vn"), (".gov,vn", ".gov.vn"), (".gov.nv", ".gov.vn"),
    (".gvo.vn", ".gov.vn"), (".gov.vnn", ".gov.vn"), (".govvn", ".gov.vn"), (".go.vn", ".gov.vn"),
    (".gov..vn", ".gov.vn"), (".com.vm", ".com.vn"), (".con", ".com"), (".gov", ".gov.vn"),
)  # fmt: skip
# `thanhhoagov.vn`: the dot before gov was left out. No domain of the state ends so.
_GOV_GLUED = re.compile(r"(?<=[a-z0-9])gov\.vn$")
_WIDE = {ord(w): ord(w) - 0xFEE0 for w in map(chr, range(0xFF01, 0xFF5F))}
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))

_PHONE_BREAKS = re.compile(
    r"(?<![^\S\n])[^\S\n]*+[;,/|\n]++\s*+|(?<!\s)\s++(?:và|hoặc|or|-|–)\s++"
    r"|(?<=\d{3})\s*+[-–]\s*+(?=(?:\+84|0[35789])\d{2})"
)
_EXTENSION = re.compile(
    r"(?<!\s)\s*+(?:\(\s*+)?+(?:máy lẻ|số lẻ|lẻ|ext\.?+|x)\s*+[:.]?+\s*+\d{1,5}+\s*+\)?+\s*+$",
    re.IGNORECASE,
)
_PHONE_LABEL = re.compile(
    r"^\s*(?:đt|sđt|sdt|đtdđ|dđ|di động|điện thoại|tel|phone|mobile|zalo|cơ quan|cq|nr|fax)\s*[.:]*\s*",
    re.IGNORECASE,
)
_PHONE_TRIM = re.compile(r"[\s.\-–()\u00a0'`]+")
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
_IN_BRACKETS = re.compile(r"(?<!\s)\s*+\([^\d@()]*+\)\s*+$")
_AS_NUMBER = re.compile(r"(\d{9,11})\.0|(\d)[.,](\d{8,10})E\+?(\d{1,2})", re.IGNORECASE)
_LOOKALIKES = str.maketrans("OoQlI|", "000111")


@dataclass(frozen=True, slots=True)
class Contact:
    """A cell as understood: `value` is stored (empty if unusable), `code` empty when all is well."""

    value: str
    code: str = ""
    severity: str = ""
    proposal: str = ""


@lru_cache(maxsize=4096)
def _domain_proposal(domain: str) -> str:
    """The domain that was meant, or empty when nothing looks mistyped."""
    if domain in _DOMAIN_TYPOS:
        return _DOMAIN_TYPOS[domain]
    for wrong, right in _ENDING_TYPOS:
        if domain.endswith(wrong):
            return domain.removesuffix(wrong) + right
    return _GOV_GLUED.sub(".gov.vn", domain) if _GOV_GLUED.search(domain) else ""


def _valid_email(address: str) -> str:
    """The address in its stored form, or empty."""
    local, at, domain = address.rpartition("@")
    if not at or len(address) > 254:
        return ""
    # Nearly every address is plain letters at one of a few hundred domains: each of these is
    # validated once. 20,000 addresses one by one would take two seconds.
    if len(local) <= 64 and _PLAIN_LOCAL.fullmatch(local):
        validated = _validated(f"a@{domain}")
        return f"{local.lower()}{validated[1:]}" if validated else ""
    return _validated(address)


@lru_cache(maxsize=8192)
def _validated(address: str) -> str:
    """What email-validator makes of it; empty when it is no address."""
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return ""
    return found.normalized.lower()


@lru_cache(maxsize=4096)
def is_sound_domain(domain: str) -> bool:
    """Whether a plain address there is stored in small letters and nothing is to be said of it."""
    return not _domain_proposal(domain.lower()) and _valid_email(f"a@{domain}") == (
        f"a@{domain.lower()}"
    )


def fold_letters(text: str) -> str:
    """The same without accents: `nguyễn.an@…` is `nguyen.an@…` on every mail server."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in bare if not unicodedata.combining(c))


def read_email(cell: str) -> Contact:
    """One address out of a cell. Several: the first is proposed. A likely slip: its correction."""
    text = cell.translate(_WIDE).translate(_INVISIBLE).replace("\u00a0", " ").strip()
    plain = _MAILTO.sub("", text)
    wrapped = _WRAPPED.match(plain)
    plain = wrapped[1] if wrapped else plain
    plain = _IN_BRACKETS.sub("", _AT_WORD.sub("@", plain))
    if "@@" in plain:
        return Contact("", "email_invalid", MUST, _valid_email(re.sub(r"@{2,}", "@", plain)))
    if plain.count("@") > 1:
        parts = [p.strip(" .\t'\"()<>") for p in _EMAIL_BREAKS.split(plain)]
        valid = [v for v in (_valid_email(_MAILTO.sub("", p)) for p in parts if p) if v]
        distinct = list(dict.fromkeys(valid))
        if len(distinct) > 1:
            return Contact(distinct[0], "email_several", CHECK, distinct[0])
        if len(distinct) == 1 and len([p for p in parts if p]) == len(valid):
            return Contact(distinct[0], "email_tidied", NOTE, distinct[0])
        return Contact("", "email_invalid", MUST, distinct[0] if distinct else "")
    trimmed = plain.strip(" .,;:'\"()<>\t\r\n")
    joined = re.sub(r"\s+", "", trimmed)
    return _judged_email(cell, trimmed, joined)


def _judged_email(cell: str, trimmed: str, joined: str) -> Contact:
    local, at, domain = joined.rpartition("@")
    meant = _domain_proposal(domain.lower()) if at else ""
    if meant:
        proposal = _valid_email(f"{local}@{meant}")
        if _valid_email(joined):
            return Contact(joined.lower(), "email_typo", CHECK, proposal)
        return Contact("", "email_invalid", MUST, proposal)
    valid = _valid_email(joined)
    if not valid:
        return Contact("", "email_invalid", MUST, _mended_email(joined))
    if joined != trimmed:
        # A blank inside may stand for a dot or for nothing: a person must look.
        outside = re.sub(r"(?<!\s)\s*+@\s*+", "@", trimmed)
        severity = NOTE if outside == joined else CHECK
        return Contact(
            valid, "email_tidied" if severity == NOTE else "email_blank", severity, valid
        )
    if valid != cell.strip().lower():
        return Contact(valid, "email_tidied", NOTE, valid)
    return Contact(valid)


def _mended_email(joined: str) -> str:
    """A valid address that a slip of the finger would explain, or empty."""
    attempts = [
        joined.replace(",", "."),
        re.sub(r"\.{2,}", ".", joined),
        joined.replace(".@", "@").replace("@.", "@"),
        fold_letters(joined),
    ]
    if "@" not in joined:
        host = r"((?:g|y)mail\.com|yahoo\.com(?:\.vn)?|hotmail\.com|outlook\.com|icloud\.com)$"
        attempts.append(re.sub(r"(?<![.\s])[.\s]*+" + host, r"@\1", joined, flags=re.IGNORECASE))
        attempts.append(re.sub(r"^([^#&]+)[#&]", r"\1@", joined))
    return next((v for v in map(_valid_email, attempts) if v), "")


def _valid_phone(digits: str) -> tuple[str, bool]:
    """National digits and whether it is a mobile, or ("", False)."""
    # In Vietnam's plan no range is told by more than four digits after the zero, so one number of
    # a range answers for all: 20,000 numbers one by one would take half a second.
    if len(digits) in (10, 11) and digits[0] == "0" != digits[1]:
        found, is_mobile = _validated_phone(digits[:5].ljust(len(digits), "0"))
        return (digits, is_mobile) if found else ("", False)
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
    digits = _PHONE_TRIM.sub("", text)
    digits = digits.replace("+840", "+84", 1) if digits.startswith("+840") else digits
    for prefix in ("+84", "0084", "84"):
        if digits.startswith(prefix) and len(digits) - len(prefix) >= 9:
            digits = digits.removeprefix(prefix)
            break
    if not digits.isascii() or not digits.isdigit():
        return ""
    return digits if digits.startswith("0") else f"0{digits}"


def read_phone(cell: str) -> Contact:
    """One Vietnamese number out of a cell, as national digits `0912345678`."""
    text = cell.translate(_WIDE).translate(_INVISIBLE).replace("\u00a0", " ").strip()
    text = _typed_as_number(_without_labels(text).strip(" .,;:'\""))
    whole = _judged_phone(cell, text)
    if whole.code != "phone_invalid":
        return whole
    parts = [_without_labels(p) for p in _PHONE_BREAKS.split(text) if p]
    if len(parts) < 2:
        parts = _run_together(text)
    judged = [_judged_phone(p, p) for p in parts if p.strip()]
    usable = list(dict.fromkeys(c.value or c.proposal for c in judged if c.value or c.proposal))
    if len(judged) < 2 or not usable:
        meant = _valid_phone(_national(text.translate(_LOOKALIKES)))[0]
        return Contact("", "phone_invalid", MUST, meant)
    if len(usable) == 1 and all(c.value for c in judged):
        return Contact(usable[0], "phone_tidied", NOTE, usable[0])
    first = next((n for n in usable if _valid_phone(n)[1]), usable[0])
    return Contact(first, "phone_several", CHECK, first)


def _without_labels(text: str) -> str:
    """The number without `ĐT:` before it, an extension or `(Zalo)` after it."""
    return _IN_BRACKETS.sub("", _EXTENSION.sub("", _PHONE_LABEL.sub("", text)))


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
    digits = _PHONE_TRIM.sub("", text)
    if len(digits) == 20 and digits.isdigit() and digits[0] == digits[10] == "0":
        return [digits[:10], digits[10:]]
    return []


def _judged_phone(cell: str, text: str) -> Contact:
    digits = _national(text)
    if not digits:
        return Contact("", "phone_invalid", MUST)
    if len(digits) == 11 and digits[:4] in _OLD_PREFIXES:
        now = _OLD_PREFIXES[digits[:4]] + digits[4:]
        if _valid_phone(now)[0]:
            return Contact(now, "phone_old_prefix", CHECK, now)
    valid, is_mobile = _valid_phone(digits)
    if not valid:
        return Contact("", "phone_invalid", MUST)
    if not is_mobile:
        return Contact(valid, "phone_landline", NOTE)
    if _PHONE_TRIM.sub("", cell.strip()) != valid:
        return Contact(valid, "phone_tidied", NOTE, valid)
    return Contact(valid)
