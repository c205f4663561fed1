"""Cells in which nothing can be wrong, told at a glance: nearly all of them are.

A shortcut and nothing more: whatever is taken here, the rules in `lines.py` and `contacts.py` would
store just so and find nothing to say of. A test holds the two together.
"""

import re
import unicodedata
from functools import lru_cache

from surveyapp.respondents.rules.emails import is_odd_local, is_sound_domain
from surveyapp.respondents.rules.phones import mobile_number
from surveyapp.respondents.words.bearers import is_no_name, may_begin_office
from surveyapp.respondents.words.charsets import is_syllable
from surveyapp.respondents.words.names import FAMILIES, begins_with_honorific, fold, tone_key
from surveyapp.respondents.words.positions import is_position
from surveyapp.respondents.words.remarks import (
    glued_names,
    is_vacancy,
    may_begin_remark,
    remark_in,
)

_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@([A-Za-z0-9.-]+)")
_ADDRESS_CHARACTERS = 254
_NAME_WORDS, _NAME_CHARACTERS = 8, 60


def plain_email(cell: str, own: frozenset[str] = frozenset()) -> str:
    """The address as it is stored; empty when the rules must look."""
    match = _ADDRESS.fullmatch(cell)
    if match is None or len(cell) > _ADDRESS_CHARACTERS:
        return ""
    if (
        cell[0] in "-_"
        or "-@" in cell
        or "_@" in cell
        or is_odd_local(cell)
        or not is_sound_domain(match[1], own)
    ):
        return ""
    return cell.lower()


def plain_phone(cell: str) -> str:
    """The ten digits of a mobile number; empty when the rules must look."""
    if len(cell) != 10 or not cell.isascii() or not cell.isdigit() or cell[0] != "0":
        return ""
    return cell if mobile_number(cell) == cell else ""


def is_plain_name(cell: str) -> bool:
    """Whether it is two to eight well-formed Vietnamese words, one blank between, no title in front."""
    words = cell.split(" ")
    return bool(
        2 <= len(words) <= _NAME_WORDS
        and len(cell) <= _NAME_CHARACTERS
        and all(map(_is_plain_word, words))
        and not begins_with_honorific(cell)
        and not (any(map(may_begin_remark, words)) and (remark_in(cell) or is_vacancy(cell)))
        and not (_may_be_position(words[0]) and is_position(cell))
        and not (len(words) > 5 and glued_names(words))
        and not (_may_be_no_name(words[0]) and is_no_name(cell))
    )


@lru_cache(maxsize=50_000)
def _is_plain_word(word: str) -> bool:
    """Whether it is composed, begins with its only capital, and is a syllable or plain letters."""
    return (
        word.isalpha()
        and unicodedata.is_normalized("NFC", word)
        and word == word[0].upper() + word[1:].lower()
        and (word.isascii() or is_syllable(word))
        and word not in ("Và", "Cố")
    )


@lru_cache(maxsize=50_000)
def _may_be_position(word: str) -> bool:
    # After a family name no rule looks for a position: `Nguyễn` is not `nguyên`, the former head.
    bears = word.lower() in FAMILIES and word != "Phó"
    return not bears and (is_position(word) or fold(word) in _POSITION_BEGINS)


@lru_cache(maxsize=50_000)
def _may_be_no_name(word: str) -> bool:
    # Those rules ask about tones, but for words that have none.
    key = word.lower() if word.isascii() else tone_key(word)
    return may_begin_office(word) or key in _POSITION_BEGINS or fold(word) in _NAMELESS


_NAMELESS = frozenset("van dong nhu lanh can chuyen nhan thu lai ho xem phu".split())
_POSITION_BEGINS = frozenset(
    "pho quyen nguyen giam tong chanh truong vu cuc chi chu hieu vien bi thu uy ke".split()
) | frozenset(
    tone_key(word)
    for word in "phó quyền nguyên giám tổng chánh trưởng vụ cục chi chủ hiệu viện bí thư ủy uỷ kế".split()
)
