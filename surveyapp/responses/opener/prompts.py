"""Asking for a share at the keyboard: group by group, each checked as soon as it is typed."""

from collections.abc import Callable, Iterator
from pathlib import Path

from . import refusals
from .custody import shares
from .custody.shares import Share
from .errors import SameShareTwice

Ask = Callable[[str], str]
"""Shows words and returns the line typed."""

_SHARE = (
    "Mảnh khóa thứ {n}: gõ nhóm 1 (6 ký hiệu), hoặc quét mã QR để nhập cả mảnh: ",
    "Share {n}: type group 1 (6 signs), or scan the QR code for the whole share: ",
)
_GROUP = ("  nhóm {place} trong 14: ", "  group {place} of 14: ")
_AGAIN = (
    "  Nhóm {place} gõ nhầm. Hãy xem lại tờ giấy và gõ lại nhóm {place}.",
    "  Group {place} is mistyped. Look at the paper and type group {place} again.",
)
_NOW_AWAY = (
    "Đã nhận mảnh số {number}. Hãy cất tờ giấy đi.",
    "Share number {number} taken. Put the paper away.",
)


def from_files(paths: list[Path]) -> list[Share]:
    """Shares out of text files, for a scanner that writes one."""
    return [shares.read(path.read_text(encoding="utf-8")) for path in paths]


def ask_shares(number: int, *, ask: Ask, say: Callable[[str], None], language: str) -> list[Share]:
    """`number` different shares, typed or scanned. Raises `SameShareTwice`, `ShareDamaged`."""
    entered: list[Share] = []
    for n in range(1, number + 1):
        share = shares.read(_ask_text(n, ask, say, language))
        if any(other.number == share.number for other in entered):
            raise SameShareTwice(share.number)
        entered.append(share)
        say(refusals.say(_NOW_AWAY, language, number=share.number))
    return entered


def _ask_text(n: int, ask: Ask, say: Callable[[str], None], language: str) -> str:
    first = ask(refusals.say(_SHARE, language, n=n))
    if len(shares.signs(first)) > shares.DATA + 1:
        shares.read(first)  # scanned or pasted whole: its faults are told here
        return first
    return "-".join(_groups(first, ask, say, language))


def _groups(first: str, ask: Ask, say: Callable[[str], None], language: str) -> Iterator[str]:
    typed = first
    for number in range(1, shares.GROUPS + 1):
        if number > 1:
            typed = ask(refusals.say(_GROUP, language, place=number))
        while not shares.fits(number, shares.signs(typed)):
            say(refusals.say(_AGAIN, language, place=number))
            typed = ask(refusals.say(_GROUP, language, place=number))
        yield shares.signs(typed)
