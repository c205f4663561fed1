"""What a heading of an XLSForm means, in whichever of its spellings it was typed.

The spellings are those of the field's own converter (pyxform): a test holds the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SPOKEN = ("label", "hint", "guidance_hint")
"""Columns of words, one a language."""

MEDIA = ("image", "big-image", "audio", "video")
TRANSLATED = (*MEDIA, "no_app_error_string")
"""Columns that may name a language and are not read."""
LOGIC = ("relevant", "constraint", "required", "choice_filter", "calculation", "read_only")
"""Columns in the converter's own language."""

PLAIN = ""
OTHER = "?"

ALIASES: dict[str, dict[str, str]] = {
    "survey": {
        "command": "type",
        "tag": "name",
        "value": "name",
        "caption": "label",
        "relevance": "relevant",
        "bind::relevant": "relevant",
        "bind::required": "required",
        "bind::constraint": "constraint",
        "calculate": "calculation",
        "bind::calculate": "calculation",
        "readonly": "read_only",
        "bind::readonly": "read_only",
        "control::appearance": "appearance",
        "body::appearance": "appearance",
        "count": "repeat_count",
        "jr:count": "repeat_count",
        "control::jr:count": "repeat_count",
        "constraining_message": "constraint_message",
        "bind::jr:constraintmsg": "constraint_message",
        "requiredmsg": "required_message",
        "bind::jr:requiredmsg": "required_message",
        "noapperrorstring": "no_app_error_string",
        "bind::jr:noapperrorstring": "no_app_error_string",
        "bind::entities:saveto": "save_to",
        "control::rows": "rows",
        "control::autoplay": "autoplay",
        **{f"media::{kind}": kind for kind in MEDIA},
    },
    "choices": {
        "caption": "label",
        "value": "name",
        **{f"media::{kind}": kind for kind in MEDIA},
    },
    "settings": {
        "title": "form_title",
        "set_form_title": "form_title",
        "id_string": "form_id",
        "set_form_id": "form_id",
    },
}

_LANGUAGES = {
    "vi": ("vi", "vie", "vietnamese", "tiếng việt", "tieng viet", "việt", "viet"),
    "en": ("en", "eng", "english", "tiếng anh", "tieng anh"),
}
_SUBTAG = re.compile(r"\(([^()]*)\)$")
_PREFIXES = ("bind", "control", "body", "media")


@dataclass(frozen=True)
class FormHeading:
    """A column by its one name. `language` is vi, en, PLAIN where none is said, or OTHER."""

    column: str
    language: str = PLAIN
    said: str = ""
    """The language as typed."""

    @property
    def key(self) -> str:
        """The column's name among the cells of a row: `label_vi` for words in Vietnamese."""
        if self.column in SPOKEN:
            return f"{self.column}_{self.language}"
        return f"{self.column}::{self.said}" if self.said else self.column


def read_heading(sheet: str, typed: str, *, double_colons: bool = True) -> FormHeading:
    """The column that is meant. What has no such name keeps its own, in small letters.

    Where no heading of a sheet has `::`, the converter takes `:` for it, and so do we.
    """
    parts = _parts(typed, double_colons)
    known = ALIASES[sheet]
    first = "_".join(parts[0].split()).lower()
    if len(parts) > 1 and first in _PREFIXES:
        joined = f"{first}::{parts[1].lower()}"
        if joined not in known:
            return FormHeading("::".join([first, *parts[1:]]).lower())
        first, parts = known[joined], parts[1:]
    first = known.get(first, first)
    if first in SPOKEN:
        said = "::".join(parts[1:])
        return FormHeading(first, language_of(said) if said else PLAIN, said)
    if first in TRANSLATED or first.endswith("_message"):
        return FormHeading(first, said="::".join(parts[1:]))
    return FormHeading("::".join([first, *parts[1:]]).lower())


def column_of(key: str) -> str:
    """The column of a key among the cells of a row, whatever language it is in."""
    for column in SPOKEN:
        if key in (f"{column}_vi", f"{column}_en"):
            return column
    first = key.partition("::")[0]
    return first if first in TRANSLATED or first.endswith("_message") else key


def language_of(name: str) -> str:
    """The language by its subtag in brackets, its subtag alone or its name."""
    said = name.strip().casefold()
    if subtag := _SUBTAG.search(said):
        said = subtag[1].strip().partition("-")[0]
    return next((code for code, names in _LANGUAGES.items() if said in names), OTHER)


def _parts(typed: str, double_colons: bool) -> list[str]:
    if double_colons or "::" in typed:
        return [part.strip() for part in typed.split("::")]
    parts = [part.strip() for part in typed.split(":")]
    if "jr" in parts[:-1]:
        index = parts.index("jr")
        parts[index : index + 2] = [f"jr:{parts[index + 1]}"]
    return parts
