"""Sharing a secret so that any `needed` shares give it and fewer say nothing (A. Shamir, "How to share
a secret", Communications of the ACM 22, 1979), byte by byte over GF(2⁸).

The field is that of AES (FIPS 197, 4.2: x⁸ + x⁴ + x³ + x + 1). No tables and no branch on secret bytes.
"""

import secrets
from collections.abc import Mapping
from functools import reduce
from operator import xor

_POLYNOMIAL = 0x1B


def split(secret: bytes, *, shares: int, needed: int) -> dict[int, bytes]:
    """Shares by their number from 1, each as long as the secret."""
    if not 1 < needed <= shares < 256:
        raise ValueError(needed, shares)
    # One polynomial a byte: the secret at 0, fresh randomness from the operating system above it.
    above = [secrets.token_bytes(len(secret)) for _ in range(needed - 1)]
    return {
        number: bytes(
            _value(number, (byte, *coefficients))
            for byte, *coefficients in zip(secret, *above, strict=True)
        )
        for number in range(1, shares + 1)
    }


def join(shares: Mapping[int, bytes]) -> bytes:
    """The secret from as many shares as are needed.

    Wrong shares give a wrong secret, not an error: compare what it makes with what is known of it.
    """
    if len({len(share) for share in shares.values()}) != 1 or not all(0 < n < 256 for n in shares):
        raise ValueError(sorted(shares))
    weights = {number: _weight(number, shares) for number in shares}
    places = range(len(next(iter(shares.values()))))
    return bytes(
        reduce(xor, (times(weights[number], share[index]) for number, share in shares.items()))
        for index in places
    )


def _value(at: int, coefficients: tuple[int, ...]) -> int:
    """The polynomial with these coefficients, lowest first (Horner)."""
    return reduce(
        lambda coefficients, next_: times(coefficients, at) ^ next_, reversed(coefficients), 0
    )


def _weight(number: int, shares: Mapping[int, bytes]) -> int:
    """Lagrange's basis polynomial of one share at 0; minus is xor in this field."""
    others = [other for other in shares if other != number]
    above = reduce(times, others, 1)
    below = reduce(times, (number ^ other for other in others), 1)
    return times(above, inverse(below))


def times(a: int, b: int) -> int:
    """The product in the field."""
    product = 0
    for _ in range(8):
        product ^= -(b & 1) & a
        a = ((a << 1) & 0xFF) ^ (-(a >> 7) & _POLYNOMIAL)
        b >>= 1
    return product


def inverse(a: int) -> int:
    """What gives 1 when multiplied with `a`: a²⁵⁴, since a²⁵⁵ is 1. Of 0 it is 0."""
    power = 1
    for _ in range(7):
        a = times(a, a)
        power = times(power, a)
    return power
