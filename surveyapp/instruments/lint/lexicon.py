"""The linter's words, read once, and the few things it does to a sentence."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from surveyapp.instruments.model import InstrumentItem

_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile("“([^“”]+)”")
_BRACKETED = re.compile(r"\([^()]*\)")
_OPENING_CLAUSE = re.compile(r"^(?:Khi|Nếu|So với)\b[^,]*,\s*")


@cache
def lexicon() -> dict[str, Any]:
    """The lists of `words.yaml` by name."""
    path = Path(__file__).with_name("words.yaml")
    words: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return words


def syllables(text: str) -> list[str]:
    """The written syllables: in Vietnamese each stands apart."""
    return _WORD.findall(text)


def asked(item: InstrumentItem) -> str:
    """What is being asked: the quoted statement where there is one, else the sentence without the
    words that only carry the scale, an opening clause, or anything in brackets."""
    text = _BRACKETED.sub(" ", item.text.vi)
    quoted = _QUOTED.search(text)
    if quoted:
        return quoted[1]
    text = _OPENING_CLAUSE.sub("", text)
    for lead in lexicon()["lead_ins"]:
        text = text.removeprefix(lead)
    for tail in lexicon()["tails"]:
        text = text.removesuffix(tail)
    return text.strip()


def without(text: str, phrases: list[str]) -> str:
    """The text with every one of `phrases` blotted out, whatever its capitals."""
    for phrase in sorted(phrases, key=len, reverse=True):
        text = re.sub(re.escape(phrase), " ◦ ", text, flags=re.IGNORECASE)
    return text


def found(text: str, words: list[str]) -> list[str]:
    """Those of `words` that stand in the text as whole words, in the order they stand there."""
    if not words:
        return []
    any_word = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.findall(rf"(?<!\w)(?:{any_word})(?!\w)", text, flags=re.IGNORECASE)
