"""One finding: what was looked at, how it stands, in words, and what mends it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """`warn` needs somebody soon; `fail` keeps the survey from being served or kept safe."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Diagnosis:
    """How one thing stands; `command` is empty where nothing needs mending or no command does it."""

    check: str
    level: Level
    message: str
    command: str = ""


def worst(diagnoses: Iterable[Diagnosis]) -> Level:
    """The level that the whole has."""
    levels = {one.level for one in diagnoses}
    return next((each for each in (Level.FAIL, Level.WARN) if each in levels), Level.OK)
