"""Passwords: what is strong enough, and Argon2id hashes of them."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from surveyapp.accounts.errors import WeakPassword

SHORTEST, LONGEST = 12, 128
DENIED = (
    "123456789", "987654321", "qwertyuiop", "asdfghjkl", "1q2w3e4r", "password", "passw0rd", "p@ssw0rd",
    "matkhau", "mật khẩu", "mậtkhẩu", "administrator", "iloveyou", "letmein", "welcome", "vietnam", "hanoi",
    "saigon", "hochiminh", "anhyeuem", "khongbiet", "cchc", "parindex", "par-index", "caicachhanhchinh",
    "khaosat", "survey", "bonoivu", "bộ nội vụ", "ubnd", "daumoi", "coordinator", "operator", "changeme",
)  # fmt: skip
"""Words that everybody here would try first. Refused when they make up most of a password."""

COMMONEST = Path(__file__).with_name("common_passwords.txt")
"""The ten thousand passwords met most often in what was stolen elsewhere (list of R. Williams, by way of Django)."""
SHORTEST_WORD = 4

_cost = {"memory_kib": 65_536, "passes": 3}


def use_cost(*, memory_kib: int, passes: int) -> None:
    """Hash with another cost in this process; tests use a cheap one, a strong machine a dearer one."""
    _cost.update(memory_kib=memory_kib, passes=passes)
    _hasher.cache_clear()
    dummy_hash.cache_clear()


@lru_cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(_cost["passes"], _cost["memory_kib"], 1)


def _normal(password: str) -> str:
    # A Vietnamese keyboard may send composed or decomposed letters for the same keys.
    return unicodedata.normalize("NFKC", password)


def check_strength(password: str, *, username: str = "") -> None:
    """Raise `WeakPassword` unless it is 12–128 characters and not what anybody would try first."""
    plain = _normal(password)
    low = plain.casefold()
    if len(plain) < SHORTEST:
        raise WeakPassword("short")
    if len(plain) > LONGEST:
        raise WeakPassword("long")
    if len(set(low)) < 6:
        raise WeakPassword("repetitive")
    if username and username.casefold() in low and len(low) - len(username) < 8:
        raise WeakPassword("username")
    if _is_common(low):
        raise WeakPassword("common")
    rest = low
    for word in sorted(DENIED, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < min(len(low), 8):
        raise WeakPassword("common")


@cache
def _commonest() -> frozenset[str]:
    return frozenset(COMMONEST.read_text(encoding="utf-8").split())


def _is_common(low: str) -> bool:
    """One of the commonest, two of them in a row, or one with figures and signs around it."""
    known = _commonest()
    letters = "".join(letter for letter in low if letter.isalnum())
    core = low.strip("0123456789 .,;:!?@#$%^&*()_-+=/\\'\"")
    if {low, letters, core} & known:
        return True
    cuts = range(SHORTEST_WORD, len(letters) - SHORTEST_WORD + 1)
    return any(letters[:cut] in known and letters[cut:] in known for cut in cuts)


def hash_password(password: str) -> str:
    """The Argon2id hash of `password`, with its salt and cost."""
    return _hasher().hash(_normal(password))


def accepted_hash(password: str, *, username: str) -> str:
    """The hash of a password that is strong enough. Slow on purpose. Raises `WeakPassword`."""
    check_strength(password, username=username)
    return hash_password(password)


def matches(password_hash: str, password: str) -> bool:
    """`password` is the one that was hashed. Takes about a tenth of a second on purpose."""
    if len(password) > LONGEST * 4:
        return False
    try:
        return _hasher().verify(password_hash, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """The hash was made at another cost than today's."""
    return _hasher().check_needs_rehash(password_hash)


@lru_cache
def dummy_hash() -> str:
    """A hash that nothing matches, so that an unknown name takes as long as a wrong password."""
    return _hasher().hash("a password that nobody has")
