"""One e-mail address out of a cell, and a proposal only where something speaks for it."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from surveyapp.respondents.findings import CHECK, MUST, NOTE
from surveyapp.respondents.rules import domains
from surveyapp.respondents.rules.contact import ReadContact, unquoted
from surveyapp.respondents.words.lookalikes import is_picture, signs_as_meant
from surveyapp.respondents.words.names import fold

_LABELS = ("mailto:", "địa chỉ thư điện tử", "địa chỉ email", "thư điện tử", "hộp thư", "e-mail", "email", "gmail:", "mail", "thư", "hòm thư")  # fmt: skip
_BREAKS = re.compile(r"[;,/|\n\r\t]| (?:và|hoặc|or|-) | (?=[^ ]{1,64}@)")
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_LOCAL = re.compile(r"[A-Za-z0-9._+'\-]+")
_AT_WORD = re.compile(r" ?[\[({] ?(?:at|a còng|@) ?[\])}] ?", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"(?<=[^\W\d]) ?\(([^()@ ]{1,64}@[^()@ ]{3,190})\)$")
_ASIDE = re.compile(r"(?<=[^\W\d]) [-–] ?[^\W\d][^\d@]{0,40}$")
"""What follows a dash says whose address it is: `- công vụ`."""
_LABEL_WORDS = frozenset(
    "email mail gmail thu dien tu hop hom dia chi dc cong vu ca nhan rieng chinh co quan e lien he tai khoan".split()
)
_TRIM = " .,;:'\"()<>[]/\\\t\r\n\u2026"
_NUMBER_BEFORE = re.compile(r"\+?\d[\d .]{7,14}(?:[/\-_,;|:(]++|(?<= )(?=[A-Za-z]))")
_NUMBER_AFTER = re.compile(r"[ ,;/|(\-]\+?0\d{8}")
_LONGEST = 254


@dataclass(frozen=True, slots=True)
class Support:
    """What can speak for a proposal: whose address it is, and which domains her colleagues have."""

    name: str = ""
    own: frozenset[str] = field(default=frozenset())

    def speaks_for(self, proposal: str, written: str) -> bool:
        """Whether the proposal is her own rather than a stranger's: by her name, else by a known domain.

        The part before the sign may differ from what was written only where her name is in it.
        """
        local, _, domain = proposal.rpartition("@")
        if _fits(local, self.name):
            return True
        unchanged = written.lower().startswith(local)
        return unchanged and (domain in self.own or domain in domains.KNOWN)


def _fits(local: str, name: str) -> bool:
    """Whether the given name stands in the address, or the initials do."""
    words = fold(name).split()
    letters = re.sub(r"[^a-z]+", "", local.lower())
    if not words or not letters:
        return False
    initials = "".join(word[0] for word in words)
    return words[-1] in letters or letters in (initials, initials[-1:] + initials[:-1])


NOBODY = Support()


def valid_email(address: str) -> str:
    """The address in its stored form, or empty."""
    local, at, domain = address.rpartition("@")
    if not at or len(address) > _LONGEST:
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
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return ""
    return valid.normalized.lower()


@lru_cache(maxsize=4096)
def is_sound_domain(domain: str, own: frozenset[str] = frozenset()) -> bool:
    """Whether a plain address there is stored in small letters and nothing is to be said of it."""
    small = domain.lower()
    return not domains.meant(small, own)[1] and valid_email(f"a@{domain}") == f"a@{small}"


def is_odd_local(local: str) -> bool:
    """Whether the part before the sign is none that an office gives out: a site, a number before it."""
    small = local.lower()
    return small.startswith(("www.", "http", "mailto")) or _NUMBER_BEFORE.match(small) is not None


def read_email(cell: str, support: Support = NOBODY) -> ReadContact:
    """One address out of a cell. Several: the first is proposed. A likely slip: its correction."""
    plain = _bare(cell)
    if "@@" in plain:
        once = re.sub(r"@+", "@", plain)
        return ReadContact("", "email_invalid", MUST, _supported(once, plain, support))
    if plain.count("@") > 1:
        return _several(plain)
    number = _NUMBER_BEFORE.match(plain)
    if number and "@" in plain[number.end() :]:
        # A number and an address in one cell: the address is what is asked for, but a person looks.
        rest = valid_email(plain[number.end() :].strip(_TRIM))
        return ReadContact("", "email_with_number", MUST, rest)
    if "@" in plain and _NUMBER_AFTER.search(plain.partition("@")[2]):
        rest = valid_email(split_contact(plain)[0])
        return ReadContact("", "email_with_number", MUST, rest)
    trimmed = plain.strip(_TRIM)
    if plain.lstrip(" '\"(<[").startswith("."):
        hers = valid_email(re.sub(r"\s+", "", trimmed))
        return ReadContact(
            hers, "email_odd", CHECK, hers
        )  # something may be missing before the dot
    return _judged(cell, trimmed, re.sub(r"\s+", "", trimmed), support)


def _bare(cell: str) -> str:
    """Without labels, display name, `?subject=…`, remarks in brackets and signs around."""
    meant = signs_as_meant(cell)
    if not meant.isascii():
        meant = "".join(" " if is_picture(letter) else letter for letter in meant)
    text = _without_label(unquoted(meant).strip())
    start, end = text.rfind("<"), text.rfind(">")
    if 0 <= start < end and "@" in text[start:end]:
        text = text[start + 1 : end]
    named = _IN_BRACKETS.search(text)
    if named and not any(map(str.isdigit, text[: named.start()])):
        text = named[1]  # `Nguyễn Văn An (an@…)`, as `Nguyễn Văn An <an@…>`
    text = _AT_WORD.sub("@", _without_label(text.strip()))
    if "@" in text:
        before, _, after = text.rpartition("@")
        after = _ASIDE.sub("", after.partition("?")[0])
        bracket = after.find("(")
        if (
            bracket > 0
            and "@" not in after[bracket:]
            and not any(map(str.isdigit, after[bracket:]))
        ):
            after = after[:bracket]
        text = f"{before}@{after}"
    return text.strip()


def _without_label(text: str) -> str:
    small = text.lower()
    for label in _LABELS:
        if small.startswith(label):
            rest = text[len(label) :].lstrip()
            if label.endswith(":"):
                return rest
            if rest[:1] in (":", ".", "-"):
                return rest[1:].lstrip()
            if text[len(label) : len(label) + 1] == " " and " " not in rest and "@" in rest:
                return rest
    label, sign, rest = text.partition(":")
    # `an:nguyen@…` is a slip of the finger, `Thư công vụ: an@…` says what follows.
    known = (
        not _LABEL_WORDS.isdisjoint(fold(label).split())
        or not label.isascii()
        or " " in label.strip()
    )
    is_label = sign and known and "@" not in label and len(label) < 40
    return rest.lstrip() if is_label and rest.lstrip()[:2] != "//" else text


def _several(plain: str) -> ReadContact:
    parts = [p.strip(_TRIM) for p in _BREAKS.split(plain)]
    parts = [_without_label(p) for p in parts if p]
    valid = [v for v in map(valid_email, parts) if v]
    distinct = list(dict.fromkeys(valid))
    if len(distinct) > 1:
        return ReadContact(distinct[0], "email_several", CHECK, distinct[0])
    if len(distinct) == 1 and len(parts) == len(valid):
        return ReadContact(distinct[0], "email_tidied", NOTE, distinct[0])
    return ReadContact("", "email_invalid", MUST, distinct[0] if distinct else "")


def _judged(cell: str, trimmed: str, joined: str, support: Support) -> ReadContact:
    local, at, domain = joined.rpartition("@")
    valid = valid_email(joined)
    if at and _LOCAL.fullmatch(local) and not is_odd_local(local):
        meant, slipped = domains.meant(domain.lower(), support.own)
        if slipped:
            proposal = valid_email(f"{local}@{meant}") if meant else ""
            if valid:
                return ReadContact(valid, "email_typo", CHECK, proposal)
            return ReadContact("", "email_invalid", MUST, proposal or _mended(joined, support))
        if local[:1] in "-_" or local[-1:] in "-_":
            return ReadContact(
                valid,
                "email_odd",
                CHECK,
                _supported(f"{local.strip('-_')}@{domain}", joined, support),
            )
    elif valid:
        return ReadContact(
            "", "email_odd", MUST, _supported(_inner(local, domain), joined, support)
        )
    if not valid:
        return ReadContact("", "email_invalid", MUST, _mended(joined, support))
    if joined != trimmed:
        # A blank inside may stand for a dot or for nothing: a person must look.
        outside = re.sub(r" ?@ ?", "@", trimmed)
        if outside != joined:
            hers = valid if support.speaks_for(valid, trimmed) else ""
            return ReadContact(hers, "email_blank", CHECK, hers)
        return ReadContact(valid, "email_tidied", NOTE, valid)
    if valid != cell.strip().lower():
        return ReadContact(valid, "email_tidied", NOTE, valid)
    return ReadContact(valid)


def _inner(local: str, domain: str) -> str:
    """The address that stands behind `www.`, `*` and the like."""
    inner = re.sub(r"^(?:www[.]|[^A-Za-z0-9]+)", "", local)
    return f"{inner}@{domain}" if _LOCAL.fullmatch(inner) else ""


def _supported(attempt: str, written: str, support: Support) -> str:
    valid = valid_email(attempt.strip(_TRIM))
    return valid if valid and support.speaks_for(valid, written) else ""


def _mended(joined: str, support: Support) -> str:
    """A valid address that a slip of the finger would explain and something speaks for, or empty."""
    attempts = [
        joined.replace(",", ".").replace(";", "."),
        re.sub(r"\.{2,9}", ".", joined),
        joined.replace(".@", "@").replace("@.", "@").strip("."),
        without_accents(joined),
    ]
    if "@" not in joined:
        attempts += _with_sign(joined)
    return next((v for a in attempts if (v := _supported(a, joined, support))), "")


def _with_sign(joined: str) -> list[str]:
    """The address with the sign put before a known domain, or in the place of another sign."""
    small = joined.lower()
    hosts = ("gmail.com", "yahoo.com.vn", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com")
    return [
        *(f"{joined[: -len(h)].rstrip('.#&')}@{h}" for h in hosts if small.endswith(h)),
        *(joined.replace(sign, "@", 1) for sign in "#&"),
    ]


def without_accents(text: str) -> str:
    """`nguyễn.an@…` is `nguyen.an@…` on every mail server."""
    return "".join(fold(c) or c if not c.isascii() else c for c in text)


def split_contact(cell: str) -> tuple[str, str]:
    """The address and the number out of one cell that holds both, however they are glued."""
    text = signs_as_meant(cell)
    if "@" not in text:
        return ("", cell) if any(map(str.isdigit, cell)) else (cell, "")
    words = [w for w in re.split(r"[\s;,|/]+", text.replace("(", " ").replace(")", " ")) if w]
    addresses, numbers = [], []
    for word in words:
        if "@" not in word:
            numbers.append(word)
            continue
        number = _NUMBER_BEFORE.match(word)
        if number:
            numbers.append(word[: number.end()].rstrip("-_:"))
            word = word[number.end() :]
        local, _, domain = word.partition("@")
        tail = re.search(r"[-_:](\+?\d{9,12})$", domain)
        if tail:
            numbers.append(tail[1])
            domain = domain[: tail.start()]
        addresses.append(_without_label(f"{local}@{domain}").lstrip(":-"))
    digits = [w for w in numbers if any(map(str.isdigit, w))]
    return "; ".join(addresses), " ".join(digits)
