"""Cleaning rules as a pack writes them: what is looked for, what it does to results, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from surveyapp.campaigns.errors import PackRefused
from surveyapp.campaigns.pack.rule_kinds import KINDS
from surveyapp.instruments.model import Frozen, ItemId, OptionCode, Text, Version
from surveyapp.instruments.yaml_document import read_document

if TYPE_CHECKING:
    Kind = str
else:
    Kind = Literal[tuple(KINDS)]

Codes = Annotated[tuple[OptionCode, ...], Field(min_length=1, strict=False)]


class Answered(Frozen):
    """One half of a contradiction: any of these codes on this item."""

    item: ItemId
    codes: Codes


class Pair(Frozen):
    """Two answers that cannot both be meant."""

    first: Answered
    second: Answered


class HeldCell(Frozen):
    """A rated unit × group that a person decided to hold for review, with the record of it."""

    unit: str
    group: str
    record: str


class CleaningRule(Frozen):
    """One rule. `flag` only marks, `set_missing` empties the contradicting items, `exclude` leaves
    the response out of the counts; the stored response is never touched."""

    id: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=32)]
    version: Version
    kind: Kind
    effect: Literal["flag", "set_missing", "exclude"]
    reason: Text
    groups: Annotated[tuple[str, ...], Field(strict=False)] = ()
    at_least: Annotated[float, Field(gt=0)] | None = None
    below: Annotated[float, Field(gt=0)] | None = None
    pairs: Annotated[tuple[Pair, ...], Field(strict=False)] = ()
    units: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Rated units that exist to try the survey out: what is answered about them is a test."""
    cells: Annotated[tuple[HeldCell, ...], Field(strict=False)] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_older_packs(cls, written: Any) -> Any:
        """Ballots once told how fast a form was filled in by bands, and frozen rules named those."""
        if isinstance(written, Mapping) and written.get("kind") == "duration":
            kept = {name: value for name, value in written.items() if name != "bands"}
            return {**kept, "kind": "under_floor"}
        if isinstance(written, Mapping) and written.get("bands") == []:
            return {name: value for name, value in written.items() if name != "bands"}
        return written

    @model_validator(mode="after")
    def _one_parameter(self) -> Self:
        kind = KINDS[self.kind]
        parameters = {one.parameter for one in KINDS.values()} - {""}
        given = {name for name in parameters if getattr(self, name)}
        if given != {kind.parameter} - {""}:
            raise PydanticCustomError(
                "cleaning_parameter", "a rule takes the parameter of its kind"
            )
        if self.effect == "set_missing" and kind.doubts is None:
            raise PydanticCustomError("cleaning_effect", "only a contradiction empties items")
        return self


class CleaningFile(Frozen):
    """Cleaning rules in a file of their own, for what is decided after the pack was frozen."""

    cleaning: Annotated[tuple[CleaningRule, ...], Field(strict=False)]


def read_cleaning(path: Path) -> tuple[CleaningRule, ...]:
    """The rules of a YAML file; raises `PackRefused` with every fault and its line."""
    document, faults = read_document(path, name=path.name)
    written = None
    if document is not None:
        written, more = document.validate(CleaningFile)
        faults += more
    if faults or written is None:
        raise PackRefused(faults)
    return written.cleaning
