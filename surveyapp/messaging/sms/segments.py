"""Text messages: how many segments one takes, and Vietnamese without its accents."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

# 3GPP TS 23.038, 6.2.1: the default alphabet and, with two septets each, its extension.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_PLAIN = str.maketrans(
    {
        "đ": "d",
        "Đ": "D",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "‘": "'",
        "’": "'",
        "–": "-",
        "—": "-",
        "−": "-",
        "…": "...",
        "•": "-",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "₫": "d",
    }
)


@dataclass(frozen=True, slots=True)
class Length:
    """What one text message takes: its alphabet, its length in that alphabet's units, its segments."""

    alphabet: Literal["gsm7", "ucs2"]
    units: int
    segments: int


def unaccented(text: str) -> str:
    """`Phiếu điều tra` as `Phieu dieu tra`: any Vietnamese text, composed or not, in plain letters."""
    decomposed = unicodedata.normalize("NFD", text.translate(_PLAIN))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def foreign(text: str) -> list[str]:
    """The characters that force the whole message into UCS-2, each once, in order."""
    return list(dict.fromkeys(s for s in text if s not in _BASIC and s not in _EXTENDED))


def measure(text: str) -> Length:
    """Segments of `text` as it stands: 160/153 septets in GSM-7, 70/67 units in UCS-2 (TS 23.040, 9.2.3.24).

    A character of two units is not split over two segments, so a long text may take one more.
    """
    if foreign(text):
        widths = [2 if ord(sign) > 0xFFFF else 1 for sign in text]
        return Length("ucs2", sum(widths), _segments(widths, whole=70, part=67))
    widths = [2 if sign in _EXTENDED else 1 for sign in text]
    return Length("gsm7", sum(widths), _segments(widths, whole=160, part=153))


def _segments(widths: list[int], *, whole: int, part: int) -> int:
    if sum(widths) <= whole:
        return 1
    segments, filled = 1, 0
    for width in widths:
        if filled + width > part:
            segments, filled = segments + 1, 0
        filled += width
    return segments
