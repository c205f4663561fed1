"""Access codes: 16 digits that survive every Vietnamese keyboard, made again for each reminder."""

import unicodedata
from uuid import UUID

from surveyapp.invitations.errors import MistypedCode
from surveyapp.keys import KeyRing

CODE_DIGITS = 16
FIRST_DIGITS = "178"
"""Not 4, 5 or 9: mail gateways take those, when a number also passes Luhn, for bank cards."""
TAG_BYTES = 16

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
"""Damm's totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004)."""


def check_digit(digits: str) -> str:
    """The Damm digit that follows `digits`; every single error and adjacent swap is caught."""
    row = 0
    for digit in digits:
        row = _DAMM[row][int(digit)]
    return str(row)


def passes_luhn(digits: str) -> bool:
    """Whether a data-loss filter could take the number for a bank card (ISO/IEC 7812-1, annex B)."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def make_code(
    keys: KeyRing,
    *,
    campaign_code: str,
    invitation_id: UUID,
    issue_number: int,
    counter: int,
    key_number: int,
) -> str:
    """The 16 digits of one issue of an invitation: the same each time they are asked for."""
    message = "|".join((campaign_code, invitation_id.hex, str(issue_number), str(counter)))
    # 256 bits over 3 x 10^14 values: the bias is below 2^-200.
    first, rest = divmod(int.from_bytes(keys.mac("issue", message.encode(), key_number)), 10**14)
    digits = f"{FIRST_DIGITS[first % len(FIRST_DIGITS)]}{rest:014d}"
    return digits + check_digit(digits)


def choose_code(
    keys: KeyRing,
    *,
    campaign_code: str,
    invitation_id: UUID,
    issue_number: int,
    key_number: int,
    counter: int = 0,
) -> tuple[str, int]:
    """The first code from `counter` on that cannot pass for a bank card, and its counter."""
    while True:
        code = make_code(
            keys,
            campaign_code=campaign_code,
            invitation_id=invitation_id,
            issue_number=issue_number,
            counter=counter,
            key_number=key_number,
        )
        if not passes_luhn(code):
            return code, counter
        counter += 1


def read_typed(text: str) -> str:
    """The code someone typed, pasted or dictated, however it was grouped.

    NFKC turns full-width digits into plain ones; everything but digits falls away, also what a
    Telex or VNI keyboard left among them. Raises `MistypedCode` unless 16 digits with a fitting
    check digit remain.
    """
    digits = "".join(
        str(unicodedata.digit(sign))
        for sign in unicodedata.normalize("NFKC", text)
        if sign.isdecimal()
    )
    if len(digits) != CODE_DIGITS or check_digit(digits[:-1]) != digits[-1]:
        raise MistypedCode(len(digits))
    return digits


def tag(keys: KeyRing, code: str, key_number: int | None = None) -> bytes:
    """What the database stores of a code: 16 bytes of HMAC-SHA-256 under the lookup key."""
    return keys.mac("lookup", code.encode(), key_number)[:TAG_BYTES]


def tags(keys: KeyRing, code: str) -> list[bytes]:
    """The tags of `code` under every live key, newest first."""
    return [tag(keys, code, number) for number in sorted(keys.roots, reverse=True)]


def show(code: str) -> str:
    """7123-4567-8901-2345: the hyphens keep spreadsheets from rounding the last digit away."""
    return "-".join(code[start : start + 4] for start in range(0, CODE_DIGITS, 4))
