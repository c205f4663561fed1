"""What can be wrong with a questionnaire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.errors import SurveyError


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend in a file written by hand, and where: `line` counts from 1."""

    file: str
    line: int
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.place + ': ' if self.place else ''}{self.message}"


class InstrumentError(SurveyError):
    """Root of the failures of this package."""


class QuestionnaireRefused(InstrumentError):
    """The questionnaire file has `faults`; none of it was used."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(sorted(faults))
