"""The `type` column of the survey sheet: which question it asks for, in whichever spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COMMANDS = {
    "select_one": (
        "select_one", "select one", "select1", "select one from", "add select one prompt using",
    ),
    "select_multiple": (
        "select_multiple", "select all that apply", "select all that apply from",
        "add select multiple prompt using",
    ),
    "select_one_from_file": ("select_one_from_file", "select one from file"),
    "select_multiple_from_file": ("select_multiple_from_file", "select multiple from file"),
    "select_one_external": ("select_one_external",),
    "rank": ("rank",),
}  # fmt: skip
_WORDS = {
    "text": ("text", "string", "q string", "add text prompt"),
    "note": ("note", "q note", "add note prompt"),
    "integer": ("integer", "int", "q int", "add integer prompt"),
    "decimal": ("decimal", "q decimal", "add decimal prompt"),
    "percentage": ("percentage",),
    "acknowledge": ("acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"),
    "date": ("date", "q date", "add date prompt"),
    "time": ("time",),
    "datetime": (
        "datetime",
        "date time",
        "q date time",
        "q datetime",
        "add date time prompt",
        "add datetime prompt",
    ),
}
_CONTROLS = {
    "group": ("group",),
    "repeat": ("repeat", "lgroup", "looped group"),
    "loop": ("loop",),
}
_COMMAND = re.compile(
    "^(?P<command>"
    + "|".join(sorted((w for words in _COMMANDS.values() for w in words), key=len, reverse=True))
    + r") (?P<list>\S+)(?: (?P<other>or specify other|or_other|or other))?$",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    "^(?P<edge>begin|end)[ _](?P<what>"
    + "|".join(w for words in _CONTROLS.values() for w in words)
    + r")(?P<over> .+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class AskedType:
    """A type by its one name: `select_one`, `begin_group`, `text` …; anything else as typed."""

    kind: str
    list_name: str = ""
    or_other: bool = False


def read_type(typed: str) -> AskedType:
    """What the cell asks for."""
    words = " ".join(typed.split())
    if select := _COMMAND.match(words):
        kind = _kind(_COMMANDS, select["command"])
        if select["list"].startswith("${"):
            return AskedType(f"{kind}_from_answers")
        return AskedType(kind, select["list"], or_other=bool(select["other"]))
    if control := _CONTROL.match(words):
        what = _kind(_CONTROLS, control["what"])
        if what != "group" or not control["over"]:
            over = (control["over"] or "").strip() if what == "loop" else ""
            return AskedType(f"{control['edge'].lower()}_{what}", over.removeprefix("over").strip())
    if words.lower() in ("select_one", "select one"):
        return AskedType("select_one")
    return AskedType(_kind(_WORDS, words) or words)


def _kind(spellings: dict[str, tuple[str, ...]], word: str) -> str:
    return next((kind for kind, known in spellings.items() if word.lower() in known), "")
