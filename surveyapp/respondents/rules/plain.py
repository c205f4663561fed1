"""Cells in which nothing can be wrong, told at a glance: nearly all of them are.

A shortcut and nothing more: whatever is taken here, the rules in `lines.py` and `contacts.py` would
store just so and find nothing to say of. A test holds the two together.
"""

import re
import unicodedata
from functools import lru_cache

from surveyapp.respondents.rules.contacts import is_sound_domain, mobile_number
from surveyapp.respondents.words.charsets import is_syllable
from surveyapp.respondents.words.names import begins_with_honorific

_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@([A-Za-z0-9.-]+)")
_ADDRESS_CHARACTERS = 254
_NAME_WORDS, _NAME_CHARACTERS = 8, 60


def plain_email(cell: str) -> str:
    """The address as it is stored; empty when the rules must look."""
    found = _ADDRESS.fullmatch(cell)
    if found is None or len(cell) > _ADDRESS_CHARACTERS:
        return ""
    return cell.lower() if is_sound_domain(found[1]) else ""


def plain_phone(cell: str) -> str:
    """The ten digits of a mobile number; empty when the rules must look."""
    if len(cell) != 10 or not cell.isascii() or not cell.isdigit() or cell[0] != "0":
        return ""
    return cell if mobile_number(cell) == cell else ""


def is_plain_name(cell: str) -> bool:
    """Whether it is two to eight well-formed Vietnamese words, one blank between, no title in front."""
    words = cell.split(" ")
    return (
        2 <= len(words) <= _NAME_WORDS
        and len(cell) <= _NAME_CHARACTERS
        and all(map(_is_plain_word, words))
        and not begins_with_honorific(cell)
    )


@lru_cache(maxsize=50_000)
def _is_plain_word(word: str) -> bool:
    """Whether it is composed, begins with its only capital, and is a syllable or plain letters."""
    return (
        word.isalpha()
        and unicodedata.is_normalized("NFC", word)
        and word == word[0].upper() + word[1:].lower()
        and (word.isascii() or is_syllable(word))
        and word != "Và"
    )
