"""A share as people handle it: fourteen groups of six signs, printed, scanned or typed from paper.

The sixth sign of a group is a check on the five before it and on the group's place.
"""

import hashlib
import unicodedata
from dataclasses import dataclass, field

from ..errors import GroupsMistyped, ShareDamaged, ShareTooShort

ALPHABET = "23456789BCFGHJKMNPQRTVX"
"""23 signs, a prime number, that Vietnamese keyboards (Telex, VNI) leave alone and nobody mistakes for
another: no vowels, D, W, S or L, no 0 or 1, and no Z, which is written like 2."""

GROUPS, DATA = 14, 5
SIGNS = GROUPS * (DATA + 1)
SECRET_BYTES = 32
MARK_BYTES, CHECK_BYTES = 3, 3
_WEIGHTS = (2, 3, 4, 5, 6)
"""With -1 for the check sign all are different and none is 0 modulo 23, so that one wrong sign, or two
signs in each other's place, are always found."""


@dataclass(frozen=True)
class Share:
    """One custodian's share: its `number`, the mark of the key it is of, and the secret part."""

    number: int
    key_mark: str
    secret: bytes = field(repr=False)


def key_mark(public_key: bytes) -> str:
    """Six hexadecimal digits by which shares of one key know each other."""
    return hashlib.sha256(b"share mark\0" + public_key).hexdigest()[: 2 * MARK_BYTES]


def text(share: Share) -> str:
    """The share in groups, as `KX7M3P-…`: what is printed, put in the QR code, and typed."""
    content = bytes([share.number]) + bytes.fromhex(share.key_mark) + share.secret
    number = int.from_bytes(content + _check(content))
    values = []
    for _ in range(GROUPS * DATA):
        number, value = divmod(number, len(ALPHABET))
        values.append(value)
    groups = [values[offset : offset + DATA] for offset in range(0, len(values), DATA)]
    return "-".join(
        "".join(ALPHABET[value] for value in (*group, _check_sign(offset, group)))
        for offset, group in enumerate(groups, 1)
    )


def read(typed: str) -> Share:
    """The share again, however it was spaced.

    Raises `GroupsMistyped` naming the groups, `ShareTooShort`, or `ShareDamaged`.
    """
    groups = _groups(typed)
    wrong = [index for index, group in enumerate(groups, 1) if not fits(index, group)]
    if wrong:
        raise GroupsMistyped(wrong)
    number = 0
    for value in reversed([ALPHABET.index(sign) for group in groups for sign in group[:DATA]]):
        number = number * len(ALPHABET) + value
    length = 1 + MARK_BYTES + SECRET_BYTES
    if number >> 8 * (length + CHECK_BYTES):
        raise ShareDamaged
    content = number.to_bytes(length + CHECK_BYTES)
    content, check = content[:length], content[length:]
    if _check(content) != check or content[0] not in (1, 2, 3):
        raise ShareDamaged
    return Share(content[0], content[1 : 1 + MARK_BYTES].hex(), content[1 + MARK_BYTES :])


def fits(group_number: int, group: str) -> bool:
    """Whether a group of signs fits its check sign at its `group_number`, counted from 1."""
    if len(group) != DATA + 1 or not set(group) <= set(ALPHABET):
        return False
    *values, check = (ALPHABET.index(sign) for sign in group)
    return _check_sign(group_number, values) == check


def signs(typed: str) -> str:
    """What was typed in capitals, with nothing but letters and digits."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return "".join(sign for sign in folded if sign.isalnum())


def _groups(typed: str) -> list[str]:
    """By number of signs; where a sign is missing or too many, by the blanks and hyphens typed."""
    joined = signs(typed)
    if len(joined) == SIGNS:
        return [joined[offset : offset + DATA + 1] for offset in range(0, SIGNS, DATA + 1)]
    parts = [part for part in typed.replace("-", " ").split() if signs(part)]
    if len(parts) == GROUPS:
        return [signs(part) for part in parts]
    raise ShareTooShort(found=len(joined), expected=SIGNS)


def _check_sign(group_number: int, values: list[int]) -> int:
    weighed = sum(weight * value for weight, value in zip(_WEIGHTS, values, strict=True))
    return (group_number + weighed) % len(ALPHABET)


def _check(content: bytes) -> bytes:
    return hashlib.sha256(b"share\0" + content).digest()[:CHECK_BYTES]
